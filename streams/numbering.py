"""The numbers that a source gives to its events, and what they say about the bus.

Events of one source, incarnation (epoch) and topic are numbered 0, 1, 2, …. The numbers
are accounts, not orders: a number seen before is counted as a duplicate, a number left
out as a gap, and a gap that a late record fills as repaired. Whether an event takes
effect is decided by its game (``games.py``), for only the log knows what took effect;
so a wrong count here can never lose or repeat anything.
"""

from dataclasses import dataclass, replace

import orjson

MAX_HOLES = 64
"""Holes remembered per source and topic; older ones are given up, and stay counted as gaps."""


@dataclass(frozen=True, slots=True)
class Count:
    """What the numbers of one record said."""

    duplicates: int = 0
    gaps: int = 0
    """Numbers left out."""
    repaired: int = 0
    """Numbers that were left out before, and now came."""


@dataclass(frozen=True, slots=True)
class SourceNumbers:
    """Where one source stands on one topic."""

    epoch: int = 0
    expected: int = 0
    """The number after the highest one seen."""
    holes: tuple[tuple[int, int], ...] = ()
    """Numbers below expected that never came, as [first, last) ranges, ascending."""

    def take(self, epoch: int, first: int, size: int) -> tuple["SourceNumbers", Count]:
        """Account for the numbers first, …, first + size - 1 of an incarnation."""
        if epoch < self.epoch:
            return self, Count(duplicates=size)
        if epoch > self.epoch:
            return SourceNumbers(epoch).take(epoch, first, size)
        return self._take(first, first + size)

    def _take(self, first: int, end: int) -> tuple["SourceNumbers", Count]:
        fresh = max(end - max(first, self.expected), 0)
        left_out = max(first - self.expected, 0) if fresh else 0
        holes, repaired = _fill(self.holes, first, end)
        if left_out:
            holes = (*holes, (self.expected, first))
        after = replace(
            self,
            expected=max(self.expected, end),
            holes=holes[-MAX_HOLES:],
        )
        return after, Count(end - first - fresh - repaired, left_out, repaired)

    def to_row(self) -> bytes:
        """The row as the table holds it."""
        return orjson.dumps([self.epoch, self.expected, self.holes])

    @classmethod
    def from_row(cls, row: bytes | None) -> "SourceNumbers":
        """Read a row; a source without one starts at 0."""
        if row is None:
            return cls()
        epoch, expected, holes = orjson.loads(row)
        return cls(epoch, expected, tuple((first, end) for first, end in holes))


def _fill(
    holes: tuple[tuple[int, int], ...], first: int, end: int
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The holes without [first, end), and how many numbers that filled."""
    left: list[tuple[int, int]] = []
    filled = 0
    for start, stop in holes:
        low, high = max(start, first), min(stop, end)
        if low >= high:
            left.append((start, stop))
            continue
        filled += high - low
        left += [part for part in ((start, low), (high, stop)) if part[0] < part[1]]
    return tuple(left), filled
