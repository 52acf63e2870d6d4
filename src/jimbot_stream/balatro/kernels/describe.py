"""A candidate as a row of numbers; the columns are named in ``tables.columns``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import (
    economy,
    items,
    jit,
    legality,
    observation,
    plays,
)
from jimbot_stream.balatro.kernels.logarithm import log_scale
from jimbot_stream.balatro.kernels.observation import flag, share, within
from jimbot_stream.balatro.kernels.usable import bits
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.balatro.tables.compiled_consumables import PLANET_HAND
from jimbot_stream.balatro.tables.compiled_owned import RARITY
from jimbot_stream.balatro.tables.compiled_seen import FAMILIES, LONGEST_RUN
from jimbot_stream.balatro.tables.economy import BOSS_REROLL_DOLLARS
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark

_at = CANDIDATE.index
_VERB = _at("play") - 1
_COUNT = _at("cards")
_MAKES = _at("makes_flush_five")
_WORTH = _at("chips_log")
_GAIN = _at("gain")
_SCORING = _at("scoring_cards")
_KEPT = _at("kept_cards")
_ITEM = _at("item_joker") - 1
_RARITY = _at("rarity")
_EDITION = _at("foil") - 1
_STICKERS = _at("eternal")
_GIVES = _at("gives_chips")
_VALUE = _at("value_log")
_PRICE = _at("price")
_SELL = _at("sell")
_LEVEL = _at("level")
_SLOT = _at("slot")
_TARGET_RANK = _at("target_rank")

PILE = 20
"""Counts of unseen cards: by suit at 0-4, by rank at 5 + rank - 2, and all at 19."""
_ALL = 19
_RANK = 3  # of rank 2 at 5
_STONE = int(Enhancement.STONE)
_JOKER = int(Kind.JOKER)
_PLANET = int(Kind.PLANET)
_ETERNAL, _PERISHABLE, _RENTAL = int(Mark.ETERNAL), int(Mark.PERISHABLE), int(Mark.RENTAL)
_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_BUY_CARD = int(Verb.BUY_CARD)
_BUY_AND_USE = int(Verb.BUY_AND_USE)
_BUY_VOUCHER = int(Verb.BUY_VOUCHER)
_BUY_PACK = int(Verb.BUY_PACK)
_PICK_PACK = int(Verb.PICK_PACK)
_SELL_JOKER = int(Verb.SELL_JOKER)
_MOVE_JOKERS = int(Verb.REARRANGE_JOKERS)
_REROLL = int(Verb.REROLL)
_REROLL_BOSS = int(Verb.REROLL_BOSS)


@jit
def _count(s: Any, c: int, pile: NDArray[np.int64]) -> None:
    card = s.cards[c]
    if card.rank == 0:
        return  # a rebuilt record: its identity is among the draw pile
    pile[_ALL] += 1
    if card.enhancement != _STONE:
        pile[int(card.suit)] += 1
        pile[_RANK + int(card.rank)] += 1


@jit
def count_pile(s: Any, pile: NDArray[np.int64]) -> None:
    """Count unseen cards: the draw pile and what lies face down in hand or among the discards."""
    for at in range(int(s.draw_count)):
        _count(s, int(s.draw[at]), pile)
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        if not observation.face_up(s, c):
            _count(s, c, pile)
    for at in range(int(s.gone_count)):
        c = int(s.gone[at])
        if not observation.face_up(s, c):
            _count(s, c, pile)


@jit
def play(
    s: Any, cards: int, worth: NDArray[np.float64], best: float, row: NDArray[np.float32]
) -> None:
    """Columns of a play: what it makes."""
    score = float(worth[plays.SCORE])
    left = observation.remaining(s)
    scoring = bits(int(worth[plays.SCORING]))
    size = bits(cards)
    row[_VERB + _PLAY] = 1.0
    row[_COUNT] = size / 5.0
    row[_MAKES + int(worth[plays.HAND])] = 1.0
    row[_WORTH] = log_scale(float(worth[plays.CHIPS]))
    row[_WORTH + 1] = log_scale(float(worth[plays.MULT]))
    row[_WORTH + 2] = log_scale(score)
    row[_WORTH + 3] = share(score, left)
    row[_WORTH + 4] = flag(score >= left)
    row[_WORTH + 5] = share(score * max(1, int(s.hands_left)), left)
    row[_WORTH + 6] = score / best if best > 0.0 else 0.0
    row[_GAIN] = within(worth[plays.DOLLARS] / 10.0, -16.0, 16.0)
    row[_SCORING] = scoring / 5.0
    row[_SCORING + 1] = max(0, size - scoring) / 5.0


@jit
def kept(
    s: Any,
    cards: int,
    ranks: NDArray[np.int64],
    suits: NDArray[np.int64],
    pile: NDArray[np.int64],
    masks: NDArray[np.int64],
    worths: NDArray[np.float64],
    ranking: NDArray[np.int64],
    ranked: int,
    row: NDArray[np.float32],
) -> int:
    """Columns of what stays in hand; the best play among it, or -1."""
    equal, suited, paired, held, suit_counts, rank_counts = 0, 0, 0, 0, 0, 0
    most_suit = 0
    stay = 0
    for position in range(int(s.hand_count)):
        if cards >> position & 1:
            continue
        stay |= 1 << position
        rank, suit = int(ranks[position]), int(suits[position])
        if rank == 0:
            continue
        if rank_counts >> 4 * (rank - 2) & 15 == 0:
            paired += int(pile[_RANK + rank])
            held |= observation.rank_bits(rank)
        if rank_counts >> 4 * (rank - 2) & 15 < 15:
            rank_counts += 1 << 4 * (rank - 2)
        equal = max(equal, rank_counts >> 4 * (rank - 2) & 15)
        for of in range(1, 5):
            if suit in (of, 5):
                suit_counts += 1 << 8 * of
                if suit_counts >> 8 * of & 255 > suited:
                    suited = suit_counts >> 8 * of & 255
                    most_suit = of
    row[_KEPT] = bits(stay) / 8.0
    row[_KEPT + 1] = suited / 5.0
    row[_KEPT + 2] = equal / 4.0
    row[_KEPT + 3] = LONGEST_RUN[held >> 1] / 5.0
    if pile[_ALL] > 0:
        row[_KEPT + 6] = pile[most_suit] / pile[_ALL]
        row[_KEPT + 7] = paired / pile[_ALL]
    for at in range(ranked):
        best = int(ranking[at])
        if int(masks[best]) & ~stay == 0:
            row[_KEPT + 4] = log_scale(float(worths[best, plays.SCORE]))
            row[_KEPT + 5] = share(float(worths[best, plays.SCORE]), observation.remaining(s))
            return best
    return -1


@jit
def discard(cards: int, left: int, worths: NDArray[np.float64], row: NDArray[np.float32]) -> None:
    """Columns of a discard, besides what stays."""
    row[_VERB + _DISCARD] = 1.0
    row[_COUNT] = bits(cards) / 5.0
    if left >= 0:
        row[_MAKES + int(worths[left, plays.HAND])] = 1.0


@jit
def _item(s: Any, item: Any, owned: bool, row: NDArray[np.float32]) -> None:
    kind, number = int(item.kind), int(item.id)
    marks = int(item.marks)
    if marks & observation.FACE_DOWN:
        return
    row[_ITEM + kind] = 1.0
    if item.edition > 0:
        row[_EDITION + int(item.edition)] = 1.0
    if kind == _JOKER:
        row[_RARITY] = RARITY[number] / 4.0
        row[_STICKERS] = flag(marks & _ETERNAL != 0)
        row[_STICKERS + 1] = flag(marks & _PERISHABLE != 0)
        row[_STICKERS + 2] = flag(marks & _RENTAL != 0)
        for family in range(5):
            row[_GIVES + family] = float(FAMILIES[number, family])
        row[_VALUE] = log_scale(float(item.value))
    if kind == _PLANET:
        hand = int(PLANET_HAND[number])
        row[_LEVEL] = within(s.level[hand] / 10.0, 0.0, 10.0)
        row[_LEVEL + 1] = within(s.played[hand] / max(1, observation.hands_in_all(s)), 0.0, 1.0)
    if owned:
        row[_SELL] = within(items.sell_value(s, item) / 20.0, 0.0, 8.0)


@jit
def _bought(s: Any, item: Any, row: NDArray[np.float32]) -> None:
    _item(s, item, False, row)
    _paid(s, items.price(s, item), row)


@jit
def _paid(s: Any, price: int, row: NDArray[np.float32]) -> None:
    row[_PRICE] = within(price / 10.0, 0.0, 8.0)
    row[_PRICE + 1] = within(price / max(1, int(s.money)), 0.0, 1.0)
    row[_GAIN] = within(-price / 10.0, -16.0, 16.0)


@jit
def _aimed(s: Any, cards: int, worth: NDArray[np.float64], row: NDArray[np.float32]) -> None:
    size = max(1, bits(cards))
    rank, told, enhanced = 0, 0.0, 0
    for position in range(int(s.hand_count)):
        if cards >> position & 1 == 0:
            continue
        c = int(s.hand[position])
        if not observation.face_up(s, c):
            continue
        told += worth[position]
        if s.cards[c].enhancement > 0:
            enhanced += 1
        if s.cards[c].enhancement != _STONE:
            rank += int(s.cards[c].rank)
    row[_COUNT] = bits(cards) / 5.0
    row[_TARGET_RANK] = rank / (14.0 * size)
    row[_TARGET_RANK + 1] = within(told / size, 0.0, 8.0)
    row[_TARGET_RANK + 2] = enhanced / size


@jit
def action(
    s: Any,
    verb: int,
    slot: int,
    target: int,
    cards: int,
    worth: NDArray[np.float64],
    row: NDArray[np.float32],
) -> None:
    """Columns of any other action."""
    row[_VERB + verb] = 1.0
    row[_SLOT] = slot / 8.0
    row[_SLOT + 1] = target / 8.0
    if cards != 0:
        _aimed(s, cards, worth, row)
    if verb in (_BUY_CARD, _BUY_AND_USE):
        _bought(s, s.shop[slot], row)
    elif verb == _BUY_VOUCHER:
        _bought(s, s.shop_vouchers[slot], row)
    elif verb == _BUY_PACK:
        _bought(s, s.packs[slot], row)
    elif verb == _PICK_PACK:
        _item(s, s.pack[slot], False, row)
    elif verb == _REROLL:
        _paid(s, economy.reroll_cost(s), row)
    elif verb == _REROLL_BOSS:
        _paid(s, BOSS_REROLL_DOLLARS, row)
    elif 1 << verb & legality.TAKES_SLOT:
        _owned(s, verb, slot, row)


@jit
def _owned(s: Any, verb: int, slot: int, row: NDArray[np.float32]) -> None:
    if verb in (_SELL_JOKER, _MOVE_JOKERS):
        _item(s, s.jokers[slot], True, row)
    else:
        _item(s, s.consumables[slot], True, row)
    if 1 << verb & legality.SELLS:
        row[_GAIN] = within(row[_SELL] * 2.0, 0.0, 16.0)
