"""A bus in memory, and one that fails on demand."""

import pytest

from jimbot_stream.bus import Bus, BusError, Place, Positions, Reader, Start
from jimbot_stream.bus.memory import MemoryBus

TOPICS = {"game.state": 2, "game.lifecycle": 2, "learning.decision.response": 2}


class FlakyBus:
    """A bus in memory whose next publications fail, before or after they are stored."""

    def __init__(self, inner: Bus) -> None:
        self.inner = inner
        self.before: list[BusError] = []
        self.after: list[BusError] = []

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        if self.before:
            raise self.before.pop(0)
        place = await self.inner.publish(topic, value, key=key, timestamp_ms=timestamp_ms)
        if self.after:
            raise self.after.pop(0)
        return place

    async def open_reader(self, topics: list[str], start: Start | Positions) -> Reader:
        return await self.inner.open_reader(topics, start)

    async def close(self) -> None:
        await self.inner.close()


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus(TOPICS)


@pytest.fixture
def flaky(bus: MemoryBus) -> FlakyBus:
    return FlakyBus(bus)
