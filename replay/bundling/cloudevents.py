"""Events in the words of CloudEvents 1.0, a JSON object a line, for tools that know no other.

A view and no archive: metadata stay behind but for what has a name there, so nothing can be
verified from it. ``source`` and ``id`` together are unique, as the specification asks.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import orjson

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.naming import identifier

TYPE: Final = "dev.jimbot."
_SCHEMA: Final = "urn:jimbot:schema:"
_TOLD: Final = (("$correlationId", "correlationid"), ("$causationId", "causationid"))
"""Metadata with a name in the extension for tracing causes."""


def cloud_event(event: RecordedEvent) -> bytes:
    """The event as one line of JSON, without the line's end."""
    metadata = _metadata(event.metadata)
    schema = metadata.get("schema", "1")
    told = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": f"/jimbot/{quote(event.stream, safe='')}",
        "type": TYPE + event.type,
        "subject": identifier(event.stream) or event.stream,
        "time": rfc3339(event.created_ns),
        "dataschema": f"{_SCHEMA}{quote(event.type, safe='')}:{quote(schema, safe='')}",
        "sequence": str(event.revision),
        "partitionkey": event.stream,
        **dict(_extensions(metadata)),
        **_data(event.data),
    }
    return orjson.dumps(told)


def rfc3339(ns: int) -> str:
    """Nanoseconds since the epoch as a timestamp in UTC, all of them."""
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


def _extensions(metadata: dict[str, str]) -> Iterator[tuple[str, str]]:
    """An attribute is never empty."""
    for name, attribute in _TOLD:
        if metadata.get(name):
            yield attribute, metadata[name]


def _data(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {
            "datacontenttype": "application/octet-stream",
            "data_base64": b64encode(data).decode(),
        }
    # As it stands, so that no number is written otherwise; unless it would take several lines.
    exact: Any = value if b"\n" in data or b"\r" in data else orjson.Fragment(data)
    return {"datacontenttype": "application/json", "data": exact}


def _metadata(content: bytes) -> dict[str, str]:
    try:
        found = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        return {}
    told = found.items() if isinstance(found, dict) else ()
    return {name: value for name, value in told if isinstance(value, str)}
