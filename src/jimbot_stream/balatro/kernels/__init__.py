"""The rules as Numba kernels: arrays in, arrays out; no strings, no objects.

Numba does not notice an edit in a file that a cached kernel calls into or takes constants
from. So the cache folder is named by a digest of every file that compiled code depends on:
a stale cache cannot be met. It lies under ``NUMBA_CACHE_DIR`` where that is set, else
in the user's cache folder; where neither can be written, kernels are compiled anew in
every process rather than cached beside the sources.

With ``NUMBA_DISABLE_JIT=1`` the same source runs as plain Python, to the same bits.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

_ROOM = Path(__file__).parent.parent
_COMPILED = (
    "kernels/*.py",
    "tables/*.py",
    "rng.py",
    "state.py",
    "actions.py",
    "codecs.py",
    "refusals.py",
)


def source_digest() -> str:
    """Digest of every file that compiled code depends on."""
    digest = hashlib.blake2b(digest_size=10)
    for pattern in _COMPILED:
        for file in sorted(_ROOM.glob(pattern)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled kernels are kept between processes."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    parent = Path(given) if given else Path(home) / "jimbot-stream"
    return parent / f"kernels-{source_digest()}"


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = cache_folder()
_CACHED = _usable(_FOLDER)


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel on first use and keep it; strict IEEE arithmetic, no lock on threads.

    Numba settles a kernel's cache folder when the kernel is declared, so the setting is
    ours for that moment only and other users of Numba keep theirs.
    """
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_FOLDER)
    try:
        return cast(Callable[P, R], numba.njit(cache=_CACHED, fastmath=False, nogil=True)(function))
    finally:
        numba.config.CACHE_DIR = before
