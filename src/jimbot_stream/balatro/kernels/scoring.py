"""What played cards score: the poker hand's chips and mult, and the chips of scoring cards.

The order of evaluation of the full game (jokers, editions, held cards) hooks in here; so
far only the base remains of it.
"""

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.compiled import (
    HAND_CHIPS,
    HAND_CHIPS_STEP,
    HAND_MULT,
    HAND_MULT_STEP,
    RANK_CHIPS,
)


@jit
def worth(hand: int, level: int) -> tuple[float, float]:
    """Chips and mult of a poker hand at a level."""
    chips = HAND_CHIPS[hand] + (level - 1) * HAND_CHIPS_STEP[hand]
    mult = HAND_MULT[hand] + (level - 1) * HAND_MULT_STEP[hand]
    return float(chips), float(mult)


@jit
def card_chips(
    rank: NDArray[np.int64], scores: NDArray[np.int64], count: int, scoring: int
) -> float:
    """Chips of the scoring cards; a debuffed card brings none."""
    chips = 0
    for i in range(count):
        if scoring >> i & 1 and scores[i] == 1:
            chips += RANK_CHIPS[rank[i]]
    return float(chips)


@jit
def total(chips: float, mult: float) -> float:
    """The score of a hand."""
    return float(np.floor(chips * mult))
