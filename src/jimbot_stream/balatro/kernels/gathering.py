"""Gathering, once for a state, what scoring asks again and again: rules at work and cards.

``read_rules`` gathers the rules of all jokers by phase, copies included; ``look`` reads a card
and settles which of them may act on it.
"""

from typing import Any

from jimbot_stream.balatro.kernels import hands, items, jit, owned
from jimbot_stream.balatro.tables.compiled import RANK_CHIPS
from jimbot_stream.balatro.tables.compiled_jokers import (
    FIRST,
    HELD,
    PASSIVES,
    REPEAT_SCORED,
    RULE_AMOUNT,
    RULE_ARG,
    RULE_BASE,
    RULE_FIXED,
    RULE_GIVEN,
    RULE_OWN,
    RULE_PER,
    RULE_PHASE,
    SCORED,
)
from jimbot_stream.balatro.tables.compiled_modifiers import (
    ENHANCED_CHIPS,
    ENHANCED_MULT,
    ENHANCED_XMULT,
)
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import (
    GOLD_SEAL_DOLLARS,
    Edition,
    Enhancement,
    Mark,
    Seal,
)
from jimbot_stream.balatro.tables.schema import Given, Per, Then

_STENCIL = NUMBER["j_stencil"]
_COPIERS = 1 << int(Then.COPY_RIGHT) | 1 << int(Then.COPY_LEFTMOST)
_COPY_RIGHT = 1 << int(Then.COPY_RIGHT)
_FACE_DOWN = int(Mark.FACE_DOWN)
_GOLD = int(Enhancement.GOLD)
_LUCKY_CARD = int(Enhancement.LUCKY)
_STONE = int(Enhancement.STONE)
_STEEL = int(Enhancement.STEEL)
_RED_SEAL = int(Seal.RED)
_GOLD_SEAL = int(Seal.GOLD)
_NEGATIVE = int(Edition.NEGATIVE)

_SUIT = int(Given.SUIT)
_RANKS = int(Given.RANKS)
_FACE = int(Given.FACE)
_LAST_HAND = int(Given.LAST_HAND)
_FIRST_FACE = int(Given.FIRST_FACE)
_IDOL = int(Given.IDOL)
_ANCIENT = int(Given.ANCIENT_SUIT)
_GOLD_CARD = int(Given.GOLD_CARD)
_LUCKY = int(Given.LUCKY)
_LOWEST_HELD = int(Given.LOWEST_HELD)

_PER_ONE = int(Per.ONE)
_PER_DISCARDS = int(Per.DISCARDS_LEFT)
_PER_STONES = int(Per.DECK_STONES)
_PER_STEELS = int(Per.DECK_STEELS)
_PER_TAROTS = int(Per.TAROTS_USED)
_PER_DRAW = int(Per.DRAW_PILE)
_PER_JOKERS = int(Per.JOKERS)
_PER_SKIPS = int(Per.SKIPS)
_PER_SELLS = int(Per.OTHER_SELLS)
_PER_EMPTY = int(Per.EMPTY_SLOTS)


@jit
def count_deck(s: Any, w: Any) -> None:
    """Count the enhanced cards of the full deck; a preview leaves out those face down."""
    hidden = _FACE_DOWN if w.preview != 0 else 0
    w.deck_stones = 0
    w.deck_steels = 0
    w.deck_enhanced = 0
    for c in range(int(s.card_count)):
        enhancement = int(s.cards[c].enhancement)
        if enhancement == 0 or int(s.cards[c].marks) & hidden:
            continue
        w.deck_enhanced += 1
        if enhancement == _STONE:
            w.deck_stones += 1
        elif enhancement == _STEEL:
            w.deck_steels += 1


@jit
def _source(s: Any, w: Any, slot: int) -> int:
    """As ``owned.source``; in a preview a joker that is not seen ends the chain."""
    if w.preview == 0:
        return owned.source(s, slot)
    count = int(s.joker_count)
    at = slot
    for _ in range(count + 2):
        if w.joker_seen[at] == 0:
            return -1
        passives = int(PASSIVES[int(s.jokers[at].id)])
        if passives & _COPIERS == 0:
            return at
        onto = at + 1 if passives & _COPY_RIGHT else 0
        if onto >= count or onto == at:
            return -1
        at = onto
    return -1


@jit
def _other_sells(s: Any, w: Any, joker: int) -> int:
    total = 0
    for slot in range(int(s.joker_count)):
        if slot != joker and (w.preview == 0 or int(s.jokers[slot].marks) & _FACE_DOWN == 0):
            total += items.sell_value(s, s.jokers[slot])
    return total


@jit
def _empty_slots(s: Any, w: Any) -> int:
    room = int(s.joker_slots) - int(s.joker_count)
    for slot in range(int(s.joker_count)):
        if w.preview != 0 and int(s.jokers[slot].marks) & _FACE_DOWN:
            continue
        room += int(int(s.jokers[slot].edition) == _NEGATIVE)
        room += int(int(s.jokers[slot].id) == _STENCIL)
    return room


