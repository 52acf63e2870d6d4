"""What was in service: an unbroken succession, each change of it backed by what it refers to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from google.protobuf.message import Message

from jimbot_stream.agents.evaluation.archive import Recorded
from jimbot_stream.agents.gate.gate import Trial, tried
from jimbot_stream.agents.gate.succession import BEGIN
from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.contracts.v1.evaluation_pb2 import (
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
)
from jimbot_stream.contracts.v1.learning_pb2 import RunStarted
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.promotion import stand_after
from jimbot_stream.replay.gates import Gated, evaluated, gate_of
from jimbot_stream.replay.history import RUN_PREFIX, Entry, History, finding, read_history
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.pruned import pruned_names
from jimbot_stream.replay.survey import Origins
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


async def check_service(
    history: History, origins: Origins, log: LogReader, blobs: Blobs
) -> AsyncIterator[Verdict]:
    """A verdict for each event; origins names the runs of every checkpoint that was saved."""
    checked = _Succession(origins, log, blobs)
    for entry in history.entries:
        if entry.message is not None:
            faults = [fault async for fault in checked.faults(entry, entry.message)]
            match = Match("service change", entry.event.stream, entry.event.revision)
            yield faults[0] if faults else match


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run says of itself."""

    gate: Gated | None = None
    first: str = ""
    """The untrained checkpoint."""
    made: frozenset[str] = frozenset()
    pruned: frozenset[str] = frozenset()
    """Blobs that it says it let go."""


@dataclass(slots=True)
class _Succession:
    """Goes along the stream and remembers what is in service."""

    origins: Origins
    log: LogReader
    blobs: Blobs
    stack: list[str] = field(default_factory=list)

    async def faults(self, entry: Entry, message: Message) -> AsyncIterator[Divergence]:
        decides = self.stack[-1] if self.stack else ""
        if isinstance(message, CheckpointPromoted):
            async for fault in self._promoted(entry, message, decides):
                yield fault
        elif isinstance(message, CheckpointRefused):
            async for fault in self._refused(entry, message, decides):
                yield fault
        elif isinstance(message, CheckpointRolledBack):
            if message.withdrawn != decides:
                yield _finding(entry, "withdrawn", decides, message.withdrawn)
            if message.checkpoint not in self.stack[:-1]:
                wanted = "one that was in service before"
                yield _finding(entry, "checkpoint", wanted, message.checkpoint)
        if isinstance(message, CheckpointPromoted | CheckpointRolledBack):
            async for fault in self._let_go(entry, message.checkpoint):
                yield fault
        self.stack = stand_after(self.stack, message)

    async def _let_go(self, entry: Entry, checkpoint: str) -> AsyncIterator[Divergence]:
        """What was ever in service stays; what is missing and was not pruned, its run tells."""
        there = self.blobs.has(checkpoint)
        for run_id in () if there else sorted(self.origins.get(checkpoint, ())):
            if checkpoint in (await self._run(run_id)).pruned:
                got = f"pruned by {run_id}: jimbot-learn restore {checkpoint[:12]} brings it back"
                yield _finding(entry, "checkpoint", "a blob that stays", got, "missing")

    async def _promoted(
        self, entry: Entry, message: CheckpointPromoted, decides: str
    ) -> AsyncIterator[Divergence]:
        if message.replaced != decides:
            yield _finding(entry, "replaced", decides, message.replaced)
        if message.checkpoint not in self.origins:
            wanted = "a checkpoint that the log says was saved"
            yield _finding(entry, "checkpoint", wanted, message.checkpoint, "missing")
        elif message.run_id not in self.origins[message.checkpoint]:
            wanted = " or ".join(sorted(self.origins[message.checkpoint]))
            yield _finding(entry, "run_id", wanted, message.run_id)
        if message.by == message.run_id:
            async for fault in self._by_run(entry, message, decides):
                yield fault
        elif message.evaluation_id or message.replaced_evaluation_id:
            wanted = "none where a person decides"
            yield _finding(entry, "evaluation_id", wanted, message.evaluation_id)

    async def _by_run(
        self, entry: Entry, message: CheckpointPromoted, decides: str
    ) -> AsyncIterator[Divergence]:
        """A run promotes its first checkpoint over none, and over its own what passed its gate."""
        run = await self._run(message.run_id)
        if message.reason == BEGIN:
            if decides:
                yield _finding(entry, "reason", f"not {BEGIN}, while one decides", message.reason)
            if message.checkpoint != run.first:
                yield _finding(entry, "checkpoint", run.first, message.checkpoint)
        elif decides and decides not in run.made:
            yield _finding(entry, "replaced", f"one of {message.run_id}, or none", decides)
        ids = (message.evaluation_id, message.replaced_evaluation_id)
        if (message.reason != BEGIN and run.gate is not None) or any(ids):
            trial = await self._trial(message.checkpoint, run.gate, ids)
            if isinstance(trial, str):
                yield _finding(entry, "evaluation_id", "the gate's", trial, "missing")
            elif trial.refused:
                yield _finding(entry, "checkpoint", "one that the gate let pass", str(trial))

    async def _refused(
        self, entry: Entry, message: CheckpointRefused, decides: str
    ) -> AsyncIterator[Divergence]:
        if message.incumbent != decides:
            yield _finding(entry, "incumbent", decides, message.incumbent)
        run = await self._run(message.run_id)
        ids = (message.evaluation_id, message.incumbent_evaluation_id)
        trial = await self._trial(message.checkpoint, run.gate, ids)
        if isinstance(trial, str):
            yield _finding(entry, "evaluation_id", "the gate's", trial, "missing")
            return
        told = trial.comparison
        fields = {
            "incumbent": (trial.incumbent.started.checkpoint, message.incumbent),
            "difference": (told.difference, message.difference),
            "p_value": (told.p_value, message.p_value),
            "level": (trial.level, message.level),
        }
        for name, (expected, got) in fields.items():
            if expected != got:
                yield _finding(entry, name, str(expected), str(got))
        if not trial.refused:
            yield _finding(entry, "checkpoint", "one that is worse", str(trial))

    async def _run(self, run_id: str) -> "_Run":
        """What a run says of itself; what is wrong with it, its own verification reports."""
        try:
            history = await read_history(self.log, RUN_PREFIX + run_id)
            gate = gate_of(history)
        except (StreamNotFoundError, ValueError):
            return _Run()
        lineage = Lineage()
        for entry in history.entries:
            if entry.message is not None:
                lineage.take(entry.message)
        first = next((told.checkpoint for _, told in history.all(RunStarted)), "")
        return _Run(gate, first, frozenset(lineage.made), frozenset(pruned_names(history)))

    async def _trial(
        self, checkpoint: str, gate: Gated | None, ids: tuple[str, str]
    ) -> Trial | str:
        """The comparison that an event refers to, or what is wrong with it."""
        if gate is None:
            return f"{ids[0]} of a run without a gate"
        found: list[Recorded] = []
        for name in ids:
            evaluation = await evaluated(self.log, name) if name else "none"
            if isinstance(evaluation, str):
                return evaluation
            found.append(evaluation)
        subjects = (checkpoint, found[1].started.checkpoint)
        wanted = tuple(gate.evaluation(name) for name in subjects)
        if wanted != ids:
            return f"{ids[0]} and {ids[1]}, of other games or checkpoints"
        return tried(found[0], found[1], gate.config)


def _finding(
    entry: Entry, name: str, expected: str, got: str, cause: Cause = "tampering"
) -> Divergence:
    return finding(
        entry.event, "service change", name, expected or "(none)", got or "(empty)", cause
    )
