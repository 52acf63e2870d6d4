"""The event log: what every implementation promises.

Streams are append-only lists of events with revisions 0, 1, 2, …; all events of all
streams also stand in one total order by position. Semantics follow the KurrentDB
server (``IndexWriter.CheckCommit``), whichever implementation stands behind.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID


class Expected(Enum):
    """Expected state of a stream, where no exact revision is meant."""

    NO_STREAM = "no_stream"
    """The stream must not exist, or be soft-deleted."""
    ANY = "any"
    """No check; a repeated append may be stored twice."""
    EXISTS = "exists"
    """The stream must exist."""


ExpectedVersion = int | Expected
"""Revision of the stream's last event, or one of Expected."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append."""

    id: UUID
    """Identity for idempotent appends; derive it from the content (``naming.event_id``)."""
    type: str
    """Past participle in PascalCase, for example ``DecisionMade``."""
    data: bytes
    """JSON object."""
    metadata: bytes = b"{}"
    """JSON object, flat, string values only."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as the log holds it."""

    stream: str
    revision: int
    """Place in the stream, from 0."""
    position: int
    """Place in the total order; strictly increasing, not contiguous on every server."""
    id: UUID
    type: str
    data: bytes
    """The bytes that were appended, never re-serialised."""
    metadata: bytes
    created_ns: int
    """When the log stored it; for people only: order is by position."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an append ended."""

    revision: int
    """Revision of the last event appended."""
    position: int
    """Position of the last event appended."""


@dataclass(frozen=True, slots=True)
class StreamMetadata:
    """Retention of a stream; None means no limit."""

    max_count: int | None = None
    max_age_s: int | None = None
    truncate_before: int | None = None


class EventLogError(Exception):
    """Something that the event log refused or could not do."""


class WrongExpectedVersionError(EventLogError):
    """The stream is not where the writer thought; nothing was written."""

    def __init__(self, stream: str, expected: ExpectedVersion, actual: int | None) -> None:
        """Keep all three for the caller; actual is None for a stream without events."""
        super().__init__(f"{stream}: expected {expected}, but the stream is at {actual}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class StreamNotFoundError(EventLogError):
    """The stream does not exist or is soft-deleted."""


class StreamTombstonedError(EventLogError):
    """The stream was deleted for good and can never be written again."""


class AppendRefusedError(EventLogError):
    """The append breaks a rule (size, stream name, metadata); nothing was written."""


class LogUnavailableError(EventLogError):
    """No answer: the outcome is unknown, and repeating the identical append is safe."""


class LogReader(Protocol):
    """The reading half of an event log: all that learning from it and auditing it need."""

    def read_stream(
        self,
        stream: str,
        *,
        from_revision: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """Events of one stream from a revision, inclusive (None: from the near end).

        Raises:
            StreamNotFoundError: no such stream.
            StreamTombstonedError: the stream is gone for good.
            LogUnavailableError: no answer.
        """
        ...

    def read_all(
        self,
        *,
        from_position: int | None = None,
        prefixes: Sequence[str] = (),
        types: Sequence[str] = (),
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """Events of all streams in total order from a position, inclusive.

        Only streams that begin with one of prefixes, or only events of one of types;
        not both. System events (``$…``) are left out.
        """
        ...


class EventLog(LogReader, Protocol):
    """An append-only store of streams, safe to use from many tasks of one event loop."""

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        """Append all events or none, durably; returns after they are on disk.

        Repeating an append with the same ids at the same exact version succeeds and
        returns the first outcome. Ids alone are compared, never contents.

        Raises:
            WrongExpectedVersionError: the stream is elsewhere.
            StreamTombstonedError: the stream is gone for good.
            AppendRefusedError: too large (1 MiB for the append), or malformed.
            LogUnavailableError: outcome unknown.
        """
        ...

    def subscribe_all(
        self, *, after_position: int | None = None, prefixes: Sequence[str] = ()
    ) -> AsyncIterator[RecordedEvent]:
        """As read_all, from a position exclusive, and then every new event; never ends."""
        ...

    def subscribe_stream(
        self, stream: str, *, after_revision: int | None = None
    ) -> AsyncIterator[RecordedEvent]:
        """As read_stream, from a revision exclusive, and then every new event; never ends."""
        ...

    async def stream_metadata(self, stream: str) -> StreamMetadata:
        """Retention of the stream; all None when none was set."""
        ...

    async def set_stream_metadata(self, stream: str, metadata: StreamMetadata) -> None:
        """Set the retention of the stream."""
        ...

    async def delete_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """Soft-delete: the events vanish, a later append continues at the next revision."""
        ...

    async def tombstone_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """Delete for good."""
        ...

    async def close(self) -> None:
        """Release connections and files; idempotent."""
        ...
