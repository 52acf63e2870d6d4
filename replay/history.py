"""From a log to typed histories: one stream at a time, upcast, every fault located."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson
from google.protobuf.message import Message

from jimbot_stream.contracts.upcast import UnknownSchemaError, read_logged
from jimbot_stream.contracts.v1.audit_pb2 import SealCreated
from jimbot_stream.contracts.v1.decision_pb2 import DecisionMade
from jimbot_stream.contracts.v1.evaluation_pb2 import (
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
    EvaluationCompleted,
    EvaluationStarted,
    GamesEvaluated,
)
from jimbot_stream.contracts.v1.game_pb2 import (
    ActionApplied,
    GameEnded,
    GameStarted,
    StateObserved,
)
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    CheckpointsPruned,
    CurriculumAdvanced,
    EpisodeRejected,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.replay.verdict import Cause, Divergence, Kind

GAME_PREFIX = "game-"
RUN_PREFIX = "trainingRun-"
CHECKPOINT_PREFIX = "checkpoint-"
EVALUATION_PREFIX = "evaluation-"
SERVICE_PREFIX = "service-"
AUDIT_PREFIX = "audit-"


MESSAGES: Mapping[str, Sequence[type[Message]]] = {
    GAME_PREFIX: (GameStarted, StateObserved, DecisionMade, ActionApplied, GameEnded),
    RUN_PREFIX: (
        RunStarted,
        UpdateApplied,
        CheckpointSaved,
        CurriculumAdvanced,
        PopulationExploited,
        UpdateRejected,
        EpisodeRejected,
        CheckpointsPruned,
        RunEnded,
    ),
    CHECKPOINT_PREFIX: (CheckpointSaved,),
    EVALUATION_PREFIX: (EvaluationStarted, GamesEvaluated, EvaluationCompleted),
    SERVICE_PREFIX: (CheckpointPromoted, CheckpointRefused, CheckpointRolledBack),
    AUDIT_PREFIX: (SealCreated,),
}
"""Every type of event that a stream of a category may hold."""

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded event and what it says."""

    event: RecordedEvent
    metadata: Mapping[str, str]
    message: Message | None
    """None when the event cannot be understood; ``fault`` then says why."""
    fault: Divergence | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One stream, read and understood."""

    stream: str
    entries: Sequence[Entry]

    @property
    def name(self) -> str:
        """What the stream is about: the text after the category's dash."""
        return self.stream.partition("-")[2]

    def at(self, revision: int) -> Entry | None:
        """The entry of a revision; None when the stream holds none."""
        if 0 <= revision < len(self.entries):  # the place it has in an unbroken stream
            entry = self.entries[revision]
            if entry.event.revision == revision:
                return entry
        return next((e for e in self.entries if e.event.revision == revision), None)

    def all(self, kind: type[M]) -> Iterator[tuple[Entry, M]]:
        """Entries of one type that could be understood, in order."""
        for entry in self.entries:
            if isinstance(entry.message, kind):
                yield entry, entry.message


async def read_history(log: LogReader, stream: str) -> History:
    """Read one stream.

    Raises:
        StreamNotFoundError: no such stream.
        LogUnavailableError: no answer.
    """
    return History(stream, [understand(event) async for event in log.read_stream(stream)])


def understand(event: RecordedEvent) -> Entry:
    """The message of an event, or the fault that hides it."""
    try:
        metadata = read_metadata(event.metadata)
    except ValueError as error:
        fault = _fault(event, "metadata", "a flat JSON object of strings", str(error))
        return Entry(event, {}, None, fault)
    cls = _message_of(event)
    if cls is None:
        fault = _fault(event, "type", "a type that belongs into this stream", event.type)
        return Entry(event, metadata, None, fault)
    try:
        version = int(metadata.get("schema", "1"))
        return Entry(event, metadata, read_logged(cls, version, event.data))
    except UnknownSchemaError as error:
        return Entry(event, metadata, None, _fault(event, "schema", "a known schema", str(error)))
    except ValueError as error:
        return Entry(event, metadata, None, _fault(event, "data", cls.DESCRIPTOR.name, str(error)))


def _message_of(event: RecordedEvent) -> type[Message] | None:
    category = event.stream.partition("-")[0] + "-"
    known = MESSAGES.get(category, ())
    return next((message for message in known if message.DESCRIPTOR.name == event.type), None)


def read_metadata(content: bytes) -> dict[str, str]:
    """The metadata of an event.

    Raises:
        ValueError: it is not a flat JSON object of strings.
    """
    fields = orjson.loads(content)
    if not isinstance(fields, dict):
        raise ValueError(f"a {type(fields).__name__}")  # noqa: TRY004 - malformed input
    for key, value in fields.items():
        if not isinstance(value, str):
            raise ValueError(f"{key} is a {type(value).__name__}")  # noqa: TRY004
    return fields


def _fault(event: RecordedEvent, field: str, expected: str, got: str) -> Divergence:
    return finding(event, "event", field, expected, got, "schema")


def finding(
    event: RecordedEvent,
    kind: Kind,
    field: str,
    expected: str,
    got: str,
    cause: Cause,
    why: str = "",
) -> Divergence:
    """A divergence at an event."""
    return Divergence(
        kind, event.stream, event.revision, field, expected, got, cause, why, event.position
    )
