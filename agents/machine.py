"""What a machine must have in common with another to compute the same bits."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import torch

LIBRARIES = ("numpy", "ray", "safetensors", "torch")


@cache
def compute_class() -> str:
    """Processor class, torch and its matrix library: equal classes give equal bits.

    The instruction sets decide which kernels run; the model name does not, so machines
    of one cloud generation share a class.
    """
    blas = "mkl" if torch.backends.mkl.is_available() else "other"  # type: ignore[no-untyped-call]  # torch
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{_vendor()}/{capability}/{_flags_digest()}/torch-{torch.__version__}/{blas}"


def environment() -> dict[str, str]:
    """Library versions and processor class, as a training run records them."""
    found = {name: version(name) for name in LIBRARIES}
    found["compute_class"] = compute_class()
    found["python"] = platform.python_version()
    return found


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
