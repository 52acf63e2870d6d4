"""What single jokers do while a hand is scored, where no row of the table can say it."""

from typing import Any

from jimbot_stream.balatro.kernels import (
    create,
    deal,
    effects,
    gathering,
    growth,
    items,
    jit,
    working,
)
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.compiled_jokers import (
    AFTER,
    BEFORE,
    MAIN,
    RULE_JOKER,
    RULE_ODDS,
    RULE_STREAM,
    SCORED,
)
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Then, When

_VAMPIRE = NUMBER["j_vampire"]
_MIDAS = NUMBER["j_midas_mask"]
_DNA = NUMBER["j_dna"]
_OBELISK = NUMBER["j_obelisk"]
_EIGHT_BALL = NUMBER["j_8_ball"]
_SUPERPOSITION = NUMBER["j_superposition"]
_SEANCE = NUMBER["j_seance"]
_VAGABOND = NUMBER["j_vagabond"]
_ICE_CREAM = NUMBER["j_ice_cream"]
_SELTZER = NUMBER["j_selzer"]
_SIXTH_SENSE = NUMBER["j_sixth_sense"]

_TAROT = int(Kind.TAROT)
_SPECTRAL = int(Kind.SPECTRAL)
_GOLD = int(Enhancement.GOLD)
_GROW = int(Then.GROW)
_SET = int(Then.SET)
_CARD_ADDED = int(When.CARD_ADDED)
_PLAYED = int(Mark.PLAYED_THIS_ANTE)
_COPIED_MARKS = int(Mark.DEBUFFED | Mark.PLAYED_THIS_ANTE)
_STRAIGHT = HAND["Straight"]
_STRAIGHT_FLUSH = HAND["Straight Flush"]
_POKER_HANDS = len(HANDS)
_VAMPIRE_GAIN = 0.1
_OBELISK_GAIN = 0.2
_ICE_CREAM_LOSS = 5.0
_VAGABOND_DOLLARS = 4.0
_EIGHT, _SIX, _ACE = 8, 6, 14


@jit
def _enhance(s: Any, w: Any, place: int, enhancement: int) -> None:
    """Change a card's enhancement; the game forgets that it was played in this ante.

    The boss looks at it anew (Card:set_ability ends with Blind:debuff_card).
    """
    c = int(w.card[place])
    card = s.cards[c]
    was, marks = int(card.enhancement), int(card.marks)
    card.enhancement = enhancement
    card.marks = marks & ~_PLAYED & 255
    deal.debuff_card(s, c)
    gathering.look(s, w, place, c, enhancement)
    if w.preview != 0:
        w.dirty = int(w.dirty) | 1 << place
        card.enhancement = was
        card.marks = marks


@jit
def _vampire(s: Any, w: Any, slot: int) -> None:
    drunk = 0
    for at in range(int(w.played)):
        place = int(w.order[at])
        bit = 1 << place
        if int(w.scoring) & int(w.live) & ~int(w.drained) & bit and w.enhancement[place] != 0:
            w.drained = int(w.drained) | bit
            _enhance(s, w, place, 0)
            drunk += 1
    if drunk > 0:
        effects.act(s, w, _GROW, _VAMPIRE_GAIN * drunk, 1.0, working.BY_JOKER, slot, -1)


@jit
def _midas(s: Any, w: Any) -> None:
    for at in range(int(w.played)):
        place = int(w.order[at])
        if int(w.scoring) & int(w.faces) & 1 << place:
            _enhance(s, w, place, _GOLD)


@jit
def _obelisk(s: Any, w: Any, slot: int) -> None:
    """Every other poker hand counts that was played at least as often."""
    for hand in range(_POKER_HANDS):
        if hand != int(w.hand) and s.played[hand] >= w.times:
            effects.act(s, w, _GROW, _OBELISK_GAIN, 1.0, working.BY_JOKER, slot, -1)
            return
    effects.act(s, w, _SET, 1.0, 1.0, working.BY_JOKER, slot, -1)


@jit
def _copy_card(s: Any, c: int) -> int:
    """Create a copy of a playing card in hand; its index, or -1 where there is no room."""
    card = s.cards[c]
    copy = deal.add_card_quiet(
        s, int(card.rank), int(card.suit), int(card.enhancement), int(card.edition), int(card.seal)
    )
    if copy >= 0:
        s.cards[copy].bonus = card.bonus
        s.cards[copy].marks = int(card.marks) & _COPIED_MARKS
    return copy


