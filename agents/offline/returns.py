"""What still came of a decision: discounted sums of rewards over whole games."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def discounted(
    rewards: NDArray[np.float64], lengths: Sequence[int], gamma: float
) -> NDArray[np.float64]:
    """Return of every decision; games stand one after another and end in truth."""
    # rewards: [T]; sum(lengths) == T -> [T]
    result = np.empty_like(rewards)
    start = 0
    for length in lengths:
        running = 0.0
        for step in range(start + length - 1, start - 1, -1):
            running = rewards[step] + gamma * running
            result[step] = running
        start += length
    return result
