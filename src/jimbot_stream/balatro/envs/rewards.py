"""Rewards, computed for all runs at once from the facts before and after a step.

A reward is a function of two arrays of ``kernels.batch.FACTS``; any such function will do.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Facts = NDArray[Any]
"""Records of ``kernels.batch.FACTS``."""
Reward = Callable[[Facts, Facts], NDArray[np.float64]]
_MOST: Final = np.finfo(np.float64).max


def _finite(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores; infinite ones count as the largest number there is."""
    return np.minimum(scores, _MOST)


def _standing(facts: Facts) -> NDArray[np.float64]:
    """Blinds beaten, and the part of the present one, or of the one lost, that is scored."""
    share = np.minimum(1.0, _finite(facts["chips"]) / _finite(np.maximum(1.0, facts["required"])))
    return np.asarray(facts["beaten"] + np.maximum(facts["playing"], facts["lost"]) * share)


def progress(before: Facts, after: Facts) -> NDArray[np.float64]:
    """1 for every blind, paid as its score comes in; a round that is lost keeps its part."""
    return _standing(after) - _standing(before)


def blinds(before: Facts, after: Facts) -> NDArray[np.float64]:
    """1 for every blind that is beaten."""
    return np.asarray(after["beaten"] - before["beaten"])


def win(before: Facts, after: Facts) -> NDArray[np.float64]:
    """1 for winning the run, and nothing else."""
    return np.asarray(after["won"] - before["won"])


def best_score(before: Facts, after: Facts) -> NDArray[np.float64]:
    """Doublings of the best score of a round."""
    best, known = _finite(after["best_score"]), _finite(before["best_score"])
    return np.asarray(np.log2(1.0 + best) - np.log2(1.0 + known))


REWARDS: Final[dict[str, Reward]] = {
    "progress": progress,
    "blinds": blinds,
    "win": win,
    "best_score": best_score,
}
"""By name."""


def reward_named(reward: str | Reward) -> Reward:
    """The reward of a name; a function is one already.

    Raises:
        ValueError: there is none of that name.
    """
    if callable(reward):
        return reward
    if reward not in REWARDS:
        raise ValueError(f"no reward {reward!r}: there are {', '.join(REWARDS)}")
    return REWARDS[reward]
