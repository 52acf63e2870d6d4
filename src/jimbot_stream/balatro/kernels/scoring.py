"""What a played hand scores: one order of evaluation, for real plays and for previews.

``play`` carries a hand out. ``prepare`` and then ``preview``, for any sets of cards of one
state, tell what a play would bring: nothing changes and nothing is rolled. A preview is
an expectation: what chance adds counts by its probability (a Lucky Card +4 mult, Misprint
+11.5), a factor that chance decides by its mean; a level gained by chance counts in part.
It takes cards face down as blank and jokers face down as absent, and leaves out consumables
that would be created and what The Hook would discard. The Tooth's price is in it.
"""

from typing import Any

import numpy as np
from numba import config
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import (
    cards,
    effects,
    gathering,
    hands,
    items,
    jit,
    specials,
    working,
)
from jimbot_stream.balatro.state import STREAMS, Kind, blank
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.compiled import (
    HAND_CHIPS,
    HAND_CHIPS_STEP,
    HAND_MULT,
    HAND_MULT_STEP,
)
from jimbot_stream.balatro.tables.compiled_consumables import PLANET_HAND
from jimbot_stream.balatro.tables.compiled_jokers import (
    BEFORE,
    HAND_REFUSED,
    HELD,
    MAIN,
    OTHER_JOKER,
    REPEAT_HELD,
    RULE_THEN,
    SCORED,
)
from jimbot_stream.balatro.tables.compiled_modifiers import (
    EDITION_CHIPS,
    EDITION_MULT,
    EDITION_XMULT,
)
from jimbot_stream.balatro.tables.compiled_owned import RARITY
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.jokers import Rarity
from jimbot_stream.balatro.tables.modifiers import (
    ENHANCEMENTS,
    LUCKY_DOLLARS,
    LUCKY_DOLLARS_ODDS,
    Enhancement,
    Mark,
)
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

_SPECIAL = int(Then.SPECIAL)
_CHIPS = int(Then.CHIPS)
_MULT = int(Then.MULT)
_XMULT = int(Then.XMULT)
_DOLLARS = int(Then.DOLLARS)
_LEVEL_UP = int(Then.LEVEL_UP)
_UNCOMMON = int(Rarity.UNCOMMON)
_DEBUFFED = int(Mark.DEBUFFED)
_FACE_DOWN = int(Mark.FACE_DOWN)
_PLANET = int(Kind.PLANET)
_PLASMA = DECK["b_plasma"]
_OBSERVATORY = VOUCHER["v_observatory"]
_OBSERVATORY_XMULT = VOUCHERS[_OBSERVATORY - 1].amount
_GLASS = int(Enhancement.GLASS)
_LUCKY = int(Enhancement.LUCKY)
_GLASS_ODDS = float(ENHANCEMENTS[_GLASS - 1].odds)
_LUCKY_MULT = float(ENHANCEMENTS[_LUCKY - 1].mult)
_LUCKY_ODDS = float(ENHANCEMENTS[_LUCKY - 1].odds)
_LUCKY_DOLLARS = float(LUCKY_DOLLARS)
_LUCKY_DOLLARS_ODDS = float(LUCKY_DOLLARS_ODDS)
_STEEL_XMULT = ENHANCEMENTS[int(Enhancement.STEEL) - 1].held_xmult
_LUCKY_MULT_STREAM = STREAM["lucky_mult"]
_LUCKY_MONEY_STREAM = STREAM["lucky_money"]
_GLASS_STREAM = STREAM["glass"]
_PSYCHIC = BLIND["bl_psychic"]
_EYE = BLIND["bl_eye"]
_MOUTH = BLIND["bl_mouth"]
_ARM = BLIND["bl_arm"]
_OX = BLIND["bl_ox"]
_FLINT = BLIND["bl_flint"]
_TOOTH = BLIND["bl_tooth"]
_PSYCHIC_CARDS = 5

# A preview rolls nothing, but the code is one: this stands where the streams would.
_NO_STREAMS = blank(STREAMS) if config.DISABLE_JIT else np.zeros(1, dtype=STREAMS)


@jit
def _read(s: Any, w: Any) -> None:
    """Read what is the same for all plays of a state."""
    hands.read_passives(s, w)
    gathering.count_deck(s, w)
    gathering.read_rules(s, w)
    w.boss = cards.live_boss(s)
    w.observatory = int(items.redeemed(s, _OBSERVATORY))
    w.places = int(s.hand_count)
    for place in range(int(s.hand_count)):
        c = int(s.hand[place])
        gathering.look(s, w, place, c, int(s.cards[c].enhancement))


