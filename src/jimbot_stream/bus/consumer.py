"""Consumers: the events of topics, one by one, and the replies to one source."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple, Self

from jimbot_stream.bus import Bus, BusUnavailableError, Place, Positions, Reader, Record, Start
from jimbot_stream.contracts import Event
from jimbot_stream.contracts.batch import decode_batch

logger = logging.getLogger(__name__)


class Received(NamedTuple):
    """An event and where it came from."""

    event: Event
    place: Place
    key: bytes | None


def events_of(record: Record) -> list[Received]:
    """The events of a record; none where its bytes are not an EventBatch."""
    try:
        batch = decode_batch(record.value)
    except ValueError as error:
        logger.warning("%s is left out: %s", record.place, error)
        return []
    return [Received(event, record.place, record.key) for event in batch.events]


def _every(_: Record) -> bool:
    return True


class EventConsumer:
    """Yields the events of topics, without a consumer group; belongs to one task.

    It has no group, so nothing is committed: ``positions`` tells where to go on.
    """

    def __init__(self, reader: Reader, wanted: Callable[[Record], bool] = _every) -> None:
        """Read from reader; records that are not wanted are not even decoded."""
        self._reader = reader
        self._wanted = wanted

    @classmethod
    async def open(
        cls,
        bus: Bus,
        topics: Sequence[str],
        start: Start | Positions = Start.END,
        *,
        key: bytes | None = None,
    ) -> Self:
        """Stand at the end of topics, at their beginning, or where positions say.

        Args:
            bus: where from.
            topics: names of topics, with their prefix.
            start: where to begin.
            key: only records of this key.
        """
        reader = await bus.open_reader(topics, start)
        return cls(reader, _every if key is None else lambda record: record.key == key)

    async def take(self, timeout_s: float) -> list[Received]:
        """The next events; none when timeout_s passed, or when the bus cannot be reached."""
        try:
            records = await self._reader.take(timeout_s)
        except BusUnavailableError as error:
            logger.warning("reading again: %s", error)
            return []
        wanted = filter(self._wanted, records)
        return [received for record in wanted for received in events_of(record)]

    async def __aiter__(self) -> AsyncIterator[Received]:
        while True:
            for received in await self.take(timeout_s=1.0):
                yield received

    def positions(self) -> Positions:
        """Where to go on, for a consumer that is opened later."""
        return self._reader.positions()

    async def close(self) -> None:
        """Release connections; idempotent."""
        await self._reader.close()


class ReplyConsumer(EventConsumer):
    """Yields the replies to one source: open it before the first request is sent."""

    @classmethod
    async def of(
        cls,
        bus: Bus,
        topic: str,
        source: str,
        start: Start | Positions = Start.END,
    ) -> Self:
        """Stand at the end of the reply topic, and listen for what is addressed to source."""
        return await cls.open(bus, [topic], start, key=source.encode())

    async def take(self, timeout_s: float) -> list[Received]:
        """The next replies; none when timeout_s passed."""
        received = await super().take(timeout_s)
        return [item for item in received if item.event.WhichOneof("payload") == "decision_reply"]
