"""The log: appends that share one commit, and reads of what is durable.

Appends of all connections collect while a commit is under way and go into the next one.
Offsets are given when a group is handed to the writer, one group at a time, so a group
that fails leaves no gap: its producers get an error and everything else goes on. Only
after the commit is a producer answered, a reader woken and the end raised.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jimbot_stream.bus.broker import producers
from jimbot_stream.bus.broker.catalog import Partition
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.producers import ProducerState
from jimbot_stream.bus.broker.records import NO_PRODUCER, BatchHeader, stamp
from jimbot_stream.bus.broker.store import OFFSET_BITS, StorageError, Store, row_id
from jimbot_stream.bus.broker.tail import TailCache
from jimbot_stream.clock import Clock

T = TypeVar("T")
_GROUP_BYTES = 64 << 20
"""Enough for one commit; what is beyond waits for the next."""


@dataclass(slots=True)
class _Append:
    partition: Partition
    data: memoryview
    header: BatchHeader
    done: "asyncio.Future[int]"


@dataclass(slots=True)
class _Operation:
    work: Callable[[sqlite3.Connection], Any]
    done: "asyncio.Future[Any]"


@dataclass(slots=True)
class _Group:
    """What one commit stores."""

    rows: list[tuple[Partition, int, int, int, bytes]] = field(default_factory=list)
    """Partition, first and last offset, time in ms, bytes."""
    ends: dict[Partition, int] = field(default_factory=dict)
    states: dict[tuple[int, int], ProducerState] = field(default_factory=dict)
    answers: list[tuple["asyncio.Future[int]", int]] = field(default_factory=list)
    operations: list[_Operation] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)

    def write(self, connection: sqlite3.Connection) -> None:
        """Store all of it; runs in the writer's thread."""
        connection.executemany(
            "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
            (
                (row_id(part.id, base), last, time_ms, len(data), data)
                for part, base, last, time_ms, data in self.rows
            ),
        )
        connection.executemany(
            "INSERT OR REPLACE INTO producer VALUES (?, ?, ?, ?, ?)",
            (
                (*key, state.epoch, state.to_json(), state.seen_ms)
                for key, state in self.states.items()
            ),
        )
        self.results = [operation.work(connection) for operation in self.operations]