@jit
def prepare(s: Any, w: Any) -> None:
    """Read a state, for any number of previews of its plays."""
    w.preview = 1
    w.hands_left = int(s.hands_left) - 1
    _read(s, w)


@jit
def _begin(s: Any, w: Any) -> None:
    """Clear what an earlier play left."""
    w.level_more = 0.0
    w.drained = 0
    w.dirty = 0
    w.destroyed = 0
    w.lucky = 0.0
    w.score = 0.0
    w.chips = 0.0
    w.mult = 0.0
    w.money = float(s.money)
    for slot in range(int(s.joker_count)):
        w.value[slot] = s.jokers[slot].value
    for at in range(int(w.played)):
        w.gained[int(w.order[at])] = 0.0


@jit
def _vetoed(s: Any, w: Any) -> bool:
    """Whether the boss does not let the hand score (Blind:debuff_hand).

    A boss that is disabled is not asked, so what it last did goes on to count as triggered.
    """
    boss = int(w.boss)
    hand = int(w.hand)
    if boss == 0:
        w.triggered = int(s.boss_triggered)
        return False
    w.triggered = 0  # even where pressing play triggered the boss: the game asks only now
    if boss == _PSYCHIC:
        w.triggered = int(w.played < _PSYCHIC_CARDS)
    elif boss == _EYE:
        w.triggered = int(s.boss_hands) >> hand & 1
        if w.preview == 0:
            s.boss_hands = int(s.boss_hands) | 1 << hand
    elif boss == _MOUTH:
        w.triggered = int(s.boss_hand not in (0, hand + 1))
        if w.preview == 0 and s.boss_hand == 0:
            s.boss_hand = hand + 1
    elif boss == _ARM and s.level[hand] > 1:
        effects.act(s, w, _LEVEL_UP, -1.0, 1.0, working.BY_BLIND, -1, -1)
        w.triggered = 1
        return False
    elif boss == _OX and s.boss_most == hand:
        effects.earn(s, w, -float(w.money))
        w.triggered = 1
        return False
    return bool(w.triggered == 1)


@jit
def _base(s: Any, w: Any) -> None:
    """The poker hand's chips and mult at its level, halved by The Flint."""
    hand = int(w.hand)
    grown = float(s.level[hand]) + float(w.level_more) - 1.0
    w.chips = HAND_CHIPS[hand] + grown * HAND_CHIPS_STEP[hand]
    w.mult = HAND_MULT[hand] + grown * HAND_MULT_STEP[hand]
    if w.tracing != 0:
        working.note(w, working.BY_HAND, _CHIPS, -1, -1, float(w.chips))
    if w.boss == _FLINT:
        w.triggered = 1
        w.chips = max(np.floor(w.chips * 0.5 + 0.5), 0.0)
        w.mult = max(np.floor(w.mult * 0.5 + 0.5), 1.0)
        if w.tracing != 0:
            working.note(w, working.BY_BLIND, _XMULT, -1, -1, 0.5)


@jit
def _extras(s: Any, r: Any, w: Any, place: int) -> None:
    """What a scoring card brings besides chips: mult, money, X mult, then its edition."""
    kind = working.BY_CARD
    mult = float(w.mult_of[place])
    dollars = float(w.dollars_of[place])
    if w.enhancement[place] == _LUCKY:
        hit = effects.chance(s, r, w, _LUCKY_MULT_STREAM, _LUCKY_ODDS)
        paid = effects.chance(s, r, w, _LUCKY_MONEY_STREAM, _LUCKY_DOLLARS_ODDS)
        w.lucky = 1.0 - (1.0 - hit) * (1.0 - paid)
        mult = _LUCKY_MULT * hit
        dollars += _LUCKY_DOLLARS * paid
    if mult != 0.0:
        effects.act(s, w, _MULT, mult, 1.0, kind, -1, place)
    if dollars != 0.0:
        effects.act(s, w, _DOLLARS, dollars, 1.0, kind, -1, place)
    if w.xmult_of[place] != 1.0:
        effects.act(s, w, _XMULT, float(w.xmult_of[place]), 1.0, kind, -1, place)
    if w.edition[place] > 0:
        _edition(s, w, int(w.edition[place]), working.BY_CARD_EDITION, -1, place)
        _polychrome(s, w, int(w.edition[place]), working.BY_CARD_EDITION, -1, place)


@jit
def _edition(s: Any, w: Any, edition: int, kind: int, slot: int, place: int) -> None:
    """Foil and Holographic."""
    if EDITION_CHIPS[edition] != 0.0:
        effects.act(s, w, _CHIPS, float(EDITION_CHIPS[edition]), 1.0, kind, slot, place)
    if EDITION_MULT[edition] != 0.0:
        effects.act(s, w, _MULT, float(EDITION_MULT[edition]), 1.0, kind, slot, place)


