"""A bundle as a folder, whichever of its two forms it has."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jimbot_stream.replay.bundling.manifest import MANIFEST
from jimbot_stream.replay.lines import BundleError

PREFIX: Final = "bundle:"
"""Begins the address of a bundle that is read as a log."""


@contextmanager
def folder_of(path: Path) -> Iterator[Path]:
    """The folder of a bundle; of a .tar file, one that is unpacked for as long as it is needed.

    Raises:
        BundleError: neither, or a file that would unpack elsewhere than into that folder.
    """
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="jimbot-bundle-") as work:
        yield _unpacked(path, Path(work))


def _unpacked(path: Path, work: Path) -> Path:
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                _unpack(tar, member, work)
    except (OSError, tarfile.TarError) as error:
        raise BundleError(
            f"{path} is no bundle, neither a folder nor a .tar file: {error}"
        ) from error
    found = [folder for folder in sorted(work.iterdir()) if (folder / MANIFEST).is_file()]
    if len(found) != 1:
        raise BundleError(f"{path} is no bundle: it holds no folder with a {MANIFEST}")
    return found[0]


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, work: Path) -> None:
    """One plain file, into the folder; Python 3.11.3 and older has no filter that does it.

    Raises:
        TarError: it is a link or a device, or its path leads out of the folder.
    """
    if member.isdir():
        return
    target = work / member.name
    source = tar.extractfile(member) if member.isreg() else None
    if source is None or not target.resolve().is_relative_to(work.resolve()):
        raise tarfile.TarError(f"{member.name} is no plain file inside of the bundle")
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
