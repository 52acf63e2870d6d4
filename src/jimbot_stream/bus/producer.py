"""The producer for games: numbers a source's events and packs them into records.

The events of one (source, epoch, topic) are numbered 0, 1, 2, … without gaps, and records go
out one at a time per topic, so that a repeated record is recognised by its number and a lost
one by its absence. While a record is under way the next events gather behind it: the busier
the source, the fuller its records.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self
from uuid import NAMESPACE_URL, uuid5

from jimbot_stream.bus import Bus, BusUnavailableError, Place
from jimbot_stream.bus.lane import Lane, Packing
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.contracts import Event, EventBatch
from jimbot_stream.contracts.batch import encode_batch

EVENT_IDS = uuid5(NAMESPACE_URL, "jimbot_stream/bus/event")
SCHEMA_VERSION = 1

logger = logging.getLogger(__name__)


class GameProducer:
    """Sends the events of one source; keep one per source and process.

    Args:
        bus: where to.
        source: name of the source; also the key, so that its events stay in order.
        epoch: incarnation of the source. Whoever starts again without knowing the numbers
            that it used before must choose a higher one.
        clock: tells the time of events that bear none.
        packing: how events are packed into records.
        patience_s: how long an unreachable bus is tried again before the producer gives up.
    """

    def __init__(
        self,
        bus: Bus,
        source: str,
        *,
        epoch: int = 0,
        clock: Clock | None = None,
        packing: Packing | None = None,
        patience_s: float = 120.0,
    ) -> None:
        self.source = source
        self.epoch = epoch
        self._bus = bus
        self._clock = clock or SystemClock()
        self._packing = packing or Packing()
        self._patience_s = patience_s
        self._lanes: dict[str, Lane] = {}

    async def send(self, topic: str, events: Sequence[Event]) -> Sequence[Place]:
        """Number the events and send them; returns where each stands, once acknowledged.

        Events that bear no id, source, schema version or time are given one, in place.

        Raises:
            RecordRefusedError: a record is too large for the bus.
            UnknownTopicError: no such topic.
            ProducerBrokenError: this or an earlier record of the topic was never acknowledged.
        """
        return await asyncio.gather(*self.post(topic, events))

    def post(self, topic: str, events: Sequence[Event]) -> Sequence[asyncio.Future[Place]]:
        """As send, without waiting: one future per event; order is kept per topic."""
        lane = self._lanes.get(topic)
        if lane is None:
            lane = self._lanes[topic] = Lane(
                EventBatch(source=self.source, epoch=self.epoch),
                self._packing,
                partial(self._complete, topic),
                partial(self._deliver, topic),
            )
        return [lane.put(event) for event in events]

    async def flush(self) -> None:
        """Wait until everything posted so far was acknowledged or given up."""
        await asyncio.gather(*(lane.idle() for lane in self._lanes.values()))

    async def close(self) -> None:
        """Flush, then stop; the bus stays open."""
        await self.flush()
        await self._stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an exception nobody waits for what is still queued.
        await (self.close() if kind is None else self._stop())

    async def _stop(self) -> None:
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            await lane.stop()

    def _complete(self, topic: str, event: Event, number: int) -> None:
        """Fill in what the caller left out; all but the time follows from the number."""
        if not event.event_id:
            name = f"{self.source}/{self.epoch}/{topic}/{number}"
            event.event_id = str(uuid5(EVENT_IDS, name))
        event.source = event.source or self.source
        event.schema_version = event.schema_version or SCHEMA_VERSION
        if not event.HasField("timestamp"):
            event.timestamp.FromNanoseconds(self._clock.now_ns())

    async def _deliver(self, topic: str, batch: EventBatch) -> Place:
        """Publish the record, again and again while the bus cannot be reached."""
        value = encode_batch(batch)
        key = self.source.encode()
        begin = self._clock.monotonic()
        pause_s = 0.1
        while True:
            now_ms = self._clock.now_ns() // 1_000_000
            try:
                return await self._bus.publish(topic, value, key=key, timestamp_ms=now_ms)
            except BusUnavailableError as error:
                if self._clock.monotonic() - begin > self._patience_s:
                    raise
                logger.warning("%s: trying again in %.1f s: %s", topic, pause_s, error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 2.0)