@jit
def _polychrome(s: Any, w: Any, edition: int, kind: int, slot: int, place: int) -> None:
    if EDITION_XMULT[edition] != 1.0:
        effects.act(s, w, _XMULT, float(EDITION_XMULT[edition]), 1.0, kind, slot, place)


@jit
def _score_card(s: Any, r: Any, w: Any, place: int) -> None:
    """One turn of a scoring card: the card itself, then the jokers left to right."""
    bit = 1 << place
    chips = float(w.chips_of[place] + w.gained[place])
    w.chips += chips
    if w.tracing != 0:
        working.note(w, working.BY_CARD, _CHIPS, -1, place, chips)
    if int(w.extras) & bit:
        _extras(s, r, w, place)
    for at in range(int(w.rules[SCORED])):
        if int(w.rule_places[SCORED, at]) & bit == 0:
            continue
        if RULE_THEN[int(w.rule_row[SCORED, at])] == _SPECIAL:
            specials.scored(s, r, w, at, place)
        else:
            effects.card_rule(s, r, w, SCORED, at, place, 1.0)
    w.lucky = 0.0


@jit
def _score_cards(s: Any, r: Any, w: Any) -> None:
    for at in range(int(w.played)):
        place = int(w.order[at])
        bit = 1 << place
        if int(w.scoring) & bit == 0:
            continue
        if int(w.live) & bit == 0:
            # A card that a preview does not see is no debuffed one.
            if int(s.cards[int(w.card[place])].marks) & _DEBUFFED:
                w.triggered = 1
            continue
        for _ in range(1 + effects.repeats(w, place)):
            _score_card(s, r, w, place)


@jit
def _hold_card(s: Any, r: Any, w: Any, place: int, scale: float) -> float:
    """One turn of a card held in hand; the weight with which anything happened."""
    idle = 1.0
    if int(w.steels) >> place & 1:
        effects.act(s, w, _XMULT, _STEEL_XMULT, scale, working.BY_HELD, -1, place)
        idle = 0.0
    for at in range(int(w.rules[HELD])):
        if int(w.rule_places[HELD, at]) >> place & 1:
            idle *= 1.0 - effects.card_rule(s, r, w, HELD, at, place, scale)
    return 1.0 - idle


@jit
def _lowest_held(w: Any) -> int:
    """Place of the lowest card held, the last of equals; debuffed ones count, stones do not."""
    lowest = -1
    for place in range(int(w.places)):
        if int(w.cards) >> place & 1 or w.rank[place] == 0:
            continue
        if lowest < 0 or w.rank[place] <= w.rank[lowest]:
            lowest = place
    return lowest


@jit
def _hold_cards(s: Any, r: Any, w: Any) -> None:
    """Cards held: each has its turn again only if anything happened in its first one."""
    held = int(w.held_active) & ~int(w.cards) & (1 << int(w.places)) - 1
    if held == 0:
        return
    if w.fists == 1:
        w.lowest = _lowest_held(w)
    for place in range(int(w.places)):
        if held >> place & 1 == 0:
            continue
        weight = _hold_card(s, r, w, place, 1.0)
        if weight == 0.0:
            continue
        again = int(w.reds) >> place & 1
        for at in range(int(w.rules[REPEAT_HELD])):
            again += int(w.rule_amount[REPEAT_HELD, at])
        for _ in range(again):
            _hold_card(s, r, w, place, weight)


@jit
def _react(s: Any, w: Any, slot: int) -> None:
    """Jokers that act on the turn of another one (Baseball Card)."""
    hidden = w.preview != 0 and int(s.jokers[slot].marks) & _FACE_DOWN
    if hidden or RARITY[int(s.jokers[slot].id)] != _UNCOMMON:
        return
    for at in range(int(w.rules[OTHER_JOKER])):
        amount = float(w.rule_amount[OTHER_JOKER, at])
        by = int(w.rule_slot[OTHER_JOKER, at])
        effects.act(s, w, _XMULT, amount, 1.0, working.BY_JOKER, by, -1)


@jit
def _jokers(s: Any, r: Any, w: Any) -> None:
    """Jokers left to right: edition, its own rules, the others' reactions, Polychrome."""
    at = 0
    for slot in range(int(s.joker_count)):
        edition = int(s.jokers[slot].edition) if w.joker_seen[slot] == 1 else 0
        if edition > 0:
            _edition(s, w, edition, working.BY_JOKER_EDITION, slot, -1)
        while at < int(w.rules[MAIN]) and w.rule_slot[MAIN, at] == slot:
            if RULE_THEN[int(w.rule_row[MAIN, at])] == _SPECIAL:
                specials.main(s, r, w, at)
            else:
                effects.hand_rule(s, r, w, MAIN, at)
            at += 1
        if w.rules[OTHER_JOKER] > 0:
            _react(s, w, slot)
        if edition > 0:
            _polychrome(s, w, edition, working.BY_JOKER_EDITION, slot, -1)


