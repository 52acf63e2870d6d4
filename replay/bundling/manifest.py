"""``manifest.json``: what a bundle holds, of which versions, each file by its sha256."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

import orjson

from jimbot_stream.replay.lines import BundleError

FORMAT: Final = "jimbot-bundle/1"
MANIFEST, EVENTS, STREAMS, README = "manifest.json", "events.jsonl", "streams.jsonl", "README.txt"
BLOBS: Final = "blobs"
"""Folder of the blobs, as ``BlobStore`` lays it out."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a bundle."""

    path: str
    """Within the bundle, with slashes."""
    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        """Refuse a file that lies elsewhere.

        Raises:
            ValueError: the path leads out of the bundle.
        """
        parts = PurePosixPath(self.path).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise ValueError(f"{self.path!r} is not within the bundle")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds."""

    package: str
    """Name and version of what wrote it."""
    rules_version: str
    """Of that release; games name their own."""
    schemas: Mapping[str, int]
    """Schema version of that release, by type of event in the bundle."""
    environments: Sequence[str]
    """Classes of machines that the events name: there they can be repeated bit by bit."""
    selection: Mapping[str, Any]
    """What was asked for; all of it empty: everything."""
    events: int
    streams: int
    types: Mapping[str, int]
    """Events by type."""
    first_position: int
    """In the log that it was taken from."""
    last_position: int
    files: Sequence[File]
    """All but this one, sorted by path."""
    pruned: Sequence[str] = field(default=())
    """Blobs that are not there because the record says that they were let go."""
    missing: Sequence[str] = field(default=())
    """Blobs that were not there, although an event names them."""
    absent: Sequence[str] = field(default=())
    """Streams that were not there, although an event names them."""
    format: str = FORMAT

    @property
    def is_part(self) -> bool:
        """Whether streams were left out."""
        names = ("games", "runs", "checkpoints", "evaluations")
        return any(self.selection.get(name) for name in names)

    @property
    def sha256(self) -> str:
        """sha256 of the file, in hex: who knows it from elsewhere knows the whole bundle."""
        return sha256(self.to_json()).hexdigest()

    def to_json(self) -> bytes:
        """The file's bytes: equal manifests give equal ones."""
        told = asdict(self) | {"types": dict(self.types), "schemas": dict(self.schemas)}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle.

    Raises:
        BundleError: there is none, or it is of another format.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        told = orjson.loads(data)
        told["files"] = [File(**each) for each in told["files"]]
        found = Manifest(**{each.name: told[each.name] for each in fields(Manifest)})
    except OSError as error:
        raise BundleError(f"{folder} is no bundle: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path} is no manifest of a bundle: {error!r}") from error
    if found.format != FORMAT:
        raise BundleError(
            f"{path}: format {found.format!r}; this release reads {FORMAT!r}: take the release that"
            f" wrote it, {found.package}"
        )
    return found
