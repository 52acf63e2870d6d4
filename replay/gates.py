"""What a run says of other streams: what its gate decided, and which games it left out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.agents.algorithms import ALGORITHMS, FromGames
from jimbot_stream.agents.evaluation.archive import Recorded, recorded
from jimbot_stream.agents.feed import unsound
from jimbot_stream.agents.gate.config import GateConfig, from_json
from jimbot_stream.agents.gate.gate import Trial, evaluation_of, tried
from jimbot_stream.agents.gate.succession import WITHDRAWN, WORSE
from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.contracts.v1.evaluation_pb2 import CheckpointPromoted, CheckpointRolledBack
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    EpisodeRejected,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.eventlog.naming import SERVICE
from jimbot_stream.replay.history import Entry, History, finding, read_history
from jimbot_stream.replay.verdict import Divergence, Kind, Match, Verdict

_BESIDE: Final = ("CheckpointSaved", "CheckpointsPruned")
"""Events that may follow a checkpoint before the gate has decided about it."""


@dataclass(frozen=True, slots=True)
class Gated:
    """The gate of a run, and the rules by which it lets checkpoints play."""

    config: GateConfig
    rules_version: str

    def evaluation(self, checkpoint: str) -> str:
        """Id of the evaluation that it asks for."""
        return evaluation_of(checkpoint, self.config, self.rules_version).evaluation_id


def gate_of(history: History) -> Gated | None:
    """The gate of a run; None where it has none.

    Raises:
        ValueError: the recorded one cannot be read.
    """
    begun = next((message for _, message in history.all(RunStarted)), RunStarted())
    config = from_json(begun.gate_json)
    saved = next((message for _, message in history.all(CheckpointSaved)), CheckpointSaved())
    return Gated(config, saved.rules_version) if config is not None else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A checkpoint that the gate had to compare, and what the run says became of it."""

    entry: Entry
    candidate: str
    incumbent: str
    rejected: UpdateRejected | None
    """What follows it, where that turns it down."""
    settled: bool
    """Something follows: the gate must have decided."""


async def check_gate(history: History, log: LogReader) -> AsyncIterator[Verdict]:
    """A verdict for each decision of a run's gate, and for what is found wrong beside."""
    started = next((message for _, message in history.all(RunStarted)), None)
    if started is None:
        return
    try:
        gate = gate_of(history)
    except ValueError as error:
        entry = history.entries[0]
        yield finding(entry.event, "run", "gate_json", "a gate", str(error), "schema")
        return
    for judged in _judged(history, gate):
        verdict = await _verdict(judged, gate, log) if gate is not None else None
        if verdict is not None:
            yield verdict
    async for fault in _withdrawals(history, started, log):
        yield fault
    async for fault in _left_out(history, started, log):
        yield fault


def _judged(history: History, gate: Gated | None) -> Sequence[Judged]:
    lineage = Lineage(gate.config.every if gate else 0)
    found = []
    entries = [entry for entry in history.entries if entry.message is not None]
    for place, entry in enumerate(entries):
        if entry.message is None:
            continue
        lineage.take(entry.message)
        if isinstance(entry.message, UpdateApplied) and lineage.undecided:
            after = [e.message for e in entries[place + 1 :] if e.event.type not in _BESIDE]
            first = after[0] if after else None
            rejected = first if isinstance(first, UpdateRejected) and first.rejected else None
            newest, incumbent = lineage.newest, lineage.incumbent
            found.append(Judged(entry, newest, incumbent, rejected, first is not None))
    return found


async def _verdict(judged: Judged, gate: Gated, log: LogReader) -> Verdict | None:
    rejected = judged.rejected
    if rejected is not None and rejected.cause != WORSE:
        return None  # it was given up before the gate had a say
    found = []
    for name in (judged.candidate, judged.incumbent):
        evaluation = await evaluated(log, gate.evaluation(name))
        if isinstance(evaluation, str):
            if not judged.settled:
                return None  # still to be decided
            wanted = f"an evaluation of {name[:12]}"
            return _finding(judged.entry, "gate decision", "evaluation", wanted, evaluation)
        found.append(evaluation)
    return _compared(judged, tried(found[0], found[1], gate.config))


def _compared(judged: Judged, trial: Trial) -> Verdict | None:
    rejected = judged.rejected
    if not judged.settled:
        return None
    if trial.refused != (rejected is not None):
        got = "turned down" if rejected is not None else "gone on with"
        return _finding(judged.entry, "gate decision", "verdict", str(trial), got)
    told = (trial.candidate.started.evaluation_id, str(trial))
    if rejected is not None and (rejected.evaluation_id, rejected.reason) != told:
        got = f"{rejected.evaluation_id}: {rejected.reason}"
        return _finding(judged.entry, "gate decision", "reason", ": ".join(told), got)
    return Match("gate decision", judged.entry.event.stream, judged.entry.event.revision)


async def evaluated(log: LogReader, evaluation: str) -> Recorded | str:
    """An evaluation that something refers to, or what is wrong with it."""
    try:
        return await recorded(log, evaluation) or f"no evaluation {evaluation}"
    except Exception as error:  # noqa: BLE001 - a forged stream can fail anywhere
        return f"{type(error).__name__}: {error}"


async def _withdrawals(
    history: History, started: RunStarted, log: LogReader
) -> AsyncIterator[Divergence]:
    """A checkpoint is given up without a comparison only where a person put another in service."""
    given_up = [item for item in history.all(UpdateRejected) if item[1].cause == WITHDRAWN]
    by_hand = await _put_by_hand(log, started.run_id) if given_up else set()
    for entry, message in given_up:
        if message.checkpoint not in by_hand:
            wanted = "a checkpoint that somebody put back into service"
            yield _finding(entry, "run", "checkpoint", wanted, message.checkpoint)


async def _put_by_hand(log: LogReader, run_id: str) -> set[str]:
    try:
        service = await read_history(log, SERVICE)
    except StreamNotFoundError:
        return set()
    promoted = {(told.checkpoint, told.by) for _, told in service.all(CheckpointPromoted)}
    back = {(told.checkpoint, told.by) for _, told in service.all(CheckpointRolledBack)}
    return {checkpoint for checkpoint, by in promoted | back if by != run_id}


async def _left_out(
    history: History, started: RunStarted, log: LogReader
) -> AsyncIterator[Divergence]:
    """A game is left out only where its record cannot be learned from."""
    algorithm = ALGORITHMS.get(started.algorithm)
    if not isinstance(algorithm, FromGames):
        return
    for entry, message in history.all(EpisodeRejected):
        reward = algorithm.read_config(started.config_json).reward
        if not await unsound(log, [message.episode], reward):
            wanted = "a game that cannot be learned from"
            yield _finding(entry, "run", "episode", wanted, message.episode.game_id)


def _finding(entry: Entry, kind: Kind, field: str, expected: str, got: str) -> Divergence:
    return finding(entry.event, kind, field, expected, got, "tampering")
