"""What was in service: an unbroken succession, each change of it backed by what it refers to."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from google.protobuf.message import Message

from jimbot_stream.agents.evaluation.archive import Recorded
from jimbot_stream.agents.gate.config import GateConfig, from_json
from jimbot_stream.agents.gate.gate import Trial, evaluation_of, tried
from jimbot_stream.contracts.v1.evaluation_pb2 import (
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
)
from jimbot_stream.contracts.v1.learning_pb2 import RunStarted
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.promotion import stand_after
from jimbot_stream.replay.gates import evaluated
from jimbot_stream.replay.history import RUN_PREFIX, Entry, History, finding, read_history
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict


async def check_service(
    history: History, origins: Mapping[str, str], log: LogReader
) -> AsyncIterator[Verdict]:
    """A verdict for each event; origins names the run of every checkpoint that was saved."""
    checked = _Succession(origins, log)
    for entry in history.entries:
        if entry.message is not None:
            faults = [fault async for fault in checked.faults(entry, entry.message)]
            match = Match("service", entry.event.stream, entry.event.revision)
            yield faults[0] if faults else match


@dataclass(slots=True)
class _Succession:
    """Goes along the stream and remembers what is in service."""

    origins: Mapping[str, str]
    log: LogReader
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
        self.stack = stand_after(self.stack, message)

    async def _promoted(
        self, entry: Entry, message: CheckpointPromoted, decides: str
    ) -> AsyncIterator[Divergence]:
        if message.replaced != decides:
            yield _finding(entry, "replaced", decides, message.replaced)
        if message.checkpoint not in self.origins:
            wanted = "a checkpoint that the log says was saved"
            yield _finding(entry, "checkpoint", wanted, message.checkpoint, "missing")
        elif message.run_id != self.origins[message.checkpoint]:
            yield _finding(entry, "run_id", self.origins[message.checkpoint], message.run_id)
        gate = await self._gate(message.run_id)
        ids = (message.evaluation_id, message.replaced_evaluation_id)
        if message.by == message.run_id and message.reason != "begin" and (gate or any(ids)):
            trial = await self._trial(message.checkpoint, gate, ids)
            if isinstance(trial, str):
                yield _finding(entry, "evaluation_id", "the gate's", trial, "missing")
            elif trial.refused:
                yield _finding(entry, "checkpoint", "one that the gate let pass", str(trial))
        elif any(ids):
            yield _finding(entry, "evaluation_id", "none where a person decides", ids[0])

    async def _refused(
        self, entry: Entry, message: CheckpointRefused, decides: str
    ) -> AsyncIterator[Divergence]:
        if message.incumbent != decides:
            yield _finding(entry, "incumbent", decides, message.incumbent)
        gate = await self._gate(message.run_id)
        ids = (message.evaluation_id, message.incumbent_evaluation_id)
        trial = await self._trial(message.checkpoint, gate, ids)
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

    async def _gate(self, run_id: str) -> GateConfig | None:
        """The gate of a run; what is wrong with it, the run's own verification reports."""
        try:
            history = await read_history(self.log, RUN_PREFIX + run_id)
            return next((from_json(told.gate_json) for _, told in history.all(RunStarted)), None)
        except (StreamNotFoundError, ValueError):
            return None

    async def _trial(
        self, checkpoint: str, gate: GateConfig | None, ids: tuple[str, str]
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
        wanted = tuple(evaluation_of(name, gate).evaluation_id for name in subjects)
        if wanted != ids:
            return f"{ids[0]} and {ids[1]}, of other games or checkpoints"
        return tried(found[0], found[1], gate)


def _finding(
    entry: Entry, name: str, expected: str, got: str, cause: Cause = "tampering"
) -> Divergence:
    return finding(entry.event, "service", name, expected or "(none)", got or "(empty)", cause)
