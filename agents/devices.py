"""Where a learner computes: on a GPU where one can be had, else on the CPU.

Games are always played by the CPU. A GPU counts as there if torch sees it, whether somebody
granted it or nobody was asked: ``CUDA_VISIBLE_DEVICES`` hides what a process must not use, and
Ray sets it to the GPUs that it granted. Bits are promised within a class of devices, so the
class of a GPU stands in the record of every update that one computed.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch

from jimbot_stream.agents.machine import environment, one_thread

CHOICES: Final = ("auto", "cpu", "cuda")
CPU: Final = torch.device("cpu")
WORKSPACE: Final = ":4096:8"
"""With a workspace of this size cuBLAS computes the same bits each time; NVIDIA's manual of
cuBLAS names it under results reproducibility."""
_WORKSPACE_NAME: Final = "CUBLAS_WORKSPACE_CONFIG"


class DeviceError(ValueError):
    """The device that was asked for cannot be had; the message says why."""


def device_named(choice: str) -> torch.device:
    """The device of a choice; ``auto`` is a GPU where torch sees one.

    Raises:
        DeviceError: there is no such choice, or cuda was asked for and is not there.
    """
    if choice not in CHOICES:
        raise DeviceError(f"no device {choice!r}: there are {', '.join(CHOICES)}")
    if choice == "cpu" or not torch.cuda.is_available():
        if choice == "cuda":
            hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
            why = f"; CUDA_VISIBLE_DEVICES={hidden!r}" if hidden is not None else ""
            raise DeviceError(
                "--device cuda: torch sees no GPU. It needs one of NVIDIA, its driver, and a build"
                f" of torch for CUDA{why}; --device cpu computes without"
            )
        return CPU
    os.environ.setdefault(_WORKSPACE_NAME, WORKSPACE)  # read when cuBLAS begins
    return torch.device("cuda", 0)  # the first one granted, for what is not is hidden


def class_of(device: torch.device) -> str:
    """Devices of one class, in machines of one class, compute the same bits; empty for the CPU."""
    if device.type == "cpu":
        return ""
    about = torch.cuda.get_device_properties(device)
    model = str(about.name).replace("/", "-").replace(" ", "-")
    return f"cuda-{torch.version.cuda}/{model}/sm{about.major}{about.minor}"


def environment_of(device: torch.device) -> dict[str, str]:
    """What ``machine.environment`` tells, and the device's class where it is not the CPU."""
    name = class_of(device)
    return environment() | ({"device": name} if name else {})


def device_told(environment_json: str) -> torch.device:
    """The device of a record; the CPU where this machine has none of its class."""
    try:
        told = json.loads(environment_json)
    except ValueError:  # forged: whoever compares says so
        return CPU
    if not isinstance(told, dict) or not told.get("device"):
        return CPU
    here = device_named("auto")
    return here if class_of(here) == told["device"] else CPU


def gpus(device: torch.device) -> int:
    """How many GPUs RLlib's learner is told to take: its own way of being moved to a device."""
    return int(device.type == "cuda")


@contextmanager
def exact(device: torch.device) -> Iterator[None]:
    """Inside, equal operations on the device give equal bits.

    Raises:
        DeviceError: cuBLAS was told to be quick rather than exact.
    """
    with one_thread():
        if device.type == "cpu":
            yield
            return
        if os.environ.get(_WORKSPACE_NAME) not in (WORKSPACE, ":16:8"):
            raise DeviceError(
                f"{_WORKSPACE_NAME} must be {WORKSPACE} (or unset when the process begins), or"
                " the GPU's results change from time to time"
            )
        before = torch.are_deterministic_algorithms_enabled()
        torch.use_deterministic_algorithms(mode=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before)
