"""Events of a log as one file: a line of JSON for each, in total order.

Data and metadata stand as text where they are UTF-8, else as base64; either way the
exact bytes come back. ``Bundle`` reads such a file as if it were the log.
"""

import base64
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from uuid import UUID

import orjson

from jimbot_stream.eventlog import RecordedEvent, StreamNotFoundError


class BundleError(Exception):
    """A line of the file is not an event."""


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


def _is_before(place: int, start: int, backwards: bool) -> bool:
    return place > start if backwards else place < start


class Bundle:
    """Recorded events in memory, read as a log is read."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self.events = list(events)
        self._streams: dict[str, list[RecordedEvent]] = {}
        for event in self.events:
            self._streams.setdefault(event.stream, []).append(event)

    @classmethod
    def load(cls, path: Path) -> "Bundle":
        """Read a file.

        Raises:
            BundleError: no such file, or a line is not an event; the message names it.
        """
        try:
            lines = path.read_bytes().splitlines()
        except OSError as error:
            raise BundleError(str(error)) from error
        events = []
        for number, line in enumerate(lines, 1):
            try:
                events.append(from_line(line))
            except BundleError as error:
                raise BundleError(f"{path}, line {number}: {error}") from error
        return cls(events)

    def save(self, path: Path) -> None:
        """Write the file anew."""
        path.write_bytes(b"".join(to_line(event) + b"\n" for event in self.events))

    async def read_stream(
        self,
        stream: str,
        *,
        from_revision: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """As ``EventLog.read_stream``."""
        if stream not in self._streams:
            raise StreamNotFoundError(stream)
        wanted = [
            event
            for event in self._streams[stream][:: -1 if backwards else 1]
            if from_revision is None or not _is_before(event.revision, from_revision, backwards)
        ]
        for event in wanted[:limit]:
            yield event

    async def read_all(
        self,
        *,
        from_position: int | None = None,
        prefixes: Sequence[str] = (),
        types: Sequence[str] = (),
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """As ``EventLog.read_all``."""
        wanted = [
            event
            for event in self.events[:: -1 if backwards else 1]
            if (from_position is None or not _is_before(event.position, from_position, backwards))
            and (not prefixes or event.stream.startswith(tuple(prefixes)))
            and (not types or event.type in types)
        ]
        for event in wanted[:limit]:
            yield event

    async def close(self) -> None:
        """Nothing is held."""
