import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from jimbot_stream.agents.announcing import Topics
from jimbot_stream.agents.telling import tell
from jimbot_stream.balatro import engine, wire
from jimbot_stream.bus import Bus, Start
from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.config import Settings
from jimbot_stream.contracts import (
    ActionApplied,
    CheckpointPromoted,
    DecisionReply,
    DecisionRequest,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    RecordRejected,
    StateObserved,
)
from jimbot_stream.decision import Evaluation, Observation, Policy
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from jimbot_stream.streams import topics
from jimbot_stream.streams.declaring import declare_topics
from jimbot_stream.streams.service import Service
from jimbot_stream.streams.wiring import install
from jimbot_stream.worker import App

RUN_SEED = 11


class HashedPolicy:
    """A policy whose logits are random numbers of its checkpoint and the observation."""

    compute_class = "test"

    def __init__(self, data: bytes) -> None:
        self.checkpoint = hashlib.sha256(data).hexdigest()

    def evaluate(self, observation: Observation) -> Evaluation:
        seen = hashlib.sha256(observation.features.tobytes() + self.checkpoint.encode())
        generator = np.random.Generator(np.random.Philox(key=int(seen.hexdigest()[:16], 16)))
        return Evaluation(generator.standard_normal(wire.CAPACITY, dtype=np.float32), value=0.5)


class SharedLog:
    """A log that stays open when a worker closes it, so that the test can go on reading."""

    def __init__(self, log: EmbeddedLog) -> None:
        self._log = log

    async def __aenter__(self) -> EmbeddedLog:
        return self._log

    async def __aexit__(self, *_: object) -> None:
        return None


class TestNeighbours:
    """A broker and a log that the test already runs."""

    __test__ = False

    def __init__(self, log: EmbeddedLog) -> None:
        self._log = log

    def start(self, settings: Settings) -> None:
        """Everything runs already."""

    def log(self, settings: Settings) -> Any:
        return SharedLog(self._log)

    def bus(self, settings: Settings) -> Bus:
        return KafkaBus(settings.broker)

    def load_policy(self, data: bytes) -> Policy:
        return HashedPolicy(data)

    def untrained(self, seed: int) -> bytes:
        return f"untrained {seed}".encode()


