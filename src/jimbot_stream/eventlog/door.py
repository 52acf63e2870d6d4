"""The streams service of the gRPC door: every call, answered out of the embedded log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, NoReturn

import grpc
from kurrentdbclient.protos.v1 import streams_pb2, streams_pb2_grpc

from jimbot_stream.eventlog import (
    Appended,
    AppendRefusedError,
    EventLogError,
    ExpectedVersion,
    LogUnavailableError,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
    wire,
)
from jimbot_stream.eventlog.commit import SoftDeletedError
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.reader import Filter
from jimbot_stream.eventlog.rules import MAX_APPEND_BYTES, check_size
from jimbot_stream.eventlog.schema import Row
from jimbot_stream.eventlog.storage import Proposed

_NO_LIMIT = 1 << 62
_DEFAULT_WINDOW = 32
_IN_FLIGHT = 1024
"""Appends of one call that may wait for their answer; more are not read from the wire."""

# Methods bear the names that the protocol gives them.
# ruff: noqa: N802


class StreamsDoor(streams_pb2_grpc.StreamsServicer):  # type: ignore[misc] # generated, untyped
    """Answers as the server does, errors included."""

    def __init__(self, log: EmbeddedLog) -> None:
        self._log = log

    async def Append(self, requests: AsyncIterator[Any], context: Any) -> Any:
        """One append: options first, then its events."""
        stream, expected = "", None
        events: list[Proposed] = []
        try:
            async for request in requests:
                if request.WhichOneof("content") == "options":
                    stream = wire.stream_name(request.options.stream_identifier)
                    expected = wire.expected_version(
                        request.options, "expected_stream_revision", "revision"
                    )
                else:
                    events.append(wire.proposed(request.proposed_message))
                    check_size(stream, map(_parts, events))
            if expected is None:
                raise AppendRefusedError("an append begins with its options")
            return wire.append_answer(await self._append(stream, events, expected))
        except WrongExpectedVersionError as error:
            return wire.append_conflict(error)
        except EventLogError as error:
            await _abort(context, stream, error)

    async def BatchAppend(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        """Many appends over one call, answered as they are done, in any order."""
        answers: asyncio.Queue[Any] = asyncio.Queue()
        reading = asyncio.create_task(self._take_batches(requests, answers))
        try:
            while (answer := await answers.get()) is not None:
                yield answer
            await reading
        finally:
            reading.cancel()

    async def _take_batches(
        self, requests: AsyncIterator[Any], answers: asyncio.Queue[Any]
    ) -> None:
        """Start an append for each complete batch; None when all are answered."""
        open_: dict[bytes, list[Any]] = {}
        slots = asyncio.Semaphore(_IN_FLIGHT)
        try:
            async with asyncio.TaskGroup() as running:
                async for request in requests:
                    key = wire.event_id(request.correlation_id)
                    parts = open_.setdefault(key, [])
                    parts.append(request)
                    if request.is_final or _too_large(parts):
                        await slots.acquire()
                        answering = running.create_task(self._answer_batch(open_.pop(key), answers))
                        answering.add_done_callback(lambda _: slots.release())
        finally:
            answers.put_nowait(None)

    async def _answer_batch(self, parts: Sequence[Any], answers: asyncio.Queue[Any]) -> None:
        first = parts[0]
        reply = (first.correlation_id, first.options.stream_identifier)
        try:
            stream = wire.stream_name(first.options.stream_identifier)
            expected = wire.expected_version(
                first.options, "expected_stream_position", "stream_position"
            )
            events = [wire.proposed(m) for part in parts for m in part.proposed_messages]
            check_size(stream, map(_parts, events))
            done = await self._append(stream, events, expected)
        except EventLogError as error:
            answers.put_nowait(wire.batch_failure(*reply, error))
        else:
            answers.put_nowait(wire.batch_answer(*reply, done))

    async def _append(
        self, stream: str, events: Sequence[Proposed], expected: ExpectedVersion
    ) -> Appended:
        if not events:
            raise AppendRefusedError(f"{stream}: an append needs at least one event")
        return await self._log.append_proposed(stream, events, expected)

    async def Read(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Read a stream or everything, once or forever."""
        options = request.options
        stream = ""
        try:
            if options.WhichOneof("stream_option") == "stream":
                stream = wire.stream_name(options.stream.stream_identifier)
            if options.WhichOneof("count_option") == "subscription":
                answers = self._follow(stream, options)
            else:
                answers = self._read(stream, options)
            async for answer in answers:
                yield answer
        except StreamNotFoundError:
            yield streams_pb2.ReadResp(
                stream_not_found=streams_pb2.ReadResp.StreamNotFound(
                    stream_identifier=options.stream.stream_identifier
                )
            )
        except EventLogError as error:
            await _abort(context, stream, error)

    async def _read(self, stream: str, options: Any) -> AsyncIterator[Any]:
        backwards = options.read_direction == streams_pb2.ReadReq.Options.Backwards
        limit = None if options.count >= _NO_LIMIT else int(options.count)
        structured = _wants_structured(options)
        if _starts_at_far_end(options, stream, backwards):
            return
        start = _start(options, stream)
        if stream:
            rows = self._log.stream_rows(stream, start, backwards=backwards, limit=limit)
        else:
            # The server reads backwards from a position exclusive, forwards inclusive.
            start = start - 1 if start is not None and backwards else start
            which = wire.read_filter(options)
            rows = self._log.all_rows(start, which, backwards=backwards, limit=limit)
        async for row in rows:
            yield wire.event_message(row, structured)

    async def _follow(self, stream: str, options: Any) -> AsyncIterator[Any]:
        structured = _wants_structured(options)
        after = await self._after(stream, options)
        if stream:
            batches = self._log.follow_stream(stream, after)
        else:
            batches = self._log.follow_all(after, wire.read_filter(options))
        name = f"{stream or '$all'}/{after}"
        confirmation = streams_pb2.ReadResp.SubscriptionConfirmation(subscription_id=name)
        yield streams_pb2.ReadResp(confirmation=confirmation)
        marks = _Marks(stream, options)
        async for rows, upto, end in batches:
            for row in rows:
                yield wire.event_message(row, structured)
            for mark in marks.after(rows, upto, end):
                yield mark

    async def _after(self, stream: str, options: Any) -> int | None:
        """Where a subscription begins, exclusive."""
        chosen = (options.stream if stream else options.all).WhichOneof(
            "revision_option" if stream else "all_option"
        )
        if chosen != "end":
            return _start(options, stream)
        try:
            if stream:
                last = self._log.stream_rows(stream, None, backwards=True, limit=1)
                return await anext((row.revision async for row in last), None)
            which = Filter(system=True)
            newest = self._log.all_rows(None, which, backwards=True, limit=1)
            return await anext((row.position async for row in newest), None)
        except StreamNotFoundError:
            return None

    async def Delete(self, request: Any, context: Any) -> Any:
        """Soft-delete a stream."""
        done = await self._remove(request.options, context, hard=False)
        position = streams_pb2.DeleteResp.Position(
            commit_position=done.position, prepare_position=done.position
        )
        return streams_pb2.DeleteResp(position=position)

    async def Tombstone(self, request: Any, context: Any) -> Any:
        """Delete a stream for good."""
        done = await self._remove(request.options, context, hard=True)
        position = streams_pb2.TombstoneResp.Position(
            commit_position=done.position, prepare_position=done.position
        )
        return streams_pb2.TombstoneResp(position=position)

    async def _remove(self, options: Any, context: Any, *, hard: bool) -> Appended:
        stream = ""
        try:
            stream = wire.stream_name(options.stream_identifier)
            expected = wire.expected_version(options, "expected_stream_revision", "revision")
            remove = _tombstone if hard else _delete
            return await self._log.submit(partial(remove, stream, expected))
        except EventLogError as error:
            await _abort(context, stream, error)


