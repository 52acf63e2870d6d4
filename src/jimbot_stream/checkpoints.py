"""Content-addressed blobs: big things stand beside the event log, named by their sha256.

A blob is on disk before the event that names it is appended: write, fsync, rename,
fsync of the folder. Reading checks the bytes against the name.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from jimbot_stream.eventlog.faults import pass_point


class BlobError(Exception):
    """A blob that is missing, or whose bytes are not what its name says."""


class BlobStore:
    """Blobs in a folder, as ``ab/cd/<sha256>``; safe to use from many processes at once."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def put(self, data: bytes) -> str:
        """Store the bytes durably and give their sha256; storing them again is free."""
        name = sha256(data).hexdigest()
        path = self.path(name)
        if self._holds(path, data):
            # Whoever wrote it may have died before its folder was on disk.
            _sync_folder(path.parent)
            return name
        _make_folders(path.parent)
        _write(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of a blob.

        Raises:
            BlobError: there is none of that name, or its bytes have changed.
        """
        path = self.path(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise BlobError(f"no blob {name} in {self.folder}") from None
        found = sha256(data).hexdigest()
        if found != name:
            raise BlobError(f"blob {path} is damaged: its sha256 is {found}")
        return data

    def has(self, name: str) -> bool:
        """Whether a blob of that name is there; ``get`` says whether it is sound."""
        return _is_name(name) and self.path(name).is_file()

    def size(self, name: str) -> int:
        """Bytes of a blob's file; 0 where there is none."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return 0

    def drop(self, name: str) -> None:
        """Delete a blob; it is free where there is none.

        Whoever drops one has recorded before that nobody will miss it.
        """
        self.path(name).unlink(missing_ok=True)
        pass_point("blob-dropped")

    def path(self, name: str) -> Path:
        """Where the blob is, or would be.

        Raises:
            BlobError: not a sha256 in lower-case hexadecimal.
        """
        if not _is_name(name):
            raise BlobError(f"not a sha256 in lower-case hexadecimal: {name!r}")
        return self.folder / name[:2] / name[2:4] / name

    def _holds(self, path: Path, data: bytes) -> bool:
        """Whether sound bytes are there already; a damaged blob is written anew."""
        try:
            return path.stat().st_size == len(data) and path.read_bytes() == data
        except FileNotFoundError:
            return False


def _is_name(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def _write(path: Path, data: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        pass_point("blob-written")
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    pass_point("blob-renamed")


def _make_folders(folder: Path) -> None:
    """Create the folder and its parents; a new name is durable when its parent is synced."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
