"""What a member of a population records of it: enough to derive every exchange again."""

import hashlib
import re
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from jimbot_stream.agents.ppo.config import UpdateConfig

RANGES: Final[dict[str, tuple[float, float]]] = {
    "clip": (0.1, 0.4),
    "entropy": (0.0005, 0.02),
    "learning_rate": (1e-4, 5e-3),
}
"""Hyperparameters that vary, each between these, drawn evenly by its logarithm."""
_NAME: Final = re.compile(r"(population-?\d+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class PopulationConfig:
    """How large a population is, and how often its members are compared."""

    members: int = 4
    """Runs that belong to it; a quarter of them, at least one, takes over after each comparison."""
    every: int = 10
    """Updates of each member from one comparison to the next."""
    games: int = 128
    """Games that all members play to be compared."""
    ranges: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(RANGES))
    """Hyperparameters that vary: drawn at first, but for the first member; multiplied by 0.8 or
    1.25, or in one case of four drawn anew, in who takes over another."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range, or what varies is no hyperparameter.
        """
        for name, least in (("members", 2), ("every", 1), ("games", 2)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}")
        for name, (low, high) in self.ranges.items():
            if name not in UpdateConfig.__slots__:
                raise ValueError(f"{name} is no hyperparameter of an update")
            if not 0 < low < high:
                raise ValueError(f"{name} cannot vary from {low} to {high}")


@dataclass(frozen=True, slots=True)
class Membership(PopulationConfig):
    """A population, and which member of it this is."""

    seed: int = 0
    """Of the population."""
    member: int = 0
    """From 0."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: as ``PopulationConfig``, or there is no such member.
        """
        PopulationConfig.__post_init__(self)
        if not 0 <= self.member < self.members:
            raise ValueError(f"member {self.member} of {self.members}: they count from 0")

    @classmethod
    def all(cls, config: PopulationConfig, seed: int) -> "list[Membership]":
        """Those of all members of a population."""
        told = {item.name: getattr(config, item.name) for item in fields(PopulationConfig)}
        return [cls(**told, seed=seed, member=number) for number in range(config.members)]

    def of(self, member: int) -> "Membership":
        """That of another member."""
        return replace(self, member=member)

    @property
    def run(self) -> str:
        """The run of this member."""
        return member_run(self.seed, self.member)

    @property
    def runs(self) -> list[str]:
        """The runs of all members."""
        return [member_run(self.seed, number) for number in range(self.members)]

    @property
    def run_seed(self) -> int:
        """Run seed of this member: its weights, games and orders of minibatches derive from it."""
        return seed_of("member", self.seed, self.member)


def population_name(seed: int) -> str:
    """Name of a population, with which the names of its members' runs begin."""
    return f"population{seed}"


def member_run(seed: int, member: int) -> str:
    """Name of the run of a member."""
    return f"{population_name(seed)}.{member}"


def population_of(run: str) -> str:
    """The population of which a run is named a member, or which is named so; else empty."""
    found = _NAME.fullmatch(run)
    return found[1] if found else ""


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
    if not isinstance(value["ranges"], dict):
        raise ValueError("the recorded ranges are no object")  # noqa: TRY004 - malformed input
    ranges = {name: (float(low), float(high)) for name, (low, high) in value["ranges"].items()}
    return Membership(**{**value, "ranges": ranges})
