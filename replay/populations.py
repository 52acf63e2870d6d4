"""What members of a population took over, decided again: by evaluations, rule and seed.

The evaluations are played again where they are verified; what follows from them is derived here
as the population derives it, and compared with what each member's run says.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from jimbot_stream.agents.population.exploiting import (
    Standing,
    Told,
    beyond,
    exploited,
    standings,
)
from jimbot_stream.agents.population.members import member_config
from jimbot_stream.agents.population.membership import Membership
from jimbot_stream.agents.population.selection import evaluation_of, panel_of, score_of
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.replay.difference import first_difference
from jimbot_stream.replay.gates import evaluated
from jimbot_stream.replay.history import RUN_PREFIX, Entry, History, finding, read_history
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


async def check_population(history: History, log: LogReader) -> AsyncIterator[Verdict]:
    """A verdict for each comparison that a member went through, and for what is wrong beside."""
    begun = next(history.all(RunStarted), None)
    config = _config_of(begun[1]) if begun is not None else None
    if begun is None or config is None or config.population is None:
        for entry, _ in history.all(PopulationExploited):
            why = "The run was not begun as a member of a population."
            yield _finding(entry, "type", "no exchange", entry.event.type, "tampering", why)
        return
    audit = await _read(history, config.population, log)
    for fault in audit.beginning_faults():
        yield fault
    for fault in audit.misplaced():
        yield fault
    for generation in audit.generations():
        verdict = await audit.verdict(generation, log)
        if verdict is not None:
            yield verdict


def _config_of(begun: RunStarted) -> TrainConfig | None:
    try:
        return from_json(begun.config_json)
    except (KeyError, TypeError, ValueError):  # of another algorithm, or spoilt: found elsewhere
        return None


async def _read(history: History, membership: Membership, log: LogReader) -> "_Audit":
    """All members' streams; one's own last, so that it is no older than those of the others."""
    found: dict[str, History] = {}
    for run in sorted(membership.runs, key=lambda run: run == history.name):
        try:
            found[run] = await read_history(log, RUN_PREFIX + run)
        except StreamNotFoundError:  # it may not have begun yet
            found[run] = History(RUN_PREFIX + run, [])
    return _Audit(found.get(history.name, history), membership, found)


@dataclass(frozen=True, slots=True)
class _Audit:
    """One member among all of its population."""

    history: History
    membership: Membership
    members: Mapping[str, History]

    @property
    def streams(self) -> dict[str, list[Told]]:
        """What the members' streams say, as far as it can be understood."""
        return {
            run: [
                (entry.event.position, entry.message)
                for entry in history.entries
                if entry.message is not None
            ]
            for run, history in self.members.items()
        }

    def beginning_faults(self) -> Iterator[Divergence]:
        """A member begins with what derives from population, number, and the first member."""
        entry, begun = next(self.history.all(RunStarted))
        told = (told for _, told in self.members[self.membership.runs[0]].all(RunStarted))
        first = next(told, RunStarted())
        config = _config_of(first)
        wanted = "what derives from the first member's, which is not there"
        if config is not None:
            wanted = member_config(config, self.membership).to_json()
        facts: list[tuple[str, object, object, Cause]] = [
            ("run_id", self.membership.run, begun.run_id, "tampering"),
            ("run_seed", self.membership.run_seed, begun.run_seed, "seed"),
            ("gate_json", "", begun.gate_json, "tampering"),
            ("begun_from", first.begun_from, begun.begun_from, "weights"),
            ("config_json", wanted, begun.config_json, "tampering"),
        ]
        for name, expected, got, cause in facts:
            if expected != got:
                yield _finding(
                    entry, name, str(expected) or "(empty)", str(got) or "(empty)", cause
                )

    def misplaced(self) -> Iterator[Divergence]:
        """An exchange comes once, at the end of a generation."""
        seen = set()
        for entry, told in self.history.all(PopulationExploited):
            if told.update in seen or told.update < 1 or told.update % self.membership.every:
                wanted = f"one exchange every {self.membership.every} updates"
                yield _finding(entry, "update", wanted, str(told.update), "tampering")
            seen.add(told.update)

    def generations(self) -> list[int]:
        """Those whose end some member has reached."""
        every = self.membership.every
        updates = {
            message.update
            for told in self.streams.values()
            for _, message in told
            if isinstance(message, UpdateApplied | UpdateRejected | PopulationExploited)
        }
        return sorted(update // every for update in updates if update > 0 and not update % every)

    async def verdict(self, generation: int, log: LogReader) -> Verdict | None:
        """Whether a member took over what it had to; None where that is still to be decided."""
        entry = self._recorded(generation)
        expected = await self._expected(generation, log)
        if isinstance(expected, Divergence):
            return expected if entry is not None or self._settled(generation) else None
        if entry is None:
            return self._without(generation, expected)
        told = entry.message
        assert isinstance(told, PopulationExploited)
        if expected is None:
            why = "By the recorded evaluations it is not among the worst."
            return _finding(entry, "type", "no exchange", entry.event.type, "tampering", why)
        difference = first_difference(expected, told)
        if difference is not None:
            why = "By the recorded evaluations, rule and seed of the population it is another."
            return _finding(entry, *difference, "tampering", why)
        return Match("exchange", entry.event.stream, entry.event.revision)

    def _without(self, generation: int, expected: PopulationExploited | None) -> Verdict | None:
        """What to say of a member that goes on as it was, or has not decided yet."""
        if not self._settled(generation):
            return None
        entry = self._next(generation)
        if expected is None:
            return Match("exchange", entry.event.stream, entry.event.revision)
        wanted = f"PopulationExploited from {expected.from_run}"
        why = "By the recorded evaluations it is among the worst."
        return _finding(entry, "type", wanted, entry.event.type, "missing", why)

    def _recorded(self, generation: int) -> Entry | None:
        update = generation * self.membership.every
        taken = self.history.all(PopulationExploited)
        return next((entry for entry, told in taken if told.update == update), None)

    def _settled(self, generation: int) -> bool:
        """Whether some member has gone on: nobody does before all exchanges are recorded."""
        last = generation * self.membership.every
        return any(
            beyond(message, last) and not isinstance(message, PopulationExploited)
            for told in self.streams.values()
            for _, message in told
        )

    def _next(self, generation: int) -> Entry:
        """The first event after a generation, or the last one that there is."""
        last = generation * self.membership.every
        known = [entry for entry in self.history.entries if entry.message is not None]
        after = (entry for entry in known if entry.message and beyond(entry.message, last))
        return next(after, known[-1])

    async def _expected(
        self, generation: int, log: LogReader
    ) -> PopulationExploited | Divergence | None:
        """What follows from the record, or what of that is missing."""
        entry = self._recorded(generation) or self._next(generation)
        try:
            stand = standings(self.streams, self.membership, generation)
        except (KeyError, TypeError, ValueError) as error:
            text = f"{type(error).__name__}: {error}"
            return _finding(entry, "config_json", "a member's configuration", text, "tampering")
        scores: dict[str, float] = {}
        for run in self.membership.runs:
            if run not in stand:
                update = generation * self.membership.every
                wanted = f"{run} at update {update}"
                there = "not come so far" if self.members[run].entries else "no such stream"
                return _finding(entry, "scores", wanted, there, "missing")
            evaluation = await evaluated(log, self._evaluation(generation, stand[run]))
            if isinstance(evaluation, str) or len(evaluation.results) != self.membership.games:
                wanted = f"{self.membership.games} games of {run} ({stand[run].checkpoint[:12]})"
                got = evaluation if isinstance(evaluation, str) else f"{len(evaluation.results)}"
                return _finding(entry, "scores", wanted, got, "missing")
            scores[run] = score_of(evaluation.results)
        return exploited(self.membership, generation, scores, stand)

    def _evaluation(self, generation: int, stand: Standing) -> str:
        """Id of the evaluation that compares a member, under the rules of the run."""
        panel = panel_of(self.membership, generation, stand.config.rollout)
        saved = next((told for _, told in self.history.all(CheckpointSaved)), CheckpointSaved())
        return evaluation_of(stand.checkpoint, panel, saved.rules_version).evaluation_id


def _finding(
    entry: Entry, field: str, expected: str, got: str, cause: Cause, why: str = ""
) -> Divergence:
    return finding(entry.event, "exchange", field, expected, got, cause, why)
