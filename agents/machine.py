"""What a machine must have in common with another to compute the same bits."""

import hashlib
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from jimbot_stream.agents.scoring import linear, scores

LIBRARIES = ("llvmlite", "numba", "numpy", "ray", "safetensors", "torch")


@cache
def compute_class() -> str:
    """Processor class, torch and its matrix library: equal classes give equal bits.

    The instruction sets decide which kernels run; the model name does not, so machines
    of one cloud generation share a class. Settings can choose other kernels on the same
    machine (``MKL_CBWR``, ``NPY_DISABLE_CPU_FEATURES`` and the like), so a sum of each
    kind is computed, and what comes out is part of the class.
    """
    blas = "mkl" if torch.backends.mkl.is_available() else "other"  # type: ignore[no-untyped-call]  # torch
    capability = torch.backends.cpu.get_cpu_capability()
    names = (_vendor(), capability, _flags_digest(), f"torch-{torch.__version__}", blas)
    return "/".join((*names, _sums_digest()))


def environment() -> dict[str, str]:
    """Library versions and processor class, as a training run records them."""
    found = {name: version(name) for name in LIBRARIES}
    found["compute_class"] = compute_class()
    found["python"] = platform.python_version()
    return found


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch cuts sums by its thread count, which must therefore not be the machine's."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _cpu_line(key: str) -> str:
    path = Path("/proc/cpuinfo")
    if not path.exists():  # not Linux
        return ""
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def _vendor() -> str:
    return _cpu_line("vendor_id") or platform.processor() or platform.machine()


def _flags_digest() -> str:
    """Eight hex digits over the vector instruction sets, sorted."""
    kinds = ("sse", "ssse", "avx", "fma", "f16c", "amx", "bmi")
    flags = sorted(flag for flag in _cpu_line("flags").split() if flag.startswith(kinds))
    return hashlib.sha256(" ".join(flags).encode()).hexdigest()[:8]


def _sums_digest() -> str:
    """Eight hex digits over the results of what policies and draws are computed with."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as policies do
    try:
        digest = hashlib.sha256()
        for rows, columns in ((1, 787), (128, 82)):  # a state, and its candidates
            shown = torch.tensor(_numbers(rows, columns))
            first = torch.nn.functional.linear(shown, torch.tensor(_numbers(64, columns)))
            second = torch.nn.functional.linear(torch.relu(first), torch.tensor(_numbers(64, 64)))
            digest.update(torch.tanh(second).numpy().tobytes())
            digest.update(_scored(shown).tobytes())
        digest.update(np.exp(_numbers(1, 128).astype(np.float64)).tobytes())
    finally:
        torch.set_num_threads(threads)
    return digest.hexdigest()[:8]


def _scored(rows: torch.Tensor) -> NDArray[np.float32]:
    """What the compiled loops make of candidates; compiles them, so that no decision waits."""
    candidate, mixed, score = (
        nn.Linear(*sizes) for sizes in ((rows.shape[1], 64), (64, 64), (64, 1))
    )
    for layer in (candidate, mixed, score):
        layer.weight.data = torch.tensor(_numbers(*layer.weight.shape))
        layer.bias.data = torch.tensor(_numbers(1, len(layer.bias))[0])
    owners = torch.zeros(len(rows), dtype=torch.int64)
    with torch.inference_mode():
        context = linear(mixed, torch.tensor(_numbers(1, 64)))
        return scores(context, rows, owners, candidate, mixed, score).numpy()


def _numbers(rows: int, columns: int) -> NDArray[np.float32]:
    """Numbers between -1 and 1 without a pattern that a sum could hide."""
    scattered = np.arange(1, rows * columns + 1, dtype=np.uint64) * np.uint64(2654435761)
    scaled = (scattered % np.uint64(2**32)).astype(np.float64) / 2**31 - 1
    return scaled.astype(np.float32).reshape(rows, columns)
