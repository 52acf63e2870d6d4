"""What the worker publishes: replies, closed episodes, dead letters."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from jimbot_stream.bus import Bus, BusUnavailableError, Place, UnknownTopicError
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import (
    DecisionReply,
    EpisodeClosed,
    Event,
    EventBatch,
    EventType,
    RecordRejected,
)
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.topics import DEAD_LETTER, DECISION_RESPONSE, EPISODE, TopicSpec

SCHEMA_VERSION: Final = 1
MAX_VALUE_BYTES: Final = 900_000
"""What a dead letter keeps of a record's value; the bus takes 1,000,000 bytes in all."""
MAX_KEY_BYTES: Final = 1024
"""What it keeps of the key, which it bears twice."""
MAX_DETAIL: Final = 4096

logger = logging.getLogger(__name__)


class BusGoneError(Exception):
    """The bus did not answer for so long that the worker must stop."""


class Outbox:
    """Publishes events, again and again while the bus does not answer.

    Args:
        bus: where to.
        prefix: text before every topic's name.
        worker: who publishes.
        clock: for the events' times, which nothing recorded depends on.
        metrics: what is counted.
        patience_s: how long a bus that does not answer is tried again.
    """

    def __init__(
        self,
        bus: Bus,
        prefix: str,
        worker: str,
        clock: Clock,
        metrics: Metrics,
        *,
        patience_s: float = 120.0,
    ) -> None:
        self._bus = bus
        self._prefix = prefix
        self._worker = worker
        self._clock = clock
        self._metrics = metrics
        self._patience_s = patience_s
        self._epoch = clock.now_ns()
        self._numbers: dict[str, int] = {}

    async def reply(self, asker: str, replies: Sequence[tuple[Event, DecisionReply]]) -> None:
        """Answer requests of one source, in one record."""
        self._metrics.count("replies", len(replies))
        self._metrics.count("reply_errors", sum(bool(reply.error) for _, reply in replies))
        events = [self._reply_event(request, reply) for request, reply in replies]
        await self._publish(DECISION_RESPONSE, asker, events)

    async def close_episode(self, closed: EpisodeClosed) -> None:
        """Announce that every event of a game is in the log."""
        self._metrics.count("episodes_closed")
        event = self._event(EventType.EVENT_TYPE_EPISODE_CLOSED, closed.game_id)
        event.game_id = closed.game_id
        event.sequence = closed.last_revision
        event.episode_closed.CopyFrom(closed)
        await self._publish(EPISODE, closed.game_id, [event])

    async def reject(
        self, place: Place, index: int, key: bytes, value: bytes, reason: Rejected
    ) -> None:
        """Put what could not be used where a person can find it, and send it again."""
        self._metrics.count("dead_letters")
        logger.warning("%s/%d rejected: %s", place, index, reason)
        detail = reason.detail[:MAX_DETAIL]
        key = key[:MAX_KEY_BYTES]
        if len(value) > MAX_VALUE_BYTES:
            detail += f" (of {len(value)} bytes, the first {MAX_VALUE_BYTES} are kept)"
        event = self._event(EventType.EVENT_TYPE_RECORD_REJECTED, f"{place}/{index}")
        event.record_rejected.CopyFrom(
            RecordRejected(
                reason=reason.reason,
                field=reason.field[:MAX_DETAIL],
                detail=detail,
                topic=place.topic,
                partition=place.partition,
                offset=place.offset,
                event_index=index,
                key=key,
                value=value[:MAX_VALUE_BYTES],
            )
        )
        await self._publish(DEAD_LETTER, key.decode("utf-8", "replace") or self._worker, [event])

    def _reply_event(self, request: Event, reply: DecisionReply) -> Event:
        event = self._event(EventType.EVENT_TYPE_DECISION_REPLY, reply.request_id)
        event.causation_id = request.event_id
        event.game_id = request.game_id
        event.sequence = request.sequence
        event.decision_reply.CopyFrom(reply)
        return event

    def _event(self, kind: EventType, correlation: str) -> Event:
        event = Event(
            correlation_id=correlation,
            type=kind,
            source=self._worker,
            schema_version=SCHEMA_VERSION,
        )
        event.timestamp.FromNanoseconds(self._clock.now_ns())
        return event

    async def _publish(self, topic: TopicSpec, key: str, events: Sequence[Event]) -> None:
        first = self._numbers.get(topic.name, 0)
        self._numbers[topic.name] = first + len(events)
        for event in events:
            about = event.WhichOneof("payload") or ""
            data = getattr(event, about).SerializeToString(deterministic=True)
            event.event_id = str(event_id(topic.name, about, event.correlation_id, data))
        batch = EventBatch(
            source=self._worker, epoch=self._epoch, first_sequence=first, events=events
        )
        value = encode_batch(batch)
        name = self._prefix + topic.name
        now_ms = self._clock.now_ns() // 1_000_000
        await self._patiently(
            lambda: self._bus.publish(name, value, key=key.encode(), timestamp_ms=now_ms)
        )

    async def _patiently(self, send: Callable[[], Awaitable[Place]]) -> None:
        began, pause_s = self._clock.monotonic(), 0.1
        while True:
            try:
                await send()
            except (BusUnavailableError, UnknownTopicError) as error:
                # All topics were declared at the start: one that is unknown is away, too.
                if self._clock.monotonic() - began > self._patience_s:
                    raise BusGoneError(str(error)) from error
                logger.warning("bus: trying again in %.1f s: %s", pause_s, error)
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 2.0)
