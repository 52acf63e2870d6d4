"""Is one player worse than another on the same games? A paired randomisation test.

Were both equally good, each game's difference might as well have had the other sign. So signs are
drawn at random many times, and the test asks how often the sum comes out as low as it did (R. A.
Fisher, The Design of Experiments, 1935, 21). Sums are of whole numbers and the signs those of
a counter-based generator: the probability is the same everywhere, to the last bit.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DRAWS: Final = 9999
_AT_ONCE: Final = 1024


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found."""

    difference: float
    """Mean of what the first reached less what the second reached."""
    p_value: float
    """Probability of so low a sum, were both equally good."""

    def worse(self, level: float) -> bool:
        """Whether the first is worse than the second."""
        return self.p_value < level


def compare(first: NDArray[Any], second: NDArray[Any], seed: int) -> Comparison:
    """Compare whole numbers that both reached, in the same games in the same order.

    Raises:
        ValueError: no games, or not the same number of them.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(f"{len(first)} and {len(second)} games cannot be compared")
    differences = np.rint(first).astype(np.int64) - np.rint(second).astype(np.int64)
    observed = int(differences.sum())
    told = differences[differences != 0]
    if not len(told):
        return Comparison(0.0, 1.0)
    as_low = sum(int((sums <= observed).sum()) for sums in _sums(told, seed))
    return Comparison(observed / len(differences), (1 + as_low) / (1 + DRAWS))


def _sums(differences: NDArray[np.int64], seed: int) -> "list[NDArray[np.int64]]":
    """Sums with signs at random, in parts that fit into memory."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    found = []
    for start in range(0, DRAWS, _AT_ONCE):
        shape = (min(_AT_ONCE, DRAWS - start), len(differences))
        signs = 2 * generator.integers(0, 2, shape, dtype=np.int64) - 1
        found.append(signs @ differences)
    return found
