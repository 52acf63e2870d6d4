"""A recorded run that learns from recorded games, update by update.

It keeps nothing of its own: which games an update learns from follows from the run's seed, its
configuration and the log, so one that was killed anywhere goes on to the same bytes.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.offline.config import from_json
from jimbot_stream.agents.offline.episode import (
    Episode,
    NothingToLearnError,
    OtherRulesError,
    batch_of_episodes,
)
from jimbot_stream.agents.offline.selection import (
    HOLE,
    NOTHING,
    OTHER_RULES,
    UNREADABLE,
    Games,
    Header,
    Refusal,
    Selected,
    games_of_update,
    select,
    updates_of,
)
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.soundness import DIVERGED, NO_EPISODES, Fault
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.agents.trajectory import FeedError, HoleError
from jimbot_stream.agents.update import Update
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import EpisodeReference, EpisodeRejected, UpdateApplied


@dataclass(frozen=True, slots=True)
class Progress:
    """An update that was recorded."""

    applied: UpdateApplied
    seconds: float


@dataclass(slots=True)
class Gathered:
    """The games of an update that can be learned from, and why others cannot."""

    headers: list[Header] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class OfflineTraining:
    """Goes on with one run."""

    def __init__(self, run: TrainingRun, games: Games, clock: Clock, selected: Selected) -> None:
        """Take up the run where its record ends; ``begin`` finds the games."""
        self._run = run
        self._games = games
        self._clock = clock
        self.config = from_json(run.started.algorithm, run.config_json)
        self.selected = selected
        self.refused: dict[str, Refusal] = {each.game_id: each for each in selected.refused}
        """Every game that is not learned from, by id; more show up as games are read."""
        self.left_out: dict[str, int] = {}
        """Actions of the games read so far that cannot be learned from, by reason."""
        self._counted: set[str] = set()

    @classmethod
    async def begin(
        cls, run: TrainingRun, games: Games, clock: Clock, selected: Selected | None = None
    ) -> "OfflineTraining":
        """Sort the games, unless that was done for the run's configuration; take up the run.

        Raises:
            ValueError: there is no game to learn from, or the configuration is of another version.
        """
        config = from_json(run.started.algorithm, run.config_json)
        found = selected or await select(games, config, run.started.run_seed)
        return cls(run, games, clock, found)

    def updates_in(self, passes: int) -> int:
        """How many updates the run has after so many passes over its games."""
        return updates_of(self.selected.learned, self.config.data.games, passes)

    async def train(self, enough: Callable[[], bool], done: Callable[[Progress], None]) -> None:
        """Apply updates until it is enough, which is asked before each of them.

        A game that cannot be learned from is recorded and left out. An update that fails is
        recorded, and the run stops: asked again, it goes on with the next number.

        Raises:
            DivergedError: the update gave no finite weights; the last checkpoint stays.
            FeedError: no game of an update can be learned from.
            RunError: another learner goes on with the same run.
        """
        while not enough():
            begun = self._clock.monotonic()
            applied = await self._update()
            done(Progress(applied, self._clock.monotonic() - begun))

    async def gather(self, headers: Sequence[Header]) -> Gathered:
        """Read games; those that turn out unusable are told, not used."""
        found = Gathered()
        for header in headers:
            try:
                episode = await self._games.episode(header)
                batch_of_episodes([episode], self.config.data.deciders)
            except FeedError as error:
                reason = _reason(error)
                refusal = Refusal(header.game_id, reason, str(error), header.last_revision)
                found.refused.append(refusal)
            else:
                found.headers.append(header)
                found.episodes.append(episode)
                self._count(episode)
        self.refused |= {refusal.game_id: refusal for refusal in found.refused}
        return found

    def _count(self, episode: Episode) -> None:
        if episode.game_id not in self._counted:
            self._counted.add(episode.game_id)
            for reason, count in episode.left_out.items():
                self.left_out[reason] = self.left_out.get(reason, 0) + count

    async def _update(self) -> UpdateApplied:
        run, data = self._run, self.config.data
        number = run.update + 1
        chosen = games_of_update(self.selected.learned, data.games, run.started.run_seed, number)
        gathered = await self.gather(chosen)
        if not gathered.headers:
            told = "; ".join(refusal.detail for refusal in gathered.refused[:3])
            reason = f"no game of update {number} can be learned from: {told}"
            await run.reject(Fault(NO_EPISODES, reason), [_reference(each) for each in chosen])
            raise FeedError(reason)
        try:
            update, steps = await self._compute(gathered)
        except DivergedError as error:
            games = [_reference(each) for each in gathered.headers]
            await run.reject(Fault(DIVERGED, str(error)), games)
            raise
        applied = self._applied(update, gathered.headers, steps)
        await run.record_update(applied, update.checkpoint, left_out=self._left_out(gathered))
        return applied

    def _left_out(self, gathered: Gathered) -> list[EpisodeRejected]:
        run = self._run
        return [
            EpisodeRejected(
                run_id=run.started.run_id,
                update=run.update + 1,
                episode=EpisodeReference(
                    game_id=refusal.game_id, last_revision=refusal.last_revision
                ),
                cause="incomplete" if refusal.reason == HOLE else "contradictory",
                reason=refusal.detail,
            )
            for refusal in gathered.refused
        ]

    async def _compute(self, gathered: Gathered) -> tuple[Update, int]:
        from jimbot_stream.agents.offline.update import apply_offline  # loads RLlib, for seconds

        run = self._run
        batch = batch_of_episodes(gathered.episodes, self.config.data.deciders)
        seed = shuffle_seed(run.started.run_seed, run.update + 1)
        before = run.blobs.get(run.checkpoint)
        learning = self.config.learning
        return await asyncio.to_thread(apply_offline, before, batch, learning, seed), batch.steps

    def _applied(self, update: Update, headers: Sequence[Header], steps: int) -> UpdateApplied:
        run = self._run
        number = run.update + 1
        return UpdateApplied(
            run_id=run.started.run_id,
            update=number,
            checkpoint_in=run.checkpoint,
            checkpoint_out=sha256(update.checkpoint),
            episodes=[_reference(header) for header in headers],
            shuffle_seed=shuffle_seed(run.started.run_seed, number),
            config_json=self.config.to_json(),
            environment_json=canonical_json(environment()),
            threads=self.config.shards,
            steps=steps,
            metrics={name: value for name, value in update.metrics.items() if math.isfinite(value)},
        )


def _reference(header: Header) -> EpisodeReference:
    return EpisodeReference(game_id=header.game_id, last_revision=header.last_revision)


def _reason(error: FeedError) -> str:
    if isinstance(error, HoleError):
        return HOLE
    if isinstance(error, OtherRulesError):
        return OTHER_RULES
    return NOTHING if isinstance(error, NothingToLearnError) else UNREADABLE
