"""The interpreter of the joker rules that act while a hand is scored.

A rule's ``weight`` is 1 or 0 where chance was decided, and the probability in a
preview: amounts that are added then count by it, factors by their expectation.
"""

from typing import Any

import numpy as np

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import jit, working
from jimbot_stream.balatro.tables.compiled import RANK_CHIPS
from jimbot_stream.balatro.tables.compiled_jokers import (
    REPEAT_SCORED,
    RULE_AMOUNT,
    RULE_ARG,
    RULE_BASE,
    RULE_FIXED,
    RULE_GIVEN,
    RULE_ODDS,
    RULE_PER,
    RULE_STREAM,
    RULE_THEN,
)
from jimbot_stream.balatro.tables.modifiers import (
    Enhancement,
)
from jimbot_stream.balatro.tables.schema import Given, Per, Then
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM

_WILD = int(Enhancement.WILD)
_MISPRINT = STREAM["misprint"]
_MISPRINT_VALUES = 24
_MISPRINT_MEAN = 11.5

_CHIPS = int(Then.CHIPS)
_MULT = int(Then.MULT)
_XMULT = int(Then.XMULT)
_DOLLARS = int(Then.DOLLARS)
_GROW = int(Then.GROW)
_SET = int(Then.SET)
_CARD_BONUS = int(Then.CARD_BONUS)
_LEVEL_UP = int(Then.LEVEL_UP)

_ALWAYS = int(Given.ALWAYS)
_CONTAINS = int(Given.CONTAINS)
_CARDS_AT_MOST = int(Given.CARDS_AT_MOST)
_CARDS_EXACTLY = int(Given.CARDS_EXACTLY)
_NO_DISCARDS_LEFT = int(Given.NO_DISCARDS_LEFT)
_LAST_HAND = int(Given.LAST_HAND)
_FIRST_FACE = int(Given.FIRST_FACE)
_FIRST_SCORED = int(Given.FIRST_SCORED)
_PLAYED_THIS_ROUND = int(Given.PLAYED_THIS_ROUND)
_HELD_ALL_BLACK = int(Given.HELD_ALL_BLACK)
_ALL_SUITS = int(Given.ALL_SUITS)
_CLUB_AND_OTHER = int(Given.CLUB_AND_OTHER)
_ENHANCED_DECK = int(Given.ENHANCED_DECK)
_LISTED_HAND = int(Given.LISTED_HAND)
_LUCKY = int(Given.LUCKY)
_NO_FACE_SCORED = int(Given.NO_FACE_SCORED)
_FACE_SCORED = int(Given.FACE_SCORED)
_EVERY_SIXTH = int(Given.EVERY_SIXTH)
_BOSS_TRIGGERED = int(Given.BOSS_TRIGGERED)
_LOWEST_HELD = int(Given.LOWEST_HELD)

_PER_VALUE = int(Per.VALUE)
_PER_TIMES = int(Per.TIMES_PLAYED)
_PER_MONEY = int(Per.MONEY)
_PER_FIVE = int(Per.FIVE_DOLLARS)
_PER_MISSING = int(Per.MISSING_CARDS)
_PER_RANK = int(Per.CARD_RANK)

_SPADE_BIT, _CLUB_BIT, _HEART_BIT, _DIAMOND_BIT = 1 << 4, 1 << 1, 1 << 3, 1 << 2
_BLACK = _SPADE_BIT | _CLUB_BIT
_FLOWER_ORDER = (_HEART_BIT, _DIAMOND_BIT, _SPADE_BIT, _CLUB_BIT)
_DOUBLE_ORDER = (_CLUB_BIT, _DIAMOND_BIT, _SPADE_BIT, _HEART_BIT)
_FOUR_SUITS = _BLACK | _HEART_BIT | _DIAMOND_BIT


@jit
def _suits_shown(w: Any) -> int:
    """Suits that the scoring cards show, each card for one suit at most (Flower Pot)."""
    found = 0
    for wild in range(2):
        for at in range(int(w.played)):
            place = int(w.order[at])
            if int(w.scoring) >> place & 1 == 0 or int(w.enhancement[place] == _WILD) != wild:
                continue
            suits = int(w.suits[place]) if wild == 1 else int(w.suits_shown[place])
            for suit in _FLOWER_ORDER:
                if suits & suit and found & suit == 0:
                    found |= suit
                    break
    return found


