"""Means and shares with intervals that hold the truth in 95 of 100 panels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054
"""Quantile 0.975 of the normal distribution."""
_T = (
    12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252,
    2.306004135, 2.262157163, 2.228138852, 2.200985160, 2.178812830, 2.160368656, 2.144786688,
)  # fmt: skip
"""The same of Student's distribution with 1, 2, … degrees of freedom."""


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
    """Mean of values that are about normally distributed, or many, by Student's distribution.

    Raises:
        ValueError: fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"{len(values)} games give no interval: play at least 2")
    middle = float(np.mean(values))
    reach = _quantile(len(values) - 1) * float(np.std(values, ddof=1)) / float(np.sqrt(len(values)))
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


def _quantile(freedom: int) -> float:
    """Quantile 0.975 of Student's distribution, to six places.

    Beyond the table by the expansion in 1 / freedom (Abramowitz and Stegun, 26.7.5): plain sums, so
    that no library has a say in what is recorded.
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    z, v = _Z, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v**power for power, term in enumerate(terms, 1))
