"""Which records a client still works off, told from what its fetches leave out.

A client leaves a partition out of its fetches while it holds records of it that it was
handed, and most clients keep one fetch at a time under way. If that one waits for news of
the other partitions, the partition that is worked off meanwhile waits for nothing. So a
fetch that leaves some out is kept short; one that asks for everything may wait as long as
the client likes.
"""

from collections.abc import Iterable
from typing import Final

Place = tuple[str, int]
"""Topic and number of a partition."""

SHORT_S: Final = 0.01
"""Shortest wait: what a client that is quick to work records off may lose."""
SHARE: Final = 0.1
"""Otherwise the wait is this share of the time that records have been held already.

So a partition that was given up for good costs fewer and fewer fetches.
"""


class Handed:
    """Partitions of one connection whose records the client seems to hold."""

    def __init__(self) -> None:
        self._since: dict[Place, float] = {}

    def patience(self, asked: Iterable[Place], now: float) -> float:
        """How many seconds a fetch of these partitions may wait, as far as that goes."""
        for place in asked:
            self._since.pop(place, None)
        if not self._since:
            return float("inf")
        return max(SHORT_S, SHARE * (now - max(self._since.values())))

    def hand_out(self, places: Iterable[Place], now: float) -> None:
        """Note that an answer bears records of these partitions."""
        self._since.update(dict.fromkeys(places, now))
