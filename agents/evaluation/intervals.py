"""Means and shares with intervals that hold the truth in 95 of 100 panels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054
"""Quantile 0.975 of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the ends of its 95 % interval."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.estimate:.2f} [{self.low:.2f}, {self.high:.2f}]"


def mean(values: NDArray[Any]) -> Interval:
    """Mean of many values, by the normal approximation.

    Raises:
        ValueError: fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"{len(values)} games give no interval: play at least 2")
    middle = float(np.mean(values))
    reach = _Z * float(np.std(values, ddof=1)) / float(np.sqrt(len(values)))
    return Interval(middle, middle - reach, middle + reach)


def share(hits: int, count: int) -> Interval:
    """Share of hits by Wilson's score interval, which holds for rare ones as well.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209.

    Raises:
        ValueError: there is nothing to count.
    """
    if count < 1:
        raise ValueError("a share of nothing has no interval")
    part = hits / count
    scale = 1 + _Z**2 / count
    middle = (part + _Z**2 / (2 * count)) / scale
    reach = _Z / scale * np.sqrt(part * (1 - part) / count + _Z**2 / (4 * count**2))
    return Interval(part, float(max(0.0, middle - reach)), float(min(1.0, middle + reach)))