class Log:
    """Batches of all partitions."""

    def __init__(self, store: Store, clock: Clock, cache_bytes: int) -> None:
        self._store, self._clock = store, clock
        self._waiting: list[_Append | _Operation] = []
        self._draining: asyncio.Task[None] | None = None
        self.states: dict[tuple[int, int], ProducerState] = {}
        self.tail = TailCache(cache_bytes)
        for part, pid, epoch, batches, seen in store.reader.execute("SELECT * FROM producer"):
            self.states[part, pid] = producers.from_json(epoch, batches, seen)

    def append(
        self, partition: Partition, data: memoryview, header: BatchHeader
    ) -> "asyncio.Future[int]":
        """Add a checked batch; the future bears its base offset once it is durable.

        It fails with a BrokerError if the batch is out of sequence, the partition is
        gone, or nothing can be stored.
        """
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._enqueue(_Append(partition, data, header, done))
        return done

    def write(self, work: Callable[[sqlite3.Connection], T]) -> "asyncio.Future[T]":
        """Run SQL within the next commit; the future bears its result once durable."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._enqueue(_Operation(work, done))
        return done

    def _enqueue(self, item: _Append | _Operation) -> None:
        self._waiting.append(item)
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        """Commit group after group until nobody waits."""
        try:
            while self._waiting:
                group = self._next_group()
                await self._commit(group)
        finally:
            self._draining = None

    async def _commit(self, group: _Group) -> None:
        if not (group.rows or group.operations):
            self._answer(group)
            return
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._store.thread, self._store.transact, group.write)
        except (StorageError, sqlite3.Error) as error:
            self._refuse(group, BrokerError(ErrorCode.KAFKA_STORAGE_ERROR, str(error)))
        except Exception as error:  # noqa: BLE001 - a mistake in one operation must not end the log
            self._refuse(group, error)
        else:
            self._publish(group)
            self._answer(group)

    def _next_group(self) -> _Group:
        group, size, taken = _Group(), 0, 0
        for item in self._waiting:
            taken += 1
            if isinstance(item, _Operation):
                group.operations.append(item)
            elif self._place(group, item):
                size += len(item.data)
            if size > _GROUP_BYTES:
                break
        del self._waiting[:taken]
        return group

    def _place(self, group: _Group, item: _Append) -> bool:
        """Give a batch its offsets; False if it needs no storing."""
        part, header = item.partition, item.header
        key = (part.id, header.producer_id)
        state = group.states.get(key) or self.states.get(key)
        try:
            known = _stored_before(part, state, header)
        except BrokerError as error:
            _fail(item.done, error)
            return False
        if known is not None:
            group.answers.append((item.done, known))
            return False
        base = group.ends.get(part, part.end)
        last = base + header.last_offset_delta
        now_ms = self._clock.now_ns() // 1_000_000
        time_ms = header.max_timestamp if header.max_timestamp >= 0 else now_ms
        group.rows.append((part, base, last, time_ms, stamp(item.data, base)))
        group.ends[part] = last + 1
        group.answers.append((item.done, base))
        if header.producer_id != NO_PRODUCER:
            group.states[key] = producers.after(state, header, base, now_ms)
        return True

    def _publish(self, group: _Group) -> None:
        """Show a durable group to readers."""
        for part, base, last, _, data in group.rows:
            self.tail.add(part, base, last, data)
        self.states.update(group.states)
        for part, end in group.ends.items():
            part.end = end
            part.wake()

    def _answer(self, group: _Group) -> None:
        for append, base in group.answers:
            if not append.done():
                append.set_result(base)
        for operation, result in zip(group.operations, group.results, strict=True):
            if not operation.done.done():
                operation.done.set_result(result)

    def _refuse(self, group: _Group, error: Exception) -> None:
        for done, _ in group.answers:
            _fail(done, error)
        for operation in group.operations:
            _fail(operation.done, error)

    def read(self, partition: Partition, offset: int, max_bytes: int) -> list[bytes]:
        """Batches from the one that holds the offset; at least one if there is any."""
        found: list[bytes] = []
        size = 0
        for last, data in self.batches(partition, offset):
            if found and size + len(data) > max_bytes:
                break
            if last >= offset:
                found.append(data)
                size += len(data)
            if size >= max_bytes:
                break
        return found

    def batches(self, partition: Partition, offset: int) -> Iterator[tuple[int, bytes]]:
        """Last offset and bytes of the batches from an offset on."""
        tail = partition.tail
        if tail and offset >= tail[0][0]:
            for _, last, data in tail:
                if last >= offset:
                    yield last, data
            return
        lowest = row_id(partition.id, 0)
        rows = self._store.reader.execute(
            "SELECT last, data FROM batch WHERE k >= coalesce((SELECT max(k) FROM batch"
            " WHERE k BETWEEN ?1 AND ?2), ?2) AND k < ?3 ORDER BY k",
            (lowest, row_id(partition.id, offset), (partition.id + 1) << OFFSET_BITS),
        )
        try:
            yield from rows
        finally:
            rows.close()

    def forget_producers(self, partition: Partition) -> None:
        """Drop the producers of a partition that is gone."""
        for key in [key for key in self.states if key[0] == partition.id]:
            del self.states[key]

    async def close(self) -> None:
        """Finish what was accepted."""
        while self._draining is not None:
            await asyncio.wait([self._draining])


def _stored_before(part: Partition, state: ProducerState | None, header: BatchHeader) -> int | None:
    if part.gone:
        raise BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic was deleted")
    if header.producer_id == NO_PRODUCER:
        return None
    return producers.duplicate_of(state, header)


def _fail(done: "asyncio.Future[Any]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
        done.exception()  # the asker may be gone: then nobody else would look at it
