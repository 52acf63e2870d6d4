"""One contract over every event log: the embedded one, and each client at its door.

``KURRENTDB_URI`` adds a real server (marker ``services``): a KurrentDB or EventStoreDB
node whose contents do not matter.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Appended,
    EventLogError,
    Expected,
    LogUnavailableError,
    NewEvent,
    RecordedEvent,
)
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.eventstoredb import EventStoreDBLog
from jimbot_stream.eventlog.kurrent import KurrentLog
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.server import Door

KINDS: list[Any] = ["embedded", "kurrent", "eventstoredb"]
if "KURRENTDB_URI" in os.environ:
    KINDS.append(pytest.param("server", marks=pytest.mark.services))


class House:
    """A log in its surroundings, so that a test can restart it and move its clock."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.clock = FrozenClock()
        self.run = os.urandom(4).hex()
        self._folder = folder
        self._stack = AsyncExitStack()
        self._port = 0
        self.log: Any
        """An EventLog; its iterators are generators, which tests may close."""

    async def open(self) -> None:
        if self.kind == "server":
            server = KurrentLog(os.environ["KURRENTDB_URI"])
            self.log = await self._stack.enter_async_context(server)
            return
        path = self._folder / "events.sqlite"
        embedded = await self._stack.enter_async_context(EmbeddedLog(path, self.clock))
        if self.kind == "embedded":
            self.log = embedded
            return
        door = await self._stack.enter_async_context(Door(embedded, port=self._port))
        self._port = door.port
        client = KurrentLog if self.kind == "kurrent" else EventStoreDBLog
        self.log = await self._stack.enter_async_context(client(door.uri))

    async def close(self) -> None:
        await self._stack.aclose()

    async def restart(self) -> None:
        if self.kind == "server":
            pytest.skip("restarting a real server is not ours to do")
        await self.close()
        await self.open()

    def stream(self, name: str = "1", category: str = "game") -> str:
        return f"{category}{self.run}-{name}"

    @property
    def prefix(self) -> str:
        return f"game{self.run}-"

    @staticmethod
    def event(n: int, stream: str, kind: str = "DecisionMade") -> NewEvent:
        data = b'{"n":%d}' % n
        return NewEvent(event_id(stream, kind, str(n), data), kind, data, b'{"schema":"1"}')

    def events(self, count: int, stream: str, start: int = 0) -> list[NewEvent]:
        return [self.event(n, stream) for n in range(start, start + count)]

    async def fill(self, stream: str, count: int) -> list[NewEvent]:
        """Create the stream with so many events."""
        written = self.events(count, stream)
        await self.log.append(stream, written, Expected.NO_STREAM)
        return written

    async def write_on(self, stream: str, start: int, count: int) -> None:
        """Append one by one, each at the exact version."""
        for n in range(start, start + count):
            await self.log.append(stream, [self.event(n, stream)], n - 1)

    @staticmethod
    async def listed(found: AsyncIterator[RecordedEvent]) -> list[RecordedEvent]:
        return [each async for each in found]

    @staticmethod
    async def revisions(found: AsyncIterator[RecordedEvent]) -> list[int]:
        return [each.revision async for each in found]

    @staticmethod
    async def take(found: AsyncIterator[RecordedEvent], count: int) -> list[RecordedEvent]:
        """So many events of a subscription; the test fails when they do not come."""
        taken: list[RecordedEvent] = []
        async with asyncio.timeout(10):
            while len(taken) < count:
                taken.append(await anext(found))
        return taken

    @staticmethod
    async def refused(call: Awaitable[object], kind: type[EventLogError] = EventLogError) -> str:
        """Why the call was refused; the test fails when it is not, or for another reason."""
        with pytest.raises(kind) as caught:
            await call
        return str(caught.value)

    @staticmethod
    async def eventually(append: Callable[[], Awaitable[Appended]]) -> int:
        """Repeat the identical append while the log does not answer."""
        async with asyncio.timeout(20):
            while True:
                try:
                    return (await append()).revision
                except LogUnavailableError:
                    await asyncio.sleep(0.1)


@pytest.fixture(params=KINDS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    made = House(request.param, tmp_path)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def deletes(house: House) -> None:
    if house.kind == "eventstoredb":
        pytest.skip("the eventstoredb package cannot delete")


@pytest.fixture
def embedded_clock(house: House) -> FrozenClock:
    if house.kind == "server":
        pytest.skip("a real server has its own clock")
    return house.clock