@jit
def _suits_counted(w: Any) -> int:
    """Suits of the scoring cards; a Wild Card is a Club first (Seeing Double)."""
    found = 0
    for wild in range(2):
        for at in range(int(w.played)):
            place = int(w.order[at])
            if int(w.scoring) >> place & 1 == 0 or int(w.enhancement[place] == _WILD) != wild:
                continue
            suits = int(w.suits[place])
            if wild == 0:
                found |= suits
                continue
            for suit in _DOUBLE_ORDER:
                if suits & suit and found & suit == 0:
                    found |= suit
                    break
    return found


@jit
def _held_black(w: Any) -> bool:
    for place in range(int(w.places)):
        if int(w.cards) >> place & 1 == 0 and int(w.suits_flush[place]) & _BLACK == 0:
            return False
    return True


@jit
def holds(s: Any, w: Any, row: int, joker: int) -> bool:
    """Whether the condition of a rule holds for the hand played."""
    given = int(RULE_GIVEN[row])
    arg = int(RULE_ARG[row])
    if given == _ALWAYS:
        return True
    if given == _CONTAINS:
        return int(w.contains) >> arg & 1 == 1
    if given == _CARDS_AT_MOST:
        return bool(w.played <= arg)
    if given == _CARDS_EXACTLY:
        return bool(w.played == arg)
    if given == _NO_DISCARDS_LEFT:
        return bool(s.discards_left == 0)
    if given == _LAST_HAND:
        return bool(w.hands_left == 0)
    if given == _PLAYED_THIS_ROUND:
        return bool(w.times_now > 1)
    if given == _HELD_ALL_BLACK:
        return _held_black(w)
    if given == _ALL_SUITS:
        return _suits_shown(w) == _FOUR_SUITS
    if given == _CLUB_AND_OTHER:
        suits = _suits_counted(w)
        return suits & _CLUB_BIT != 0 and suits & ~_CLUB_BIT != 0
    if given == _ENHANCED_DECK:
        return bool(w.deck_enhanced >= arg)
    if given == _LISTED_HAND:
        return bool(s.jokers[joker].counter == w.hand)
    if given == _FACE_SCORED:
        return int(w.scoring) & int(w.faces) != 0
    if given == _NO_FACE_SCORED:
        return int(w.scoring) & int(w.faces) == 0
    if given == _EVERY_SIXTH:
        return (int(s.hands_total) - int(s.jokers[joker].counter)) % 6 == 5
    return given == _BOSS_TRIGGERED and w.triggered == 1


# --- acting


@jit
def chance(s: Any, r: Any, w: Any, stream: int, odds: float) -> float:
    """Roll a listed chance of 1 in odds: 1.0 or 0.0; in a preview, how probable it is."""
    share = float(w.odds) / odds
    if w.preview != 0:
        return min(1.0, share)
    return 1.0 if rng.roll(r, stream, int(s.ante)) < share else 0.0


@jit
def _amount(s: Any, r: Any, w: Any, row: int, joker: int, place: int) -> float:
    """The amount of a rule that depends on the play."""
    per = int(RULE_PER[row])
    times = 0.0
    if per == _PER_VALUE:
        times = float(w.value[joker])
    elif per == _PER_TIMES:
        times = float(w.times)
    elif per == _PER_MONEY:
        times = max(0.0, float(w.money))
    elif per == _PER_FIVE:
        times = max(0.0, float(np.floor(w.money / 5.0)))
    elif per == _PER_RANK:
        times = float(RANK_CHIPS[int(w.rank[place])])
    elif per == _PER_MISSING:
        copies = int(w.places) - int(s.hand_count) if w.preview != 0 else 0
        times = float(max(0, int(s.starting_cards) - int(s.card_count) - copies))
    elif w.preview != 0:
        times = _MISPRINT_MEAN
    else:
        times = float(rng.pick(r, _MISPRINT, int(s.ante), _MISPRINT_VALUES))
    return float(RULE_BASE[row] + RULE_AMOUNT[row] * times)


