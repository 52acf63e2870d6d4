"""What a run from recorded games is told: which games, and how it learns from them."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.rewards import reward_named

DECIDERS: Final = ("policy", "cached", "heuristic", "advisor", "player")
"""Who can have chosen an action; ``player`` is whoever did not do what was decided here."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """The games that a run learns from; with the log up to ``position`` they determine a list."""

    position: int = 0
    """Last place in the log's total order that counts: what comes later is not looked at."""
    sources: tuple[str, ...] = ()
    """Names of those who told the games; none: anybody."""
    runs: tuple[int, ...] = ()
    """Seeds of the runs that the games belong to; none: any."""
    deciders: tuple[str, ...] = DECIDERS
    """Whose decisions are learned from; those of others only tell what came of them."""
    held_out: float = 0.1
    """Share of the games that is never learned from, but measured with."""
    games: int = 128
    """Most games of an update."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a field is out of its range; the message names it.
        """
        if self.games < 1:
            raise ValueError("games must be at least 1")
        if not 0 <= self.held_out < 1:
            raise ValueError("held_out must be at least 0, and less than 1")
        unknown = sorted(set(self.deciders) - set(DECIDERS))
        if unknown or not self.deciders:
            named = ", ".join(unknown) or "none"
            raise ValueError(f"deciders must be of {', '.join(DECIDERS)}, not {named}")

    def is_held_out(self, game_id: str, run_seed: int) -> bool:
        """Whether a game is kept for measuring; a function of its name and the run's seed."""
        digest = hashlib.sha256(f"jimbot held out|{run_seed}|{game_id}".encode()).digest()
        return int.from_bytes(digest[:8], "little") < self.held_out * 2**64


@dataclass(frozen=True, slots=True)
class Learning:
    """What all methods have in common."""

    learning_rate: float = 1e-3
    """Of Adam."""
    epochs: int = 2
    """Passes over the decisions of an update."""
    minibatch: int = 256
    """Decisions per gradient step."""
    gradient_norm: float = 1.0
    """Gradients are scaled down to this norm."""
    shards: int = 2
    """Parts of a minibatch whose gradients are computed apart and summed in order."""
    reward: str = "progress-1"
    """Name of the reward function in ``rewards.REWARDS``."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range, or there is no such reward.
        """
        for name in ("epochs", "minibatch", "shards"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{name} must be a whole number, at least 1")
        for name in ("learning_rate", "gradient_norm"):
            self._refuse_outside(name, 0, math.inf)
        reward_named(self.reward)

    def _refuse_outside(self, name: str, low: float, high: float) -> None:
        if not low < getattr(self, name) < high:
            raise ValueError(f"{name} must lie between {low} and {high}")

    @property
    def needs_ends(self) -> bool:
        """Whether only games that were played to their end can be learned from."""
        return False


@dataclass(frozen=True, slots=True)
class CloningConfig(Learning):
    """Behaviour cloning: do what was done."""


@dataclass(frozen=True, slots=True)
class MarwilConfig(Learning):
    """MARWIL: do what was done, the more the better it turned out than expected.

    Q. Wang et al., Exponentially Weighted Imitation Learning for Batched Historical Data,
    NeurIPS 2018. beta 0 is behaviour cloning.
    """

    beta: float = 1.0
    """How much better outcomes count more."""
    gamma: float = 0.97
    """Discount per decision."""
    value_weight: float = 1.0
    """Weight of the value loss."""
    norm_rate: float = 1e-2
    """How fast the running mean of squared advantages follows."""
    norm_start: float = 1.0
    """Where that mean begins."""
    most_weight: float = 20.0
    """No decision counts more than so many."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        Learning.__post_init__(self)
        if not 0 <= self.gamma <= 1:
            raise ValueError("gamma must lie between 0 and 1")
        if not 0 <= self.beta <= 1:
            raise ValueError("beta must lie between 0 and 1, as RLlib has it")
        for name in ("value_weight", "norm_start", "most_weight"):
            self._refuse_outside(name, 0, math.inf)
        self._refuse_outside("norm_rate", 0, 1)

    @property
    def needs_ends(self) -> bool:
        """A return is known once a game is over."""
        return self.beta > 0


@dataclass(frozen=True, slots=True)
class ImplicitConfig(Learning):
    """Implicit Q-learning: values as expectiles of what was done, never asking for what was not.

    I. Kostrikov, A. Nair, S. Levine, Offline Reinforcement Learning with Implicit Q-Learning,
    ICLR 2022.
    """

    beta: float = 3.0
    """Inverse temperature: how much better actions are imitated more."""
    gamma: float = 0.97
    """Discount per decision."""
    expectile: float = 0.7
    """Which expectile of the values of what was done a state is worth; 0.5 is their mean."""
    tau: float = 0.005
    """How far the target critics move towards the critics after every gradient step."""
    most_weight: float = 100.0
    """No decision counts more than so many."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        Learning.__post_init__(self)
        if not 0 <= self.gamma <= 1:
            raise ValueError("gamma must lie between 0 and 1")
        if not 0 < self.tau <= 1:
            raise ValueError("tau must be positive, and at most 1")
        self._refuse_outside("expectile", 0, 1)
        for name in ("beta", "most_weight"):
            self._refuse_outside(name, 0, math.inf)

    @property
    def needs_ends(self) -> bool:
        """What a cut off game would still have brought is unknown."""
        return True


METHODS: Final[Mapping[str, type[Learning]]] = {
    "bc": CloningConfig,
    "marwil": MarwilConfig,
    "iql": ImplicitConfig,
}
"""By name of the algorithm in RunStarted."""


@dataclass(frozen=True, slots=True)
class OfflineConfig:
    """Everything that has a say in a run from recorded games, but for its seed and the games."""

    learning: Learning
    data: DataConfig = field(default_factory=DataConfig)

    @property
    def algorithm(self) -> str:
        """Name of the method."""
        return next(name for name, kind in METHODS.items() if kind is type(self.learning))

    @property
    def shards(self) -> int:
        """Threads that compute gradients."""
        return self.learning.shards

    @property
    def reward(self) -> str:
        """Name of the reward function."""
        return self.learning.reward

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text."""
        return canonical_json(asdict(self))


def from_json(algorithm: str, text: str) -> OfflineConfig:
    """Read the recorded configuration of an algorithm.

    Raises:
        ValueError: not a configuration of this version, or of another algorithm.
    """
    if algorithm not in METHODS:
        raise ValueError(f"no offline method {algorithm!r}: there are {', '.join(METHODS)}")
    value = json.loads(text)
    if not isinstance(value, dict) or set(value) != {"data", "learning"}:
        raise ValueError("the recorded configuration is not one of a run from recorded games")
    kinds: dict[str, type[Any]] = {"data": DataConfig, "learning": METHODS[algorithm]}
    for name, kind in kinds.items():
        if set(value[name]) != {item.name for item in fields(kind)}:
            raise ValueError(f"the recorded {name} configuration has other fields than this one's")
    data: dict[str, Any] = {
        name: tuple(told) if isinstance(told, list) else told
        for name, told in value["data"].items()
    }
    return OfflineConfig(METHODS[algorithm](**value["learning"]), DataConfig(**data))


def misplaced(game_id: str, config: OfflineConfig, run_seed: int) -> str:
    """Why an update of the run must not learn from a game; empty where it may."""
    held_out = config.data.is_held_out(game_id, run_seed)
    return "It was held out: nothing is learned from it." if held_out else ""
