"""The runners of a run, wherever they are: they play a round at a time, as they are told.

How many there are stands in the configuration and has a say in the games; whether they are
threads of this process or actors of a Ray cluster has none.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, Protocol, Self

import torch

from jimbot_stream.agents.budget import Budget
from jimbot_stream.agents.checkpoint import Tensors
from jimbot_stream.agents.devices import CPU
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.env_runner import (
    GAMES,
    LockstepRunner,
    runner_config,
    runner_state,
)
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.shares import (
    Played,
    Way,
    joined,
    joined_snapshot,
    parted_snapshot,
)


class Round(Protocol):
    """A round of play that is under way."""

    def result(self) -> Played:
        """Wait for it.

        Raises:
            RulesDisagreeError: the rules refused what they had listed.
        """
        ...


class Runners(Protocol):
    """All runners of a run."""

    def play(self, shape: Architecture, weights: Tensors, way: Way | None = None) -> Round:
        """Begin a round with these weights; the one before must have been waited for."""
        ...

    def snapshot(self) -> bytes:
        """Where the games stand, after the round that is under way if there is one."""
        ...

    def restore(self, snapshot: bytes) -> None:
        """Go on where runners of the same games stood.

        Raises:
            SnapshotError: it is damaged, of other games or of other rules.
        """
        ...

    def held(self) -> int:
        """Bytes that other processes than this one hold for them on this machine."""
        ...

    def close(self) -> None:
        """Let go of what they hold; nothing can be played afterwards."""
        ...


class LocalRunners:
    """Runners in threads of this process, one for each share."""

    def __init__(self, config: RolloutConfig, run_seed: int) -> None:
        """Begin all games.

        Raises:
            ValueError: an unknown deck, stake or ante.
        """
        told = runner_config(config, run_seed)
        shares = range(config.runners)
        self._runners = [LockstepRunner(config=told, worker_index=share + 1) for share in shares]
        self._threads = ThreadPoolExecutor(len(shares), "sampler", torch.set_num_threads, (1,))
        self._playing: Sequence[Future[Played]] = ()

    @classmethod
    def of(cls, sampler: Sampler) -> Self:
        """The one runner that plays the games of a sampler.

        Raises:
            ValueError: the games are cut into several shares, of which it has but one.
        """
        if sampler.config.runners > 1:
            raise ValueError(f"a sampler has one share of {sampler.config.runners}")
        runners = cls(sampler.config, sampler.run_seed)
        runners._runners[0].env = sampler
        return runners

    def play(self, shape: Architecture, weights: Tensors, way: Way | None = None) -> Round:
        """Begin a round with these weights; the one before must have been waited for."""
        state = runner_state(shape, weights)
        self._playing = [
            self._threads.submit(_played, runner, state, way) for runner in self._runners
        ]
        return _Shares(self._playing)

    def snapshot(self) -> bytes:
        """Where the games stand, after the round that is under way if there is one."""
        self.rest()
        return joined_snapshot([runner.get_state(GAMES)[GAMES] for runner in self._runners])

    def restore(self, snapshot: bytes) -> None:
        """Go on where runners of the same games stood.

        Raises:
            SnapshotError: it is damaged, of other games or of other rules.
        """
        self.rest()
        parts = parted_snapshot(snapshot, len(self._runners))
        for runner, part in zip(self._runners, parts, strict=True):
            runner.set_state({GAMES: part})

    def held(self) -> int:
        """None: they are in this process."""
        return 0

    def rest(self) -> None:
        """Wait for the round that is under way, if there is one."""
        wait(self._playing)

    def close(self) -> None:
        """Let the threads end; nobody waits for the round that is under way."""
        self._threads.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a run is computed; nothing of it has a say in what, but for the device's class."""

    device: torch.device = CPU
    """Where the learner computes."""
    runners: Callable[[RolloutConfig, int], Runners] = LocalRunners
    """Begins the games of a configuration and a run seed."""
    budget: Budget | None = None
    """What the processes of this machine may hold; None sets no bound."""


HERE: Final = Workplace()
"""This process, on the CPU."""


class _Shares:
    """A round that threads play, a share each."""

    def __init__(self, parts: Sequence[Future[Played]]) -> None:
        self._parts = parts

    def result(self) -> Played:
        """Wait for all of them."""
        return joined([part.result() for part in self._parts])


def _played(runner: LockstepRunner, state: dict[str, object], way: Way | None) -> Played:
    runner.set_state(state)
    played: Played = runner.sample(way=way)
    return played
