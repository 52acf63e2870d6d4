"""Exact previews of all plays of the eight leftmost cards, and what each choice leaves.

A preview is what the poker hand scores by itself: jokers, enhancements, editions, seals
and boss effects (but for debuffed cards) are not in it. Every array has 256 entries, one per
set of cards as a bit mask.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import CHOICES, REACH, SUBSET_MASKS
from jimbot_stream.balatro.kernels import hands, jit, scoring

SETS = 1 << REACH
_HAND, _SCORING = 0, 1
_CHIPS, _MULT, _SCORE = 0, 1, 2
_DISTINCT = 15  # bits of a set of ranks: 1 is the low ace, 2-14 the ranks


@jit
def plays(view: Any, kinds: NDArray[np.int64], worths: NDArray[np.float64]) -> None:
    """Fill kinds[256, 2] (hand, scoring cards) and worths[256, 3] (chips, mult, score)."""
    reach = min(REACH, int(view.hand_count))
    rank = np.zeros(REACH, dtype=np.int64)
    suit = np.zeros(REACH, dtype=np.int64)
    live = np.zeros(REACH, dtype=np.int64)
    for choice in range(CHOICES):
        cards = int(SUBSET_MASKS[choice])
        if cards >> reach != 0:
            continue
        count = hands.gather(view.rank, cards, reach, rank)
        hands.gather(view.suit, cards, reach, suit)
        hands.gather(view.scores, cards, reach, live)
        hand, mask = hands.classify(rank, suit, count)
        chips = view.hand_chips[hand] + scoring.card_chips(rank, live, count, mask)
        kinds[cards, _HAND] = hand
        kinds[cards, _SCORING] = mask
        worths[cards, _CHIPS] = chips
        worths[cards, _MULT] = view.hand_mult[hand]
        worths[cards, _SCORE] = scoring.total(chips, view.hand_mult[hand])


@jit
def best_plays(worths: NDArray[np.float64], best: NDArray[np.int64]) -> None:
    """For every set of cards, the subset that scores most when played; 0 for none."""
    best[0] = 0
    for cards in range(1, SETS):
        found = cards if worths[cards, _SCORE] > 0.0 else 0
        for position in range(REACH):
            if cards >> position & 1:
                other = best[cards & ~(1 << position)]
                if worths[other, _SCORE] > worths[found, _SCORE]:
                    found = other
        best[cards] = found


@jit
def _most(packed: int, fields: int) -> int:
    most = 0
    for field in range(fields):
        most = max(most, packed >> (4 * field) & 15)
    return most


@jit
def _longest_run(ranks: int) -> int:
    most = 0
    for low in range(_DISTINCT - 4):
        window = ranks >> low & 31
        held = 0
        while window != 0:
            window &= window - 1
            held += 1
        most = max(most, held)
    return most


@jit
def shapes(view: Any, shape: NDArray[np.int64]) -> None:
    """Fill shape[256, 4]: cards, most of one suit, most of one rank, most in a straight's span.

    Suits and ranks of a set are kept as packed four-bit counters and grow card by card.
    """
    reach = min(REACH, int(view.hand_count))
    suits = np.zeros(SETS, dtype=np.int64)
    ranks = np.zeros(SETS, dtype=np.int64)
    held = np.zeros(SETS, dtype=np.int64)
    for position in range(reach):
        suit = int(view.suit[position])
        rank = int(view.rank[position])
        bit = 1 << rank if rank > 0 else 0
        low_ace = 2 if rank == 14 else 0
        for below in range(1 << position):
            cards = below | 1 << position
            suits[cards] = suits[below] + (1 << 4 * (suit - 1) if suit > 0 else 0)
            ranks[cards] = ranks[below] + (1 << 4 * (rank - 2) if rank > 0 else 0)
            held[cards] = held[below] | bit | low_ace
            shape[cards, 0] = shape[below, 0] + 1
            shape[cards, 1] = _most(suits[cards], 4)
            shape[cards, 2] = _most(ranks[cards], 13)
            shape[cards, 3] = _longest_run(held[cards] >> 1)


@jit
def in_reach(count: int) -> int:
    """Mask of the cards of a hand that are in reach."""
    return (1 << min(REACH, count)) - 1 if count > 0 else 0