@jit
def earn(s: Any, w: Any, dollars: float) -> None:
    """Money that comes in, or goes, while the hand scores."""
    w.money += dollars
    if w.preview == 0:
        s.money += int(dollars)


@jit
def set_value(s: Any, w: Any, joker: int, value: float) -> None:
    """Set what a joker has grown to."""
    w.value[joker] = value
    if w.preview == 0:
        s.jokers[joker].value = value


@jit
def act(
    s: Any, w: Any, then: int, amount: float, weight: float, kind: int, slot: int, place: int
) -> None:
    """Do what a rule, a card or an edition does."""
    if then == _CHIPS:
        w.chips += amount * weight
    elif then == _MULT:
        w.mult += amount * weight
    elif then == _XMULT:
        w.mult *= amount if weight == 1.0 else 1.0 + (amount - 1.0) * weight
    elif then == _DOLLARS:
        earn(s, w, amount * weight)
    elif then == _GROW:
        set_value(s, w, slot, float(w.value[slot]) + amount * weight)
    elif then == _SET:
        set_value(s, w, slot, amount)
    elif then == _CARD_BONUS:
        w.gained[place] += amount
        if w.preview == 0:
            s.cards[int(w.card[place])].bonus += int(amount)
    elif then == _LEVEL_UP:
        if w.preview == 0:
            s.level[int(w.hand)] += int(amount)
        else:
            w.level_more += amount * weight
    if w.tracing != 0:
        working.note(w, kind, then, slot, place, amount * weight)


@jit
def _first(places: int) -> int:
    """Bit of the leftmost place of a set."""
    return places & -places


@jit
def card_rule(s: Any, r: Any, w: Any, phase: int, at: int, place: int, scale: float) -> float:
    """Let a rule act on the card whose turn it is; the weight with which it did."""
    row = int(w.rule_row[phase, at])
    given = int(RULE_GIVEN[row])
    weight = 1.0
    if given == _FIRST_FACE:
        if _first(int(w.scoring) & int(w.faces)) != 1 << place:
            return 0.0
    elif given == _LOWEST_HELD:
        if w.lowest != place:
            return 0.0
    elif given == _LUCKY:
        weight = float(w.lucky)
    if RULE_ODDS[row] > 0:
        weight *= chance(s, r, w, int(RULE_STREAM[row]), float(RULE_ODDS[row]))
    if weight == 0.0:
        return 0.0
    slot = int(w.rule_slot[phase, at])
    amount = float(w.rule_amount[phase, at])
    if RULE_FIXED[row] == 0:
        amount = _amount(s, r, w, row, int(w.rule_joker[phase, at]), place)
    act(s, w, int(RULE_THEN[row]), amount, weight * scale, working.BY_JOKER, slot, place)
    return weight


@jit
def hand_rule(s: Any, r: Any, w: Any, phase: int, at: int) -> None:
    """Let a rule act that is about the whole hand."""
    row = int(w.rule_row[phase, at])
    joker = int(w.rule_joker[phase, at])
    if not holds(s, w, row, joker):
        return
    weight = 1.0
    if RULE_ODDS[row] > 0:
        weight = chance(s, r, w, int(RULE_STREAM[row]), float(RULE_ODDS[row]))
        if weight == 0.0:
            return
    amount = float(w.rule_amount[phase, at])
    if RULE_FIXED[row] == 0:
        amount = _amount(s, r, w, row, joker, 0)
    then = int(RULE_THEN[row])
    # The game multiplies by more than 1 alone, and leaves out what would add nothing.
    if (amount == 0.0 and then != _SET) or (then == _XMULT and amount <= 1.0):
        return
    act(s, w, then, amount, weight, working.BY_JOKER, int(w.rule_slot[phase, at]), -1)


@jit
def repeats(w: Any, place: int) -> int:
    """How many times more a scoring card has its turn."""
    times = int(w.reds) >> place & 1
    for at in range(int(w.rules[REPEAT_SCORED])):
        if int(w.rule_places[REPEAT_SCORED, at]) >> place & 1 == 0:
            continue
        first = RULE_GIVEN[int(w.rule_row[REPEAT_SCORED, at])] == _FIRST_SCORED
        if not first or _first(int(w.scoring)) == 1 << place:
            times += int(w.rule_amount[REPEAT_SCORED, at])
    return times
