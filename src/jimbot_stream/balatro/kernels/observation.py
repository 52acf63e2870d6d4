"""A visible state as numbers for a network: the features of the state as a whole.

Only what a player sees is read. A record rebuilt from a visible message gives the same bits:
there a card that lies face down has rank 0, and its identity is among the draw pile.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import (
    cards,
    economy,
    items,
    jit,
    legality,
)
from jimbot_stream.balatro.kernels.logarithm import bounded, log_scale
from jimbot_stream.balatro.kernels.usable import bits
from jimbot_stream.balatro.state import POKER_HANDS, Kind, Phase
from jimbot_stream.balatro.tables import compiled_seen as seen
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL, REACHED
from jimbot_stream.balatro.tables.compiled_owned import OWNS, RARITY
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal
from jimbot_stream.balatro.tables.schema import Then

FEATURES = len(GLOBAL)
_at = GLOBAL.index
_PHASE = _at("phase_unspecified")
_PHASES = 9
_SCALARS = _at("ante")
_BOSS = _at("boss_hook")
_BOSS_LIVE = _at("boss_live")
_MINDS = _at("minds_flush_five")
_MONEY = _at("money_log")
_LEVELS = _at("level_flush_five")
_PLAYED = _at("played_flush_five")
_HAND_SUITS = _at("hand_clubs")
_HAND_RANKS = _at("hand_2")
_SHAPE = _at("most_equal")
_UNSEEN_SUITS = _at("unseen_clubs")
_UNSEEN_RANKS = _at("unseen_2")
_UNSEEN_ENHANCED = _at("unseen_bonus")
_UNSEEN_SEALED = _at("unseen_sealed")
_CARDS = _at("card0_there")
_CARD_WIDTH = _at("card1_there") - _CARDS
_JOKERS = _at("joker0_there")
_JOKER_WIDTH = _at("joker1_there") - _JOKERS
_OWNS = _at("owns_joker") - 1
_HOLDS = _at("holds_fool") - 1
_SHOP = _at("shop0_there")
_WARE_WIDTH = _at("shop1_there") - _SHOP
_OFFERS = _at("offer0_there")
_OFFER_WIDTH = _at("offer1_there") - _OFFERS
_VOUCHERS = _at("voucher_overstock_norm")
_SALES = _at("sale_overstock_norm")
_TAGS = _at("tag_uncommon") - 1
_SKIP_TAGS = _at("skip_uncommon") - 1
_PACK = _at("pack_arcana") - 1
_PICKS = _at("pack_picks")
_CHOICES = _at("choice0_there")
_CHOICE_WIDTH = _at("choice1_there") - _CHOICES
_IDOL = _at("idol_rank")
_MAIL = _at("mail_rank")
_ANCIENT = _at("ancient_clubs")
_CASTLE = _at("castle_clubs")
_BEST = _at("best_score_log")
_SCORE_LOG = CANDIDATE.index("score_log")
_MAKES = CANDIDATE.index("makes_flush_five")

FACE_DOWN = int(Mark.FACE_DOWN)
_DEBUFFED = int(Mark.DEBUFFED)
_FORCED = int(Mark.FORCED)
_HIDDEN_OR_IDLE = FACE_DOWN | _DEBUFFED
_ETERNAL = int(Mark.ETERNAL)
_PERISHABLE = int(Mark.PERISHABLE)
_RENTAL = int(Mark.RENTAL)
_STONE = int(Enhancement.STONE)
_WILD = int(Enhancement.WILD)
_NEGATIVE = int(Edition.NEGATIVE)
_RED_SEAL, _GOLD_SEAL = int(Seal.RED), int(Seal.GOLD)
_IS_JOKER = int(Kind.JOKER)
_IS_CARD = int(Kind.CARD)
_IN_SHOP = int(Phase.SHOP)
SELECTING_HAND = int(Phase.SELECTING_HAND)
_SKIPPING = int(Phase.BLIND_SELECT)
_DEBT = int(Then.DEBT)
_PLASMA = DECK["b_plasma"]
_EYE, _MOUTH, _OX = BLIND["bl_eye"], BLIND["bl_mouth"], BLIND["bl_ox"]
_IDOL_JOKER, _MAIL_JOKER = JOKER["j_idol"], JOKER["j_mail"]
_ANCIENT_JOKER, _CASTLE_JOKER = JOKER["j_ancient"], JOKER["j_castle"]
_MOST_SHARE = 2.0


@jit
def within(x: float, low: float, high: float) -> float:
    """X, but no less than low and no more than high."""
    return min(max(x, low), high)


@jit
def flag(true: bool) -> float:
    """1 for true, 0 for false."""
    return 1.0 if true else 0.0


@jit
def remaining(s: Any) -> float:
    """Score that is still required, at least 1."""
    return max(1.0, bounded(float(s.required)) - bounded(float(s.chips)))


@jit
def share(score: float, left: float) -> float:
    """What part a score is of what is still required, at most 2."""
    return min(_MOST_SHARE, score / left)


@jit
def face_up(s: Any, c: int) -> bool:
    """Whether the player sees what card it is."""
    return int(s.cards[c].marks) & FACE_DOWN == 0


@jit
def draw_left(s: Any) -> int:
    """Cards in the draw pile; a rebuilt record has those that lie face down in hand there, too."""
    left = int(s.draw_count)
    for position in range(int(s.hand_count)):
        card = s.cards[int(s.hand[position])]
        if int(card.marks) & FACE_DOWN and card.rank == 0:
            left -= 1
    return max(0, left)


@jit
def _count_unseen(s: Any, c: int, out: NDArray[np.float32]) -> None:
    card = s.cards[c]
    enhancement = int(card.enhancement)
    if enhancement != _STONE and card.rank > 0 and card.suit > 0:
        out[_UNSEEN_SUITS + int(card.suit) - 1] += np.float32(0.0625)
        out[_UNSEEN_RANKS + int(card.rank) - 2] += np.float32(0.25)
    if enhancement > 0:
        out[_UNSEEN_ENHANCED + enhancement - 1] += np.float32(0.125)
    if card.seal > 0:
        out[_UNSEEN_SEALED] += np.float32(0.125)
    if card.edition > 0:
        out[_UNSEEN_SEALED + 1] += np.float32(0.125)


@jit
def unseen_counts(s: Any, out: NDArray[np.float32]) -> None:
    """Count draw pile and all that lies face down together, as which of them is where is hidden.

    Steps are powers of two, so that sums are exact in any order.
    """
    for at in range(int(s.draw_count)):
        _count_unseen(s, int(s.draw[at]), out)
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        if not face_up(s, c):
            _count_unseen(s, c, out)
    for at in range(int(s.gone_count)):
        c = int(s.gone[at])
        if not face_up(s, c):
            _count_unseen(s, c, out)


@jit
def rank_bits(rank: int) -> int:
    """A rank as a set; an ace is low, too."""
    if rank <= 0:
        return 0
    return 1 << 14 | 2 if rank == 14 else 1 << rank


@jit
def shown(item: Any) -> bool:
    """Whether an item lies face up."""
    return int(item.marks) & FACE_DOWN == 0


@jit
def passive(s: Any, then: int) -> int:
    """Amount of a passive rule, as ``owned.has`` counts it, of the jokers that lie face up."""
    amount = 0
    for slot in range(int(s.joker_count)):
        if int(s.jokers[slot].marks) & _HIDDEN_OR_IDLE == 0:
            amount += int(OWNS[int(s.jokers[slot].id), then])
    return amount


@jit
def shows(s: Any, joker: int) -> bool:
    """Whether a joker lies there face up."""
    for slot in range(int(s.joker_count)):
        if s.jokers[slot].id == joker and shown(s.jokers[slot]):
            return True
    return False


@jit
def hands_in_all(s: Any) -> int:
    """Hands played in the run."""
    count = 0
    for hand in range(POKER_HANDS):
        count += int(s.played[hand])
    return count


@jit
def _run(s: Any, out: NDArray[np.float32]) -> None:
    out[_PHASE + int(s.phase)] = 1.0
    out[_SCALARS] = within(s.ante / 8.0, -4.0, 8.0)
    out[_SCALARS + 1] = within(s.rounds / 24.0, 0.0, 8.0)
    out[_SCALARS + 2] = within(s.win_ante / 8.0, 0.0, 4.0)
    out[_SCALARS + 3] = flag(s.endless == 1)
    out[_SCALARS + 4] = flag(s.deck == _PLASMA)
    out[_SCALARS + 5] = within(s.stake / 8.0, 0.0, 1.0)
    if 0 <= s.blind <= 2:
        out[_SCALARS + 6 + int(s.blind)] = 1.0
    if s.boss >= seen.FIRST_BOSS:
        out[_BOSS + int(s.boss) - seen.FIRST_BOSS] = 1.0
    boss = cards.live_boss(s)
    out[_BOSS_LIVE] = flag(boss > 0)
    for hand in range(POKER_HANDS):
        out[_LEVELS + hand] = within(s.level[hand] / 10.0, 0.0, 10.0)
        out[_PLAYED + hand] = flag(s.played_now[hand] > 0)
        if boss == _EYE:
            out[_MINDS + hand] = float(int(s.boss_hands) >> hand & 1)
        elif boss == _MOUTH:
            out[_MINDS + hand] = flag(s.boss_hand > 0 and s.boss_hand != hand + 1)
        elif boss == _OX:
            out[_MINDS + hand] = flag(s.boss_most == hand)


@jit
def _numbers(s: Any, out: NDArray[np.float32]) -> None:
    required = bounded(float(s.required))
    chips = bounded(float(s.chips))
    left = max(0.0, required - chips)
    jokers_room = items.joker_room(s)
    reroll = economy.reroll_cost(s) if s.phase == _IN_SHOP else 0
    values = (
        log_scale(float(s.money)),
        within(s.money / 25.0, -1.0, 4.0),
        within(passive(s, _DEBT) / 20.0, 0.0, 8.0),
        log_scale(required),
        log_scale(chips),
        log_scale(left),
        log_scale(left / max(1, int(s.hands_left))),
        min(1.0, chips / max(1.0, required)),
        within(s.hands_left / 4.0, 0.0, 4.0),
        within(s.discards_left / 4.0, 0.0, 4.0),
        within(s.hands_played / 4.0, 0.0, 4.0),
        within(s.discards_used / 4.0, 0.0, 4.0),
        within(s.hands / 4.0, 0.0, 4.0),
        within(s.discards / 4.0, 0.0, 4.0),
        within(s.hand_size / 8.0, 0.0, 4.0),
        within(s.hand_count / 8.0, 0.0, 4.0),
        within(draw_left(s) / 52.0, 0.0, 8.0),
        within((jokers_room + s.joker_count) / 5.0, 0.0, 8.0),
        within(jokers_room / 5.0, 0.0, 8.0),
        within(s.joker_count / 5.0, 0.0, 8.0),
        within((items.consumable_room(s) + s.consumable_count) / 2.0, 0.0, 16.0),
        within(s.consumable_count / 2.0, 0.0, 16.0),
        within(reroll / 10.0, 0.0, 8.0),
        within(s.skips / 8.0, 0.0, 8.0),
        within(hands_in_all(s) / 64.0, 0.0, 8.0),
        within(s.tarots_used / 16.0, 0.0, 8.0),
        bits(int(s.planets_used)) / 12.0,
    )
    for place in range(len(values)):
        out[_MONEY + place] = values[place]


@jit
def _card(card: Any, at: int, out: NDArray[np.float32]) -> None:
    """Columns of a card that lies face up."""
    enhancement = int(card.enhancement)
    edition = int(card.edition)
    if enhancement != _STONE:
        out[at + 1] = card.rank / 14.0
        if enhancement == _WILD:
            out[at + 2 : at + 6] = 1.0
        elif card.suit > 0:
            out[at + 1 + int(card.suit)] = 1.0
    chips = seen.ENHANCEMENT_CHIPS[enhancement] + seen.EDITION_CHIPS[edition] + card.bonus
    out[at + 6] = within(chips / 50.0, 0.0, 32.0)
    out[at + 7] = (seen.ENHANCEMENT_MULT[enhancement] + seen.EDITION_MULT[edition]) / 20.0
    out[at + 8] = seen.ENHANCEMENT_XMULT[enhancement] * seen.EDITION_XMULT[edition] - 1.0
    out[at + 9] = seen.ENHANCEMENT_HELD[enhancement] - 1.0
    dollars = seen.ENHANCEMENT_DOLLARS[enhancement]
    if enhancement == seen.LUCKY:
        dollars += seen.LUCKY_EXPECTED
    if card.seal == _GOLD_SEAL:
        dollars += seen.GOLD_SEAL
    out[at + 10] = dollars / 3.0
    out[at + 11] = flag(card.seal == _RED_SEAL)
    out[at + 12] = flag(card.seal > 0 and card.seal != _RED_SEAL and card.seal != _GOLD_SEAL)
    out[at + 13] = flag(int(card.marks) & _DEBUFFED != 0)


@jit
def _hand(s: Any, out: NDArray[np.float32]) -> None:
    held = 0
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        card = s.cards[c]
        up = face_up(s, c)
        if up and card.enhancement != _STONE and card.rank > 0 and card.suit > 0:
            out[_HAND_SUITS + int(card.suit) - 1] += np.float32(0.125)
            out[_HAND_RANKS + int(card.rank) - 2] += np.float32(0.25)
            held |= rank_bits(int(card.rank))
        if position >= REACHED:
            continue
        at = _CARDS + position * _CARD_WIDTH
        out[at] = 1.0
        if up:
            _card(card, at, out)
        else:
            out[at + 14] = 1.0
        out[at + 15] = flag(int(card.marks) & _FORCED != 0)
    equal = 0.0
    pairs = 0
    for rank in range(13):
        equal = max(equal, float(out[_HAND_RANKS + rank]))
        if out[_HAND_RANKS + rank] >= 0.5:
            pairs += 1
    suited = 0.0
    for suit in range(4):
        suited = max(suited, float(out[_HAND_SUITS + suit]))
    out[_SHAPE] = equal
    out[_SHAPE + 1] = pairs / 2.0
    out[_SHAPE + 2] = suited * 8.0 / 5.0
    out[_SHAPE + 3] = seen.LONGEST_RUN[held >> 1] / 5.0


@jit
def _jokers(s: Any, out: NDArray[np.float32]) -> None:
    for slot in range(int(s.joker_count)):
        item = s.jokers[slot]
        marks = int(item.marks)
        up = marks & FACE_DOWN == 0
        if up:
            out[_OWNS + int(item.id)] += np.float32(1.0)
        if slot >= REACHED:
            continue
        at = _JOKERS + slot * _JOKER_WIDTH
        out[at] = 1.0
        if not up:
            out[at + 7] = 1.0
            continue
        edition = int(item.edition)
        out[at + 1] = RARITY[int(item.id)] / 4.0
        out[at + 2] = edition / 3.0 if edition < _NEGATIVE else 0.0
        out[at + 3] = flag(edition == _NEGATIVE)
        out[at + 4] = log_scale(float(item.value))
        out[at + 5] = within(items.sell_value(s, item) / 20.0, 0.0, 8.0)
        out[at + 6] = flag(marks & _DEBUFFED != 0)
        out[at + 8] = flag(marks & _ETERNAL != 0)
        out[at + 9] = within(item.perish / 5.0, 0.0, 1.0) if marks & _PERISHABLE else 0.0
        out[at + 10] = flag(marks & _RENTAL != 0)
    for slot in range(int(s.consumable_count)):
        kind, row = int(s.consumables[slot].kind), int(s.consumables[slot].id)
        if 2 <= kind <= 4:
            out[_HOLDS + seen.HOLDS_FROM[kind] + row] += np.float32(1.0)


@jit
def _ware(s: Any, item: Any, at: int, priced: bool, out: NDArray[np.float32]) -> None:
    out[at] = 1.0
    kind = int(item.kind)
    if 1 <= kind <= _IS_CARD:
        out[at + kind] = 1.0
    after = at + 6
    if priced:
        price = items.price(s, item)
        out[after] = within(price / 10.0, 0.0, 8.0)
        out[after + 1] = flag(legality.affords(s, price) == legality.LEGAL)
        after += 2
    out[after] = RARITY[int(item.id)] / 4.0 if kind == _IS_JOKER else 0.0
    out[after + 1] = flag(item.edition > 0)


@jit
def _wares(s: Any, out: NDArray[np.float32]) -> None:
    if s.phase == _IN_SHOP:
        for slot in range(int(s.shop_count)):
            _ware(s, s.shop[slot], _SHOP + slot * _WARE_WIDTH, True, out)
        for slot in range(int(s.packs_count)):
            at = _OFFERS + slot * _OFFER_WIDTH
            price = items.price(s, s.packs[slot])
            out[at] = 1.0
            out[at + int(seen.PACK_KIND[int(s.packs[slot].id)])] = 1.0
            out[at + 6] = within(price / 10.0, 0.0, 8.0)
            out[at + 7] = flag(legality.affords(s, price) == legality.LEGAL)
        for slot in range(int(s.vouchers_count)):
            out[_SALES + (int(s.shop_vouchers[slot].id) - 1) // 2] = 1.0
    redeemed = int(s.vouchers) >> 1
    at = _VOUCHERS
    while redeemed != 0:
        out[at] = bits(redeemed & 3) / 2.0
        redeemed >>= 2
        at += 1
    if s.pack_kind > 0:
        out[_PACK + int(s.pack_kind)] = 1.0
        out[_PICKS] = within(s.pack_picks / 2.0, 0.0, 4.0)
        for slot in range(int(s.pack_count)):
            _ware(s, s.pack[slot], _CHOICES + slot * _CHOICE_WIDTH, False, out)


@jit
def _tags(s: Any, out: NDArray[np.float32]) -> None:
    for at in range(int(s.tag_count)):
        out[_TAGS + int(s.tags[at].id)] += np.float32(1.0)
    if s.phase == _SKIPPING and 0 <= s.blind <= 1 and s.offers[int(s.blind)].id > 0:
        out[_SKIP_TAGS + int(s.offers[int(s.blind)].id)] = 1.0


@jit
def _targets(s: Any, out: NDArray[np.float32]) -> None:
    """What the round's jokers name, as far as one lies there."""
    if shows(s, _IDOL_JOKER):
        out[_IDOL] = s.idol_rank / 14.0
        if s.idol_suit > 0:
            out[_IDOL + int(s.idol_suit)] = 1.0
    if shows(s, _MAIL_JOKER):
        out[_MAIL] = s.mail_rank / 14.0
    if shows(s, _ANCIENT_JOKER) and s.ancient_suit > 0:
        out[_ANCIENT + int(s.ancient_suit) - 1] = 1.0
    if shows(s, _CASTLE_JOKER) and s.castle_suit > 0:
        out[_CASTLE + int(s.castle_suit) - 1] = 1.0


@jit
def fill(s: Any, out: NDArray[np.float32]) -> None:
    """Fill out with the features of a state; those of the best play stay 0."""
    out[:] = 0.0
    _run(s, out)
    _numbers(s, out)
    _hand(s, out)
    unseen_counts(s, out)
    _jokers(s, out)
    _wares(s, out)
    _tags(s, out)
    _targets(s, out)


@jit
def copy_best(row: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Add the features of the best play, once candidates are made: row is the first of them."""
    if row[_SCORE_LOG] <= 0.0:
        return
    out[_BEST] = row[_SCORE_LOG]
    out[_BEST + 1] = row[_SCORE_LOG + 1]
    out[_BEST + 2] = row[_SCORE_LOG + 2]
    for hand in range(POKER_HANDS):
        out[_BEST + 3 + hand] = row[_MAKES + hand]
