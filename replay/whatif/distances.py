"""How far two policies lie apart in one state."""

import numpy as np
from numpy.typing import NDArray

Chances = NDArray[np.float64]
"""Probabilities of the candidates [A]; 0 where illegal."""


def kullback_leibler(of: Chances, against: Chances) -> float:
    """Sum of p log(p / q), in nats; infinite where q rules out what p may do.

    S. Kullback, R. Leibler, On information and sufficiency, Ann. Math. Stat. 22 (1951), 79.
    """
    may = of > 0
    if (against[may] <= 0).any():
        return float("inf")
    return max(0.0, float(np.sum(of[may] * np.log(of[may] / against[may]))))


def total_variation(one: Chances, other: Chances) -> float:
    """Half the sum of |p - q|: the least share of draws in which the two must part."""
    return min(1.0, float(np.sum(np.abs(one - other))) / 2)
