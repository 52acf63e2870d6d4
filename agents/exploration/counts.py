"""How often combinations of jokers came together, in a table of fixed size; and what that pays.

Counts are taken in the order of the columns: of a combination that comes together several times
in a round, each time counts those before it. They are numbers of 32 bits with a fraction, for an
update leaves a part of what was counted before it; whole ones are exact up to 2 ** 24.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.combinations import gains, made
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.rollouts.chunk import Chunk

FORGOTTEN: Final = 0.5
"""Counts below it are 0."""


class Counts:
    """The table of one run, from one of its updates to the next."""

    def __init__(self, config: Combinations, table: NDArray[np.float32] | None = None) -> None:
        """Take up the counts of the update before, decayed; there are none at first."""
        self._config = config
        if table is None:
            table = np.zeros(config.slots, dtype=np.float32)
        kept = table * np.float32(config.decay)
        self.table: NDArray[np.float32] = np.where(kept < FORGOTTEN, np.float32(0), kept)
        """[2 ** slot_bits]"""
        self._decisions = 0
        self._paid = 0.0

    def bonus(self, chunk: Chunk) -> NDArray[np.float64]:
        """Count what comes together in a round; what every decision earns by it, [T, N].

        That is the mean of beta / sqrt(n) over the combinations that it makes, n how often each
        was seen, this time included.
        """
        found = gains(chunk)
        combinations = made(found, self._config.slot_bits)
        seen = self.counted(combinations.slots)
        each = len(found.where)
        sums = np.bincount(combinations.of, 1 / np.sqrt(seen), each)
        earned = self._config.beta * sums / np.bincount(combinations.of, minlength=each)
        self._decisions += each
        self._paid += float(earned.sum())
        every = np.zeros(len(chunk))
        every[found.where] = earned
        return every.reshape(chunk.rewards.shape)

    def counted(self, slots: NDArray[np.int64]) -> NDArray[np.float64]:
        """Count some slots one after another; what each then stands at."""
        stands = self.table[slots] + earlier(slots) + 1.0
        different, times = np.unique(slots, return_counts=True)
        self.table[different] += times.astype(np.float32)
        return np.asarray(stands, dtype=np.float64)

    def metrics(self) -> dict[str, float]:
        """For people: what the decisions that earned something earned on average, and so on."""
        return {
            "bonus": self._paid / max(1, self._decisions),
            "bonus_decisions": float(self._decisions),
            "combinations": float(np.count_nonzero(self.table)),
        }


def earlier(slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each one, how many before it are the same."""
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    lengths = np.diff(begins, append=len(slots))
    found = np.empty(len(slots), dtype=np.int64)
    found[order] = np.arange(len(slots)) - np.repeat(begins, lengths)
    return found