class _Marks:
    """Caught-up, fell-behind and checkpoint messages between a subscription's events."""

    def __init__(self, stream: str, options: Any) -> None:
        self._stream = stream
        self._filtered = options.WhichOneof("filter_option") == "filter"
        window = options.filter.max or _DEFAULT_WINDOW
        self._interval = window * max(1, options.filter.checkpointIntervalMultiplier)
        self._checkpoint = -1
        self._live: bool | None = None

    def after(self, rows: Sequence[Row], upto: int, end: bool) -> list[Any]:
        """Messages due after a batch."""
        marks = []
        if self._filtered and self._checkpoint_due(upto, end):
            self._checkpoint = upto
            mark = streams_pb2.ReadResp.Checkpoint(commit_position=upto, prepare_position=upto)
            marks.append(streams_pb2.ReadResp(checkpoint=mark))
        if end and self._live is not True:
            marks.append(streams_pb2.ReadResp(caught_up=self._caught_up(upto)))
        elif not end and self._live is True:
            marks.append(streams_pb2.ReadResp(fell_behind=streams_pb2.ReadResp.FellBehind()))
        self._live = end
        return marks

    def _checkpoint_due(self, upto: int, end: bool) -> bool:
        catching_up = self._live is not True and end
        return upto > self._checkpoint and (
            catching_up or upto - self._checkpoint >= self._interval
        )

    def _caught_up(self, upto: int) -> Any:
        if self._stream:
            return streams_pb2.ReadResp.CaughtUp(stream_revision=upto)
        position = streams_pb2.ReadResp.Position(commit_position=upto, prepare_position=upto)
        return streams_pb2.ReadResp.CaughtUp(position=position)


