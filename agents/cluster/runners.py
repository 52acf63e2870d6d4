"""Runners as actors of a Ray cluster: a share each, told anew with every round where it stands.

The learner's process knows where the games of every share stood before the round at hand, and
with which weights it is played. So an actor that is lost, with its machine or by itself, is
replaced by another one, which plays the share again to the same bits.
"""

from dataclasses import dataclass
from typing import Any, Final

import ray
from ray.exceptions import ActorUnavailableError, GetTimeoutError, RayActorError

from jimbot_stream.agents.budget import resident
from jimbot_stream.agents.checkpoint import Tensors
from jimbot_stream.agents.cluster import ClusterError
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.env_runner import (
    GAMES,
    LockstepRunner,
    runner_config,
    runner_state,
)
from jimbot_stream.agents.rollouts.runners import Round
from jimbot_stream.agents.rollouts.shares import (
    Played,
    Way,
    copied,
    joined,
    joined_snapshot,
    parted_snapshot,
    samplers,
)

REPLACEMENTS: Final = 3
"""How often the actor of one share is replaced in one round."""


@dataclass(frozen=True, slots=True)
class Places:
    """What an actor asks of the cluster."""

    cpus: float = 1.0
    memory: int = 0
    """Bytes of a machine's memory that are set aside for it; 0 asks for none."""
    patience_s: float = 120.0
    """How long it may take until it is there."""

    def begin(self, told: Any, share: int) -> Any:
        """An actor for a share; it need not be there yet."""
        asked = ray.remote(num_cpus=self.cpus, num_gpus=0, memory=self.memory or None)
        return asked(LockstepRunner).remote(config=told, worker_index=share + 1)


class ClusterRunners:
    """One actor for each share of a run's games; they are begun with the first round."""

    def __init__(
        self,
        config: RolloutConfig,
        run_seed: int,
        places: Places = Places(),
    ) -> None:
        """Begin all games.

        Raises:
            ValueError: an unknown deck, stake or ante.
        """
        self._config, self._run_seed, self._places = config, run_seed, places
        self._told = runner_config(config, run_seed)
        self._snapshots = [share.snapshot() for share in samplers(config, run_seed)]
        self._actors: list[Any] = []
        self._held: list[tuple[str, int]] = []
        self._round: _ClusterRound | None = None

    def play(self, shape: Architecture, weights: Tensors, way: Way | None = None) -> Round:
        """Begin a round with these weights; the one before must have been waited for.

        Raises:
            ClusterError: there is no place for an actor, or its bits would be others.
        """
        if not self._actors:
            self._actors = [self._places.begin(self._told, share) for share in self._shares]
            for actor in self._actors:
                refuse_other(actor, self._places)
        self._round = _ClusterRound(self, ray.put(runner_state(shape, weights)), way)
        return self._round

    def snapshot(self) -> bytes:
        """Where the games stand, after the round that is under way if there is one."""
        if self._round is not None:
            self._round.result()
        return joined_snapshot(self._snapshots)

    def restore(self, snapshot: bytes) -> None:
        """Go on where runners of the same games stood.

        Raises:
            SnapshotError: it is damaged, of other games or of other rules.
        """
        parts = parted_snapshot(snapshot, self._config.runners)
        for share, part in zip(samplers(self._config, self._run_seed), parts, strict=True):
            share.restore(part)
        self._round, self._snapshots = None, parts

    def held(self) -> int:
        """Bytes that the actors on this machine held after the last round."""
        here = ray.get_runtime_context().get_node_id()
        return sum(held for node, held in self._held if node == here)

    def close(self) -> None:
        """End the actors."""
        for actor in self._actors:
            ray.kill(actor)
        self._actors, self._round = [], None

    @property
    def _shares(self) -> range:
        return range(self._config.runners)

    def _replace(self, share: int) -> None:
        ray.kill(self._actors[share])
        self._actors[share] = self._places.begin(self._told, share)
        refuse_other(self._actors[share], self._places)


def refuse_other(actor: Any, places: Places) -> None:
    """Make sure that an actor is there, and computes the bits that a replay will.

    Raises:
        ClusterError: it has no place, does not start, or is on a machine of another class.
    """
    try:
        theirs = ray.get(actor.environment.remote(), timeout=places.patience_s)
    except GetTimeoutError:
        raise ClusterError(
            f"no place on the cluster for a sampler within {places.patience_s:.0f} s: it needs"
            f" {places.cpus:g} CPU and {places.memory >> 20} MiB; free are {_free()}. Add machines"
            " (ray start --address=…), or end what else runs there"
        ) from None
    except RayActorError as error:
        raise ClusterError(f"a sampler does not start on the cluster: {error}") from error
    ours = environment()
    for name in sorted(ours):
        if ours[name] != theirs.get(name):
            raise ClusterError(
                f"a machine of the cluster has {name} {theirs.get(name)}, the learner's has"
                f" {ours[name]}: an update must come out the same when it is repeated on one"
                " machine. Use machines of one class with the same versions"
            )


class _ClusterRound:
    """A round under way: one share at each actor."""

    def __init__(self, runners: ClusterRunners, state: Any, way: Way | None) -> None:
        self._runners, self._state, self._way = runners, state, way
        self._asked = [self._ask(share) for share in runners._shares]
        self._played: Played | None = None

    def result(self) -> Played:
        """Wait for all shares.

        Raises:
            ClusterError: an actor was lost again and again.
            RulesDisagreeError: the rules refused what they had listed.
        """
        if self._played is None:
            done = [self._wait(share) for share in self._runners._shares]
            parts = [each.played for each in done]
            self._runners._snapshots = [each.snapshot for each in done]
            self._runners._held = [each.held for each in done]
            # Ray lends arrays of its store: what is held on would fill it.
            self._played = joined(parts) if len(parts) > 1 else copied(parts[0])
        return self._played

    def _ask(self, share: int) -> list[Any]:
        actor = self._runners._actors[share]
        return [
            actor.set_state.remote(self._state),
            actor.set_state.remote({GAMES: self._runners._snapshots[share]}),
            actor.sample.remote(way=self._way),
            actor.get_state.remote(GAMES),
            actor.apply.remote(_held),
        ]

    def _wait(self, share: int) -> "_Share":
        for _ in range(REPLACEMENTS):
            try:
                return _told(self._asked[share])
            except (RayActorError, ActorUnavailableError):
                self._runners._replace(share)
                self._asked[share] = self._ask(share)
        try:
            return _told(self._asked[share])
        except RayActorError as error:
            raise ClusterError(
                f"the sampler of share {share} was lost {REPLACEMENTS + 1} times in one round:"
                f" {error}. What is recorded stands: see Ray's logs, then run the command again"
            ) from error


@dataclass(frozen=True, slots=True)
class _Share:
    """What an actor made of a round."""

    played: Played
    snapshot: bytes
    held: tuple[str, int]
    """Its machine, and the bytes that it holds there."""


def _told(asked: list[Any]) -> _Share:
    _, _, played, state, held = ray.get(asked)
    return _Share(played, state[GAMES], held)


def _held(runner: LockstepRunner) -> tuple[str, int]:
    """Where an actor is, and the bytes that it holds."""
    return ray.get_runtime_context().get_node_id(), resident()


def _free() -> str:
    free: dict[str, float] = ray.available_resources()
    return f"{free.get('CPU', 0):g} CPU and {int(free.get('memory', 0)) >> 20} MiB"
