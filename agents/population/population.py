"""Population-based training (Jaderberg et al. 2017, arXiv:1711.09846) over recorded runs.

A generation: every member goes on for some updates, one member after another, so that each has
the whole machine or cluster for its turn; then all play the same games, and the worst quarter
begins the next generation with weights, optimizer and varied hyperparameters of one of the best.
All of it stands in the log before anything is made of it, so a population that was killed
anywhere goes on as if it had not been.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, Self

from jimbot_stream.agents.evaluation.archive import Archive, Recorded
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.population import members
from jimbot_stream.agents.population.exploiting import Standing, exploited, standings, told_of
from jimbot_stream.agents.population.membership import Membership, PopulationConfig
from jimbot_stream.agents.population.selection import evaluation_of, panel_of, score_of
from jimbot_stream.agents.rollouts.config import TrainConfig
from jimbot_stream.agents.rollouts.runners import HERE, Workplace
from jimbot_stream.agents.rollouts.training import Progress, Training
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import PopulationExploited
from jimbot_stream.eventlog import EventLog


class Watch(Protocol):
    """Whoever follows what a population does."""

    def told(self, steps: int) -> None:
        """Some decisions were learned from; called in other threads."""
        ...

    def done(self, run: str, update: Progress) -> None:
        """An update of a member was recorded."""
        ...

    def failed(self, run: str, error: DivergedError) -> None:
        """An update of a member failed, which was recorded; it goes on with the next number."""
        ...

    def playing(self, run: str, games: int) -> Callable[[int], None]:
        """A member plays the selection panel; gives who hears how many more games have ended."""
        ...

    def exchanged(self, change: PopulationExploited) -> None:
        """A member takes over another."""
        ...


class Population:
    """Goes on with the runs of all members."""

    def __init__(
        self,
        runs: Sequence[TrainingRun],
        membership: Membership,
        archive: Archive,
        clock: Clock,
        workplace: Workplace = HERE,
    ) -> None:
        """Take up all members where their records end; the archive keeps their evaluations."""
        self.runs = runs
        """In the order of the members."""
        self.membership = membership
        """That of the first member."""
        self._archive = archive
        self._clock = clock
        self._workplace = workplace

    @classmethod
    async def begin(
        cls,
        log: EventLog,
        blobs: BlobStore,
        seed: int,
        size: PopulationConfig,
        config: TrainConfig,
        clock: Clock,
        workplace: Workplace = HERE,
        begun_from: str = "",
    ) -> Self:
        """Begin the population of a seed, or go on where it was left; idempotent.

        It keeps the configuration that its first member began with, and the checkpoint whose
        weights that took over; empty for untrained ones.

        Raises:
            RunError: it was begun with another size or other weights, or under other rules.
            ValueError: the configuration comes with a curriculum, or a recorded one is of another
                version.
        """
        runs = await members.begin(log, blobs, seed, size, config, begun_from)
        first = Membership.all(size, seed)[0]
        return cls(runs, first, Archive(log, blobs.get), clock, workplace)

    @property
    def update(self) -> int:
        """The update to which all members have come."""
        return min(run.update for run in self.runs)

    @property
    def generation(self) -> int:
        """How many generations all members have gone through."""
        return self.update // self.membership.every

    def left(self, updates: int) -> int:
        """Updates of all members until each has so many."""
        return sum(max(0, updates - run.update) for run in self.runs)

    async def go_on(self, updates: int | None, stopped: Callable[[], bool], watch: Watch) -> None:
        """Go on until every member has so many updates, or for ever, or until stopped.

        That is asked before each update and each evaluation. Where the members end at the end of a
        generation, they are compared, but nobody takes over another before they go on.

        Raises:
            BudgetError: the runs hold more memory than they may; what is recorded stands.
            ClusterError: a cluster cannot play the games; what is recorded stands.
            EvaluationError: what stands in the log is not whole, or came out otherwise.
            RulesDisagreeError: the rules refused what they had listed.
            RunError: another learner goes on with the same runs.
        """
        while not stopped() and (updates is None or self.update < updates):
            done = self.generation
            if done and self._together(done):
                played = await self.compare(done, stopped, watch)
                if played is None:
                    return
                await self._exchange(done, played, watch)
            last = (done + 1) * self.membership.every
            last = last if updates is None else min(last, updates)
            for run in self.runs:
                await self._train(run, last, stopped, watch)
        if self.generation and self._together(self.generation):
            await self.compare(self.generation, stopped, watch)

    async def compare(
        self, generation: int, stopped: Callable[[], bool], watch: Watch
    ) -> Mapping[str, Recorded] | None:
        """Let all members play the selection panel as they stood at the end of a generation.

        What stands in the log is not played again. None where it was stopped before all had.
        """
        found: dict[str, Recorded] = {}
        for run, stand in self.standings(generation).items():
            if stopped():
                return None
            panel = panel_of(self.membership, generation, stand.config.rollout)
            what = evaluation_of(stand.checkpoint, panel)
            found[run] = await self._archive.of(what, watch.playing(run, what.games))
        return found

    def standings(self, generation: int) -> dict[str, Standing]:
        """Where every member stood at the end of a generation, by run.

        Raises:
            RunError: a member has not come so far.
        """
        streams = {run.started.run_id: told_of(run.events) for run in self.runs}
        found = standings(streams, self.membership, generation)
        missing = ", ".join(sorted(streams.keys() - found.keys()))
        if missing:
            raise RunError(f"not come to the end of generation {generation}: {missing}")
        return found

    def _together(self, generation: int) -> bool:
        """Whether nobody has gone on beyond the end of a generation."""
        return all(run.update == generation * self.membership.every for run in self.runs)

    async def _train(
        self, run: TrainingRun, updates: int, stopped: Callable[[], bool], watch: Watch
    ) -> None:
        """Let one member have its turn; updates that fail count, so that a turn has an end."""
        name = run.started.run_id
        if stopped() or run.update >= updates:
            return
        training = Training(run, self._clock, workplace=self._workplace)
        try:
            while not stopped() and run.update < updates:
                try:
                    await training.train(
                        lambda: stopped() or run.update >= updates,
                        watch.told,
                        lambda update: watch.done(name, update),
                    )
                except DivergedError as error:
                    watch.failed(name, error)
        finally:
            training.close()

    async def _exchange(
        self, generation: int, played: Mapping[str, Recorded], watch: Watch
    ) -> None:
        """Let the worst go on where the best stand; what a kill left out is made up for."""
        stand = self.standings(generation)
        scores = {run: score_of(told.results) for run, told in played.items()}
        for member, run in enumerate(self.runs):
            change = exploited(self.membership.of(member), generation, scores, stand)
            if change is not None and not members.exchanged(run, generation):
                await run.record_change(change)
                watch.exchanged(change)