def _delete(stream: str, expected: ExpectedVersion, storage: Any) -> Appended:
    done: Appended = storage.delete(stream, expected)
    return done


def _tombstone(stream: str, expected: ExpectedVersion, storage: Any) -> Appended:
    done: Appended = storage.tombstone(stream, expected)
    return done


def _start(options: Any, stream: str) -> int | None:
    if stream:
        exact = options.stream.WhichOneof("revision_option") == "revision"
        value = int(options.stream.revision)
    else:
        exact = options.all.WhichOneof("all_option") == "position"
        value = int(options.all.position.commit_position)
    return value if exact and value < _NO_LIMIT else None


def _starts_at_far_end(options: Any, stream: str, backwards: bool) -> bool:
    """Reading forwards from the end, or backwards from the start, gives nothing."""
    place = options.stream if stream else options.all
    chosen = place.WhichOneof("revision_option" if stream else "all_option")
    return bool(chosen == ("start" if backwards else "end"))


def _wants_structured(options: Any) -> bool:
    return bool(options.uuid_option.WhichOneof("content") == "structured")


def _parts(event: Proposed) -> tuple[str, bytes, bytes]:
    return event.type, event.data, event.metadata


def _too_large(parts: Sequence[Any]) -> bool:
    return sum(len(m.data) for part in parts for m in part.proposed_messages) > MAX_APPEND_BYTES


async def _abort(context: Any, stream: str, error: EventLogError) -> NoReturn:
    """End the call with the status, text and trailing metadata that clients look for."""
    code, text, trailing = _status(stream, error)
    await context.abort(code, text, trailing)
    raise AssertionError("abort raises")


def _status(
    stream: str, error: EventLogError
) -> tuple[grpc.StatusCode, str, tuple[tuple[str, str], ...]]:
    name = ("stream-name", stream.encode("ascii", "replace").decode())
    if isinstance(error, StreamTombstonedError | SoftDeletedError):
        text = f"Event stream '{stream}' is deleted."
        return grpc.StatusCode.FAILED_PRECONDITION, text, (("exception", "stream-deleted"), name)
    if isinstance(error, WrongExpectedVersionError | StreamNotFoundError):
        return _wrong_version_status(stream, error, name)
    if isinstance(error, LogUnavailableError):
        return grpc.StatusCode.UNAVAILABLE, str(error), ()
    return grpc.StatusCode.INVALID_ARGUMENT, str(error), ()


def _wrong_version_status(
    stream: str, error: EventLogError, name: tuple[str, str]
) -> tuple[grpc.StatusCode, str, tuple[tuple[str, str], ...]]:
    expected, actual = -2, -1
    if isinstance(error, WrongExpectedVersionError):
        expected = wire.version_number(error.expected)
        actual = -1 if error.actual is None else error.actual
    text = (
        f"Append failed due to WrongExpectedVersion. Stream: {stream}, "
        f"Expected version: {expected}, Actual version: {actual}"
    )
    return (
        grpc.StatusCode.FAILED_PRECONDITION,
        text,
        (
            ("exception", "wrong-expected-version"),
            name,
            ("expected-version", str(expected)),
            ("actual-version", str(actual)),
        ),
    )
