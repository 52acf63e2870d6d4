"""Every table of the worker: its name and content, and nowhere else.

Tables are partitioned like the topics that fill them, by source: a row lives with the
worker that owns its source. All of them can be computed from the event log and the bus
again; the log alone is the truth.

A row is written for good before the records that changed it are acknowledged, but not one
by one: a change costs more than half as much as a decision, and a busy game changes its
row many times a second. Changes gather for a moment, and the last one of each row is
written; replies do not wait for it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, MutableMapping, ValuesView
from dataclasses import dataclass, field
from typing import Final

from jimbot_stream.worker import App, changes_sent, current_partition

EPISODES: Final = "episodes"
"""Game id to its ``Episode``, in JSON."""
WAITING: Final = "waiting"
"""Game id and number to the event that came before its predecessors."""
SOURCES: Final = "sources"
"""Topic and source to the numbers seen from it."""

GATHER_S: Final = 0.05
"""How long changes gather; acknowledgements wait so long, replies do not."""

Row = MutableMapping[bytes, bytes]
Partition = Callable[[], int | None]


class GatheringTable(MutableMapping[bytes, bytes]):
    """A table that keeps changes back until they are written by ``write``."""

    def __init__(self, table: Row, partition: Partition = current_partition) -> None:
        self._table = table
        self._partition = partition
        self._changes: dict[int, dict[bytes, bytes | None]] = {}

    def __getitem__(self, key: bytes) -> bytes:
        for changes in self._visible():
            if key in changes:
                row = changes[key]
                break
        else:
            row = self._table.get(key)
        if row is None:
            raise KeyError(key)
        return row

    def __setitem__(self, key: bytes, row: bytes) -> None:
        self._changes.setdefault(_owned(self._partition), {})[key] = row

    def __delitem__(self, key: bytes) -> None:
        self._changes.setdefault(_owned(self._partition), {})[key] = None

    def __iter__(self) -> Iterator[bytes]:
        """Keys of the table below: rows that were never written are not listed yet."""
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def values(self) -> ValuesView[bytes]:
        """Rows of the table below, of every partition; a lookup sees the one at hand alone."""
        return self._table.values()

    def write(self) -> None:
        """Write what gathered for the partition of the record at hand."""
        for key, row in self._changes.pop(_owned(self._partition), {}).items():
            if row is not None:
                self._table[key] = row
            elif key in self._table:
                del self._table[key]

    def drop(self) -> None:
        """Forget what was not written: its records were not acknowledged either."""
        self._changes.clear()

    def _visible(self) -> Iterable[dict[bytes, bytes | None]]:
        """Changes that a lookup sees: a record those of its partition, a page all.

        A record that saw rows of others would write them again, as rows of its own.
        """
        partition = self._partition()
        if partition is None:
            return self._changes.values()
        return (self._changes.get(partition, {}),)


def _owned(partition: Partition) -> int:
    found = partition()
    if found is None:
        raise RuntimeError("a table can be changed only while a record is worked on")
    return found


@dataclass(frozen=True, slots=True)
class Tables:
    """The worker's tables."""

    episodes: GatheringTable
    waiting: GatheringTable
    sources: GatheringTable
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict)
    _begun: Counter[int] = field(default_factory=Counter)
    _done: Counter[int] = field(default_factory=Counter)

    async def settled(self) -> None:
        """Return once every change of this record is acknowledged by the bus.

        One record writes for all of its partition that came while it gathered.
        """
        partition = _owned(current_partition)
        wanted = self._begun[partition] + 1
        async with self._turns.setdefault(partition, asyncio.Lock()):
            if self._done[partition] >= wanted:
                return  # a round that began after this record's changes is over
            await asyncio.sleep(GATHER_S)
            self._begun[partition] += 1
            round_ = self._begun[partition]
            for table in (self.episodes, self.waiting, self.sources):
                table.write()
            await changes_sent()
            self._done[partition] = round_

    def drop(self) -> None:
        """Forget changes that were not written: partitions changed hands."""
        for table in (self.episodes, self.waiting, self.sources):
            table.drop()


def declare(app: App) -> Tables:
    """Declare the tables to Faust."""
    episodes, waiting, sources = (
        GatheringTable(app.byte_table(name)) for name in (EPISODES, WAITING, SOURCES)
    )
    return Tables(episodes, waiting, sources)
