"""Every algorithm that a run can name, and how its updates are computed again.

An algorithm learns either from recorded games, to which an update refers, or from games that
it plays in the simulator, which the update's seeds and snapshots repeat.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.offline import config as offline
from jimbot_stream.agents.offline.episode import batch_of_episodes, episode_of
from jimbot_stream.agents.ppo import config as ppo
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.rollouts import config as rollouts
from jimbot_stream.agents.trajectory import Game, batch_of, trajectory
from jimbot_stream.contracts import UpdateApplied


class Config(Protocol):
    """What every configuration of an algorithm tells."""

    @property
    def shards(self) -> int:
        """Threads that compute gradients."""
        ...

    def to_json(self) -> str:
        """Canonical JSON."""
        ...


class GamesConfig(Config, Protocol):
    """What an algorithm that learns from recorded games tells beyond that."""

    @property
    def reward(self) -> str:
        """Name of the reward in ``rewards.REWARDS``."""
        ...


class PlayConfig(Config, Protocol):
    """What an algorithm that plays in the simulator tells beyond that."""

    @property
    def rollout(self) -> rollouts.RolloutConfig:
        """The games."""
        ...


class Outcome(Protocol):
    """What every update makes."""

    @property
    def checkpoint(self) -> bytes:
        """The checkpoint after it."""
        ...

    @property
    def metrics(self) -> dict[str, float]:
        """For people; a replay compares them where the checkpoints are equal."""
        ...


class Blobs(Protocol):
    """Where snapshots are read from."""

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob."""
        ...


@dataclass(frozen=True, slots=True)
class Played:
    """An update in the simulator, and where it leaves games and replay memory."""

    checkpoint: bytes
    metrics: dict[str, float]
    steps: int
    sampler: str
    """sha256 of the games' snapshot, in hex."""
    memory: str = ""
    """sha256 of the manifest of the replay memory, in hex; empty where there is none."""
    left: Mapping[str, bytes] = field(default_factory=dict)
    """Snapshot, manifest and new blocks of the memory, by their sha256."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where games and replay memory stand before the first update, each as a sha256 in hex."""

    sampler: str
    memory: str = ""
    """Empty where there is none."""


@dataclass(frozen=True, slots=True)
class FromGames:
    """Learns from recorded games."""

    read_config: Callable[[str], GamesConfig]
    batch: Callable[[Sequence[Game], Any], Batch]
    """Games, in the order of use, and configuration to what is learned from.

    Raises FeedError where a game cannot be learned from.
    """
    apply: Callable[[bytes, Batch, Any, int], Outcome]
    """Checkpoint, batch, configuration and shuffle seed to the update."""
    on_policy: bool
    """Learns only from games of its run, decided by the checkpoint that the update begins with."""
    misplaced: Callable[[str, Any, int], str] = lambda _game_id, _config, _run_seed: ""
    """Game, configuration and run seed to why no update may learn from the game; mostly empty."""


@dataclass(frozen=True, slots=True)
class FromPlay:
    """Learns from games that it plays in the simulator."""

    read_config: Callable[[str], PlayConfig]
    repeat: Callable[[UpdateApplied, int, bytes, Blobs, bool], Played]
    """Record, run seed, checkpoint before and blobs to the update, computed again.

    The last argument says whether no update of the run was applied before.

    Raises ValueError where the record cannot be repeated.
    """
    begun: Callable[[str, int], Begun]
    """Configuration, as canonical JSON, and run seed to where games and memory begin."""


def algorithm_named(name: str) -> FromGames | FromPlay:
    """The algorithm of a run.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ALGORITHMS[name]
    except KeyError:
        known = ", ".join(ALGORITHMS)
        raise ValueError(f"no algorithm {name!r} in this release; known: {known}") from None


def _decisions(games: Sequence[Game], config: GamesConfig) -> Batch:
    reward = reward_named(config.reward)
    return batch_of([trajectory(game, reward) for game in games])


def _ppo(checkpoint: bytes, batch: Batch, config: Any, shuffle_seed: int) -> Outcome:
    from jimbot_stream.agents.update import apply_update  # loads RLlib, for seconds

    return apply_update(checkpoint, batch, config, shuffle_seed)


def _ppo_rollouts(
    update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs, first: bool
) -> Played:
    from jimbot_stream.agents.rollouts.repeat import repeat  # loads RLlib, for seconds

    return repeat(update, run_seed, before, blobs, first=first)


def _ppo_rollouts_begun(config_json: str, run_seed: int) -> Begun:
    from jimbot_stream.agents.rollouts.repeat import begun  # loads RLlib, for seconds

    return begun(config_json, run_seed)


def _dqn_begun(config_json: str, run_seed: int) -> Begun:
    from jimbot_stream.agents.dqn.repeat import begun  # loads RLlib, for seconds

    return begun(config_json, run_seed)


def _dqn(update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs, first: bool) -> Played:
    from jimbot_stream.agents.dqn.repeat import repeat  # loads RLlib, for seconds

    return repeat(update, run_seed, before, blobs, first=first)


def _offline(name: str) -> FromGames:
    read_config = partial(offline.from_json, name)
    return FromGames(read_config, _actions, _from_actions, False, offline.misplaced)


def _actions(games: Sequence[Game], config: offline.OfflineConfig) -> Batch:
    reward = reward_named(config.reward)
    return batch_of_episodes([episode_of(game, reward) for game in games], config.data.deciders)


def _from_actions(checkpoint: bytes, batch: Batch, config: Any, shuffle_seed: int) -> Outcome:
    from jimbot_stream.agents.offline.update import apply_offline  # loads RLlib, for seconds

    return apply_offline(checkpoint, batch, config.learning, shuffle_seed)


ALGORITHMS: Final[Mapping[str, FromGames | FromPlay]] = {
    "ppo": FromGames(ppo.from_json, _decisions, _ppo, on_policy=True),
    rollouts.ALGORITHM: FromPlay(rollouts.from_json, _ppo_rollouts, _ppo_rollouts_begun),
    dqn.ALGORITHM: FromPlay(dqn.from_json, _dqn, _dqn_begun),
    **{name: _offline(name) for name in offline.METHODS},
}
"""By the name in RunStarted."""
