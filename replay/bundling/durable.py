"""Files that are put in place whole, and stay there when the machine stops."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, Self

from jimbot_stream.replay.bundling.manifest import File
from jimbot_stream.replay.lines import BundleError

PIECE: Final = 1 << 20
"""Bytes that are copied at a time."""


class Hashed:
    """A new file of a bundle that is hashed while it is written, and is on disk when closed."""

    def __init__(self, root: Path, path: str) -> None:
        """Create the file at a path within the folder of the bundle."""
        self._path = path
        self._digest = sha256()
        self._bytes = 0
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("xb")

    def write(self, data: bytes) -> None:
        """Append."""
        self._digest.update(data)
        self._bytes += len(data)
        self._file.write(data)

    def copy(self, source: BinaryIO) -> None:
        """Append all of another file, piece by piece."""
        while piece := source.read(PIECE):
            self.write(piece)

    @property
    def told(self) -> File:
        """The file as the manifest tells it."""
        return File(self._path, self._digest.hexdigest(), self._bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def digest_of(path: Path) -> str:
    """sha256 of a file, in hex, read piece by piece."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """A folder to write into beside the target; what is there in the end takes its place.

    The folder of that name is renamed, or where the block made a file of that name in it, the file.
    Nothing is left where the block fails.

    Raises:
        BundleError: the target is there already, or cannot be written.
    """
    refuse_taken(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.writing-", dir=target.parent))
    except OSError as error:
        raise BundleError(f"{target} cannot be written: {error}") from error
    try:
        made = work / target.name
        yield made
        refuse_taken(target)
        if made.is_dir():
            for folder, _, _ in os.walk(made):
                sync_folder(Path(folder))
        made.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise BundleError(f"{target} cannot be written: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def refuse_taken(target: Path) -> None:
    """Refuse to write over anything but an empty folder.

    Raises:
        BundleError: something is there.
    """
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists():
        raise BundleError(f"{target} is there already: give another --out, or remove it")


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
