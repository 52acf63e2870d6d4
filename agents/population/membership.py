"""What a member of a population records of it: enough to derive every exchange again."""

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any, Final

from jimbot_stream.agents.ppo.config import UpdateConfig

RANGES: Final[dict[str, tuple[float, float]]] = {
    "clip": (0.1, 0.4),
    "entropy": (0.0005, 0.02),
    "learning_rate": (1e-4, 5e-3),
}
"""Hyperparameters that vary, each between these, drawn evenly by its logarithm."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A population, and which member of it this is."""

    seed: int
    """Of the population."""
    member: int
    """From 0."""
    members: int
    updates: int
    """Of every member in a generation."""
    games: int = 128
    """Of the selection panel."""
    ranges: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(RANGES))

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range, or what varies is no hyperparameter.
        """
        for name, least in (("members", 2), ("updates", 1), ("games", 2), ("member", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}")
        if self.member >= self.members:
            raise ValueError(f"member {self.member} of {self.members}: they count from 0")
        for name, (low, high) in self.ranges.items():
            if name not in UpdateConfig.__slots__:
                raise ValueError(f"{name} is no hyperparameter of an update")
            if not 0 < low < high:
                raise ValueError(f"{name} cannot vary from {low} to {high}")

    @property
    def runs(self) -> list[str]:
        """The runs of all members."""
        return [member_run(self.seed, number) for number in range(self.members)]


def member_run(seed: int, member: int) -> str:
    """Name of the run of a member."""
    return f"population{seed}.{member}"


def seed_of(purpose: str, *numbers: int) -> int:
    """A seed for one purpose; fits a signed 64-bit field."""
    text = "|".join([f"jimbot population {purpose}", *map(str, numbers)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def from_value(value: Any) -> Membership:
    """The membership of a recorded configuration.

    Raises:
        ValueError: not one of this version.
    """
    if not isinstance(value, dict) or set(value) != {item.name for item in fields(Membership)}:
        raise ValueError("the recorded population has other fields than this version's")
    ranges = {name: (float(low), float(high)) for name, (low, high) in value["ranges"].items()}
    return Membership(**{**value, "ranges": ranges})