@jit
def _planets(s: Any, w: Any) -> None:
    """Observatory: every planet held multiplies its poker hand."""
    for slot in range(int(s.consumable_count)):
        item = s.consumables[slot]
        if int(item.kind) == _PLANET and PLANET_HAND[int(item.id)] == w.hand:
            effects.act(s, w, _XMULT, _OBSERVATORY_XMULT, 1.0, working.BY_CONSUMABLE, slot, -1)


@jit
def _balance(w: Any) -> None:
    """Plasma Deck: chips and mult meet in the middle."""
    half = np.floor((w.chips + w.mult) / 2.0)
    w.chips = half
    w.mult = half
    if w.tracing != 0:
        working.note(w, working.BY_DECK, _MULT, -1, -1, float(half))


@jit
def _break_cards(s: Any, r: Any, w: Any) -> None:
    """Mark the scoring cards that are destroyed: by Sixth Sense, and glass that breaks."""
    for at in range(int(w.played)):
        place = int(w.order[at])
        bit = 1 << place
        if int(w.scoring) & bit == 0:
            continue
        gone = specials.takes_six(s, r, w)
        glass = w.enhancement[place] == _GLASS and int(w.live) & bit
        # The game rolls for a glass card even where it is gone already.
        if glass and effects.chance(s, r, w, _GLASS_STREAM, _GLASS_ODDS) == 1.0:
            gone = True
        if gone:
            w.destroyed = int(w.destroyed) | bit


@jit
def _score(s: Any, r: Any, w: Any) -> bool:
    """Score the hand that ``hands.evaluate`` found; False where the boss refuses it."""
    _begin(s, w)
    if w.boss == _TOOTH and w.preview != 0:
        w.money -= float(w.played)
    if _vetoed(s, w):
        for at in range(int(w.rules[HAND_REFUSED])):
            effects.hand_rule(s, r, w, HAND_REFUSED, at)
        return False
    w.money_before = w.money
    for at in range(int(w.rules[BEFORE])):
        if RULE_THEN[int(w.rule_row[BEFORE, at])] == _SPECIAL:
            specials.before(s, w, at)
        else:
            effects.hand_rule(s, r, w, BEFORE, at)
    _base(s, w)
    _score_cards(s, r, w)
    _hold_cards(s, r, w)
    _jokers(s, r, w)
    if w.observatory == 1:
        _planets(s, w)
    if s.deck == _PLASMA:
        _balance(w)
    w.score = np.floor(w.chips * w.mult)
    return True


@jit
def play(s: Any, r: Any, w: Any, mask: int) -> None:
    """Score the cards at a set of places of the hand (G.FUNCS.evaluate_play).

    The cards lie in hand still, and stay in their pile: those to be destroyed are left in
    ``w.destroyed``, for the caller to remove with notice. ``hands_left`` is already without
    this hand, ``hands_played`` and ``hands_total`` not yet with it.
    """
    w.preview = 0
    w.traced_count = 0
    w.hands_left = int(s.hands_left)
    _read(s, w)
    hands.evaluate(w, mask)
    hand = int(w.hand)
    s.played[hand] += 1
    s.played_now[hand] += 1
    s.last_hand = hand + 1
    w.times = int(s.played[hand])
    w.times_now = int(s.played_now[hand])
    if _score(s, r, w):
        _break_cards(s, r, w)
    s.boss_triggered = int(w.triggered)
    s.chips += w.score
    s.best_hand = max(float(s.best_hand), float(w.score))
    specials.after(s, w)


@jit
def preview(s: Any, w: Any, mask: int, out: NDArray[np.float64]) -> None:
    """Expected chips, mult, score, dollars of a play; its poker hand and scoring places."""
    hands.evaluate(w, mask)
    hand = int(w.hand)
    w.times = int(s.played[hand]) + 1
    w.times_now = int(s.played_now[hand]) + 1
    places = int(w.places)
    _score(s, _NO_STREAMS[0], w)
    w.places = places
    for at in range(int(w.played)):
        place = int(w.order[at])
        if int(w.dirty) >> place & 1:
            c = int(w.card[place])
            gathering.look(s, w, place, c, int(s.cards[c].enhancement))
    out[0] = w.chips
    out[1] = w.mult
    out[2] = w.score
    out[3] = w.money - float(s.money)
    out[4] = float(hand)
    out[5] = float(w.scoring)
