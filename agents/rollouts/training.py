"""A training run in the simulator: updates, one after another, each recorded as a whole.

What is kept is the run's stream and its blobs, so a run that was killed anywhere goes on from
its last update to the same bytes as one that never stopped.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Event
from typing import Final

from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.ppo.learner import DivergedError
from jimbot_stream.agents.rollouts.config import from_json
from jimbot_stream.agents.rollouts.lockstep import RulesDisagreeError
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import RolloutUpdate, apply_rollouts
from jimbot_stream.agents.soundness import Fault
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import Rollout, UpdateApplied

Settle = Callable[[], Awaitable[None]]
"""Decides what becomes of the newest checkpoint; can be asked again."""
_CAUSES: Final[dict[type[BaseException], str]] = {
    DivergedError: "diverged",
    RulesDisagreeError: "rules-disagree",
}
"""Failures of an update that are recorded, and how."""


async def _nothing() -> None:
    """Leave the newest checkpoint as it is."""


@dataclass(frozen=True, slots=True)
class Progress:
    """An update that was recorded."""

    applied: UpdateApplied
    seconds: float


class Training:
    """Goes on with one run."""

    def __init__(self, run: TrainingRun, clock: Clock, settle: Settle = _nothing) -> None:
        """Take up the run where its record ends; settle decides about every new checkpoint.

        Raises:
            BlobError: a blob of the run is missing or damaged.
            RunError: updates are recorded, but not where the games stand.
            SnapshotError: the games' snapshot is of other games or rules.
            ValueError: the recorded configuration is of another version.
        """
        self._run = run
        self._clock = clock
        self._settle = settle
        self.config = from_json(run.config_json)
        self._sampler = self._standing()

    async def train(
        self,
        enough: Callable[[], bool],
        told: Callable[[int], None],
        done: Callable[[Progress], None],
    ) -> None:
        """Apply updates until it is enough, which is asked before each of them.

        ``told`` hears of every round's decisions, in another thread; ``done`` of every update.
        One that fails is recorded, and the run stops: asked again, it goes on with the next number,
        whose minibatches come in another order.

        Raises:
            DivergedError: the update gave no finite weights; the last checkpoint stays.
            RulesDisagreeError: the rules refused what they had listed.
            RunError: another learner goes on with the same run.
        """
        await self._settle()
        while not enough():
            begun = self._clock.monotonic()
            try:
                applied = await self._update(told)
            except BaseException as error:
                self._sampler = self._standing()  # one that was broken off stands nowhere
                await self._reject(error)
                raise
            await self._settle()
            done(Progress(applied, self._clock.monotonic() - begun))

    async def _reject(self, error: BaseException) -> None:
        for kind, cause in _CAUSES.items():
            if isinstance(error, kind):
                await self._run.reject(Fault(cause, str(error)))

    async def _update(self, told: Callable[[int], None]) -> UpdateApplied:
        before = self._run.sampler or sha256(self._sampler.snapshot())
        update = await self._compute(told)
        after = self._sampler.snapshot()
        applied = self._applied(update, before, sha256(after))
        await self._run.record_update(applied, update.checkpoint, after)
        return applied

    def _standing(self) -> Sampler:
        run = self._run
        if run.applied and not run.sampler:
            raise RunError(f"{run.started.run_id}: its record does not tell where the games stand")
        sampler = Sampler(self.config.rollout, run.started.run_seed)
        if run.sampler:
            sampler.restore(run.blobs.get(run.sampler))
        return sampler

    async def _compute(self, told: Callable[[int], None]) -> RolloutUpdate:
        """The next update, in a thread; one that is not waited for is stopped at its next round."""
        run, stopped = self._run, Event()

        def heard(steps: int) -> None:
            if stopped.is_set():
                raise asyncio.CancelledError
            told(steps)

        seed = shuffle_seed(run.started.run_seed, run.update + 1)
        before = run.blobs.get(run.checkpoint)
        work = asyncio.to_thread(apply_rollouts, before, self._sampler, self.config, seed, heard)
        try:
            return await work
        except asyncio.CancelledError:
            stopped.set()
            raise

    def _applied(self, update: RolloutUpdate, before: str, after: str) -> UpdateApplied:
        run, rollout = self._run, self.config.rollout
        number = run.update + 1
        return UpdateApplied(
            run_id=run.started.run_id,
            update=number,
            checkpoint_in=run.checkpoint,
            checkpoint_out=sha256(update.checkpoint),
            shuffle_seed=shuffle_seed(run.started.run_seed, number),
            config_json=self.config.to_json(),
            environment_json=canonical_json(environment()),
            threads=self.config.shards,
            steps=update.steps,
            metrics={name: value for name, value in update.metrics.items() if math.isfinite(value)},
            rollout=Rollout(
                games=rollout.games,
                steps=rollout.steps,
                rounds=rollout.rounds,
                sampler_in=before,
                sampler_out=after,
            ),
        )
