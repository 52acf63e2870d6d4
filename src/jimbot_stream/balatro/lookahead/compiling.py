"""Compiling what the search runs of its own; its cache is named by these files and the kernels'."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

from jimbot_stream.balatro import kernels

P = ParamSpec("P")
R = TypeVar("R")


def cache_folder() -> Path:
    """Where the compiled search is kept: beside the kernels that it calls."""
    digest = hashlib.blake2b(kernels.source_digest().encode(), digest_size=10)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    folder = kernels.cache_folder()
    return folder.with_name(f"lookahead-{digest.hexdigest()}")


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = cache_folder()
_CACHED = _usable(_FOLDER)


def compiled() -> bool:
    """Whether the search was compiled before, so that its first use takes no minutes."""
    return any(_FOLDER.rglob("*.nbc"))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Make a part of whatever calls it.

    Numba optimizes all that a function calls again with the function. What calls into the
    rules is large, so only few functions may do so that are not a part of their caller.
    """
    return cast(
        Callable[P, R],
        numba.njit(inline="always", fastmath=False, nogil=True)(function),
    )


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as ``kernels.jit`` does."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_FOLDER)
    try:
        return cast(Callable[P, R], numba.njit(cache=_CACHED, fastmath=False, nogil=True)(function))
    finally:
        numba.config.CACHE_DIR = before
