"""What streams of the log hold, told on the bus: the same event gives the same record."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jimbot_stream import contracts
from jimbot_stream.bus import Bus, BusUnavailableError
from jimbot_stream.contracts import Event, EventBatch, UpdateRejected
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import RecordedEvent

CHECKPOINT_SAVED = "CheckpointSaved"
_CHECKPOINT: Final = (CHECKPOINT_SAVED, "CheckpointPromoted", "CheckpointRolledBack")
_TRAINING: Final = (
    "RunStarted",
    "UpdateApplied",
    "UpdateRejected",
    "EpisodeRejected",
    "PopulationExploited",
    "CurriculumAdvanced",
    "RunEnded",
    "EvaluationStarted",
    "EvaluationCompleted",
    "CheckpointRefused",
)
_FIELDS: Final[dict[str, str]] = {
    field.message_type.name: field.name
    for field in Event.DESCRIPTOR.oneofs_by_name["payload"].fields
    if field.message_type is not None
}
"""Logged type to its place in the envelope."""

PATIENTLY: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses between attempts, in seconds."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of the topics that a learner reads and writes, prefix included."""

    episode: str
    checkpoint: str
    training: str


class Announcer:
    """Publishes the events of one stream.

    Ids, numbers and times come from the log. Announcing an event again after a crash
    therefore repeats the record, which readers recognise. A checkpoint that a gate turned
    down is not announced, and neither are the games of an evaluation.
    """

    def __init__(
        self,
        bus: Bus,
        topics: Topics,
        name: str,
        source: str = "",
        pauses_s: Sequence[float] = PATIENTLY,
    ) -> None:
        """Announce under a name, which is the records' key; of a run unless a source is given."""
        self._bus = bus
        self._topics = topics
        self._name = name
        self._source = source or f"learner-{name}"
        self._pauses_s = pauses_s

    def beside(self, name: str, source: str) -> "Announcer":
        """One for another stream, on the same bus."""
        return Announcer(self._bus, self._topics, name, source, self._pauses_s)

    async def announce(
        self, events: Sequence[RecordedEvent], history: Sequence[RecordedEvent]
    ) -> None:
        """Publish events of the stream's history, in order.

        Raises:
            BusError: the bus cannot take them; announcing them later is safe.
        """
        refused = _refused(history)
        told = [event for event in history if _topic(event) and event.id not in refused]
        wanted = {event.id for event in events}
        for event in told:
            if event.id in wanted:
                earlier = [past for past in told if past.revision < event.revision]
                await self._publish(event, earlier)

    async def _publish(self, event: RecordedEvent, earlier: Sequence[RecordedEvent]) -> None:
        topic = _topic(event)
        batch = EventBatch(
            source=self._source,
            epoch=0,
            first_sequence=sum(_topic(past) == topic for past in earlier),
            events=[self._envelope(event)],
        )
        name = getattr(self._topics, topic)
        await self._deliver(name, encode_batch(batch), event.created_ns // 1_000_000)

    async def _deliver(self, topic: str, value: bytes, timestamp_ms: int) -> None:
        """Publish, again and again while the bus cannot be reached."""
        key = self._name.encode()
        for pause_s in self._pauses_s:
            try:
                await self._bus.publish(topic, value, key=key, timestamp_ms=timestamp_ms)
            except BusUnavailableError as error:
                logger.warning("%s: trying again in %.1f s: %s", topic, pause_s, error)
            else:
                return
            await asyncio.sleep(pause_s)
        await self._bus.publish(topic, value, key=key, timestamp_ms=timestamp_ms)

    def _envelope(self, event: RecordedEvent) -> Event:
        message = getattr(contracts, event.type)
        payload: dict[str, Any] = {_FIELDS[event.type]: read_event(message, event)}
        envelope = Event(
            event_id=str(event.id),
            correlation_id=self._name,
            type=f"EVENT_TYPE_{_FIELDS[event.type].upper()}",
            source=self._source,
            schema_version=1,
            sequence=event.revision,
            **payload,
        )
        envelope.timestamp.FromNanoseconds(event.created_ns)
        return envelope


def _topic(event: RecordedEvent) -> str:
    """Field of ``Topics`` for an event; empty where it stays in the log."""
    if event.type in _CHECKPOINT:
        return "checkpoint"
    return "training" if event.type in _TRAINING else ""


def _refused(history: Sequence[RecordedEvent]) -> set[Any]:
    """Ids of the CheckpointSaved that a gate turned down, each recorded just before it."""
    found = set()
    saved: RecordedEvent | None = None
    for event in history:
        if event.type == CHECKPOINT_SAVED:
            saved = event
        elif event.type == "UpdateRejected" and read_event(UpdateRejected, event).evaluation_id:
            found |= {saved.id} if saved is not None else set()
    return found
