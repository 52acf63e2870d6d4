"""One writer's view of one stream: it knows the stream's end and appends exactly there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from jimbot_stream.eventlog import (
    Appended,
    EventLog,
    EventLogError,
    Expected,
    LogUnavailableError,
    NewEvent,
    RecordedEvent,
    StreamNotFoundError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.digest import chain, chain_of, chained_metadata
from jimbot_stream.eventlog.naming import event_id

_RETRY_DELAYS_S = (0.05, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to append, before it has its place in the chain."""

    type: str
    data: bytes
    correlation: str
    causation: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


class ConflictError(EventLogError):
    """Somebody else wrote to the stream; the journal stands at the new end."""

    def __init__(self, stream: str, events: Sequence[RecordedEvent]) -> None:
        """Keep the events that the journal had missed, oldest first."""
        super().__init__(f"{stream}: {len(events)} events were written by somebody else")
        self.stream = stream
        self.events = tuple(events)


class StreamJournal:
    """Appends to one stream with exact versions, chained metadata and content-bound ids.

    A worker holds thousands: a journal is its log, a name, a number and a hash. Made
    from a known end, it reads nothing; ``open`` reads the end from the log.
    """

    __slots__ = ("_lock", "_log", "chain", "events", "stream", "version")

    def __init__(self, log: EventLog, stream: str, version: int = -1, chain: str = "") -> None:
        """Stand at a known end: the last event's revision (-1: none) and its chain value."""
        self._log = log
        self._lock = asyncio.Lock()
        self.stream = stream
        self.version = version
        self.chain = chain
        self.events: tuple[RecordedEvent, ...] = ()
        """What ``open`` read, if it was asked to keep it."""

    @classmethod
    async def open(cls, log: EventLog, stream: str, *, keep_events: bool = False) -> Self:
        """Stand at the stream's end, which may be before its first event.

        Raises:
            StreamTombstonedError: the stream is gone for good.
            LogUnavailableError: no answer.
        """
        journal = cls(log, stream)
        if keep_events:
            journal.events = tuple(await journal.catch_up())
            return journal
        try:
            async for last in log.read_stream(stream, backwards=True, limit=1):
                journal._stand_after(last)
        except StreamNotFoundError:
            pass
        return journal

    async def append(self, entries: Sequence[Entry]) -> range:
        """Append all entries or none; gives their revisions.

        An append without an answer is repeated with the identical bytes, which the log
        takes as one.

        Raises:
            ConflictError: somebody else wrote; the journal has caught up.
            LogUnavailableError: still no answer; the journal stands where it stood.
            AppendRefusedError: the append breaks a rule.
            StreamTombstonedError: the stream is gone for good.
        """
        async with self._lock:
            events, end = self._chained(entries)
            first = self.version + 1
            try:
                done = await self._append(events)
            except WrongExpectedVersionError:
                raise ConflictError(self.stream, await self.catch_up()) from None
            if done.revision != self.version + len(events):
                # NO_STREAM on a soft-deleted stream goes on behind the deleted events.
                return await self._stand_behind_deleted(done.revision, len(events))
            self.version, self.chain = done.revision, end
            return range(first, done.revision + 1)

    async def catch_up(self) -> list[RecordedEvent]:
        """Read what the stream has beyond the journal's end, and stand behind it."""
        missed: list[RecordedEvent] = []
        try:
            start = self.version + 1
            async for event in self._log.read_stream(self.stream, from_revision=start):
                missed.append(event)  # noqa: PERF401 - keeps what came before an error
        except StreamNotFoundError:
            return missed
        if missed:
            self._stand_after(missed[-1])
        return missed

    async def _append(self, events: Sequence[NewEvent]) -> Appended:
        expected = Expected.NO_STREAM if self.version < 0 else self.version
        for delay in _RETRY_DELAYS_S:
            try:
                return await self._log.append(self.stream, events, expected)
            except LogUnavailableError:
                await asyncio.sleep(delay)
        return await self._log.append(self.stream, events, expected)

    def _chained(self, entries: Sequence[Entry]) -> tuple[list[NewEvent], str]:
        events: list[NewEvent] = []
        end = self.chain
        for revision, entry in enumerate(entries, self.version + 1):
            own = {"$correlationId": entry.correlation}
            if entry.causation:
                own["$causationId"] = entry.causation
            metadata = chained_metadata({**own, **entry.metadata}, entry.data, end)
            id_ = event_id(self.stream, entry.type, entry.correlation, entry.data, metadata)
            events.append(NewEvent(id_, entry.type, entry.data, metadata))
            end = chain(end, self.stream, revision, id_, entry.type, entry.data, metadata)
        return events, end

    async def _stand_behind_deleted(self, revision: int, count: int) -> range:
        await self.catch_up()
        return range(revision - count + 1, revision + 1)

    def _stand_after(self, event: RecordedEvent) -> None:
        self.version, self.chain = event.revision, chain_of(event)
