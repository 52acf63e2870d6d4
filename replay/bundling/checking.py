"""A bundle against its manifest: each file, and where one was changed, what in it."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from jimbot_stream.eventlog.verify import Report
from jimbot_stream.replay.bundling.durable import digest_of
from jimbot_stream.replay.bundling.heads import Head, Heads, read_heads
from jimbot_stream.replay.bundling.manifest import (
    EVENTS,
    MANIFEST,
    STREAMS,
    File,
    Manifest,
    read_manifest,
)
from jimbot_stream.replay.lines import BundleError, from_line
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


def check_bundle(folder: Path) -> Iterator[Verdict]:
    """A verdict for each file; of a changed file of events, first where the change is.

    Raises:
        BundleError: it is no bundle, or one of another format.
    """
    manifest = read_manifest(folder)
    for file in manifest.files:
        fault = _file_fault(folder, file)
        if fault is None:
            yield Match("bundle file", file.path, 0)
            continue
        if file.path == EVENTS and fault.cause == "tampering":
            yield from _where(folder)
        yield fault
    yield from _unlisted(folder, manifest)


def unreadable(faults: Iterable[Verdict]) -> bool:
    """Whether the events cannot be read at all, so that nothing else can be verified."""
    return any(
        isinstance(fault, Divergence)
        and fault.stream == EVENTS
        and (fault.cause == "missing" or fault.field == "line")
        for fault in faults
    )


def _file_fault(folder: Path, file: File) -> Divergence | None:
    path = folder / file.path
    if not path.is_file():
        return _finding(file.path, 0, "file", f"{file.bytes:,} bytes", "no such file", "missing")
    found = digest_of(path)
    if found == file.sha256:
        return None
    size = path.stat().st_size
    why = f"It has {size:,} bytes, of {file.bytes:,}." if size != file.bytes else ""
    return _finding(file.path, 0, "sha256", file.sha256, found, "tampering", why)


def _unlisted(folder: Path, manifest: Manifest) -> Iterator[Divergence]:
    """What nobody vouches for."""
    known = {MANIFEST, *(file.path for file in manifest.files)}
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for path in sorted(set(there) - known):
        yield _finding(path, 0, "file", "only what the manifest lists", "a file", "tampering")


def _where(folder: Path) -> Iterator[Divergence]:
    """Events that break their chain, the line that is none, streams that go on otherwise."""
    heads, chains = Heads(), Report()
    with (folder / EVENTS).open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                event = from_line(line)
            except BundleError as error:
                cause: Cause = "missing" if not line.endswith(b"\n") else "tampering"
                why = "The file is cut off." if cause == "missing" else ""
                yield _finding(EVENTS, number, "line", "an event", str(error), cause, why)
                return
            heads.take(event)
            if not chains.check(event):
                what = chains.problems[-1].what
                at = (event.stream, event.revision)
                yield _finding(*at, "event", "as exported", what, "tampering")
    try:
        told = read_heads(folder / STREAMS)
    except BundleError:
        return  # that file is at fault itself, which is told
    for stream in dict.fromkeys(chain(told, heads.found)):
        yield from _head_faults(stream, told.get(stream), heads.found.get(stream))


def _head_faults(stream: str, told: Head | None, found: Head | None) -> Iterator[Divergence]:
    if told is None or found is None:
        cause: Cause = "missing" if found is None else "tampering"
        expected, got = ("a stream", "none") if found is None else ("no such stream", "one")
        yield _finding(stream, 0, "stream", expected, got, cause)
        return
    for name in ("first", "last", "events", "chain"):
        expected, got = getattr(told, name), getattr(found, name)
        if expected != got:
            cause = "tampering" if name == "chain" else "missing"
            yield _finding(stream, found.last, name, str(expected), str(got), cause)
            return


def _finding(
    stream: str, place: int, field: str, expected: str, got: str, cause: Cause, why: str = ""
) -> Divergence:
    return Divergence("bundle file", stream, place, field, expected, got, cause, why)
