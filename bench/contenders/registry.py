"""Who contends, what each needs, and how it is made in its process."""

import importlib
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, Protocol

from bench.contenders.task import MODES, Task

OURS: Final = "ours"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contender by name."""

    title: str
    path: str
    """Module and class."""
    install: str
    """What to do where it is missing."""
    modes: tuple[str, ...] = MODES
    threads: tuple[int, ...] = (1, 2)
    """Threads of torch that are tried; the fastest stays."""


ENTRANTS: Final = {
    OURS: Entrant("jimbot-learn train", "ours:Ours", "make install", MODES[:1], (1,)),
    "rllib": Entrant("RLlib PPO, tuned", "rllib:RLlib", "make install"),
    "sb3": Entrant("sb3-contrib MaskablePPO", "sb3:MaskablePeer", "make peers"),
    "cleanrl": Entrant("CleanRL-style loop", "cleanrl:CleanRL", "make install"),
    "puffer": Entrant("PufferLib 3", "puffer:Puffer", "make peers"),
}
"""By name; ours first."""
PEERS: Final = tuple(name for name in ENTRANTS if name != OURS)


class Contender(Protocol):
    """What a process does with its contender."""

    libraries: tuple[str, ...]
    """Distributions whose versions are told."""

    def iterate(self) -> int:
        """Play and learn once; the decisions."""
        ...

    def ended(self) -> list[tuple[float, float]]:
        """Ante and blinds beaten of the games that ended since."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def build(name: str, mode: str, task: Task) -> Contender:
    """Make a contender here.

    Raises:
        ModuleNotFoundError: it, or something that it needs, is not installed.
    """
    module, kind = ENTRANTS[name].path.split(":")
    made: Any = getattr(importlib.import_module(f"bench.contenders.{module}"), kind)
    contender: Contender = made(task, mode)
    return contender


def versions(contender: Contender) -> dict[str, str]:
    """Versions of its libraries."""
    return {name: version(name) for name in contender.libraries}
