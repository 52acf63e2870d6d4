"""What a replay memory is told."""

import math
from dataclasses import dataclass
from typing import Final

_LEAST: Final = 1.0


@dataclass(frozen=True, slots=True)
class MemoryConfig:
    """How much is kept, and what is drawn how often."""

    mib: int = 512
    """Most MiB that the memory takes, with everything that belongs to it."""
    alpha: float = 0.6
    """Exponent of priorities: 0 draws all transitions alike."""
    beta: float = 0.4
    """Exponent of the importance weights of the first update; it grows to 1."""
    beta_updates: int = 100
    """Updates after which it is 1."""
    floor: float = 0.01
    """Added to every error, so that what is learned is drawn again some day."""
    boss: float = 2.0
    """How much more often an action that beat a boss blind is drawn."""
    finisher: float = 2.0
    """The same for every decision against a boss of ante 8, 16, …"""
    legendary: float = 4.0
    """The same for an action that brought a legendary joker."""
    win: float = 8.0
    """The same for an action that won the game."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        for name in ("mib", "beta_updates"):
            if getattr(self, name) < 1:
                raise ValueError(f"memory.{name} must be at least 1")
        for name in ("alpha", "beta"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"memory.{name} must lie between 0 and 1")
        for name in ("boss", "finisher", "legendary", "win"):
            if not _LEAST <= getattr(self, name) < math.inf:
                raise ValueError(f"memory.{name} must be a number, at least 1")
        if not 0 < self.floor < math.inf:
            raise ValueError("memory.floor must be a positive number")

    def beta_of(self, update: int) -> float:
        """Exponent of the importance weights of an update, which count from 1."""
        grown = min(1.0, (update - 1) / self.beta_updates)
        return self.beta + (1.0 - self.beta) * grown