@jit
def _fixed(s: Any, w: Any, row: int, joker: int) -> float:
    """The amount of a rule that no play changes."""
    per = int(RULE_PER[row])
    times = 1
    if per == _PER_ONE:
        times = 1
    elif per == _PER_DISCARDS:
        times = int(s.discards_left)
    elif per == _PER_STONES:
        times = int(w.deck_stones)
    elif per == _PER_STEELS:
        times = int(w.deck_steels)
    elif per == _PER_TAROTS:
        times = int(s.tarots_used)
    elif per == _PER_DRAW:
        times = int(s.draw_count)
    elif per == _PER_JOKERS:
        times = int(s.joker_count)
    elif per == _PER_SKIPS:
        times = int(s.skips)
    elif per == _PER_SELLS:
        times = _other_sells(s, w, joker)
    elif per == _PER_EMPTY:
        times = _empty_slots(s, w)
    return float(RULE_BASE[row] + RULE_AMOUNT[row] * times)


@jit
def _add_rule(s: Any, w: Any, row: int, slot: int, joker: int) -> None:
    phase = int(RULE_PHASE[row])
    at = int(w.rules[phase])
    w.rules[phase] = at + 1
    w.rule_slot[phase, at] = slot
    w.rule_joker[phase, at] = joker
    w.rule_row[phase, at] = row
    w.rule_places[phase, at] = 0
    w.rule_amount[phase, at] = _fixed(s, w, row, joker) if RULE_FIXED[row] == 1 else 0.0
    if RULE_GIVEN[row] == _LOWEST_HELD:
        w.fists = 1


@jit
def read_rules(s: Any, w: Any) -> None:
    """Gather the rules at work by phase, jokers left to right."""
    for phase in range(len(w.rules)):
        w.rules[phase] = 0
    w.fists = 0
    for slot in range(int(s.joker_count)):
        w.value[slot] = s.jokers[slot].value
        joker = _source(s, w, slot)
        if joker < 0:
            continue
        number = int(s.jokers[joker].id)
        for row in range(int(FIRST[number]), int(FIRST[number + 1])):
            if joker == slot or RULE_OWN[row] == 0:
                _add_rule(s, w, row, slot, joker)


@jit
def _card_may(s: Any, w: Any, row: int, place: int) -> bool:
    """Whether a rule may act on the card at a place, as far as the card alone decides."""
    given = int(RULE_GIVEN[row])
    arg = int(RULE_ARG[row])
    if given == _SUIT:
        return int(w.suits[place]) >> arg & 1 == 1
    if given == _RANKS:
        return arg >> int(w.rank[place]) & 1 == 1 and int(w.rank[place]) > 0
    if given in (_FACE, _FIRST_FACE):
        return int(w.faces) >> place & 1 == 1
    if given == _IDOL:
        return w.rank[place] == s.idol_rank and int(w.suits[place]) >> int(s.idol_suit) & 1 == 1
    if given == _ANCIENT:
        return int(w.suits[place]) >> int(s.ancient_suit) & 1 == 1
    if given == _GOLD_CARD:
        return bool(w.enhancement[place] == _GOLD)
    if given == _LUCKY:
        return bool(w.enhancement[place] == _LUCKY_CARD)
    if given == _LAST_HAND:
        return bool(w.hands_left == 0)
    return True


@jit
def _settle(s: Any, w: Any, phase: int, place: int) -> int:
    """Settle which rules of a phase may act on the card at a place; 1 if any may."""
    bit = 1 << place
    live = int(w.live) & bit != 0
    some = 0
    for at in range(int(w.rules[phase])):
        places = int(w.rule_places[phase, at]) & ~bit
        if live and _card_may(s, w, int(w.rule_row[phase, at]), place):
            places |= bit
            some = 1
        w.rule_places[phase, at] = places
    return some


@jit
def look(s: Any, w: Any, place: int, c: int, enhancement: int) -> None:
    """Read card c at a place, as if it had the enhancement."""
    hands.read_place(s, w, place, c, enhancement)
    bit = 1 << place
    card = s.cards[c]
    live = int(w.live) & bit != 0
    edition = int(card.edition) if live and int(card.edition) != _NEGATIVE else 0
    kind = int(w.enhancement[place]) if live else 0
    w.edition[place] = edition
    w.gained[place] = 0.0
    w.chips_of[place] = 0.0
    if live:
        w.chips_of[place] = ENHANCED_CHIPS[kind] + RANK_CHIPS[int(w.rank[place])] + int(card.bonus)
    w.mult_of[place] = ENHANCED_MULT[kind]
    w.xmult_of[place] = ENHANCED_XMULT[kind]
    gold = live and int(card.seal) == _GOLD_SEAL
    w.dollars_of[place] = float(GOLD_SEAL_DOLLARS) if gold else 0.0
    more = (
        gold
        or edition > 0
        or kind == _LUCKY_CARD
        or w.mult_of[place] != 0.0
        or w.xmult_of[place] != 1.0
    )
    w.extras = int(w.extras) & ~bit | (bit if more else 0)
    red = live and int(card.seal) == _RED_SEAL
    w.reds = int(w.reds) & ~bit | (bit if red else 0)
    w.steels = int(w.steels) & ~bit | (bit if kind == _STEEL else 0)
    _settle(s, w, REPEAT_SCORED, place)
    _settle(s, w, SCORED, place)
    active = _settle(s, w, HELD, place) == 1 or kind == _STEEL
    w.held_active = int(w.held_active) & ~bit | (bit if active else 0)
