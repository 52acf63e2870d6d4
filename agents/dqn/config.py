"""What a DQN run in the simulator is told."""

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.recording import as_record, from_record
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig

ALGORITHM: Final = "dqn-rollouts"
"""Name of the algorithm in RunStarted."""


@dataclass(frozen=True, slots=True)
class DqnConfig:
    """Hyperparameters of DQN."""

    gamma: float = 0.97
    """Discount per decision."""
    n_step: int = 5
    """Decisions whose rewards are counted before the rest is estimated."""
    learning_rate: float = 1e-3
    """Step width of Adam."""
    minibatch: int = 256
    """Transitions per gradient step."""
    minibatches: int = 16
    """Gradient steps after every round of play."""
    target_every: int = 100
    """Gradient steps after which the target network takes over weights."""
    tau: float = 1.0
    """Share of the new weights that it takes over; 1 copies them."""
    gradient_norm: float = 10.0
    """Gradients are scaled down to this norm."""
    warm: int = 1024
    """Transitions that the memory must offer before anything is learned."""
    epsilon: float = 1.0
    """Share of decisions that are drawn at random, at first."""
    epsilon_last: float = 0.05
    """The same after ``epsilon_updates``."""
    epsilon_updates: float = 4.0
    """Updates over which it falls, in a straight line from round to round."""
    temperature: float = 0.05
    """Q divided by it are the logits of a policy in service that draws its actions."""
    shards: int = 2
    """Parts of a minibatch whose gradients are computed apart and summed in order."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        for name in ("n_step", "minibatch", "minibatches", "target_every", "warm", "shards"):
            if getattr(self, name) < 1:
                raise ValueError(f"dqn.{name} must be at least 1")
        for name in ("gamma", "epsilon", "epsilon_last"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"dqn.{name} must lie between 0 and 1")
        for name in ("learning_rate", "gradient_norm", "epsilon_updates", "temperature"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"dqn.{name} must be a positive number")
        if not 0 < self.tau <= 1:
            raise ValueError("dqn.tau must lie between 0 and 1, and not be 0")

    def epsilon_of(self, update: float) -> float:
        """Share of random decisions; updates count from 0, rounds are parts of them."""
        fallen = min(1.0, update / self.epsilon_updates)
        return self.epsilon + (self.epsilon_last - self.epsilon) * fallen


@dataclass(frozen=True, slots=True)
class DqnTrainConfig:
    """Everything that has a say in a run, but for its seed."""

    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    dqn: DqnConfig = field(default_factory=DqnConfig)
    memory: MemoryConfig = field(default_factory=MemoryConfig)

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: games follow builds, of which DQN knows nothing.
        """
        if self.rollout.builds:
            raise ValueError("rollout.builds go with PPO: DQN does not see which a game follows")

    @property
    def shards(self) -> int:
        """Threads that compute gradients."""
        return self.dqn.shards

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text."""
        return canonical_json({name: as_record(getattr(self, name)) for name in _PARTS})


_PARTS: Final[dict[str, type[Any]]] = {
    "dqn": DqnConfig,
    "memory": MemoryConfig,
    "rollout": RolloutConfig,
}


PROFILES: Final[dict[str, DqnTrainConfig]] = {
    "ci": DqnTrainConfig(
        RolloutConfig(games=32, steps=16, rounds=16),
        DqnConfig(minibatches=8, minibatch=128),
        MemoryConfig(mib=128),
    ),
    "laptop": DqnTrainConfig(
        RolloutConfig(games=128, steps=32, rounds=16), DqnConfig(minibatches=24)
    ),
    "rtx3090": DqnTrainConfig(
        RolloutConfig(games=512, steps=16, rounds=16, runners=4),
        DqnConfig(minibatches=24, minibatch=512, shards=1),
        MemoryConfig(mib=1024),
    ),
    "cluster": DqnTrainConfig(
        RolloutConfig(games=1024, steps=16, rounds=16, runners=8),
        DqnConfig(minibatches=48, minibatch=512),
        MemoryConfig(mib=1024),
    ),
}
"""By name, the same as those of PPO: see ``rollouts.profiles``."""


def from_json(text: str) -> DqnTrainConfig:
    """Read a recorded configuration.

    Raises:
        ValueError: not a configuration of this version.
    """
    value = json.loads(text)
    if not isinstance(value, dict) or set(value) != set(_PARTS):
        raise ValueError("the recorded configuration is not one of a DQN run in the simulator")
    return DqnTrainConfig(
        **{name: from_record(kind, value[name], name) for name, kind in _PARTS.items()}
    )
