"""The embedded event log: one SQLite file, one writer thread, fsync before every answer."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.eventlog import (
    Appended,
    EventLogError,
    Expected,
    ExpectedVersion,
    LogUnavailableError,
    NewEvent,
    RecordedEvent,
    StreamMetadata,
    StreamNotFoundError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog import reader as pages
from jimbot_stream.eventlog.commit import SoftDeletedError
from jimbot_stream.eventlog.lock import FileLock
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.reader import Filter, Page, Readers
from jimbot_stream.eventlog.retention import METADATA_TYPE, from_json, metastream, to_json
from jimbot_stream.eventlog.rules import check_append, check_stream
from jimbot_stream.eventlog.schema import Row, open_writable
from jimbot_stream.eventlog.storage import Proposed, Storage
from jimbot_stream.eventlog.writer import Command, Writer

_PAGE = 256
_TAIL_BYTES = 8 << 20

Found = TypeVar("Found")


class EmbeddedLog:
    """An ``EventLog`` in a file that this process alone writes.

    Use as an async context manager, or call ``open`` and ``close``. Committed events of
    the last moments stay in memory, so that live subscribers seldom read the file.
    """

    def __init__(
        self, path: Path | str, clock: Clock | None = None, *, read_only: bool = False
    ) -> None:
        """Read-only, the file must exist, another process may write it, nothing follows it."""
        self.path = Path(path)
        self._read_only = read_only
        self._clock = clock or SystemClock()
        self._lock: FileLock | None = None
        self._writer: Writer | None = None
        self._db: sqlite3.Connection | None = None
        self._readers: Readers | None = None
        self._grown = asyncio.Event()
        self._tail: deque[Row] = deque()
        self._tail_bytes = 0

    async def open(self) -> Self:
        """Take the file, creating it and its folder if need be; idempotent.

        Raises:
            EventLogError: another writer holds the file, or it is no event log.
        """
        if self._readers is None:
            try:
                if not self._read_only:
                    self._db = self._take_file()
                self._readers = Readers(self.path)
                if self._db:
                    storage = Storage(self._db, self._clock)
                    self._writer = Writer(self._db, storage, self._on_commit)
            except BaseException:
                await self.close()
                raise
        return self

    def _take_file(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self.path)
        return open_writable(self.path)

    async def close(self) -> None:
        """Finish appends, end subscriptions, release the file; idempotent."""
        writer, self._writer = self._writer, None
        if writer:
            await writer.stop()
        self._wake()
        readers, self._readers = self._readers, None
        if readers:
            await asyncio.to_thread(readers.close)
        if self._db:
            self._db.close()
            self._db = None
        if self._lock:
            self._lock.release()
            self._lock = None

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *unused: object) -> None:
        await self.close()

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        """See EventLog."""
        check_append(stream, events, expected)
        proposed = [
            Proposed(e.id.bytes, e.type, int(e.data[:1] == b"{"), e.data, e.metadata)
            for e in events
        ]
        try:
            return await self.append_proposed(stream, proposed, expected)
        except SoftDeletedError:
            raise WrongExpectedVersionError(stream, expected, None) from None

    async def append_proposed(
        self, stream: str, events: Sequence[Proposed], expected: ExpectedVersion
    ) -> Appended:
        """Append without the protocol's own rules: what the gRPC door lets through."""
        return await self.submit(partial(_append, stream, events, expected))

    async def submit(self, command: Command) -> Appended:
        """Run a command of the writer.

        Raises:
            EventLogError: the log is open for reading only.
            LogUnavailableError: the log is closed, or cannot write.
        """
        if self._read_only:
            raise EventLogError(f"{self.path}: the event log is open for reading only")
        if self._writer is None:
            raise LogUnavailableError(f"{self.path}: the event log is closed")
        return await self._writer.submit(command)

    async def read_stream(
        self,
        stream: str,
        *,
        from_revision: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        rows = self.stream_rows(stream, from_revision, backwards=backwards, limit=limit)
        async for row in rows:
            yield row.recorded()

    async def stream_rows(
        self, stream: str, start: int | None, *, backwards: bool = False, limit: int | None = None
    ) -> AsyncIterator[Row]:
        """Rows of a stream, page by page."""
        async for row in _rows(partial(self._stream_page, stream, backwards), start, limit):
            yield row

    async def read_all(
        self,
        *,
        from_position: int | None = None,
        prefixes: Sequence[str] = (),
        types: Sequence[str] = (),
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        which = _filter(prefixes, types)
        rows = self.all_rows(from_position, which, backwards=backwards, limit=limit)
        async for row in rows:
            yield row.recorded()

    async def all_rows(
        self,
        start: int | None,
        which: Filter,
        *,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[Row]:
        """Rows of all streams, page by page."""
        async for row in _rows(partial(self._all_page, which, backwards), start, limit):
            yield row

    async def subscribe_all(
        self, *, after_position: int | None = None, prefixes: Sequence[str] = ()
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        async for batch, _, _ in self.follow_all(after_position, _filter(prefixes, ())):
            for row in batch:
                yield row.recorded()

    async def follow_all(
        self, after: int | None, which: Filter
    ) -> AsyncIterator[tuple[Sequence[Row], int, bool]]:
        """Batches of new rows, the position read up to, and whether that was the end."""
        self._check_followable()
        start = (after or 0) + 1
        while True:
            grown = self._grown
            page = self._from_tail(start, which)
            if page is None:
                page = await self._all_page(which, False, start, _PAGE)
            start = page.next
            yield page.rows, start - 1, page.end
            if page.end:
                await grown.wait()

    async def subscribe_stream(
        self, stream: str, *, after_revision: int | None = None
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        async for batch, _, _ in self.follow_stream(stream, after_revision):
            for row in batch:
                yield row.recorded()

    async def follow_stream(
        self, stream: str, after: int | None
    ) -> AsyncIterator[tuple[Sequence[Row], int, bool]]:
        """As follow_all, by revision; waits for a stream that does not exist."""
        self._check_followable()
        start = 0 if after is None else after + 1
        position = 0
        while True:
            grown = self._grown
            if not self._quiet_since(position, stream):
                position = self._head()
                try:
                    page = await self._stream_page(stream, False, start, _PAGE)
                except StreamNotFoundError:
                    page = Page((), start, end=True)
                start = page.next
                yield page.rows, start - 1, page.end
                if not page.end:
                    position = 0
                    continue
            await grown.wait()

    async def stream_metadata(self, stream: str) -> StreamMetadata:
        """See EventLog."""
        check_stream(stream)
        return from_json(await self._read(partial(pages.metadata_fields, stream=stream)))

    async def set_stream_metadata(self, stream: str, metadata: StreamMetadata) -> None:
        """See EventLog."""
        check_stream(stream)
        meta, data = metastream(stream), to_json(metadata)
        stamp = str(self._clock.now_ns())
        own = event_id(meta, METADATA_TYPE, stamp, data)
        event = Proposed(own.bytes, METADATA_TYPE, 1, data, b"")
        await self.append_proposed(meta, [event], Expected.ANY)

    async def delete_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """See EventLog."""
        check_stream(stream, expected)
        await self.submit(lambda storage: storage.delete(stream, expected))

    async def tombstone_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """See EventLog."""
        check_stream(stream, expected)
        await self.submit(lambda storage: storage.tombstone(stream, expected))

    async def _all_page(
        self, which: Filter, backwards: bool, start: int | None, count: int
    ) -> Page:
        return await self._read(lambda db: pages.read_all(db, start, backwards, which, count))

    async def _stream_page(
        self, stream: str, backwards: bool, start: int | None, count: int
    ) -> Page:
        now = self._clock.now_ns()
        return await self._read(
            lambda db: pages.read_stream(db, stream, start, backwards, count, now)
        )

    async def _read(self, query: Callable[[sqlite3.Connection], Found]) -> Found:
        if self._readers is None:
            raise LogUnavailableError(f"{self.path}: the event log is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers.pool, self._readers.run, query)

    def _check_followable(self) -> None:
        if self._read_only:
            raise EventLogError(f"{self.path}: follow the log through the process that writes it")

    def _on_commit(self, rows: list[Row]) -> None:
        self._tail.extend(rows)
        self._tail_bytes += sum(map(_weight, rows))
        while self._tail_bytes > _TAIL_BYTES:
            self._tail_bytes -= _weight(self._tail.popleft())
        self._wake()

    def _wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    def _head(self) -> int:
        return self._tail[-1].position if self._tail else 0

    def _quiet_since(self, position: int, stream: str) -> bool:
        """Whether memory shows that nothing came to the stream after the position."""
        if position == 0 or not self._tail or self._tail[0].position > position + 1:
            return False
        return not any(
            row.stream == stream and row.position > position for row in reversed(self._tail)
        )

    def _from_tail(self, start: int, which: Filter) -> Page | None:
        if not self._tail or self._tail[0].position > start:
            return None
        newest = self._tail[-1].position
        fresh = list(self._tail)[len(self._tail) - max(0, newest - start + 1) :]
        return Page([row for row in fresh if which.passes(row)], max(start, newest + 1), end=True)


def _weight(row: Row) -> int:
    """Roughly what a row takes in memory."""
    return len(row.data) + len(row.metadata) + 700


def _append(
    stream: str, events: Sequence[Proposed], expected: ExpectedVersion, storage: Storage
) -> Appended:
    return storage.append(stream, events, expected)


async def _rows(
    read: Callable[[int | None, int], Awaitable[Page]], start: int | None, limit: int | None
) -> AsyncIterator[Row]:
    """Rows from the start on, which ``read`` gives page by page, each of a count at most."""
    left = limit
    while left is None or left > 0:
        count = _PAGE if left is None else min(_PAGE, left)
        page = await read(start, count)
        for row in page.rows:
            yield row
        if page.end:
            return
        start, left = page.next, None if left is None else left - count


def _filter(prefixes: Sequence[str], types: Sequence[str]) -> Filter:
    if prefixes and types:
        raise EventLogError("read by prefixes or by types, not by both")
    if types:
        return Filter("type", names=tuple(types))
    return Filter("stream", prefixes=tuple(prefixes))
