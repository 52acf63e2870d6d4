"""A file of events, one a line, read as a log is read and never held in memory.

Opening reads the file once and remembers where each line begins: about 30 bytes an event. The index
of a file is kept for the next opening in this process, unless the file changed.
"""

import os
from array import array
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import orjson

from jimbot_stream.eventlog import RecordedEvent, StreamNotFoundError
from jimbot_stream.replay.lines import BundleError, from_line


class Index:
    """Where the lines of a file begin, and what stands in them."""

    def __init__(self, path: Path) -> None:
        """Read the file once.

        Raises:
            BundleError: no such file, or a line is not an event; the message names it.
        """
        self.path = path
        self.starts = array("Q", [0])
        """Byte at which each line begins, and the end of the last."""
        self.positions = array("q")
        self.streams: dict[str, array[int]] = {}
        """Numbers of the lines, from 0, of every stream."""
        self._numbers: dict[str, int] = {}
        self._stream_of = array("L")
        self._types: dict[str, int] = {}
        self._type_of = array("L")
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file):
                    self._take(number, line)
        except OSError as error:
            raise BundleError(str(error)) from error

    def __len__(self) -> int:
        """Events."""
        return len(self.positions)

    def chosen(self, prefixes: Sequence[str], types: Sequence[str]) -> Iterator[int]:
        """Lines of streams that begin with one of prefixes, of these types; all where none is."""
        streams = {n for name, n in self._numbers.items() if name.startswith(tuple(prefixes))}
        kinds = {n for name, n in self._types.items() if name in types}
        for number, (stream, kind) in enumerate(zip(self._stream_of, self._type_of, strict=True)):
            if (not prefixes or stream in streams) and (not types or kind in kinds):
                yield number

    def _take(self, number: int, line: bytes) -> None:
        try:
            fields = orjson.loads(line)
            stream, kind = str(fields["stream"]), str(fields["type"])
            self.positions.append(int(fields["position"]))
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise located(self.path, number, f"not an event: {error!r}") from error
        self.starts.append(self.starts[-1] + len(line))
        self.streams.setdefault(stream, array("L")).append(number)
        self._stream_of.append(self._numbers.setdefault(stream, len(self._numbers)))
        self._type_of.append(self._types.setdefault(kind, len(self._types)))


def located(path: Path, number: int, what: str) -> BundleError:
    """The error of a line, counted from 0."""
    return BundleError(f"{path}, line {number + 1}: {what}")


@lru_cache(maxsize=4)
def _index(path: Path, size: int, changed_ns: int) -> Index:
    return Index(path)


class LinesLog:
    """The reading half of an event log, over a file of lines."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            BundleError: no such file, or a line is not an event; the message names it.
        """
        self._descriptor = -1
        try:
            about = path.stat()
            self.index = _index(path, about.st_size, about.st_mtime_ns)
            self._descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise BundleError(str(error)) from error

    def event(self, number: int) -> RecordedEvent:
        """The event of a line, counted from 0.

        Raises:
            BundleError: it is none.
        """
        start, end = self.index.starts[number], self.index.starts[number + 1]
        try:
            return from_line(os.pread(self._descriptor, end - start, start))
        except BundleError as error:
            raise located(self.index.path, number, str(error)) from error

    def close(self) -> None:
        """Close the file; idempotent."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    async def read_stream(
        self,
        stream: str,
        *,
        from_revision: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[RecordedEvent]:
        """As ``EventLog.read_stream``."""
        if stream not in self.index.streams:
            raise StreamNotFoundError(f"{stream}: no such stream")
        left = -1 if limit is None else limit
        for number in _turned(self.index.streams[stream], backwards):
            if left == 0:
                return
            event = self.event(number)
            if from_revision is None or not _is_before(event.revision, from_revision, backwards):
                left -= 1
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
        """As ``EventLog.read_all``, in the order of the lines."""
        left = -1 if limit is None else limit
        chosen: Sequence[int] | Iterator[int] = range(len(self.index))
        if prefixes or types:
            chosen = self.index.chosen(prefixes, types)
        for number in _turned(list(chosen), True) if backwards else chosen:
            if left == 0:
                return
            place = self.index.positions[number]
            if from_position is None or not _is_before(place, from_position, backwards):
                left -= 1
                yield self.event(number)


def _turned(numbers: Sequence[int], backwards: bool) -> Iterator[int]:
    return reversed(numbers) if backwards else iter(numbers)


def _is_before(place: int, start: int, backwards: bool) -> bool:
    return place > start if backwards else place < start
