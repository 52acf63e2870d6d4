"""A bus inside one process, for tests and for programs that need no second process."""

import asyncio
import zlib
from collections.abc import Mapping, Sequence

from jimbot_stream.bus import (
    Place,
    Positions,
    Record,
    RecordRefusedError,
    Start,
    UnknownTopicError,
)

Partition = tuple[str, int]


class MemoryBus:
    """Keeps every record in memory; topics must be named up front, as on the real bus."""

    def __init__(self, topics: Mapping[str, int], *, max_record_bytes: int = 1_000_000) -> None:
        """Declare topics with their numbers of partitions."""
        self._topics = dict(topics)
        self._max_record_bytes = max_record_bytes
        self._records: dict[Partition, list[Record]] = {
            (topic, number): [] for topic, count in topics.items() for number in range(count)
        }
        self._news = asyncio.Condition()

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        """Append a record to the partition of its key."""
        partition = zlib.crc32(key) % self._count(topic)
        if len(value) > self._max_record_bytes:
            raise RecordRefusedError(f"{len(value)} bytes, at most {self._max_record_bytes}")
        log = self._records[topic, partition]
        place = Place(topic, partition, len(log))
        async with self._news:
            log.append(Record(place, key, value, timestamp_ms))
            self._news.notify_all()
        return place

    async def open_reader(self, topics: Sequence[str], start: Start | Positions) -> "MemoryReader":
        """A reader over all partitions of topics."""
        partitions = [(topic, n) for topic in topics for n in range(self._count(topic))]
        if start is Start.END:
            return MemoryReader(self, {p: len(self._records[p]) for p in partitions})
        given = start if isinstance(start, Mapping) else {}
        return MemoryReader(self, {p: given.get(p, 0) for p in partitions})

    async def close(self) -> None:
        """Nothing to release."""

    def _count(self, topic: str) -> int:
        try:
            return self._topics[topic]
        except KeyError:
            raise UnknownTopicError(topic) from None

    def since(self, positions: Positions) -> list[Record]:
        """Every record at or after the positions."""
        return [record for p, at in positions.items() for record in self._records[p][at:]]

    async def news(self, positions: Positions) -> list[Record]:
        """Every record at or after the positions, once there is one."""
        async with self._news:
            await self._news.wait_for(lambda: self.since(positions))
            return self.since(positions)


class MemoryReader:
    """A place in some topics of a MemoryBus."""

    def __init__(self, bus: MemoryBus, positions: Positions) -> None:
        """Begin at positions, which name every partition to read."""
        self._bus = bus
        self._positions = dict(positions)

    async def take(self, timeout_s: float) -> Sequence[Record]:
        """The next records; none when timeout_s passed."""
        try:
            records = await asyncio.wait_for(self._bus.news(self._positions), timeout_s)
        except TimeoutError:
            return ()
        for record in records:
            place = record.place
            self._positions[place.topic, place.partition] = place.offset + 1
        return records

    def positions(self) -> Positions:
        """Where the next take begins."""
        return dict(self._positions)

    async def close(self) -> None:
        """Nothing to release."""
