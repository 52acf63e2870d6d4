"""What may be appended, the same whichever store stands behind."""

from collections.abc import Iterable, Sequence

import orjson

from jimbot_stream.eventlog import AppendRefusedError, Expected, ExpectedVersion, NewEvent

MAX_APPEND_BYTES = 1 << 20
"""EventStoreDB's default limit; later servers allow more, so this suits all."""

MAX_STREAM_NAME = 1024


class TooLargeError(AppendRefusedError):
    """The append is over the limit."""


def check_size(stream: str, parts: Iterable[tuple[str, bytes, bytes]]) -> None:
    """Add up (type, data, metadata) triples as the server does: types in UTF-16.

    Raises:
        TooLargeError: together they are over the limit.
    """
    size = sum(2 * len(kind) + len(data) + len(metadata) for kind, data, metadata in parts)
    if size > MAX_APPEND_BYTES:
        raise TooLargeError(
            f"{stream}: an append of {size} bytes is over the limit of {MAX_APPEND_BYTES}"
        )


def check_stream(stream: str, expected: ExpectedVersion = Expected.ANY) -> None:
    """Refuse a name that no store would take, or that is the server's own.

    Raises:
        AppendRefusedError: the name is empty, too long, not UTF-8, or begins with ``$``;
            or the expected version is no revision.
    """
    if isinstance(expected, int) and not 0 <= expected < 1 << 63:
        raise AppendRefusedError(f"{stream}: not a revision: {expected}")
    if not stream or stream.startswith("$") or len(stream) > MAX_STREAM_NAME:
        raise AppendRefusedError(f"not a stream name that can be written: {stream[:80]!r}")
    try:
        stream.encode()
    except UnicodeEncodeError:
        raise AppendRefusedError(f"not a stream name in UTF-8: {stream!a}") from None


def check_append(stream: str, events: Sequence[NewEvent], expected: ExpectedVersion) -> None:
    """Refuse what some store behind the protocol would refuse, before sending it.

    Raises:
        AppendRefusedError: says which rule is broken.
    """
    check_stream(stream, expected)
    if not events:
        raise AppendRefusedError(f"{stream}: an append needs at least one event")
    for event in events:
        _check_event(stream, event)
    check_size(stream, ((event.type, event.data, event.metadata) for event in events))


def _check_event(stream: str, event: NewEvent) -> None:
    if not event.type or event.type.startswith("$"):
        raise AppendRefusedError(f"{stream}: not an event type: {event.type!r}")
    try:
        metadata = orjson.loads(event.metadata)
    except orjson.JSONDecodeError:
        metadata = None
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise AppendRefusedError(
            f"{stream}: metadata of {event.type} must be a flat JSON object of strings"
        )
