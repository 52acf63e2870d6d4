"""KurrentDB, or the embedded log's door, through the official asynchronous client."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar

from kurrentdbclient import AsyncKurrentDBClient, StreamState
from kurrentdbclient.exceptions import (
    DeadlineExceededError,
    DiscoveryFailedError,
    GrpcError,
    KurrentDBClientError,
    NotFoundError,
    ProgrammingError,
    StreamIsDeletedError,
    WrongCurrentVersionError,
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
from jimbot_stream.eventlog.appender import Appender
from jimbot_stream.eventlog.inclusive import read_inclusive
from jimbot_stream.eventlog.retention import from_json, parse, to_json
from jimbot_stream.eventlog.rules import check_append, check_stream

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEADLINE_S = 10.0
_SYSTEM_TYPES = (r"\$.+",)
_STATES = {
    Expected.NO_STREAM: StreamState.NO_STREAM,
    Expected.ANY: StreamState.ANY,
    Expected.EXISTS: StreamState.EXISTS,
}

Found = TypeVar("Found")


class KurrentLog:
    """An ``EventLog`` at a ``kurrentdb://`` address. Close it: the client's exit may hang."""

    def __init__(self, uri: str) -> None:
        """Connect on first use; ``DefaultDeadline`` in the address bounds every call.

        Raises:
            EventLogError: the address is malformed.
        """
        self.uri = uri
        self._deadline_s = _deadline(uri)
        try:
            self._client = AsyncKurrentDBClient(uri)
        except (ValueError, KurrentDBClientError) as error:
            reason = str(error).replace(uri, _redacted(uri))
            raise EventLogError(f"JIMBOT_LOG is malformed: {reason}") from None
        self._appender = Appender(self._client, self._deadline_s)

    async def open(self) -> Self:
        """Nothing to do: the first call connects."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self.close()

    async def close(self) -> None:
        """See EventLog."""
        await self._appender.close()
        with contextlib.suppress(ProgrammingError):  # it was never connected
            await self._client.close()

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        """See EventLog."""
        check_append(stream, events, expected)
        try:
            return await self._appender.append(stream, events, expected)
        except StreamTombstonedError:
            if expected is Expected.EXISTS and await self._is_soft_deleted(stream):
                raise WrongExpectedVersionError(stream, expected, None) from None
            raise

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
        given: dict[str, Any] = {} if limit is None else {"limit": limit}
        response = await self._ask(
            self._client.read_stream(
                stream, stream_position=from_revision, backwards=backwards, **given
            ),
            stream,
        )
        async for event in self._events(response, stream, self._deadline_s):
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
        """Ask again while the server's own events, which are dropped, took others' places."""
        given: dict[str, Any] = _filter(prefixes, types)
        left, come, last = limit, 0, None
        while left is None or left > 0:
            if left is not None:
                given["limit"] = left + (1 if last is not None and not backwards else 0)
            read = self._client.read_all(commit_position=start, backwards=backwards, **given)
            come = 0
            response = await self._ask(read, "$all")
            async for event in self._events(response, "$all", self._deadline_s):
                come += 1
                repeated = event.commit_position == last
                start = event.commit_position
                if repeated or _is_system(event):
                    continue
                yield _recorded(event)
                left = None if left is None else left - 1
            if left is None or come < given["limit"]:
                return
            last = start

    async def subscribe_all(
        self, *, after_position: int | None = None, prefixes: Sequence[str] = ()
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog; when the connection breaks, subscribe again after the last position.

        Raises:
            LogUnavailableError: the connection broke.
        """
        given: dict[str, Any] = _filter(prefixes, ())
        response = await self._ask(
            self._client.subscribe_to_all(commit_position=after_position, **given), "$all"
        )
        async for event in self._events(response, "$all", None):
            if not _is_system(event):
                yield _recorded(event)

    async def subscribe_stream(
        self, stream: str, *, after_revision: int | None = None
    ) -> AsyncIterator[RecordedEvent]:
        """See EventLog; when the connection breaks, subscribe again after the last revision.

        Raises:
            LogUnavailableError: the connection broke.
        """
        response = await self._ask(
            self._client.subscribe_to_stream(stream, stream_position=after_revision), stream
        )
        async for event in self._events(response, stream, None):
            yield _recorded(event)

    async def stream_metadata(self, stream: str) -> StreamMetadata:
        """See EventLog."""
        check_stream(stream)
        fields, _ = await self._ask(
            self._client.get_stream_metadata(stream, timeout=self._deadline_s), stream
        )
        return from_json(fields)

    async def set_stream_metadata(self, stream: str, metadata: StreamMetadata) -> None:
        """See EventLog."""
        check_stream(stream)
        fields = parse(to_json(metadata))
        await self._ask(self._client.set_stream_metadata(stream, metadata=fields), stream)

    async def delete_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """See EventLog."""
        check_stream(stream, expected)
        removal = self._client.delete_stream(stream, current_version=_version(expected))
        await self._remove(removal, stream, expected)

    async def tombstone_stream(self, stream: str, expected: ExpectedVersion) -> None:
        """See EventLog."""
        check_stream(stream, expected)
        removal = self._client.tombstone_stream(stream, current_version=_version(expected))
        await self._remove(removal, stream, expected)

    async def _remove(
        self, removal: Awaitable[None], stream: str, expected: ExpectedVersion
    ) -> None:
        try:
            await self._ask(removal, stream, expected)
        except StreamTombstonedError:
            if expected is Expected.EXISTS and await self._is_soft_deleted(stream):
                raise StreamNotFoundError(f"{stream}: deleted") from None
            raise

    async def _is_soft_deleted(self, stream: str) -> bool:
        """The server says "deleted" of both kinds, when a stream must exist."""
        try:
            async for _ in self.read_stream(stream, backwards=True, limit=1):
                pass
        except StreamNotFoundError:
            return True
        except StreamTombstonedError:
            return False
        return False

    async def _events(
        self, response: Any, stream: str, deadline_s: float | None
    ) -> AsyncIterator[Any]:
        """Events of a response; each must come within the deadline."""
        try:
            while True:
                try:
                    async with asyncio.timeout(deadline_s):
                        event = await anext(response)
                except StopAsyncIteration:
                    return
                yield event
        except TimeoutError:
            raise LogUnavailableError(f"{stream}: no answer in {deadline_s} s") from None
        except KurrentDBClientError as error:
            raise _translated(error, stream) from error
        finally:
            await response.stop()

    async def _ask(
        self, question: Awaitable[Found], stream: str, expected: ExpectedVersion = Expected.ANY
    ) -> Found:
        try:
            return await question
        except KurrentDBClientError as error:
            raise _translated(error, stream, expected) from error


