"""From a bundle back to an embedded log and its blobs, so that all commands work on them.

Streams, revisions, ids, types, bytes and times are those of the bundle. Positions are not: an
embedded log counts them from 1 without a gap, and a bundle may leave streams out. The order stays.
The seals of a bundle that leaves streams out are not taken: they speak of a log that is not here.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import Appended, LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.eventlog.retention import DELETED
from jimbot_stream.eventlog.rules import check_stream
from jimbot_stream.eventlog.storage import Proposed, Storage
from jimbot_stream.replay.bundling.checking import check_bundle
from jimbot_stream.replay.bundling.lines_log import LinesLog
from jimbot_stream.replay.bundling.manifest import BLOBS, EVENTS, Manifest, read_manifest
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.verdict import Divergence

_AT_ONCE: Final = 256
"""Events of a transaction."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote."""

    events: int
    blobs: int
    seals: int = 0
    """Seals that were not taken."""


async def import_bundle(folder: Path, log_file: Path, blobs: BlobStore) -> Imported:
    """Write what a bundle holds and what was not there before.

    The log must be empty, or hold every event of the bundle already, or be what an earlier import
    of it left when it was broken off. Blobs come before the events that name them.

    Raises:
        BundleError: the bundle is not as its manifest says, or the log holds something else;
            nothing was written.
        EventLogError: another process has the log, or its file is none.
    """
    for verdict in check_bundle(folder):
        if isinstance(verdict, Divergence):
            raise BundleError(f"{folder} is not as it was exported: {verdict}")
    manifest, lines = read_manifest(folder), LinesLog(folder / EVENTS)
    try:
        return await _Import(folder, manifest, lines, log_file).into(blobs)
    finally:
        lines.close()


class _Import:
    """One import; the events to take are numbers of lines."""

    def __init__(self, folder: Path, manifest: Manifest, lines: LinesLog, log_file: Path) -> None:
        self._folder, self._manifest, self._lines = folder, manifest, lines
        self._log_file = log_file
        self._left = set(lines.index.streams.get(SEALS, ())) if manifest.is_part else set()
        self._wanted = [n for n in range(len(lines.index)) if n not in self._left]

    async def into(self, blobs: BlobStore) -> Imported:
        async with EmbeddedLog(self._log_file) as log:
            self._refuse_unwritable()
            there = await self._there(log)
            brought = await asyncio.to_thread(self._bring, blobs)
            for part in self._parts(there):
                await log.submit(partial(_restore, part))
            return Imported(len(self._wanted) - there, brought, len(self._left))

    def _refuse_unwritable(self) -> None:
        """What no log can have written is not written here, whatever its manifest says.

        Raises:
            AppendRefusedError: a name of a stream that is none, or the store's own.
            BundleError: revisions or positions do not follow one another.
        """
        for stream in self._lines.index.streams:
            check_stream(stream)
        last: dict[str, int] = {}
        position = 0
        for place in range(len(self._wanted)):
            event = self._event(place)
            follows = event.revision == last.get(event.stream, event.revision - 1) + 1
            if not follows or event.position <= position or not 0 <= event.revision < DELETED:
                raise BundleError(
                    f"{event.revision}@{event.stream} of the bundle does not follow what stands"
                    " before it. Nothing was written"
                )
            last[event.stream], position = event.revision, event.position

    async def _there(self, log: LogReader) -> int:
        """Events that need not be written: those that the log is, or all."""
        count = 0
        async for event in log.read_all():
            if count == len(self._wanted) or _first_other(self._event(count), event):
                await self._refuse_other(log)
                return len(self._wanted)
            count += 1
        return count

    async def _refuse_other(self, log: LogReader) -> None:
        """A log that does not begin as the bundle must hold every event of it.

        Raises:
            BundleError: it does not; the message names the first that it lacks.
        """
        for place in range(len(self._wanted)):
            event = self._event(place)
            found = await _at(log, event)
            other = "event" if found is None else _first_other(event, found)
            if other:
                what = "is not there" if found is None else f"has another {other} there"
                raise BundleError(
                    f"{self._log_file} is not empty, and {event.revision}@{event.stream} of the"
                    f" bundle {what}. Nothing was written: give an empty folder with --data"
                )

    def _event(self, place: int) -> RecordedEvent:
        return self._lines.event(self._wanted[place])

    def _bring(self, blobs: BlobStore) -> int:
        brought = 0
        for file in self._manifest.files:
            if file.path.startswith(f"{BLOBS}/"):
                brought += not blobs.has(file.sha256)
                blobs.put((self._folder / file.path).read_bytes())
        return brought

    def _parts(self, start: int) -> Iterator[Sequence[RecordedEvent]]:
        for first in range(start, len(self._wanted), _AT_ONCE):
            last = min(first + _AT_ONCE, len(self._wanted))
            yield [self._event(place) for place in range(first, last)]


async def _at(log: LogReader, event: RecordedEvent) -> RecordedEvent | None:
    """The event of the same stream and revision."""
    try:
        one = log.read_stream(event.stream, from_revision=event.revision, limit=1)
        async for found in one:
            return found if found.revision == event.revision else None
    except StreamNotFoundError:
        pass
    return None


def _first_other(one: RecordedEvent, other: RecordedEvent) -> str:
    """The first field that differs, empty where none does; positions are each log's own."""
    names = ("stream", "revision", "id", "type", "data", "metadata", "created_ns")
    return next((name for name in names if getattr(one, name) != getattr(other, name)), "")


def _restore(events: Sequence[RecordedEvent], storage: Storage) -> Appended:
    """Write events as they were recorded, all of them or none."""
    for event in events:
        json = int(event.data[:1] == b"{")
        proposed = Proposed(event.id.bytes, event.type, json, event.data, event.metadata)
        done = storage.restore(event.stream, event.revision, event.created_ns, proposed)
    return done
