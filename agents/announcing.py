"""What the run's stream holds, told on the bus: the same event gives the same record."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jimbot_stream.bus import Bus, BusUnavailableError
from jimbot_stream.contracts import (
    CheckpointSaved,
    Event,
    EventBatch,
    EventType,
    RunEnded,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import RecordedEvent

CHECKPOINT_SAVED = "CheckpointSaved"
KINDS: dict[str, tuple[str, EventType, Any]] = {
    "RunStarted": ("run_started", EventType.EVENT_TYPE_RUN_STARTED, RunStarted),
    "UpdateApplied": ("update_applied", EventType.EVENT_TYPE_UPDATE_APPLIED, UpdateApplied),
    CHECKPOINT_SAVED: ("checkpoint_saved", EventType.EVENT_TYPE_CHECKPOINT_SAVED, CheckpointSaved),
    "RunEnded": ("run_ended", EventType.EVENT_TYPE_RUN_ENDED, RunEnded),
}
"""Logged type to its place in the envelope."""

_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of the topics that a learner reads and writes, prefix included."""

    episode: str
    checkpoint: str
    training: str


class Announcer:
    """Publishes the events of one run.

    Ids, numbers and times come from the log. Announcing an event again after a crash
    therefore repeats the record, which readers recognise.
    """

    def __init__(self, bus: Bus, topics: Topics, run_id: str) -> None:
        self._bus = bus
        self._topics = topics
        self._run_id = run_id

    async def announce(
        self, events: Sequence[RecordedEvent], history: Sequence[RecordedEvent]
    ) -> None:
        """Publish events of the run's history, in order.

        Raises:
            BusError: the bus cannot take them; announcing them later is safe.
        """
        for event in events:
            earlier = [past for past in history if past.revision < event.revision]
            await self._publish(event, earlier)

    async def _publish(self, event: RecordedEvent, earlier: Sequence[RecordedEvent]) -> None:
        saved = event.type == CHECKPOINT_SAVED
        batch = EventBatch(
            source=f"learner-{self._run_id}",
            epoch=0,
            first_sequence=sum((past.type == CHECKPOINT_SAVED) == saved for past in earlier),
            events=[self._envelope(event)],
        )
        topic = self._topics.checkpoint if saved else self._topics.training
        await self._deliver(topic, encode_batch(batch), event.created_ns // 1_000_000)

    async def _deliver(self, topic: str, value: bytes, timestamp_ms: int) -> None:
        """Publish, again and again while the bus cannot be reached."""
        key = self._run_id.encode()
        for pause_s in _PAUSES_S:
            try:
                await self._bus.publish(topic, value, key=key, timestamp_ms=timestamp_ms)
            except BusUnavailableError as error:
                logger.warning("%s: trying again in %.1f s: %s", topic, pause_s, error)
            else:
                return
            await asyncio.sleep(pause_s)
        await self._bus.publish(topic, value, key=key, timestamp_ms=timestamp_ms)

    def _envelope(self, event: RecordedEvent) -> Event:
        name, kind, message = KINDS[event.type]
        payload: dict[str, Any] = {name: read_event(message, event)}
        envelope = Event(
            event_id=str(event.id),
            correlation_id=self._run_id,
            type=kind,
            source=f"learner-{self._run_id}",
            schema_version=1,
            sequence=event.revision,
            **payload,
        )
        envelope.timestamp.FromNanoseconds(event.created_ns)
        return envelope
