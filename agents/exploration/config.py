"""What a run is told about exploring; nothing, unless it is asked for."""

import math
from dataclasses import dataclass
from typing import Final

_BITS: Final = range(4, 25)
"""Of a table: from 16 counts to 64 MiB."""


@dataclass(frozen=True, slots=True)
class Combinations:
    """A reward for combinations of jokers that were seldom held, by counts in a hashed table.

    Source: arXiv:1611.04717 (counts of hashed states), with the bonus of Strehl and Littman 2008.
    """

    beta: float = 0.5
    """Paid for a decision by which combinations come together that were never seen, on the scale
    on which a blind is worth 1; for those seen n times with this one, beta / sqrt(n)."""
    decay: float = 0.99
    """What an update leaves of every count before it; a count below one half is forgotten."""
    slot_bits: int = 16
    """Binary logarithm of how many counts there are, of 4 bytes each in every checkpoint: 16 are
    256 KiB. Combinations that share one are counted together, so they earn less, never more."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        if not 0 < self.beta < math.inf:
            raise ValueError("combinations.beta must be a positive number")
        if not 0 < self.decay <= 1:
            raise ValueError("combinations.decay must lie between 0 and 1, and not be 0")
        if self.slot_bits not in _BITS:
            raise ValueError(f"combinations.slot_bits must lie between {_BITS[0]} and {_BITS[-1]}")

    @property
    def slots(self) -> int:
        """How many counts the table holds."""
        return 1 << self.slot_bits
