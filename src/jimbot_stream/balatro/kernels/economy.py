"""What a blind asks, and what a beaten round pays."""

import math
from typing import Any

import numpy as np

from jimbot_stream.balatro.kernels import cards, items, jit, moving, owned
from jimbot_stream.balatro.tables.compiled import (
    BASE_SCORE,
    BLIND_FACTOR,
    BLIND_REWARD,
    DECK_DOLLARS_PER_DISCARD,
    DECK_DOLLARS_PER_HAND,
    DECK_INTEREST,
    DECK_SCALING,
    STAKE_SCALING,
    STAKE_SMALL_PAYS,
)
from jimbot_stream.balatro.tables.economy import (
    BASE_BELOW_FIRST,
    ENDLESS_FROM,
    INTEREST_CAP,
    INTEREST_STEP,
)
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

_SMALL, _BOSS = 0, 2
_INTEREST = int(Then.INTEREST)
_GOLDEN = JOKER["j_golden"]
_CLOUD_9 = JOKER["j_cloud_9"]
_ROCKET = JOKER["j_rocket"]
_SATELLITE = JOKER["j_satellite"]
_DELAYED = JOKER["j_delayed_grat"]
_GOLDEN_DOLLARS = 4
_DELAYED_DOLLARS = 2
_INVESTMENT = TAG["tag_investment"]
_INVESTMENT_DOLLARS = TAGS[_INVESTMENT - 1].amount
_SEED_MONEY = VOUCHER["v_seed_money"]
_MONEY_TREE = VOUCHER["v_money_tree"]
_SEED_CAP = int(VOUCHERS[_SEED_MONEY - 1].amount) // INTEREST_STEP
_TREE_CAP = int(VOUCHERS[_MONEY_TREE - 1].amount) // INTEREST_STEP
_MOST_DIGITS = 308.0


@jit
def _endless(last: float, past: float) -> float:
    """Base score so many antes past the table, its first two digits (get_blind_amount)."""
    grown = 1.6 + math.pow(0.75 * past, 1.0 + 0.2 * past)
    if math.log10(last) + past * math.log10(grown) >= _MOST_DIGITS:
        return float(np.inf)
    amount = float(np.floor(last * math.pow(grown, past)))
    unit = math.pow(10.0, float(np.floor(math.log10(amount))) - 1.0)
    return amount - (amount - float(np.floor(amount / unit)) * unit)


@jit
def base(ante: int, scaling: int) -> float:
    """Base score of an ante; scaling is the stake's, from 1."""
    if ante < 1:
        return BASE_BELOW_FIRST
    if ante <= ENDLESS_FROM:
        return float(BASE_SCORE[scaling - 1, ante - 1])
    return _endless(float(BASE_SCORE[scaling - 1, ENDLESS_FROM - 1]), float(ante - ENDLESS_FROM))


@jit
def required(ante: int, blind: int, deck: int, stake: int) -> float:
    """Score that a blind asks; blind is its id."""
    whole = base(ante, int(STAKE_SCALING[stake])) * float(BLIND_FACTOR[blind - 1])
    return whole * float(DECK_SCALING[deck])


@jit
def ask(s: Any) -> None:
    """Set what the blind at hand, or on offer, asks."""
    blind = cards.blind_at_hand(s)
    s.required = required(int(s.ante), blind, int(s.deck), int(s.stake))


@jit
def beaten(s: Any) -> bool:
    """Whether the score is reached."""
    return bool(s.chips - s.required >= 0.0)


@jit
def reroll_cost(s: Any) -> int:
    """Dollars that the next reroll of the shop costs."""
    if s.free_rerolls > 0:
        return 0
    base = 0 if s.reroll_free_base == 1 else max(0, int(s.reroll_base))
    return max(0, base + int(s.reroll_more) - int(s.reroll_less))


@jit
def interest_cap(s: Any) -> int:
    """Most dollars of interest, before jokers that multiply it."""
    if items.redeemed(s, _MONEY_TREE):
        return _TREE_CAP
    return _SEED_CAP if items.redeemed(s, _SEED_MONEY) else INTEREST_CAP


@jit
def interest(s: Any) -> int:
    """Dollars of interest on what is held now."""
    if s.money < INTEREST_STEP or DECK_INTEREST[int(s.deck)] == 0:
        return 0
    steps = min(int(s.money) // INTEREST_STEP, interest_cap(s))
    return steps * (1 + owned.has(s, _INTEREST))


@jit
def reward(s: Any) -> int:
    """Dollars that the blind at hand pays."""
    if s.blind == _SMALL and STAKE_SMALL_PAYS[int(s.stake)] == 0:
        return 0
    blind = cards.blind_at_hand(s)
    return int(BLIND_REWARD[blind - 1])


@jit
def hands_line(s: Any) -> int:
    """Dollars for hands left."""
    return max(0, int(s.hands_left)) * int(DECK_DOLLARS_PER_HAND[int(s.deck)])


@jit
def discards_line(s: Any) -> int:
    """Dollars for discards left."""
    return max(0, int(s.discards_left)) * int(DECK_DOLLARS_PER_DISCARD[int(s.deck)])


@jit
def _nines(s: Any) -> int:
    count = 0
    for c in range(int(s.card_count)):
        if cards.rank_of(s, c) == 9:
            count += 1
    return count


@jit
def joker_line(s: Any, slot: int) -> int:
    """Dollars that the joker in a slot pays at the end of a round."""
    if owned.source(s, slot) != slot:  # debuffed; copies do not pay here
        return 0
    joker = int(s.jokers[slot].id)
    if joker == _GOLDEN:
        return _GOLDEN_DOLLARS
    if joker == _CLOUD_9:
        return _nines(s)
    if joker == _ROCKET:
        return int(s.jokers[slot].value)
    if joker == _SATELLITE:
        return moving.bits(int(s.planets_used))
    if joker == _DELAYED and s.discards_used == 0:
        return max(0, int(s.discards_left)) * _DELAYED_DOLLARS
    return 0


@jit
def tag_line(s: Any, place: int) -> int:
    """Dollars that a held tag pays at the end of a round."""
    pays = s.blind == _BOSS and s.tags[place].id == _INVESTMENT
    return _INVESTMENT_DOLLARS if pays else 0


@jit
def payout(s: Any) -> int:
    """Dollars that the round pays, all lines together."""
    dollars = reward(s) if beaten(s) else 0
    dollars += hands_line(s) + discards_line(s) + interest(s)
    for slot in range(int(s.joker_count)):
        dollars += joker_line(s, slot)
    for place in range(int(s.tag_count)):
        dollars += tag_line(s, place)
    return dollars
