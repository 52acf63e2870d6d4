"""Evaluations in the log: looked up where they stand, played and recorded where they do not."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from jimbot_stream.agents.evaluation.panel import Told, evaluate
from jimbot_stream.agents.evaluation.record import (
    EvaluationError,
    Results,
    facts,
    panel_of,
    player_of,
    results_of,
)
from jimbot_stream.contracts import EvaluationCompleted, EvaluationStarted, GamesEvaluated
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS, read_event
from jimbot_stream.eventlog import EventLog, LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal
from jimbot_stream.eventlog.naming import evaluation_stream

_HELP: Final = (
    ": jimbot-replay verify says what is wrong with it; evaluate with another --panel meanwhile"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An evaluation as the log has it."""

    started: EvaluationStarted
    results: Results
    completed: EvaluationCompleted
    events: tuple[RecordedEvent, ...]
    fresh: bool = False
    """It was played just now."""


async def recorded(log: LogReader, evaluation: str) -> Recorded | None:
    """The evaluation of an id; None where the log holds none.

    Raises:
        EvaluationError: its stream is not whole.
    """
    stream = evaluation_stream(evaluation)
    try:
        events = tuple([event async for event in log.read_stream(stream)])
    except StreamNotFoundError:
        return None
    return _understood(stream, events)


async def every(log: LogReader) -> list[EvaluationStarted | EvaluationCompleted]:
    """Beginnings and ends of all evaluations, in the log's order."""
    kinds = {"EvaluationStarted": EvaluationStarted, "EvaluationCompleted": EvaluationCompleted}
    found = log.read_all(types=list(kinds))
    return [read_event(kinds[event.type], event) async for event in found]


async def play(
    what: EvaluationStarted, blob: Callable[[str], bytes], told: Told = lambda games: None
) -> Results:
    """Play all games of an evaluation, in a thread; nothing is recorded.

    Raises:
        BlobError, CheckpointError: the checkpoint cannot be used.
        RulesDisagreeError: the rules refused what they had listed.
    """
    player = player_of(what, blob)
    return await asyncio.to_thread(evaluate, player, panel_of(what), told)


class Archive:
    """Gives evaluations, each played once."""

    def __init__(self, log: EventLog, blob: Callable[[str], bytes]) -> None:
        """Keep evaluations in the log; blob gives the bytes of a checkpoint."""
        self._log = log
        self._blob = blob

    async def of(self, what: EvaluationStarted, told: Told = lambda games: None) -> Recorded:
        """The evaluation, from the log where it stands there; told hears of games that ended.

        Raises:
            EvaluationError: what stands in the log is not whole, or came out otherwise.
            BlobError, CheckpointError: the checkpoint cannot be used.
            RulesDisagreeError: the rules refused what they had listed.
        """
        found = await recorded(self._log, what.evaluation_id)
        return found or await self._recorded(what, await play(what, self._blob, told))

    async def again(self, what: EvaluationStarted, told: Told = lambda games: None) -> Recorded:
        """The evaluation, played even where it stands in the log, with which it must agree.

        Raises:
            EvaluationError: as ``of``.
        """
        return await self._recorded(what, await play(what, self._blob, told))

    async def _recorded(self, what: EvaluationStarted, results: Results) -> Recorded:
        journal = StreamJournal(self._log, evaluation_stream(what.evaluation_id))
        entries = [_entry(fact, what.evaluation_id) for fact in facts(what, results)]
        with suppress(ConflictError):  # it stands there, perhaps from another machine
            await journal.append(entries)
        found = await recorded(self._log, what.evaluation_id)
        if found is None:
            raise EvaluationError(f"evaluation {what.evaluation_id} was recorded and is gone")
        _refuse_other(found, results)
        return Recorded(found.started, found.results, found.completed, found.events, fresh=True)


def first_difference(expected: Results, got: Results) -> tuple[int, str, str, str] | None:
    """Place, field and both values of the first game that differs; None where all are equal."""
    for place in range(max(len(expected), len(got))):
        if place >= min(len(expected), len(got)):
            return place, "", _there(place, expected), _there(place, got)
        for name in expected.dtype.names or ():
            left, right = expected[name][place], got[name][place]
            if left != right:
                return place, name, f"{left:g}", f"{right:g}"
    return None


def _there(place: int, results: Results) -> str:
    return "a game" if place < len(results) else "none"


def _refuse_other(found: Recorded, results: Results) -> None:
    difference = first_difference(results, found.results)
    if difference is not None:
        place, name, ours, theirs = difference
        raise EvaluationError(
            f"evaluation {found.started.evaluation_id} was recorded otherwise: in game {place},"
            f" {name} was {theirs} and is {ours} now; jimbot-replay verify tells whether the"
            " record or this machine is at fault"
        )


def _understood(stream: str, events: tuple[RecordedEvent, ...]) -> Recorded:
    kinds = [event.type for event in events]
    wanted = ["EvaluationStarted", *["GamesEvaluated"] * (len(kinds) - 2), "EvaluationCompleted"]
    if kinds != wanted:
        raise EvaluationError(f"{stream} is not whole{_HELP}")
    begun = read_event(EvaluationStarted, events[0])
    results = results_of([read_event(GamesEvaluated, event) for event in events[1:-1]])
    if len(results) != begun.games:
        raise EvaluationError(f"{stream} has {len(results)} games, and not {begun.games}{_HELP}")
    return Recorded(begun, results, read_event(EvaluationCompleted, events[-1]), events)


def _entry(fact: Message, evaluation: str) -> Entry:
    kind = fact.DESCRIPTOR.name
    schema = {"producer": "evaluation", "schema": str(SCHEMA_VERSIONS[kind])}
    return Entry(kind, to_json(fact), correlation=evaluation, metadata=schema)
