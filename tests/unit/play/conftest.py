"""A bus in memory and a decider on it that answers with legal actions of a seeded choice."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.bus.consumer import EventConsumer, ReplyConsumer
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import DecisionReply, DecisionRequest, Event, EventType
from jimbot_stream.play.desk import Desk
from jimbot_stream.play.tally import Tally
from jimbot_stream.streams import topics


@dataclass
class FakeWorker:
    """Answers requests on the bus; a test may spoil or swallow single replies."""

    bus: MemoryBus
    spoil: Callable[[DecisionReply], list[DecisionReply]] = lambda reply: [reply]
    requests: list[str] = field(default_factory=list)

    def answer(self, event: Event) -> list[DecisionReply]:
        request = event.decision_request
        self.requests.append(request.request_id)
        return self.spoil(
            DecisionReply(
                request_id=request.request_id,
                action=wire.action_message(self.choose(request)),
                decision=f"{event.sequence}@game-{event.game_id}",
                checkpoint=request.checkpoint,
            )
        )

    @staticmethod
    def choose(request: DecisionRequest) -> int:
        """A legal action, in canonical form, that depends on request id and checkpoint alone."""
        _, _, mask, listed = wire.encode(request.state)
        text = f"{request.request_id}|{request.checkpoint}".encode()
        number = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
        legal = listed[mask]
        return int(legal[number % len(legal)])

    async def serve(self) -> None:
        requests = await EventConsumer.open(self.bus, [topics.DECISION_REQUEST.name])
        producers: dict[str, GameProducer] = {}
        while True:
            for event, _, key in await requests.take(timeout_s=1.0):
                source = (key or b"").decode()
                producer = producers.setdefault(source, GameProducer(self.bus, source))
                for reply in self.answer(event):
                    out = Event(type=EventType.EVENT_TYPE_DECISION_REPLY, decision_reply=reply)
                    producer.post(topics.DECISION_RESPONSE.name, [out])


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({topic.name: 2 for topic in topics.TOPICS})


@pytest.fixture
async def worker(bus: MemoryBus) -> AsyncIterator[FakeWorker]:
    fake = FakeWorker(bus)
    task = asyncio.create_task(fake.serve())
    await asyncio.sleep(0)
    yield fake
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def open_desk(bus: MemoryBus) -> AsyncIterator[Callable[..., object]]:
    """Opens desks that serve until the test ends; ``serving`` holds their tasks."""
    desks: list[tuple[Desk, asyncio.Task[None]]] = []

    async def opened(source: str = "table-0", **options: Any) -> tuple[Desk, asyncio.Task[None]]:
        replies = await ReplyConsumer.of(bus, topics.DECISION_RESPONSE.name, source)
        desk = Desk(GameProducer(bus, source, epoch=1), replies, SystemClock(), **options)
        desks.append((desk, asyncio.create_task(desk.serve())))
        return desks[-1]

    yield opened
    for desk, task in desks:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.close()


@pytest.fixture
def tally() -> Tally:
    return Tally(games_planned=10)
