"""The discards that are worth considering: the rest of what is worth keeping."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import MOST_CARDS
from jimbot_stream.balatro.kernels import jit, plays, usable
from jimbot_stream.balatro.kernels.usable import bits

_TOP_PLAYS = 3
_DRAW = 3  # cards that make a flush or a straight worth waiting for


@jit
def _put(
    keep: int,
    hand: int,
    forced: int,
    order: NDArray[np.int64],
    count: int,
    masks: NDArray[np.int64],
) -> int:
    """Append the discard of all else: of the cards of least worth, as many as may go."""
    mask = forced
    for at in range(hand):
        bit = 1 << int(order[at])
        if keep & bit == 0 and mask & bit == 0 and bits(mask) < MOST_CARDS:
            mask |= bit
    if mask == 0 or bits(mask) > MOST_CARDS or count >= len(masks):
        return count
    for at in range(count):
        if masks[at] == mask:
            return count
    masks[count] = mask
    return count + 1


@jit
def _suited(suits: NDArray[np.int64], hand: int, suit: int) -> int:
    mask = 0
    for position in range(hand):
        if suits[position] == suit or suits[position] == 5:
            mask |= 1 << position
    return mask


@jit
def _of_rank(ranks: NDArray[np.int64], hand: int, rank: int) -> int:
    mask = 0
    for position in range(hand):
        if ranks[position] == rank:
            mask |= 1 << position
    return mask


@jit
def _run(ranks: NDArray[np.int64], hand: int, low: int) -> int:
    """One card of every rank within the span of a straight from low, 1 for the ace."""
    mask = 0
    for step in range(5):
        rank = low + step if low + step > 1 else 14
        found = _of_rank(ranks, hand, rank)
        mask |= found & -found
    return mask


@jit
def find(
    s: Any,
    ranks: NDArray[np.int64],
    suits: NDArray[np.int64],
    order: NDArray[np.int64],
    worths: NDArray[np.float64],
    ranking: NDArray[np.int64],
    ranked: int,
    masks: NDArray[np.int64],
) -> int:
    """Write discards into masks, at most as many as it has room for; how many."""
    hand = int(s.hand_count)
    forced = usable.forced_mask(s)
    count = 0
    for at in range(min(ranked, _TOP_PLAYS)):
        keep = int(worths[ranking[at], plays.SCORING])
        count = _put(keep, hand, forced, order, count, masks)
    multiples = 0
    for rank in range(14, 1, -1):
        equal = _of_rank(ranks, hand, rank)
        if bits(equal) >= 2:
            multiples |= equal
            count = _put(equal, hand, forced, order, count, masks)
    if multiples != 0:
        count = _put(multiples, hand, forced, order, count, masks)
    for suit in range(1, 5):
        suited = _suited(suits, hand, suit)
        if bits(suited) >= _DRAW:
            count = _put(suited, hand, forced, order, count, masks)
    longest = _DRAW
    for low in range(10, 0, -1):
        longest = max(longest, bits(_run(ranks, hand, low)))
    for low in range(10, 0, -1):
        run = _run(ranks, hand, low)
        if bits(run) == longest:
            count = _put(run, hand, forced, order, count, masks)
    for size in range(min(MOST_CARDS, hand), 0, -1):
        keep = 0
        for at in range(size, hand):
            keep |= 1 << int(order[at])
        count = _put(keep, hand, forced, order, count, masks)
    for at in range(hand):
        count = _put(~(1 << int(order[at])), hand, forced, order, count, masks)
    return count