class World:
    """A broker, a log, a worker that can be started and stopped, and a player beside them."""

    def __init__(self, settings: Settings, log: EmbeddedLog, bus: KafkaBus) -> None:
        self.settings = settings
        self.log = log
        self.bus = bus
        self.blobs = BlobStore(settings.blobs)
        self.failures: list[BaseException] = []
        self.replies: dict[str, list[DecisionReply]] = {}
        self.rejected: list[RecordRejected] = []
        self.closed: list[Any] = []
        self._producers: dict[str, GameProducer] = {}

    @asynccontextmanager
    async def worker(self, name: str = "worker-0") -> AsyncIterator[Service]:
        """A worker that takes records while the context lasts."""
        app = App(replace(self.settings, worker=name))
        service = Service(app, TestNeighbours(self.log), fatal=self.failures.append)
        install(service)
        app.finalize()
        async with app:
            await self.until(lambda: app.tables.recovery.completed.is_set() and service.ready)
            yield service

    async def listen(self) -> None:
        """Collect what workers publish."""
        names = [
            spec.name for spec in (topics.DECISION_RESPONSE, topics.DEAD_LETTER, topics.EPISODE)
        ]
        consumer = await EventConsumer.open(self.bus, names, Start.BEGINNING)
        try:
            async for received in consumer:
                event = received.event
                if event.HasField("decision_reply"):
                    reply = event.decision_reply
                    self.replies.setdefault(reply.request_id, []).append(reply)
                elif event.HasField("record_rejected"):
                    self.rejected.append(event.record_rejected)
                else:
                    self.closed.append(event.episode_closed)
        finally:
            await consumer.close()

    async def until(self, true: Callable[[], Any], timeout_s: float = 20.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not true():
            assert not self.failures, self.failures
            assert time.monotonic() < deadline, "it did not come true"
            await asyncio.sleep(0.02)

    async def send(self, topic: topics.TopicSpec, *events: Event, source: str = "p1") -> None:
        producer = self._producers.setdefault(source, GameProducer(self.bus, source))
        await producer.send(topic.name, events)

    async def promote(self, checkpoint: str) -> None:
        """Put a checkpoint into service and announce it, as learners do."""
        service = await InService.open(self.log)
        what = CheckpointPromoted(checkpoint=checkpoint)
        await self.announce(service, await service.promote(what))

    async def announce(self, service: InService, events: Sequence[RecordedEvent]) -> None:
        """Tell workers of changes of what is in service."""
        names = Topics(topics.EPISODE.name, topics.CHECKPOINT.name, topics.TRAINING.name)
        assert await tell(self.bus, names, events, service)

    async def send_bytes(self, topic: topics.TopicSpec, value: bytes, key: str = "p1") -> None:
        await self.bus.publish(topic.name, value, key=key.encode(), timestamp_ms=0)

    async def ask(self, request: Event, source: str = "p1") -> DecisionReply:
        """Send a request and wait for its answer."""
        name = request.decision_request.request_id
        seen = len(self.replies.get(name, ()))
        await self.send(topics.DECISION_REQUEST, request, source=source)
        await self.until(lambda: len(self.replies.get(name, ())) > seen)
        return self.replies[name][-1]

    async def stream(self, game: str) -> list[RecordedEvent]:
        return [event async for event in self.log.read_stream(f"game-{game}")]

    async def row(self, service: Service, game: str) -> dict[str, Any]:
        row = service.tables.episodes.get(game.encode())
        return orjson.loads(row) if row else {}


class Player:
    """Plays one thin game, event by event, as the test wants it."""

    def __init__(self, game: str, number: int = 0) -> None:
        self.game = game
        self.run = engine.new_run(engine.seed_of(RUN_SEED, number), win_ante=3)
        self.sequence = 0
        self.decisions = 0

    def started(self) -> Event:
        started = GameStarted(
            seed=self.run.seed, deck="b_red", stake=1, win_ante=3, run_seed=RUN_SEED
        )
        return self._event(EventType.EVENT_TYPE_GAME_STARTED, game_started=started, first=True)

    def request(self, *, checkpoint: str = "") -> Event:
        request = DecisionRequest(
            request_id=f"{self.game}:{self.decisions}",
            state=wire.state_message(self.run),
            checkpoint=checkpoint,
            decision_number=self.decisions,
            run_seed=RUN_SEED,
        )
        self.decisions += 1
        return self._event(EventType.EVENT_TYPE_DECISION_REQUEST, decision_request=request)

    def applied(self, reply: DecisionReply) -> Event:
        state_sequence = self.sequence
        wire.step_message(self.run, reply.action)
        applied = ActionApplied(
            state_sequence=state_sequence, action=reply.action, request_id=reply.request_id
        )
        return self._event(EventType.EVENT_TYPE_ACTION_APPLIED, action_applied=applied)

    def observed(self) -> Event:
        observed = StateObserved(state=wire.state_message(self.run))
        return self._event(EventType.EVENT_TYPE_STATE_OBSERVED, state_observed=observed)

    def ended(self) -> Event:
        state = wire.state_message(self.run)
        ended = GameEnded(ante=state.ante, round=state.round, reason="lost")
        return self._event(EventType.EVENT_TYPE_GAME_ENDED, game_ended=ended)

    def _event(self, kind: EventType, *, first: bool = False, **payload: Any) -> Event:
        self.sequence += not first
        return Event(type=kind, game_id=self.game, sequence=self.sequence, **payload)


async def play(world: World, player: Player, source: str = "p1") -> list[DecisionReply]:
    """Play a game to its end."""
    replies = []
    await world.send(topics.GAME_LIFECYCLE, player.started(), source=source)
    while not player.run.over:
        replies.append(await world.ask(player.request(), source))
        await world.send(topics.GAME_STATE, player.applied(replies[-1]), source=source)
    await world.send(topics.GAME_STATE, player.observed(), source=source)
    await world.send(topics.GAME_LIFECYCLE, player.ended(), source=source)
    return replies


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with (
        Broker(tmp_path / "broker.sqlite", durability="normal") as broker,
        EmbeddedLog(tmp_path / "events.sqlite") as log,
    ):
        settings = Settings(
            broker=f"kafka://{broker.address}", data=tmp_path, partitions=2, web_port=0
        )
        bus = KafkaBus(settings.broker)
        made = World(settings, log, bus)
        await declare_topics(settings, topics.TOPICS)
        listening = asyncio.create_task(made.listen())
        yield made
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        for producer in made._producers.values():
            await producer.close()
        await bus.close()


@pytest.fixture
def play_game(world: World) -> Callable[..., Awaitable[list[DecisionReply]]]:
    async def run(player: Player, source: str = "p1") -> list[DecisionReply]:
        return await play(world, player, source)

    return run


@pytest.fixture
def make_player() -> type[Player]:
    return Player
