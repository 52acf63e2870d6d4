"""``Replayer``: everything that a log records, done again."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from jimbot_stream.agents.keeping.restoring import blobs_with
from jimbot_stream.contracts.v1.evaluation_pb2 import EvaluationStarted
from jimbot_stream.eventlog import LogReader
from jimbot_stream.replay.chains import check_chain
from jimbot_stream.replay.decisions import repeat_decisions
from jimbot_stream.replay.evaluations import repeat_evaluation
from jimbot_stream.replay.gates import check_gate
from jimbot_stream.replay.history import GAME_PREFIX, RUN_PREFIX, History, read_history
from jimbot_stream.replay.policies import Blobs, Policies
from jimbot_stream.replay.populations import check_population
from jimbot_stream.replay.rules import retrace
from jimbot_stream.replay.runs import check_run, check_saved
from jimbot_stream.replay.seals.inspecting import Inspection, Trust
from jimbot_stream.replay.service import check_service
from jimbot_stream.replay.survey import Origins, Survey, absent, survey
from jimbot_stream.replay.updates import repeat_updates
from jimbot_stream.replay.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Selection:
    """What to verify; with neither games nor runs named: everything."""

    games: Collection[str] = ()
    """Ids of games."""
    runs: Collection[str] = ()
    """Names of training runs."""
    updates: bool = True
    """False: no update is computed again."""
    evaluations: bool = True
    """False: no evaluation is played again."""

    @property
    def is_everything(self) -> bool:
        """No game and no run is named."""
        return not self.games and not self.runs

    def of(self, found: Survey) -> Survey:
        """The part of a survey that is selected; what is named but absent is a divergence."""
        if self.is_everything:
            return found
        games = [GAME_PREFIX + name for name in self.games]
        runs = [RUN_PREFIX + name for name in self.runs]
        return Survey(
            games={name: found.games[name] for name in games if name in found.games},
            runs={name: found.runs[name] for name in runs if name in found.runs},
            following=found.following,
            pruned={name: found.pruned[name] for name in runs if name in found.pruned},
            verdicts=[
                *(absent(name) for name in games if name not in found.games),
                *(absent(name) for name in runs if name not in found.runs),
            ],
        )


class Replayer:
    """Runs the histories of a log again; nothing is written anywhere.

    Only the log and the blobs are used: no bus, no worker, no clock.
    """

    def __init__(self, log: LogReader, blobs: Blobs, policies: Policies | None = None) -> None:
        self._log = log
        self._blobs = blobs
        self._policies = Policies(blobs) if policies is None else policies

    async def survey(self) -> Survey:
        """What there is to verify."""
        return await survey(self._log)

    async def verify(self, selection: Selection | None = None) -> AsyncIterator[Verdict]:
        """A verdict for everything that the log holds, of each kind.

        Raises:
            LogUnavailableError: no answer.
        """
        selection = selection or Selection()
        part = selection.of(await self.survey())
        for verdict in part.verdicts:
            yield verdict
        async for verdict in self.verify_games(part.games):
            yield verdict
        for stream, updates in part.runs.items():
            async for verdict in self.verify_run(stream):
                yield verdict
            if selection.updates:
                async for verdict in self.verify_updates(stream, updates):
                    yield verdict
        async for verdict in self.verify_checkpoints(part.checkpoints, part.saved):
            yield verdict
        for stream in part.evaluations if selection.evaluations else ():
            async for verdict in self.verify_evaluation(stream):
                yield verdict
        async for verdict in self.verify_service(part.service, part.origins):
            yield verdict
        async for verdict in self.verify_seals(part.seals):
            yield verdict

    async def verify_games(self, streams: Iterable[str]) -> AsyncIterator[Verdict]:
        """Chain, rules and decisions of games."""
        for stream in streams:
            history = await read_history(self._log, stream)
            for verdict in check_chain(history):
                yield verdict
            for verdict in retrace(history):
                yield verdict
            for verdict in repeat_decisions(history, self._policies):
                yield verdict

    async def verify_run(self, stream: str) -> AsyncIterator[Verdict]:
        """Chain, start, continuity, checkpoints, gate and population of a run; no update."""
        history = await read_history(self._log, stream)
        for verdict in check_chain(history):
            yield verdict
        for verdict in check_run(history, self._blobs):
            yield verdict
        async for verdict in check_gate(history, self._log):
            yield verdict
        async for verdict in check_population(history, self._log):
            yield verdict

    async def verify_updates(self, stream: str, revisions: Iterable[int]) -> AsyncIterator[Verdict]:
        """Updates of a training run, computed again from their games."""
        history = await read_history(self._log, stream)
        async for verdict in repeat_updates(history, revisions, self._log, self._blobs):
            yield verdict

    async def verify_evaluation(self, stream: str) -> AsyncIterator[Verdict]:
        """Chain of an evaluation, and its games played again."""
        history = await read_history(self._log, stream)
        for verdict in check_chain(history):
            yield verdict
        blobs = await self._with_pruned(history)
        for verdict in repeat_evaluation(history, blobs):
            yield verdict

    async def _with_pruned(self, history: History) -> Blobs:
        """The blobs, and the checkpoint of an evaluation if it was pruned while it was played."""
        for _, begun in history.all(EvaluationStarted):
            if begun.checkpoint and not self._blobs.has(begun.checkpoint):
                with suppress(Exception):  # whatever is wrong: it is missing, and told as such
                    return await blobs_with(self._log, self._blobs, begun.checkpoint) or self._blobs
        return self._blobs

    async def verify_service(
        self, streams: Iterable[str], origins: Origins
    ) -> AsyncIterator[Verdict]:
        """Chain and succession of what was in service; origins: runs by checkpoint."""
        for stream in streams:
            history = await read_history(self._log, stream)
            for verdict in check_chain(history):
                yield verdict
            async for verdict in check_service(history, origins, self._log, self._blobs):
                yield verdict

    async def verify_seals(self, streams: Iterable[str]) -> AsyncIterator[Verdict]:
        """Chain of the seals, and every event against them; fsck compares with an anchor, too."""
        for stream in streams:
            history = await read_history(self._log, stream)
            for verdict in check_chain(history):
                yield verdict
            retention = getattr(self._log, "stream_metadata", None)
            inspection = Inspection(self._log, self._blobs, Trust(), retention)
            async for verdict in inspection.verdicts([entry.event for entry in history.entries]):
                yield verdict

    async def verify_checkpoints(
        self, streams: Iterable[str], saved: Collection[str]
    ) -> AsyncIterator[Verdict]:
        """Chains of the checkpoints' streams, saved: by training runs."""
        for stream in streams:
            history = await read_history(self._log, stream)
            for verdict in check_chain(history):
                yield verdict
            for verdict in check_saved(history, saved, self._blobs):
                yield verdict
