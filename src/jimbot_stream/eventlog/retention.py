"""Stream metadata as the server keeps it: JSON in the last event of ``$$<stream>``."""

from typing import Any

import orjson

from jimbot_stream.eventlog import StreamMetadata

METADATA_TYPE = "$metadata"
DELETED = 2**63 - 1
"""``$tb`` of a soft-deleted stream, and revision of a tombstone."""


def metastream(stream: str) -> str:
    """Name of the stream that holds the stream's metadata."""
    return "$$" + stream


def parse(data: bytes) -> dict[str, Any]:
    """The JSON object; whatever else stands there counts as empty, as the server has it."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def from_json(fields: dict[str, Any]) -> StreamMetadata:
    """Retention out of the server's JSON."""
    return StreamMetadata(
        max_count=_count(fields.get("$maxCount")),
        max_age_s=_count(fields.get("$maxAge")),
        truncate_before=_count(fields.get("$tb")),
    )


def to_json(metadata: StreamMetadata) -> bytes:
    """The server's JSON; limits that are not set are left out."""
    fields = {
        "$maxCount": metadata.max_count,
        "$maxAge": metadata.max_age_s,
        "$tb": metadata.truncate_before,
    }
    return orjson.dumps({name: value for name, value in fields.items() if value is not None})


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
