"""What a training run in the simulator is told: the games, and how much of them an update takes."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.curriculum import stages
from jimbot_stream.agents.curriculum.stages import Curriculum
from jimbot_stream.agents.exploration.builds import builds_named
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.population import membership
from jimbot_stream.agents.population.membership import Membership
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.recording import ADDED, as_record, from_record
from jimbot_stream.balatro.envs.rewards import REWARDS

ALGORITHM = "ppo-rollouts"
"""Name of the algorithm in RunStarted."""
_MOST_MONEY: Final = 1_000_000


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
    """Key of the deck: `jimbot-balatro cards` tells them."""
    stake: int = 1
    """Stake, 1 (White) to 8 (Gold)."""
    win_ante: int = 8
    """Ante whose boss wins the game."""
    reward: str = "progress"
    """Name of the reward in ``balatro.envs.rewards.REWARDS``."""
    step_cost: float = 0.002
    """Taken from the reward of every decision, so that no card is moved about for ever."""
    most_steps: int = 2000
    """Decisions after which a game is given up, which counts as losing it: going on would be worth
    more to whoever moves cards about."""
    money: int = field(default=0, metadata=ADDED)
    """Dollars at the beginning of a game, beyond those of the deck."""
    stage: int = field(default=0, metadata=ADDED)
    """How often the run's games were changed; a stage's games have seeds of their own."""
    runners: int = field(default=1, metadata=ADDED)
    """Shares into which the games are cut; who plays a share, and where, has no say in any bit."""
    builds: str = field(default="", metadata=ADDED)
    """Name of a list in ``exploration.builds.BUILDS``, whose builds some games follow; or none."""
    build_share: float = field(default=0.5, metadata=ADDED)
    """Share of the games that follow one, each as likely."""
    build_reward: float = field(default=0.2, metadata=ADDED)
    """Paid there for progress of the build, where the game pays 1."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; deck, stake and ante are checked where games are made.

        Raises:
            ValueError: a number is out of its range, or there are no such reward or builds.
        """
        for name in ("games", "steps", "rounds", "most_steps", "runners"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if self.games % self.runners:
            raise ValueError(f"{self.games} games cannot be cut into {self.runners} equal shares")
        if not 0 <= self.step_cost < math.inf:
            raise ValueError("step_cost must be a number, not below 0")
        if self.reward not in REWARDS:
            raise ValueError(f"no reward {self.reward!r}: there are {', '.join(REWARDS)}")
        if self.stage < 0:
            raise ValueError("stage must not be negative")
        if not 0 <= self.money <= _MOST_MONEY:
            raise ValueError(f"money must lie between 0 and {_MOST_MONEY}")
        self._refuse_builds()

    def _refuse_builds(self) -> None:
        builds_named(self.builds)
        if not 0 <= self.build_share <= 1:
            raise ValueError("build_share must lie between 0 and 1")
        if not 0 <= self.build_reward < math.inf:
            raise ValueError("build_reward must be a number, not below 0")

    @property
    def decisions(self) -> int:
        """Decisions of an update."""
        return self.games * self.steps * self.rounds


def rollout_ppo() -> UpdateConfig:
    """Hyperparameters of PPO for large batches; the defaults of UpdateConfig are for small ones."""
    return UpdateConfig(
        gamma=0.99,
        lambda_=0.95,
        clip=0.2,
        learning_rate=1e-3,
        epochs=2,
        minibatch=1024,
        entropy=0.015,
        kl_stop=0.2,
        reward="progress-1",
    )


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that has a say in a run in the simulator, but for its seed."""

    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    ppo: UpdateConfig = field(default_factory=rollout_ppo)
    curriculum: Curriculum | None = None
    """Stages that change the games as the run goes on."""
    population: Membership | None = None
    """Where other runs' weights may be taken over."""
    combinations: Combinations | None = None
    """What combinations of jokers earn that were seldom held."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: members of a population would be compared on different games.
        """
        if self.curriculum is not None and self.population is not None:
            raise ValueError(
                "a member of a population has no curriculum: all members are compared on one"
                " kind of game"
            )

    @property
    def shards(self) -> int:
        """Threads that compute gradients."""
        return self.ppo.shards

    def at_stage(self, number: int) -> "TrainConfig":
        """The same with the games of a stage of its curriculum.

        Raises:
            ValueError: there is no such stage.
        """
        there = self.curriculum.stages if self.curriculum is not None else ()
        if not 0 <= number < len(there):
            raise ValueError(f"there is no stage {number}: the curriculum has {len(there)}")
        return replace(self, rollout=replace(self.rollout, stage=number, **there[number].games()))

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text; a part that it lacks is silent."""
        parts = {name: getattr(self, name) for name in _PARTS}
        return canonical_json({name: as_record(part) for name, part in parts.items() if part})


_PARTS: Final[dict[str, Callable[[Any], Any]]] = {
    "combinations": lambda value: from_record(Combinations, value, "combinations"),
    "curriculum": stages.from_value,
    "population": membership.from_value,
    "ppo": lambda value: from_record(UpdateConfig, value, "ppo"),
    "rollout": lambda value: from_record(RolloutConfig, value, "rollout"),
}
"""How the parts of a configuration are read."""


def from_json(text: str) -> TrainConfig:
    """Read a recorded configuration.

    Raises:
        ValueError: not a configuration of this version.
    """
    value = json.loads(text)
    if not isinstance(value, dict) or not {"rollout", "ppo"} <= set(value) <= set(_PARTS):
        raise ValueError(
            "the recorded configuration is not one of a run in the simulator: begin another run"
            " with a new --run-seed"
        )
    return TrainConfig(**{name: _PARTS[name](part) for name, part in value.items()})
