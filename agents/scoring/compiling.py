"""Compiling the loops; their cache is named by the files of this room."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, ParamSpec, TypeVar, cast

import numba

from jimbot_stream.balatro import kernels

P = ParamSpec("P")
R = TypeVar("R")

COMPILES: Final = not numba.config.DISABLE_JIT
"""Whether there are loops; with ``NUMBA_DISABLE_JIT=1`` torch computes the layers instead."""


def cache_folder() -> Path:
    """Where the compiled loops are kept, beside the rules'."""
    digest = hashlib.blake2b(digest_size=10)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return kernels.cache_folder().with_name(f"scoring-{digest.hexdigest()}")


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = cache_folder()
_CACHED = _usable(_FOLDER)


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first use and keep it; sums in the order in which they are written.

    Of what is not strict, only a product and a sum may become one operation, rounded once.
    """
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_FOLDER)
    try:
        compiled = numba.njit(cache=_CACHED, fastmath={"contract"}, nogil=True)(function)
        return cast(Callable[P, R], compiled)
    finally:
        numba.config.CACHE_DIR = before
