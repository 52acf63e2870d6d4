"""EventStoreDB through the ``eventstoredb`` package: development servers without TLS only.

The package can append, read and subscribe. It knows no TLS, no users, no cluster, no
deadline, no delete and no tombstone; with ``tls=true`` it would connect in plain text
without a word, so such addresses are refused here.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import grpclib

import jimbot_stream.eventlog.eventstoredb_import  # noqa: F401 - makes the next imports work

# isort: split
from eventstoredb import Client
from eventstoredb.events import ContentType as _ContentType
from eventstoredb.events import EventData
from eventstoredb.exceptions import (
    ConnectionStringError,
    RevisionMismatchError,
    StreamAlreadyExistsError,
)
from eventstoredb.exceptions import StreamNotFoundError as _NotFound
from eventstoredb.filters import EventTypeFilter, ExcludeSystemEventsFilter, StreamNameFilter
from eventstoredb.options import (
    AllPosition,
    AppendExpectedRevision,
    AppendToStreamOptions,
    ReadAllOptions,
    ReadDirection,
    ReadStreamOptions,
    StreamPosition,
    SubscribeToAllOptions,
    SubscribeToStreamOptions,
)

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
    StreamTombstonedError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.inclusive import read_inclusive
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.retention import (
    METADATA_TYPE,
    from_json,
    metastream,
    parse,
    to_json,
)
from jimbot_stream.eventlog.rules import check_append, check_stream

_DEADLINE_S = 10.0
_EXPECTED = {
    Expected.NO_STREAM: AppendExpectedRevision.NO_STREAM,
    Expected.ANY: AppendExpectedRevision.ANY,
    Expected.EXISTS: AppendExpectedRevision.STREAM_EXISTS,
}


class EventStoreDBLog:
    """An ``EventLog`` at an ``esdb://…?Tls=false`` address; deletes are not supported."""

    def __init__(self, uri: str) -> None:
        """Connect on first use.

        Raises:
            EventLogError: the address asks for TLS, or for more than the package can do.
        """
        _check(uri)
        self.uri = uri
        try:
            self._client = Client(re.sub("^(kurrentdb|kdb)", "esdb", uri))
        except ConnectionStringError as error:
            raise EventLogError(f"JIMBOT_LOG is malformed: {error}") from error
        self._closed = False

    async def open(self) -> Self:
        """Nothing to do: the first call connects."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self.close()

    async def close(self) -> None:
        """See EventLog."""
        await asyncio.sleep(0)
        if not self._closed:
            self._closed = True
            self._client.channel.close()

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        """See EventLog."""
        check_append(stream, events, expected)
        return await self._append(stream, events, expected)

    async def _append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        revision = expected if isinstance(expected, int) else _EXPECTED[expected]
        options = AppendToStreamOptions(expected_revision=revision)
        proposed = [_proposed(event) for event in events]
        try:
            async with asyncio.timeout(_DEADLINE_S):
                done = await self._client.append_to_stream(stream, proposed, options)
        except (RevisionMismatchError, StreamAlreadyExistsError, _NotFound):
            actual = await self._last_revision(stream)
            raise WrongExpectedVersionError(stream, expected, actual) from None
        except Exception as error:
            raise _translated(error, stream) from error
        return Appended(done.next_expected_revision, done.position.commit_position)

    async def read_stream(
        self,
        stream: str,
        *,
        from_revision: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        if limit == 0:
            return
        near_end = StreamPosition.END if backwards else StreamPosition.START
        options = ReadStreamOptions(
            from_revision=near_end if from_revision is None else from_revision,
            direction=_direction(backwards),
        )
        if limit is not None:
            options.max_count = limit
        answers = self._client.read_stream(stream, options)
        async for event in _events(answers, stream, _DEADLINE_S):
            yield _recorded(event)

    def read_all(
        self,
        *,
        from_position: int | None = None,
        prefixes: Sequence[str] = (),
        types: Sequence[str] = (),
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog."""
        ask = partial(self._read_all, prefixes, types)
        return read_inclusive(ask, from_position, backwards, limit)

    async def _read_all(
        self,
        prefixes: Sequence[str],
        types: Sequence[str],
        start: int | None,
        backwards: bool,
        limit: int | None,
    ) -> AsyncIterator[RecordedEvent]:
        """As many as are asked for; the server would count its own events, which are dropped."""
        near_end = StreamPosition.END if backwards else StreamPosition.START
        options = ReadAllOptions(
            from_position=near_end if start is None else AllPosition(start, start),
            direction=_direction(backwards),
            filter=_filter(prefixes, types),
        )
        left = limit
        async for event in _events(self._client.read_all(options), "$all", _DEADLINE_S):
            if _is_system(event):
                continue
            yield _recorded(event)
            left = None if left is None else left - 1
            if left == 0:
                return

    async def subscribe_all(
        self, *, after_position: int | None = None, prefixes: Sequence[str] = ()
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog; when the connection breaks, subscribe again after the last position.

        Raises:
            LogUnavailableError: the connection broke.
        """
        start = StreamPosition.START
        if after_position is not None:
            start = AllPosition(after_position, after_position)
        options = SubscribeToAllOptions(
            from_position=start, filter=_filter(prefixes, ()), max_search_window=256
        )
        async for event in _events(self._client.subscribe_to_all(options), "$all", None):
            if not _is_system(event):
                yield _recorded(event)

    async def subscribe_stream(
        self, stream: str, *, after_revision: int | None = None
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog; when the connection breaks, subscribe again after the last revision.

        Raises:
            LogUnavailableError: the connection broke.
        """
        start = StreamPosition.START if after_revision is None else after_revision
        answers = self._client.subscribe_to_stream(
            stream, SubscribeToStreamOptions(from_revision=start)
        )
        async for event in _events(answers, stream, None):
            yield _recorded(event)

    async def stream_metadata(self, stream: str) -> StreamMetadata:
        """See EventLog."""
        check_stream(stream)
        try:
            async for event in self.read_stream(metastream(stream), backwards=True, limit=1):
                return from_json(parse(event.data))
        except StreamNotFoundError:
            pass
        return StreamMetadata()

    async def set_stream_metadata(self, stream: str, metadata: StreamMetadata) -> None:
        """See EventLog."""
        check_stream(stream)
        meta, data = metastream(stream), to_json(metadata)
        last = await self._last_revision(meta)
        id_ = event_id(meta, METADATA_TYPE, str(last), data)
        expected = Expected.NO_STREAM if last is None else last
        await self._append(meta, [NewEvent(id_, METADATA_TYPE, data)], expected)

    async def delete_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """Not in the package.

        Raises:
            EventLogError: always.
        """
        await asyncio.sleep(0)
        raise EventLogError(f"{stream}: the eventstoredb driver cannot delete; use kurrentdb")

    async def tombstone_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """Not in the package.

        Raises:
            EventLogError: always.
        """
        await asyncio.sleep(0)
        raise EventLogError(f"{stream}: the eventstoredb driver cannot tombstone; use kurrentdb")

    async def _last_revision(self, stream: str) -> int | None:
        """The package loses the actual revision in some of its errors."""
        try:
            async for event in self.read_stream(stream, backwards=True, limit=1):
                return event.revision
        except StreamNotFoundError:
            pass
        return None


async def _events(
    answers: AsyncIterator[Any], stream: str, deadline_s: float | None
) -> AsyncIterator[Any]:
    """Recorded events of an answer; each must come within the deadline."""
    close: Callable[[], Any] | None = getattr(answers, "aclose", None)
    try:
        while True:
            async with asyncio.timeout(deadline_s):
                answer = await anext(answers, None)
            if answer is None:
                return
            if getattr(answer, "event", None) is not None:
                yield answer.event
    except GeneratorExit:
        raise
    except Exception as error:
        raise _translated(error, stream) from error
    finally:
        if close:
            await close()


def _translated(error: Exception, stream: str) -> EventLogError:
    if isinstance(error, EventLogError):
        return error
    if isinstance(error, _NotFound):
        return StreamNotFoundError(f"{stream}: no such stream")
    if isinstance(error, grpclib.GRPCError) and "is deleted" in (error.message or ""):
        return StreamTombstonedError(f"{stream}: deleted for good")
    if (
        isinstance(error, grpclib.GRPCError)
        and error.status is grpclib.const.Status.INVALID_ARGUMENT
    ):
        return EventLogError(f"{stream}: {error.message}")
    return LogUnavailableError(f"{stream}: the event log does not answer: {error!r}")


def _check(uri: str) -> None:
    parts = urlsplit(uri)
    query = {name.lower(): values[-1].lower() for name, values in parse_qs(parts.query).items()}
    if query.get("tls") != "false":
        raise EventLogError(
            "JIMBOT_LOG: the eventstoredb driver speaks plain text only and ignores tls=true;"
            " use JIMBOT_LOG_DRIVER=kurrentdb, or say ?Tls=false for a development server"
        )
    if "+" in parts.scheme or "," in parts.netloc:
        raise EventLogError("JIMBOT_LOG: the eventstoredb driver knows no clusters; use kurrentdb")
    if "@" in parts.netloc:
        raise EventLogError("JIMBOT_LOG: the eventstoredb driver knows no users; use kurrentdb")


def _proposed(event: NewEvent) -> EventData:
    kind = _ContentType.JSON if event.data[:1] == b"{" else _ContentType.BINARY
    return EventData(event.type, kind, event.id, event.data, event.metadata)


def _direction(backwards: bool) -> ReadDirection:
    return ReadDirection.BACKWARDS if backwards else ReadDirection.FORWARDS


def _filter(prefixes: Sequence[str], types: Sequence[str]) -> Any:
    if prefixes and types:
        raise EventLogError("read by prefixes or by types, not by both")
    if prefixes:
        return StreamNameFilter(prefix=list(prefixes))
    if types:
        return EventTypeFilter(regex=f"^(?:{'|'.join(map(re.escape, types))})$")
    return ExcludeSystemEventsFilter()


def _is_system(event: Any) -> bool:
    return bool(event.type.startswith("$") or event.stream_name.startswith("$"))


def _recorded(event: Any) -> RecordedEvent:
    return RecordedEvent(
        event.stream_name,
        event.revision,
        event.position.commit_position,
        event.id,
        event.type,
        event.data or b"",
        event.metadata or b"",
        event.created * 100,
    )
