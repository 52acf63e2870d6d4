"""What every contender is set: the games, the network, and how PPO learns from them.

Light to import, because each contender reads it in a process of its own, perhaps under
another Python than the command's.
"""

import json
from dataclasses import asdict, dataclass
from typing import Self

WIDTH = 96
"""Places for candidates in a padded observation; of more, the last ones, which are moves of
jokers, are cut off: room for the longest list would only slow the peers."""
MODES = ("candidates", "flat")
"""What a peer observes: padded candidates with the same network, or features alone and the
flat codec's mask, which is cheaper to carry about."""


@dataclass(frozen=True, slots=True)
class Task:
    """Equal for all contenders, but for what a peer is allowed to tune for itself."""

    games: int
    """Games in lockstep."""
    steps: int
    """Decisions of every game that are learned from at a time."""
    epochs: int
    minibatch: int
    """Decisions of a gradient step."""
    hidden: int
    learning_rate: float
    gamma: float
    lambda_: float
    clip: float
    entropy: float
    value_weight: float
    gradient_norm: float
    step_cost: float
    most_steps: int
    rounds: int
    """Batches in one recorded update of ours."""
    seed: int = 7

    @property
    def batch(self) -> int:
        """Decisions that are learned from at a time."""
        return self.games * self.steps

    def to_json(self) -> str:
        """For the command line of a contender."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it back."""
        return cls(**json.loads(text))
