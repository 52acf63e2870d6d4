"""Writing a bundle: events as they pass by, then the blobs that they named, then the manifest.

Equal logs give equal bytes: nothing of the time, the machine or the folder of the export is in it.
"""

import os
import tarfile
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import CHECKPOINT, SEALS
from jimbot_stream.replay.bundling.closure import Wanted, closed, links
from jimbot_stream.replay.bundling.copying import Copied, Needed, copy_blobs
from jimbot_stream.replay.bundling.durable import Hashed, put_in_place
from jimbot_stream.replay.bundling.heads import Heads
from jimbot_stream.replay.bundling.manifest import EVENTS, MANIFEST, README, STREAMS, File, Manifest
from jimbot_stream.replay.bundling.references import environments
from jimbot_stream.replay.bundling.telling import readme
from jimbot_stream.replay.lines import BundleError, to_line

TAR: Final = ".tar"
"""Ending of a bundle that is one file."""
_PACKAGE: Final = "jimbot-stream"


@dataclass(slots=True)
class _Seen:
    """What is told of the events, gathered while they are written."""

    needed: Needed = field(default_factory=Needed)
    heads: Heads = field(default_factory=Heads)
    types: Counter[str] = field(default_factory=Counter)
    machines: set[str] = field(default_factory=set)
    first: int = 0
    last: int = 0

    def take(self, event: RecordedEvent) -> None:
        self.first = self.first or event.position
        self.last = event.position
        self.types[event.type] += 1
        self.machines.update(environments(event))
        self.needed.take(event)
        self.heads.take(event)


async def write_bundle(log: LogReader, blobs: BlobStore, wanted: Wanted, target: Path) -> Manifest:
    """Write what is wanted of a log, and what it takes to verify that, as a folder or a .tar file.

    Raises:
        BundleError: something that was asked for is not there, a blob is damaged, or the target is
            there already or cannot be written; nothing is left behind.
        LogUnavailableError: no answer.
    """
    chosen = await choose(log, wanted)
    with put_in_place(target) as made:
        if target.suffix == TAR:
            folder = made.with_suffix(".folder")
            manifest = await _write(log, blobs, wanted, chosen, folder)
            _pack(folder, manifest, made)
        else:
            manifest = await _write(log, blobs, wanted, chosen, made)
    return manifest


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which events are written."""

    streams: Collection[str] | None
    """None: all."""
    end: int
    """Position of the last event when the export began: what comes meanwhile is not in it."""

    async def events(self, log: LogReader) -> AsyncIterator[RecordedEvent]:
        """They, in their order."""
        async for event in log.read_all():
            if event.position > self.end:
                break
            if self.streams is None or event.stream in self.streams:
                yield event


async def choose(log: LogReader, wanted: Wanted) -> Chosen:
    """The events that belong to what is wanted.

    Raises:
        BundleError: a checkpoint that nothing saved.
        LogUnavailableError: no answer.
    """
    end = 0
    async for event in log.read_all(backwards=True, limit=1):
        end = event.position
    if wanted.is_everything:
        return Chosen(None, end)
    try:
        return Chosen(closed(await links(log, end), wanted), end)
    except KeyError as error:
        raise BundleError(
            f"no run of the log saved a checkpoint {error.args[0]!r}: jimbot-learn list and show"
            " tell which there are"
        ) from None


async def _write(
    log: LogReader,
    blobs: BlobStore,
    wanted: Wanted,
    chosen: Chosen,
    folder: Path,
) -> Manifest:
    seen = _Seen()
    with Hashed(folder, EVENTS) as events:
        async for event in chosen.events(log):
            events.write(to_line(event) + b"\n")
            seen.take(event)
    _refuse_unknown(wanted, seen)
    with Hashed(folder, STREAMS) as heads:
        for line in seen.heads.lines():
            heads.write(line)
    copied = copy_blobs(seen.needed, blobs, folder)
    with Hashed(folder, README) as text:
        text.write(readme(wanted, copied))
    files = [*copied.files, events.told, heads.told, text.told]
    manifest = _manifest(wanted, chosen.streams, seen, copied, files)
    with Hashed(folder, MANIFEST) as told:
        told.write(manifest.to_json())
    return manifest


def _refuse_unknown(wanted: Wanted, seen: _Seen) -> None:
    for stream in wanted.streams:
        if stream not in seen.heads.found:
            raise BundleError(f"the log has no stream {stream}: jimbot-store read --all tells them")
    if not seen.heads.found:
        raise BundleError("the log is empty: there is nothing to export")


def _manifest(
    wanted: Wanted,
    streams: Collection[str] | None,
    seen: _Seen,
    copied: Copied,
    files: list[File],
) -> Manifest:
    absent = set() if streams is None else set(streams) - seen.heads.found.keys() - {SEALS}
    return Manifest(
        package=f"{_PACKAGE} {version(_PACKAGE)}",
        rules_version=RULES_VERSION,
        schemas={name: SCHEMA_VERSIONS[name] for name in seen.types if name in SCHEMA_VERSIONS},
        environments=sorted(seen.machines),
        selection=asdict(wanted),
        events=seen.types.total(),
        streams=len(seen.heads.found),
        types=seen.types,
        first_position=seen.first,
        last_position=seen.last,
        files=sorted(files, key=lambda file: file.path),
        pruned=copied.pruned,
        missing=copied.missing,
        absent=sorted(name for name in absent if not name.startswith(CHECKPOINT)),
    )


def _pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """The folder as one file, whose entries tell no owner, time or right of this machine."""
    paths = [README, MANIFEST, *(file.path for file in manifest.files if file.path != README)]
    with target.open("xb") as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in paths:
                entry = tarfile.TarInfo(f"{target.stem}/{path}")
                entry.size, entry.mode = (folder / path).stat().st_size, 0o644
                with (folder / path).open("rb") as content:
                    tar.addfile(entry, content)
        raw.flush()
        os.fsync(raw.fileno())
