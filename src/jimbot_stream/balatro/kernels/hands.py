"""Which poker hand cards form, and which of the cards score."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.hands import NUMBER

FLUSH_FIVE = NUMBER["Flush Five"]
FLUSH_HOUSE = NUMBER["Flush House"]
FIVE = NUMBER["Five of a Kind"]
STRAIGHT_FLUSH = NUMBER["Straight Flush"]
FOUR = NUMBER["Four of a Kind"]
FULL_HOUSE = NUMBER["Full House"]
FLUSH = NUMBER["Flush"]
STRAIGHT = NUMBER["Straight"]
THREE = NUMBER["Three of a Kind"]
TWO_PAIR = NUMBER["Two Pair"]
PAIR = NUMBER["Pair"]
HIGH_CARD = NUMBER["High Card"]

_ACE_LOW = 1 << 14 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5
# Pairs of equal rank among the cards tell the groups apart: 2+2 has 2, 3 has 3, 3+2 has 4, …
_PAIRS_OF_TWO_PAIR, _PAIRS_OF_THREE, _PAIRS_OF_FULL_HOUSE = 2, 3, 4
_PAIRS_OF_FOUR, _PAIRS_OF_FIVE = 6, 10


@jit
def matched(rank: NDArray[np.int64], count: int) -> tuple[int, int]:
    """Number of pairs of equal rank, and the mask of cards that are in one."""
    pairs = 0
    mask = 0
    for i in range(count):
        for j in range(i):
            if rank[i] == rank[j] and rank[i] > 0:
                pairs += 1
                mask |= 1 << i | 1 << j
    return pairs, mask


@jit
def is_flush(suit: NDArray[np.int64], count: int) -> bool:
    """Five cards of one suit."""
    if count < 5 or suit[0] == 0:
        return False
    for i in range(1, count):  # noqa: SIM110 - Numba has no generator expressions
        if suit[i] != suit[0]:
            return False
    return True


@jit
def is_straight(rank: NDArray[np.int64], count: int) -> bool:
    """Five cards of consecutive ranks; the ace stands at either end."""
    if count < 5:
        return False
    ranks = 0
    for i in range(count):
        if rank[i] == 0:
            return False
        ranks |= 1 << int(rank[i])
    lowest = ranks & -ranks
    return ranks == _ACE_LOW or ranks == lowest * 31


@jit
def highest(rank: NDArray[np.int64], count: int) -> int:
    """Position of the highest card; the leftmost of equals."""
    best = 0
    for i in range(1, count):
        if rank[i] > rank[best]:
            best = i
    return best


@jit
def kind(pairs: int, flush: bool, straight: bool) -> int:
    """The best poker hand, as a row of ``tables.hands``."""
    if pairs == _PAIRS_OF_FIVE:
        return FLUSH_FIVE if flush else FIVE
    if pairs == _PAIRS_OF_FULL_HOUSE:
        return FLUSH_HOUSE if flush else FULL_HOUSE
    if straight and flush:
        return STRAIGHT_FLUSH
    if pairs == _PAIRS_OF_FOUR:
        return FOUR
    if flush:
        return FLUSH
    if straight:
        return STRAIGHT
    if pairs == _PAIRS_OF_THREE:
        return THREE
    if pairs == _PAIRS_OF_TWO_PAIR:
        return TWO_PAIR
    return PAIR if pairs == 1 else HIGH_CARD


@jit
def classify(rank: NDArray[np.int64], suit: NDArray[np.int64], count: int) -> tuple[int, int]:
    """Poker hand of one to five cards and the mask of those that score."""
    pairs, mask = matched(rank, count)
    flush = is_flush(suit, count)
    straight = is_straight(rank, count)
    hand = kind(pairs, flush, straight)
    if hand == HIGH_CARD:
        return hand, 1 << highest(rank, count)
    if hand in (STRAIGHT_FLUSH, FLUSH, STRAIGHT):
        return hand, (1 << count) - 1
    return hand, mask


@jit
def gather(source: NDArray[Any], mask: int, width: int, target: NDArray[np.int64]) -> int:
    """Copy the entries of source whose bit is set into target; how many there were."""
    count = 0
    for position in range(width):
        if mask >> position & 1:
            target[count] = source[position]
            count += 1
    return count
