"""From a bundle back to an embedded log and its blobs, so that all commands work on them.

Streams, revisions, ids, types, bytes and times are those of the bundle. Positions are not: an
embedded log counts them from 1 without a gap, and a bundle may leave streams out. The order stays.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import Appended, LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.storage import Proposed, Storage
from jimbot_stream.replay.bundling.checking import check_bundle
from jimbot_stream.replay.bundling.lines_log import LinesLog
from jimbot_stream.replay.bundling.manifest import BLOBS, EVENTS, read_manifest
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.verdict import Divergence

_AT_ONCE: Final = 256
"""Events of a transaction."""


async def import_bundle(folder: Path, log_file: Path, blobs: BlobStore) -> tuple[int, int]:
    """Write what a bundle holds; how many events and blobs were not there before.

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
    bundle = LinesLog(folder / EVENTS)
    try:
        async with EmbeddedLog(log_file) as log:
            there = await _there(bundle, log, log_file)
            brought = await asyncio.to_thread(_bring, folder, blobs)
            return await _append(bundle, log, there), brought
    finally:
        bundle.close()


async def _there(bundle: LinesLog, log: LogReader, log_file: Path) -> int:
    """Events of the bundle that need not be written: those with which the log ends, or all."""
    count = 0
    async for event in log.read_all():
        if count == len(bundle.index) or not _same(bundle.event(count), event):
            await _refuse_other(bundle, log, log_file)
            return len(bundle.index)
        count += 1
    return count


async def _refuse_other(bundle: LinesLog, log: LogReader, log_file: Path) -> None:
    """A log that began otherwise must hold every event of the bundle.

    Raises:
        BundleError: it does not; the message names the first that it lacks.
    """
    async for event in bundle.read_all():
        found = await _at(log, event)
        if found is None or not _same(event, found):
            what = "is not there" if found is None else f"has another {_first(event, found)} there"
            raise BundleError(
                f"{log_file} is not empty, and {event.revision}@{event.stream} of the bundle"
                f" {what}. Nothing was written: give an empty folder with --data"
            )


async def _at(log: LogReader, event: RecordedEvent) -> RecordedEvent | None:
    try:
        one = log.read_stream(event.stream, from_revision=event.revision, limit=1)
        async for found in one:
            return found if found.revision == event.revision else None
    except StreamNotFoundError:
        pass
    return None


def _same(one: RecordedEvent, other: RecordedEvent) -> bool:
    return not _first(one, other)


def _first(one: RecordedEvent, other: RecordedEvent) -> str:
    """The first field that differs; positions are each log's own."""
    names = ("stream", "revision", "id", "type", "data", "metadata", "created_ns")
    return next((name for name in names if getattr(one, name) != getattr(other, name)), "")


def _bring(folder: Path, blobs: BlobStore) -> int:
    manifest = read_manifest(folder)
    brought = 0
    for file in manifest.files:
        if file.path.startswith(f"{BLOBS}/"):
            brought += not blobs.has(file.sha256)
            blobs.put((folder / file.path).read_bytes())
    return brought


async def _append(bundle: LinesLog, log: EmbeddedLog, there: int) -> int:
    written = 0
    async for part in _parts(bundle, there):
        await log.submit(partial(_restore, part))
        written += len(part)
    return written


async def _parts(bundle: LinesLog, start: int) -> AsyncIterator[Sequence[RecordedEvent]]:
    for first in range(start, len(bundle.index), _AT_ONCE):
        last = min(first + _AT_ONCE, len(bundle.index))
        yield [bundle.event(number) for number in range(first, last)]


def _restore(events: Sequence[RecordedEvent], storage: Storage) -> Appended:
    for event in events:
        json = int(event.data[:1] == b"{")
        proposed = Proposed(event.id.bytes, event.type, json, event.data, event.metadata)
        done = storage.restore(event.stream, event.revision, event.created_ns, proposed)
    return done
