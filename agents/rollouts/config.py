"""What a training run in the simulator is told: the games, and how much of them an update takes."""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.balatro.envs.rewards import REWARDS

ALGORITHM = "ppo-rollouts"
"""Name of the algorithm in RunStarted."""


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """The games that are played, and how they are cut into rounds and updates."""

    games: int = 128
    """Games in lockstep."""
    steps: int = 32
    """Decisions of every game in a round; a round is what the learner passes over at a time."""
    rounds: int = 16
    """Rounds of an update; an update is what is recorded and repeated as a whole."""
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = 8
    reward: str = "progress"
    """Name of the reward in ``balatro.envs.rewards.REWARDS``."""
    step_cost: float = 0.002
    """Taken from the reward of every decision, so that no card is moved about for ever."""
    most_steps: int = 2000
    """Decisions after which a game is given up."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; deck, stake and ante are checked where games are made.

        Raises:
            ValueError: a number is out of its range, or there is no such reward.
        """
        for name in ("games", "steps", "rounds", "most_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if not 0 <= self.step_cost < math.inf:
            raise ValueError("step_cost must be a number, not below 0")
        if self.reward not in REWARDS:
            raise ValueError(f"no reward {self.reward!r}: there are {', '.join(REWARDS)}")

    @property
    def decisions(self) -> int:
        """Decisions of an update."""
        return self.games * self.steps * self.rounds


def rollout_ppo() -> UpdateConfig:
    """Hyperparameters of PPO for large batches; the defaults of UpdateConfig are for small ones."""
    return UpdateConfig(
        gamma=0.97,
        lambda_=0.9,
        clip=0.2,
        learning_rate=1e-3,
        epochs=2,
        minibatch=1024,
        entropy=0.005,
        kl_stop=0.2,
        reward="progress-1",
    )


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that has a say in a run in the simulator, but for its seed."""

    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    ppo: UpdateConfig = field(default_factory=rollout_ppo)

    @property
    def shards(self) -> int:
        """Threads that compute gradients."""
        return self.ppo.shards

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text."""
        return canonical_json(asdict(self))


def from_json(text: str) -> TrainConfig:
    """Read a recorded configuration.

    Raises:
        ValueError: not a configuration of this version.
    """
    value = json.loads(text)
    kinds: dict[str, Any] = {"rollout": RolloutConfig, "ppo": UpdateConfig}
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise ValueError("the recorded configuration is not one of a run in the simulator")
    for name, kind in kinds.items():
        if set(value[name]) != {item.name for item in fields(kind)}:
            raise ValueError(f"the recorded {name} configuration has other fields than this one's")
    return TrainConfig(**{name: kind(**value[name]) for name, kind in kinds.items()})
