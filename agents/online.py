"""The learner process: closed games in, a new checkpoint out, generation by generation.

It keeps nothing of its own. The run's stream says which updates were applied; reading
``learning.episode`` from its beginning finds the games that the next one still needs.
So a crash anywhere costs at most the computation of one update, which then gives the
same bytes, and there are no offsets to commit too early.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from jimbot_stream.agents.announcing import Announcer
from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.evaluation.archive import Archive, Recorded
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.feed import read_batch, unsound
from jimbot_stream.agents.gate.gate import Gate
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.generation import Generation
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.soundness import DIVERGED, NO_EPISODES, Fault
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.agents.update import Update, apply_update
from jimbot_stream.bus.consumer import Received
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import (
    EpisodeClosed,
    EpisodeReference,
    EpisodeRejected,
    UpdateApplied,
)
from jimbot_stream.eventlog import EventLog, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.naming import SERVICE
from jimbot_stream.promotion import InService

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
        self._closed: deque[EpisodeClosed] = deque()
        """Games that were told of and not yet looked at: more than one generation may wait."""

    async def learn(self, updates: int | None = None) -> None:
        """Apply updates until the run has so many; None: for ever.

        A game that cannot be learned from is left out, an update that fails or whose checkpoint is
        worse is turned down; both are recorded, and the next update begins.

        Raises:
            EvaluationError: the gate's evaluation in the log came out otherwise.
            RunError: another learner goes on with the same run.
        """
        succession = Succession(self._run, await InService.open(self._log), self._gate())
        await succession.begin()
        await self._settle(succession, self._run.since_last_update(), again=True)
        self._progress(self._standing())
        while updates is None or self._run.update < updates:
            await self._update(await self._gather(succession), succession)
        if not self._run.ended:
            await self._announcer.announce(await self._run.record_end("finished"), self._run.events)

    def _gate(self) -> Gate | None:
        if self._run.gate is None:
            return None
        return Gate(self._run.gate, Archive(self._log, self._run.blobs.get))

    async def _gather(self, succession: Succession) -> Generation:
        """Wait until the players have closed every game of the generation."""
        generation = self._generation()
        while not generation.complete:
            if self._closed:
                generation.offer(self._closed.popleft())
                continue
            received = await self._episodes.take(timeout_s=1.0)
            # Asked before they are offered: games of a checkpoint that a person put back into
            # service come after the record of that.
            if await self._withdrawn(succession):
                generation = self._generation()
            events = (each.event for each in received)
            self._closed += [e.episode_closed for e in events if e.HasField("episode_closed")]
        return generation

    def _generation(self) -> Generation:
        run = self._run
        seed, learned = run.started.run_seed, run.lineage.learned
        return Generation(seed, run.checkpoint, self._per_update, learned)

    async def _withdrawn(self, succession: Succession) -> bool:
        """Whether a person took the checkpoint out of service that the players are waited for."""
        given_up = await succession.follow()
        if given_up:
            self._progress(f"{given_up[:12]} was taken out of service: {self._standing()}")
            await self._announcer.announce(self._run.events[-1:], self._run.events)
        return bool(given_up)

    async def _update(self, generation: Generation, succession: Succession) -> None:
        begun = self._clock.monotonic()
        recorded, told = await self._learn_from(generation)
        await self._settle(succession, recorded)
        self._progress(f"{told}, {self._clock.monotonic() - begun:.1f} s")

    async def _settle(
        self, succession: Succession, recorded: Sequence[RecordedEvent], *, again: bool = False
    ) -> None:
        """Decide about the newest checkpoint, then tell what was recorded."""
        run, standing = self._run, len(self._run.events)
        settled = await succession.settle()
        if settled.trial is not None:
            self._progress(f"{run.started.run_id}: update {run.update} is {settled.trial}")
            await self._evaluated(settled.trial.candidate)
        await self._announcer.announce([*recorded, *run.events[standing:]], run.events)
        service = succession.service
        told = service.events[-1:] if again else settled.service
        announcer = self._announcer.beside(SERVICE, SERVICE)
        await announcer.announce(told, service.events)

    async def _evaluated(self, found: Recorded) -> None:
        name = found.started.evaluation_id
        announcer = self._announcer.beside(name, f"evaluation-{name}")
        await announcer.announce(found.events, found.events)

    async def _learn_from(self, generation: Generation) -> tuple[list[RecordedEvent], str]:
        """Record the update from the games that can be learned from, or why there is none."""
        episodes = generation.references()
        number = self._run.update + 1
        try:
            batch, left_out = await self._read(episodes)
            without = {rejected.episode.game_id for rejected in left_out}
            whole = [episode for episode in episodes if episode.game_id not in without]
            applied, update = await self._compute(whole, batch)
        except FeedError as error:
            fault = Fault(NO_EPISODES, str(error))
        except DivergedError as error:
            fault = Fault(DIVERGED, str(error))
        else:
            recorded = await self._run.record_update(applied, update.checkpoint, left_out=left_out)
            return recorded, _line(applied, generation, len(left_out))
        return await self._run.reject(fault, episodes), _failed(number, fault)

    async def _read(
        self, episodes: Sequence[EpisodeReference]
    ) -> tuple[Batch, list[EpisodeRejected]]:
        """The batch, without the games that cannot be learned from."""
        run = self._run
        try:
            return await read_batch(self._log, episodes, run.config), []
        except (ValueError, StreamNotFoundError) as error:
            faults = await unsound(self._log, episodes, run.config.reward)
            if len(faults) in (0, len(episodes)):
                raise FeedError(f"no game can be learned from: {error}") from error
        left_out = [
            EpisodeRejected(
                run_id=run.started.run_id,
                update=run.update + 1,
                episode=fault.episode,
                cause=fault.cause,
                reason=fault.reason,
            )
            for fault in faults
        ]
        for fault in faults:
            self._progress(f"left out, {fault.cause}: {fault.reason}")
        without = [fault.episode for fault in faults]
        whole = [episode for episode in episodes if episode not in without]
        return await read_batch(self._log, whole, run.config), left_out

    async def _compute(
        self, references: Sequence[EpisodeReference], batch: Batch
    ) -> tuple[UpdateApplied, Update]:
        """The next update, in a thread: the bus connections must stay alive meanwhile."""
        run, config = self._run, self._run.config
        number = run.update + 1
        seed = shuffle_seed(run.started.run_seed, number)
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


def _line(applied: UpdateApplied, generation: Generation, left_out: int) -> str:
    stale = f", {generation.stale} stale games left out" if generation.stale else ""
    spoilt = f", {left_out} games that cannot be learned from left out" if left_out else ""
    return (
        f"{applied.run_id}: update {applied.update} from {len(applied.episodes)} games,"
        f" {applied.steps} decisions, mean score {generation.mean_score():,.0f}, mean ante"
        f" {generation.mean_ante():.2f}, checkpoint {applied.checkpoint_out[:12]}{stale}{spoilt}"
    )


def _failed(number: int, fault: Fault) -> str:
    return f"update {number} is rejected, {fault.cause}: {fault.reason}; the weights before it stay"
