"""Recorded events in memory, read as a log is read: for histories that are made by hand.

Files of any length are read by ``bundling.lines_log``.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from jimbot_stream.eventlog import RecordedEvent, StreamNotFoundError
from jimbot_stream.replay.lines import BundleError, from_line, to_line

__all__ = ["Bundle", "BundleError", "from_line", "to_line"]


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
