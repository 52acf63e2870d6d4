"""Appends over one long ``BatchAppend`` call, which saves opening a call for each.

The official client opens a call for every append. Here all appends of a process share
one; answers come back by correlation id, in any order. Nothing is ever sent twice by
this class: when the call breaks, the outcome of what was in flight is unknown, and
the writer decides (an append with an exact version may be repeated safely).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import grpc
import grpc.aio
from google.protobuf import duration_pb2
from kurrentdbclient import AsyncKurrentDBClient
from kurrentdbclient.common import handle_rpc_error
from kurrentdbclient.exceptions import (
    KurrentDBClientError,
    NodeIsNotLeaderError,
    ServiceUnavailableError,
)
from kurrentdbclient.protos.v1 import shared_pb2, streams_pb2

from jimbot_stream.eventlog import (
    Appended,
    AppendRefusedError,
    EventLogError,
    Expected,
    ExpectedVersion,
    LogUnavailableError,
    NewEvent,
    StreamTombstonedError,
    WrongExpectedVersionError,
    wire,
)

_STATES = {
    Expected.NO_STREAM: "no_stream",
    Expected.ANY: "any",
    Expected.EXISTS: "stream_exists",
}


class Appender:
    """Sends appends of many tasks over one call, which it opens and reopens as needed."""

    def __init__(self, client: AsyncKurrentDBClient, deadline_s: float) -> None:
        self._client = client
        self._deadline_s = deadline_s
        self._sent = 0
        self._waiting: dict[bytes, asyncio.Future[Any]] = {}
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        self._broken: KurrentDBClientError | None = None

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        """Append; see EventLog."""
        self._sent += 1
        key = self._sent.to_bytes(16, "big")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        self._outbox.put_nowait(_request(key, stream, events, expected, self._deadline_s))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._deadline_s):
                return outcome(await answer, stream, expected)
        except TimeoutError:
            raise LogUnavailableError(f"{stream}: no answer in {self._deadline_s:g} s") from None
        finally:
            self._waiting.pop(key, None)

    async def close(self) -> None:
        """Give up what is in flight; idempotent."""
        running, self._running = self._running, None
        if running:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        self._fail("the event log is closed")

    async def _run(self) -> None:
        """Open a call and serve it until it breaks; the next append starts another."""
        reason = "the event log closed the call"
        try:
            call = await self._open()
            writing = asyncio.create_task(self._write(call))
            try:
                async for answer in call:
                    self._take(answer)
            finally:
                writing.cancel()
                call.cancel()
        except grpc.RpcError as error:
            self._broken = handle_rpc_error(error)
            reason = str(self._broken)
        except KurrentDBClientError as error:
            self._broken = error
            reason = str(error)
        finally:
            # What was queued or in flight has no answer; a new call begins empty.
            self._running = None
            self._outbox = asyncio.Queue()
            self._fail(reason)

    async def _open(self) -> Any:
        await self._client.connect()
        broken, self._broken = self._broken, None
        if isinstance(broken, NodeIsNotLeaderError) and broken.host:
            await self._client.reconnect(f"{broken.host}:{broken.port}")
        elif isinstance(broken, ServiceUnavailableError):
            # A fresh channel connects now; the old one waits out its backoff first.
            await self._client.reconnect()
        streams = self._client.connection.streams
        return streams._stub.BatchAppend(
            metadata=streams._metadata(self._client._call_metadata, requires_leader=True),
            credentials=self._client._call_credentials,
        )

    async def _write(self, call: Any) -> None:
        outbox = self._outbox
        with contextlib.suppress(grpc.RpcError, asyncio.InvalidStateError):  # the reader tells
            while True:
                await call.write(await outbox.get())

    def _take(self, answer: Any) -> None:
        waiting = self._waiting.get(wire.event_id(answer.correlation_id))
        if waiting and not waiting.done():
            waiting.set_result(answer)

    def _fail(self, reason: str) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(LogUnavailableError(f"no answer: {reason}"))


def _request(
    key: bytes,
    stream: str,
    events: Sequence[NewEvent],
    expected: ExpectedVersion,
    deadline_s: float,
) -> Any:
    deadline = duration_pb2.Duration(seconds=int(deadline_s), nanos=int(deadline_s % 1 * 1e9))
    identifier = shared_pb2.StreamIdentifier(stream_name=stream.encode())
    options = streams_pb2.BatchAppendReq.Options(stream_identifier=identifier, deadline=deadline)
    if isinstance(expected, int):
        options.stream_position = expected
    else:
        getattr(options, _STATES[expected]).SetInParent()
    return streams_pb2.BatchAppendReq(
        correlation_id=shared_pb2.UUID(string=str(UUID(bytes=key))),
        options=options,
        proposed_messages=[_message(event) for event in events],
        is_final=True,
    )


def _message(event: NewEvent) -> Any:
    kind = "application/json" if event.data[:1] == b"{" else "application/octet-stream"
    return streams_pb2.BatchAppendReq.ProposedMessage(
        id=shared_pb2.UUID(string=str(event.id)),
        metadata={"type": event.type, "content-type": kind},
        custom_metadata=event.metadata,
        data=event.data,
    )


def outcome(answer: Any, stream: str, expected: ExpectedVersion) -> Appended:
    """What the server answered to one append.

    Raises:
        EventLogError: the append failed; the class says how.
    """
    if answer.WhichOneof("result") == "success":
        done = answer.success
        return Appended(done.current_revision, done.position.commit_position)
    raise _failure(answer.error, stream, expected)


def _failure(status: Any, stream: str, expected: ExpectedVersion) -> EventLogError:
    wrong = shared_pb2.WrongExpectedVersion()
    if status.details.Unpack(wrong):
        exists = wrong.WhichOneof("current_stream_revision_option") == "current_stream_revision"
        actual = wrong.current_stream_revision if exists else None
        return WrongExpectedVersionError(stream, expected, actual)
    if status.details.Is(shared_pb2.StreamDeleted.DESCRIPTOR):
        return StreamTombstonedError(f"{stream}: deleted")
    refused = (shared_pb2.MaximumAppendSizeExceeded, shared_pb2.BadRequest)
    if any(status.details.Is(kind.DESCRIPTOR) for kind in refused):
        return AppendRefusedError(f"{stream}: {status.message}")
    if status.details.Is(shared_pb2.Timeout.DESCRIPTOR):
        return LogUnavailableError(f"{stream}: {status.message or 'the server timed out'}")
    return EventLogError(f"{stream}: {status.message or status.details.type_url}")
