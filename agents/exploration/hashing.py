"""Words that look random and are the same everywhere."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and about 2 ** 64 over the golden ratio: multiples of it are far apart."""


def mixed(words: Words) -> Words:
    """Every bit has a say in every other: the last step of SplitMix64.

    Source: Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195.
    """
    words = (words ^ words >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ words >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return words ^ words >> np.uint64(31)