@jit
def _dna(s: Any, w: Any) -> None:
    """The copy lies in hand at once: it counts as held."""
    if s.hands_played != 0 or w.played != 1:
        return
    place = int(w.places)
    first = int(w.order[0])
    c = int(w.card[first])
    if w.preview == 0:
        c = _copy_card(s, c)
        if c < 0:
            return
        deal.to_hand(s, c)
        growth.notify(s, _CARD_ADDED, c)
        for slot in range(int(s.joker_count)):
            w.value[slot] = s.jokers[slot].value
        if s.hand_count == place:
            return
    elif place >= working.PLACES:
        return
    w.places = place + 1
    gathering.look(s, w, place, c, int(w.enhancement[first]))


@jit
def before(s: Any, w: Any, at: int) -> None:
    """A hand is played."""
    joker = int(RULE_JOKER[int(w.rule_row[BEFORE, at])])
    slot = int(w.rule_slot[BEFORE, at])
    if joker == _VAMPIRE:
        _vampire(s, w, slot)
    elif joker == _MIDAS:
        _midas(s, w)
    elif joker == _OBELISK:
        _obelisk(s, w, slot)
    elif joker == _DNA:
        _dna(s, w)


@jit
def _make(s: Any, r: Any, w: Any, kind: int, source: int) -> None:
    item = w.made[0]
    items.clear(item)
    create.consumable(s, r, item, kind, source)
    items.gain_consumable(s, item)


@jit
def scored(s: Any, r: Any, w: Any, at: int, place: int) -> None:
    """A card scores: 8 Ball looks for room first, and only then rolls."""
    row = int(w.rule_row[SCORED, at])
    if w.preview != 0 or RULE_JOKER[row] != _EIGHT_BALL or w.rank[place] != _EIGHT:
        return
    if items.consumable_room(s) <= 0:
        return
    if effects.chance(s, r, w, int(RULE_STREAM[row]), float(RULE_ODDS[row])) == 1.0:
        _make(s, r, w, _TAROT, create.SRC_8BA)


@jit
def _ace_scores(w: Any) -> bool:
    for at in range(int(w.played)):
        place = int(w.order[at])
        if int(w.scoring) >> place & 1 and w.rank[place] == _ACE:
            return True
    return False


@jit
def main(s: Any, r: Any, w: Any, at: int) -> None:
    """The joker's own turn; in a preview nothing is created."""
    if w.preview != 0 or items.consumable_room(s) <= 0:
        return
    joker = int(RULE_JOKER[int(w.rule_row[MAIN, at])])
    if joker == _VAGABOND:
        if w.money_before <= _VAGABOND_DOLLARS:
            _make(s, r, w, _TAROT, create.SRC_VAG)
    elif joker == _SUPERPOSITION:
        if int(w.contains) >> _STRAIGHT & 1 and _ace_scores(w):
            _make(s, r, w, _TAROT, create.SRC_SUP)
    elif joker == _SEANCE and int(w.contains) >> _STRAIGHT_FLUSH & 1:
        _make(s, r, w, _SPECTRAL, create.SRC_SEA)


@jit
def takes_six(s: Any, r: Any, w: Any) -> bool:
    """Sixth Sense: whether the single card is destroyed; the first such joker alone acts."""
    if s.hands_played != 0 or w.played != 1 or w.rank[int(w.order[0])] != _SIX:
        return False
    for at in range(int(w.rules[AFTER])):
        if RULE_JOKER[int(w.rule_row[AFTER, at])] == _SIXTH_SENSE:
            if items.consumable_room(s) > 0:
                _make(s, r, w, _SPECTRAL, create.SRC_SIXTH)
            return True
    return False


@jit
def after(s: Any, w: Any) -> None:
    """The hand is done: food is eaten. From the right, since what is used up leaves a gap."""
    for back in range(int(w.rules[AFTER])):
        at = int(w.rules[AFTER]) - 1 - back
        joker = int(RULE_JOKER[int(w.rule_row[AFTER, at])])
        slot = int(w.rule_slot[AFTER, at])
        if joker == _ICE_CREAM:
            if s.jokers[slot].value - _ICE_CREAM_LOSS <= 0.0:
                items.lose_joker(s, slot)
            else:
                s.jokers[slot].value -= _ICE_CREAM_LOSS
        elif joker == _SELTZER:
            if s.jokers[slot].counter - 1 <= 0:
                items.lose_joker(s, slot)
            else:
                s.jokers[slot].counter -= 1