def _redacted(uri: str) -> str:
    """The address without user and password, for messages."""
    return re.sub(r"//[^@/]*@", "//…@", uri)


def _translated(
    error: KurrentDBClientError, stream: str, expected: ExpectedVersion = Expected.ANY
) -> EventLogError:
    if isinstance(error, NotFoundError):
        return StreamNotFoundError(f"{stream}: no such stream")
    if isinstance(error, StreamIsDeletedError):
        return StreamTombstonedError(f"{stream}: deleted for good")
    if isinstance(error, WrongCurrentVersionError):
        actual = error.actual_version if isinstance(error.actual_version, int) else None
        return WrongExpectedVersionError(stream, expected, actual)
    if isinstance(error, GrpcError | DeadlineExceededError | DiscoveryFailedError):
        return LogUnavailableError(f"{stream}: the event log does not answer: {error}")
    return EventLogError(f"{stream}: {type(error).__name__}: {error}")


def _filter(prefixes: Sequence[str], types: Sequence[str]) -> dict[str, Any]:
    if prefixes and types:
        raise EventLogError("read by prefixes or by types, not by both")
    if prefixes:
        by_name = {"filter_by_stream_name": True, "filter_by_prefix": True}
        return {"filter_include": tuple(prefixes), **by_name}
    if types:
        # One grouped pattern: the client would join several as ^A|B$.
        return {"filter_include": (f"(?:{'|'.join(map(re.escape, types))})",)}
    return {"filter_exclude": _SYSTEM_TYPES}


def _is_system(event: Any) -> bool:
    return bool(event.type.startswith("$") or event.stream_name.startswith("$"))


def _version(expected: ExpectedVersion) -> int | StreamState:
    return expected if isinstance(expected, int) else _STATES[expected]


def _recorded(event: Any) -> RecordedEvent:
    created = event.recorded_at or _EPOCH
    return RecordedEvent(
        event.stream_name,
        event.stream_position,
        event.commit_position,
        event.id,
        event.type,
        event.data,
        event.metadata,
        (created - _EPOCH) // timedelta(microseconds=1) * 1000,
    )


def _deadline(uri: str) -> float:
    found = re.search(r"[?&]DefaultDeadline=(\d+)", uri, re.IGNORECASE)
    return float(found[1]) if found else _DEADLINE_S
