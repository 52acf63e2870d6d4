"""Between the KurrentDB wire protocol's messages and the embedded log's own terms."""

import re
from typing import Any, cast
from uuid import UUID

import grpc
from google.protobuf import any_pb2
from kurrentdbclient.protos.v1 import shared_pb2, status_pb2, streams_pb2

from jimbot_stream.eventlog import (
    Appended,
    AppendRefusedError,
    EventLogError,
    Expected,
    ExpectedVersion,
    LogUnavailableError,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.reader import Filter
from jimbot_stream.eventlog.rules import MAX_APPEND_BYTES, MAX_STREAM_NAME, TooLargeError
from jimbot_stream.eventlog.schema import Row
from jimbot_stream.eventlog.storage import Proposed

_JSON, _BINARY = "application/json", "application/octet-stream"
_STATES = {"no_stream": Expected.NO_STREAM, "any": Expected.ANY, "stream_exists": Expected.EXISTS}
_VERSION_NUMBERS = {Expected.NO_STREAM: -1, Expected.ANY: -2, Expected.EXISTS: -4}


def stream_name(identifier: Any) -> str:
    """Name of the stream.

    Raises:
        AppendRefusedError: empty, too long or not UTF-8.
    """
    try:
        name = str(identifier.stream_name.decode())
    except UnicodeDecodeError:
        raise AppendRefusedError("a stream name must be UTF-8") from None
    if not name or len(name) > MAX_STREAM_NAME:
        raise AppendRefusedError(f"not a stream name: {name[:80]!r}")
    return name


def expected_version(options: Any, oneof: str, exact: str) -> ExpectedVersion:
    """Expected version out of a request's options."""
    chosen = options.WhichOneof(oneof)
    if chosen == exact:
        return int(getattr(options, exact))
    if chosen is None:
        raise AppendRefusedError("the request names no expected version")
    return _STATES[chosen]


def proposed(message: Any) -> Proposed:
    """One event to append.

    Raises:
        AppendRefusedError: its id or type is missing or malformed.
    """
    kind = message.metadata.get("type", "")
    if not kind:
        raise AppendRefusedError("an event needs a type")
    json = int(message.metadata.get("content-type", _BINARY) == _JSON)
    return Proposed(event_id(message.id), kind, json, message.data, message.custom_metadata)


def event_id(message: Any) -> bytes:
    """The id in either of its two forms.

    Raises:
        AppendRefusedError: no UUID.
    """
    if message.WhichOneof("value") == "structured":
        parts = (
            message.structured.most_significant_bits,
            message.structured.least_significant_bits,
        )
        return b"".join(part.to_bytes(8, "big", signed=True) for part in parts)
    try:
        return UUID(message.string).bytes
    except ValueError:
        raise AppendRefusedError(f"not an event id: {message.string!r}") from None


def uuid_message(id_: bytes, structured: bool) -> Any:
    """The id in the form that the reader asked for."""
    if not structured:
        return shared_pb2.UUID(string=str(UUID(bytes=id_)))
    high, low = (int.from_bytes(part, "big", signed=True) for part in (id_[:8], id_[8:]))
    return shared_pb2.UUID(
        structured=shared_pb2.UUID.Structured(
            most_significant_bits=high, least_significant_bits=low
        )
    )


def event_message(row: Row, structured: bool) -> Any:
    """One event of a read."""
    recorded = streams_pb2.ReadResp.ReadEvent.RecordedEvent(
        id=uuid_message(row.id, structured),
        stream_identifier=shared_pb2.StreamIdentifier(stream_name=row.stream.encode()),
        stream_revision=row.revision,
        prepare_position=row.position,
        commit_position=row.position,
        metadata={
            "type": row.type,
            "content-type": _JSON if row.json else _BINARY,
            "created": str(row.created_ns // 100),
        },
        custom_metadata=row.metadata,
        data=row.data,
    )
    event = streams_pb2.ReadResp.ReadEvent(event=recorded, commit_position=row.position)
    return streams_pb2.ReadResp(event=event)


def read_filter(options: Any) -> Filter:
    """Filter of a read of everything.

    Raises:
        EventLogError: the regular expression is malformed.
    """
    if options.WhichOneof("filter_option") != "filter":
        return Filter(system=True)
    by_stream = options.filter.WhichOneof("filter") == "stream_identifier"
    expression = options.filter.stream_identifier if by_stream else options.filter.event_type
    if expression.regex:
        try:
            re.compile(expression.regex)
        except re.error as error:
            raise EventLogError(f"not a regular expression: {error}") from error
    return Filter(
        by="stream" if by_stream else "type",
        prefixes=tuple(expression.prefix),
        regex=expression.regex,
        system=True,
    )


def append_answer(done: Appended) -> Any:
    """Success of ``Append``."""
    position = streams_pb2.AppendResp.Position(
        commit_position=done.position, prepare_position=done.position
    )
    return streams_pb2.AppendResp(
        success=streams_pb2.AppendResp.Success(current_revision=done.revision, position=position)
    )


def append_conflict(error: WrongExpectedVersionError) -> Any:
    """Wrong expected version, as ``Append`` answers it."""
    wrong = streams_pb2.AppendResp.WrongExpectedVersion()
    empty = shared_pb2.Empty()
    if error.actual is None:
        wrong.current_no_stream.CopyFrom(empty)
        wrong.no_stream_20_6_0.CopyFrom(empty)
    else:
        wrong.current_revision = wrong.current_revision_20_6_0 = error.actual
    if error.expected is Expected.ANY:
        wrong.expected_any.CopyFrom(empty)
    elif error.expected is Expected.EXISTS:
        wrong.expected_stream_exists.CopyFrom(empty)
    elif error.expected is Expected.NO_STREAM:
        wrong.expected_no_stream.CopyFrom(empty)
    else:
        wrong.expected_revision = wrong.expected_revision_20_6_0 = error.expected
    return streams_pb2.AppendResp(wrong_expected_version=wrong)


def batch_answer(correlation: Any, identifier: Any, done: Appended) -> Any:
    """Success of one append of ``BatchAppend``."""
    position = shared_pb2.AllStreamPosition(
        commit_position=done.position, prepare_position=done.position
    )
    return streams_pb2.BatchAppendResp(
        correlation_id=correlation,
        stream_identifier=identifier,
        success=streams_pb2.BatchAppendResp.Success(
            current_revision=done.revision, position=position
        ),
    )


def batch_failure(correlation: Any, identifier: Any, error: EventLogError) -> Any:
    """Failure of one append of ``BatchAppend``."""
    code, details = _failure(error, identifier)
    packed = any_pb2.Any()
    packed.Pack(details)
    status = status_pb2.Status(code=cast("Any", code.value[0]), message=str(error), details=packed)
    return streams_pb2.BatchAppendResp(
        correlation_id=correlation, stream_identifier=identifier, error=status
    )


def _failure(error: EventLogError, identifier: Any) -> tuple[grpc.StatusCode, Any]:
    if isinstance(error, WrongExpectedVersionError):
        return grpc.StatusCode.FAILED_PRECONDITION, _wrong_version(error)
    if isinstance(error, StreamTombstonedError | StreamNotFoundError):
        # The server calls a stream that was soft-deleted "deleted" as well, when it must exist.
        return grpc.StatusCode.FAILED_PRECONDITION, shared_pb2.StreamDeleted(
            stream_identifier=identifier
        )
    if isinstance(error, LogUnavailableError):
        return grpc.StatusCode.DEADLINE_EXCEEDED, shared_pb2.Timeout()
    if isinstance(error, TooLargeError):
        size = shared_pb2.MaximumAppendSizeExceeded(maxAppendSize=MAX_APPEND_BYTES)
        return grpc.StatusCode.INVALID_ARGUMENT, size
    return grpc.StatusCode.INVALID_ARGUMENT, shared_pb2.BadRequest(message=str(error))


def _wrong_version(error: WrongExpectedVersionError) -> Any:
    wrong = shared_pb2.WrongExpectedVersion()
    if error.actual is None:
        wrong.current_no_stream.SetInParent()
    else:
        wrong.current_stream_revision = error.actual
    if isinstance(error.expected, int):
        wrong.expected_stream_position = error.expected
    elif error.expected is Expected.ANY:
        wrong.expected_any.SetInParent()
    elif error.expected is Expected.EXISTS:
        wrong.expected_stream_exists.SetInParent()
    else:
        wrong.expected_no_stream.SetInParent()
    return wrong


def version_number(expected: ExpectedVersion) -> int:
    """The server's number for an expected version, for its messages."""
    return expected if isinstance(expected, int) else _VERSION_NUMBERS[expected]
