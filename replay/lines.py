"""An event as a line of JSON, from which its exact bytes come back.

Data and metadata stand as text where they are UTF-8, else as base64.
"""

import base64
from uuid import UUID

import orjson

from jimbot_stream.eventlog import RecordedEvent


class BundleError(Exception):
    """What was exported cannot be read: a line is not an event, or a file is not there."""


def to_line(event: RecordedEvent) -> bytes:
    """The event as one line of JSON, without the line's end."""
    return orjson.dumps(
        {
            "stream": event.stream,
            "revision": event.revision,
            "position": event.position,
            "id": str(event.id),
            "type": event.type,
            "created_ns": event.created_ns,
            **_pack("data", event.data),
            **_pack("metadata", event.metadata),
        }
    )


def from_line(line: bytes) -> RecordedEvent:
    """The event of a line.

    Raises:
        BundleError: the line is not an event.
    """
    try:
        fields = orjson.loads(line)
        return RecordedEvent(
            stream=str(fields["stream"]),
            revision=int(fields["revision"]),
            position=int(fields["position"]),
            id=UUID(fields["id"]),
            type=str(fields["type"]),
            data=_unpack("data", fields),
            metadata=_unpack("metadata", fields),
            created_ns=int(fields["created_ns"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"not an event: {error!r}") from error


def _pack(name: str, content: bytes) -> dict[str, str]:
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(content).decode()}


def _unpack(name: str, fields: dict[str, str]) -> bytes:
    if name in fields:
        return fields[name].encode()
    return base64.b64decode(fields[f"{name}_base64"], validate=True)
