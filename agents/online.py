"""The learner process: closed games in, a new checkpoint out, generation by generation.

It keeps nothing of its own. The run's stream says which updates were applied; reading
``learning.episode`` from its beginning finds the games that the next one still needs.
So a crash anywhere costs at most the computation of one update, which then gives the
same bytes, and there are no offsets to commit too early.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Protocol

from jimbot_stream.agents.announcing import Announcer
from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.feed import read_batch
from jimbot_stream.agents.generation import Generation
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.agents.update import Update, apply_update
from jimbot_stream.bus.consumer import Received
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import EpisodeReference, UpdateApplied
from jimbot_stream.eventlog import EventLog

logger = logging.getLogger(__name__)


class Episodes(Protocol):
    """Where closed games come from; ``bus.consumer.EventConsumer`` is one."""

    async def take(self, timeout_s: float) -> list[Received]:
        """The next events; none when timeout_s passed."""
        ...


class OnlineLearner:
    """Turns generations of one run into updates."""

    def __init__(
        self,
        run: TrainingRun,
        log: EventLog,
        episodes: Episodes,
        announcer: Announcer,
        clock: Clock,
        *,
        per_update: int,
        progress: Callable[[str], None] = logger.info,
    ) -> None:
        """Learn from per_update games at a time; the episodes stand at the topic's beginning."""
        self._run = run
        self._log = log
        self._episodes = episodes
        self._announcer = announcer
        self._clock = clock
        self._per_update = per_update
        self._progress = progress

    async def learn(self, updates: int | None = None) -> None:
        """Apply updates until the run has so many; None: for ever.

        Raises:
            FeedError: a recorded game cannot be learned from.
            DivergedError: the update gave no finite weights; the last checkpoint stays.
            RunError: another learner goes on with the same run.
        """
        await self._announcer.announce(self._run.since_last_update(), self._run.events)
        self._progress(self._standing())
        while updates is None or self._run.update < updates:
            await self._update(await self._gather())
        if not self._run.ended:
            await self._announcer.announce(await self._run.record_end("finished"), self._run.events)

    async def _gather(self) -> Generation:
        """Wait until the players have closed every game of the generation."""
        run = self._run
        generation = Generation(run.started.run_seed, run.checkpoint, self._per_update)
        while not generation.complete:
            for received in await self._episodes.take(timeout_s=1.0):
                if received.event.HasField("episode_closed"):
                    generation.offer(received.event.episode_closed)
        return generation

    async def _update(self, generation: Generation) -> None:
        begun = self._clock.monotonic()
        references = generation.references()
        applied, update = await self._compute(references)
        recorded = await self._run.record_update(applied, update.checkpoint)
        await self._announcer.announce(recorded, self._run.events)
        self._progress(_line(applied, generation, self._clock.monotonic() - begun))

    async def _compute(self, references: list[EpisodeReference]) -> tuple[UpdateApplied, Update]:
        """The next update, in a thread: the bus connections must stay alive meanwhile."""
        run, config = self._run, self._run.config
        number = run.update + 1
        seed = shuffle_seed(run.started.run_seed, number)
        batch = await read_batch(self._log, references, config)
        before = run.blobs.get(run.checkpoint)
        update = await asyncio.to_thread(apply_update, before, batch, config, seed)
        applied = UpdateApplied(
            run_id=run.started.run_id,
            update=number,
            checkpoint_in=run.checkpoint,
            checkpoint_out=sha256(update.checkpoint),
            episodes=references,
            shuffle_seed=seed,
            config_json=config.to_json(),
            environment_json=canonical_json(environment()),
            threads=config.shards,
            steps=batch.steps,
            metrics={name: value for name, value in update.metrics.items() if math.isfinite(value)},
        )
        return applied, update

    def _standing(self) -> str:
        run = self._run
        return f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint[:12]}"


def _line(applied: UpdateApplied, generation: Generation, seconds: float) -> str:
    stale = f", {generation.stale} stale games left out" if generation.stale else ""
    return (
        f"{applied.run_id}: update {applied.update} from {len(applied.episodes)} games,"
        f" {applied.steps} decisions in {seconds:.1f} s, mean score {generation.mean_score():,.0f},"
        f" mean ante {generation.mean_ante():.2f}, checkpoint {applied.checkpoint_out[:12]}{stale}"
    )
