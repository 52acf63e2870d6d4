"""What an update is told: every number that has a say in its result."""

import hashlib
import json
from dataclasses import dataclass, field

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.recording import ADDED, as_record, from_record


@dataclass(frozen=True, slots=True)
class UpdateConfig:
    """Hyperparameters of one PPO update; recorded with it as canonical JSON."""

    gamma: float = 0.9
    """Discount per decision."""
    lambda_: float = 0.95
    """Decay of the advantage estimate."""
    clip: float = 0.3
    """How far the probability of a taken action may move, as a ratio."""
    learning_rate: float = 2.5e-3
    """Step width of Adam."""
    epochs: int = 10
    """Passes over the batch."""
    minibatch: int = 64
    """Decisions whose gradients are computed at a time; those of a step, unless accumulated."""
    entropy: float = 0.0005
    """Bonus for undecidedness."""
    value_weight: float = 0.5
    """Weight of the value loss."""
    gradient_norm: float = 0.5
    """Gradients are scaled down to this norm."""
    kl_stop: float = 0.3
    """No further pass once the policy has moved so far from the one that played."""
    shards: int = 2
    """Parts of a minibatch whose gradients are computed apart and summed in order."""
    reward: str = "progress-1"
    """Name of the reward function in ``rewards.REWARDS``."""
    accumulate: int = field(default=1, metadata=ADDED)
    """Minibatches whose gradients make one step, where memory holds no larger minibatch."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        for name in ("epochs", "minibatch", "shards", "accumulate"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("gamma", "lambda_"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")
        for name in ("learning_rate", "clip", "gradient_norm", "kl_stop"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive")

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text."""
        return canonical_json(as_record(self))


def shuffle_seed(run_seed: int, update: int) -> int:
    """Seed of the order of minibatches of a run's update; fits a signed 64-bit field."""
    digest = hashlib.sha256(f"jimbot shuffle|{run_seed}|{update}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def from_json(text: str) -> UpdateConfig:
    """Read a recorded configuration.

    Raises:
        ValueError: not a configuration of this version.
    """
    return from_record(UpdateConfig, json.loads(text), "ppo")
