"""Generalised advantage estimation over whole episodes, in float64 and in order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def advantages(
    rewards: Floats, values: Floats, lengths: Sequence[int], gamma: float, lambda_: float
) -> Floats:
    """Advantage of every step; episodes stand one after another and end in truth.

    The state after an episode's last step is worth 0: the game is over.
    """
    # rewards, values: [T]; sum(lengths) == T
    result = np.empty_like(rewards)
    start = 0
    for length in lengths:
        running = following = 0.0
        for step in range(start + length - 1, start - 1, -1):
            surprise = rewards[step] + gamma * following - values[step]
            running = surprise + gamma * lambda_ * running
            result[step] = running
            following = values[step]
        start += length
    return result


def standardised(raw: Floats, weights: Floats) -> Floats:
    """Mean 0 and deviation 1 over the steps that count."""
    counted = raw[weights > 0]
    if not len(counted):
        return raw * 0.0
    scaled: Floats = (raw - counted.mean()) / (counted.std() + 1e-8)
    return scaled


def rollout_advantages(
    rewards: Floats, values: Floats, ended: NDArray[np.bool_], gamma: float, lambda_: float
) -> Floats:
    """The same for N games in lockstep, cut off after T decisions wherever they stand.

    The last row of values is that of the states after the last decision. A game that ended
    is followed by another one, whose first state counts 0 for it.
    """
    # rewards, ended: [T, N]; values: [T + 1, N] -> [T, N]
    result = np.empty_like(rewards)
    running = np.zeros(rewards.shape[1])
    goes_on = np.where(ended, 0.0, 1.0)
    for step in range(len(rewards) - 1, -1, -1):
        following = goes_on[step] * values[step + 1]
        surprise = rewards[step] + gamma * following - values[step]
        running = surprise + gamma * lambda_ * goes_on[step] * running
        result[step] = running
    return result
