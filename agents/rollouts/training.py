"""A training run in the simulator: updates, one after another, each recorded as a whole.

What is kept is the run's stream and its blobs, so a run that was killed anywhere goes on from
its last update to the same bytes as one that never stopped.
"""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Event
from typing import Final, Generic, TypeVar

from jimbot_stream.agents.algorithms import PlayConfig
from jimbot_stream.agents.budget import BudgetError
from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.curriculum.promotion import advanced
from jimbot_stream.agents.devices import environment_of
from jimbot_stream.agents.failing import DivergedError, RulesDisagreeError
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.agents.rollouts.runners import HERE, Runners, Workplace
from jimbot_stream.agents.rollouts.update import RolloutUpdate, Told, apply_rollouts
from jimbot_stream.agents.soundness import DIVERGED, RULES_DISAGREE, Fault
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import CurriculumAdvanced, Rollout, UpdateApplied

Settle = Callable[[], Awaitable[None]]
"""Decides what becomes of the newest checkpoint; can be asked again."""
_CAUSES: Final[dict[type[BaseException], str]] = {
    DivergedError: DIVERGED,
    RulesDisagreeError: RULES_DISAGREE,
}
"""Failures of an update that are recorded, and how."""


async def _nothing() -> None:
    """Leave the newest checkpoint as it is."""


@dataclass(frozen=True, slots=True)
class Progress:
    """An update that was recorded."""

    applied: UpdateApplied
    seconds: float


C = TypeVar("C", bound=PlayConfig)


class PlayTraining(ABC, Generic[C]):
    """Goes on with one run; what an algorithm does in its own way stands in a subclass."""

    def __init__(
        self,
        run: TrainingRun,
        clock: Clock,
        settle: Settle = _nothing,
        workplace: Workplace = HERE,
    ) -> None:
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
        self._workplace = workplace
        self._stand()

    @abstractmethod
    def read_config(self, text: str) -> C:
        """The recorded configuration.

        Raises:
            ValueError: it is of another version.
        """

    @abstractmethod
    def apply(self, before: bytes, shuffle_seed: int, told: Told) -> RolloutUpdate:
        """Play and learn, from the bytes of the checkpoint before."""

    def keep(self, applied: UpdateApplied) -> None:
        """Store what the record must name besides checkpoint and games, and name it."""

    def due(self) -> CurriculumAdvanced | None:
        """The next stage of the curriculum, where there is one and the record says it is due."""
        return None

    async def train(
        self,
        enough: Callable[[], bool],
        told: Callable[[int], None],
        done: Callable[[Progress], None],
    ) -> None:
        """Apply updates until it is enough, which is asked before each of them.

        Goes on to the next stage of the run's curriculum as soon as that is due.

        ``told`` hears of every round's decisions, in another thread; ``done`` of every update.
        One that fails is recorded, and the run stops: asked again, it goes on with the next number,
        whose minibatches come in another order.

        Raises:
            BudgetError: the run holds more memory than it may; what is recorded stands.
            ClusterError: a cluster cannot play the games; what is recorded stands.
            DivergedError: the update gave no finite weights; the last checkpoint stays.
            RulesDisagreeError: the rules refused what they had listed.
            RunError: another learner goes on with the same run.
        """
        await self._settle()
        await self._advance()
        while not enough():
            begun = self._clock.monotonic()
            try:
                applied = await self._update(told)
            except BaseException as error:
                self._stand()  # one that was broken off stands nowhere
                await self._reject(error)
                raise
            await self._settle()
            await self._advance()
            done(Progress(applied, self._clock.monotonic() - begun))
            self._refuse_outgrown()

    def _refuse_outgrown(self) -> None:
        budget = self._workplace.budget
        told = budget.outgrown(self._sampler.held()) if budget is not None else None
        if told is not None:
            raise BudgetError(f"{self._run.started.run_id}: {told}")

    async def _reject(self, error: BaseException) -> None:
        for kind, cause in _CAUSES.items():
            if isinstance(error, kind):
                await self._run.reject(Fault(cause, str(error)))

    async def _advance(self) -> None:
        """Begin the next stage of the curriculum, if the record says that it is due."""
        step = self.due()
        if step is not None:
            await self._run.record_change(step)
            self._stand()

    async def _update(self, told: Callable[[int], None]) -> UpdateApplied:
        before = sha256(self._sampler.snapshot())
        update = await self._compute(told)
        after = self._sampler.snapshot()
        applied = self._applied(update, before, sha256(after))
        self.keep(applied)
        await self._run.record_update(applied, update.checkpoint, after)
        return applied

    def _stand(self) -> None:
        """Take up configuration and games as the record leaves them.

        Where the configuration changed the games, others begin: those of the stage.
        """
        run = self._run
        self.config = self.read_config(run.config_json)
        if run.applied and not run.sampler:
            raise RunError(f"{run.started.run_id}: its record does not tell where the games stand")
        self.close()  # those that played before, if there were any
        self._sampler: Runners = self._workplace.runners(self.config.rollout, run.started.run_seed)
        last = next(run.newest_updates(), None)
        if last is not None and self.read_config(last.config_json).rollout == self.config.rollout:
            self._sampler.restore(run.blobs.get(run.sampler))

    def close(self) -> None:
        """Let go of the runners; the run can be gone on with by another training."""
        before: Runners | None = getattr(self, "_sampler", None)
        if before is not None:
            before.close()

    async def _compute(self, told: Callable[[int], None]) -> RolloutUpdate:
        """The next update, in a thread; one that is not waited for is stopped at its next round."""
        run, stopped = self._run, Event()

        def heard(steps: int) -> None:
            if stopped.is_set():
                raise asyncio.CancelledError
            told(steps)

        seed = shuffle_seed(run.started.run_seed, run.update + 1)
        before = run.blobs.get(run.checkpoint)
        work = asyncio.to_thread(self.apply, before, seed, heard)
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
            environment_json=canonical_json(environment_of(self._workplace.device)),
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


class Training(PlayTraining[TrainConfig]):
    """PPO."""

    def read_config(self, text: str) -> TrainConfig:
        """That of PPO in the simulator."""
        return from_json(text)

    def apply(self, before: bytes, shuffle_seed: int, told: Told) -> RolloutUpdate:
        """Learn from every round once, while the next one is played."""
        device = self._workplace.device
        return apply_rollouts(before, self._sampler, self.config, shuffle_seed, told, device)

    def due(self) -> CurriculumAdvanced | None:
        """By the games of the updates that the record holds."""
        run = self._run
        return advanced(run.started.run_id, run.update, self.config, run.newest_updates())
