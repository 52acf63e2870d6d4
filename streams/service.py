"""Everything a worker is made of, put together in one place."""

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from jimbot_stream.balatro import RULES_VERSION, engine, wire
from jimbot_stream.bus import Bus, Start
from jimbot_stream.bus.broker.process import ensure_broker
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import Settings
from jimbot_stream.decision import Policy
from jimbot_stream.decision.ladder import Ladder
from jimbot_stream.decision.record import observe
from jimbot_stream.eventlog.opening import OpenableLog, ensure_store, open_log
from jimbot_stream.promotion import InService
from jimbot_stream.streams.checkpoints import CheckpointListener, record_untrained
from jimbot_stream.streams.consuming import Consuming
from jimbot_stream.streams.deciding import Decider
from jimbot_stream.streams.declaring import declare_topics
from jimbot_stream.streams.games import Games
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.outbox import Outbox
from jimbot_stream.streams.policies import Policies
from jimbot_stream.streams.reconciling import Reconciler
from jimbot_stream.streams.records import RecordDesk
from jimbot_stream.streams.tables import Tables, declare
from jimbot_stream.streams.topics import CHECKPOINT, TOPICS, TopicSpec
from jimbot_stream.worker import App

UNTRAINED_SEED = 0
"""Seed of the checkpoint that decides when nothing has been learned yet."""

logger = logging.getLogger(__name__)


class Neighbours(Protocol):
    """What a worker takes from outside; tests give their own."""

    def start(self, settings: Settings) -> None:
        """Start what the settings leave to us and nobody has started; may block."""
        ...

    def log(self, settings: Settings) -> OpenableLog:
        """The event log, not yet open."""
        ...

    def bus(self, settings: Settings) -> Bus:
        """The bus for what the worker publishes."""
        ...

    def load_policy(self, data: bytes) -> Policy:
        """A policy from the bytes of its checkpoint."""
        ...

    def untrained(self, seed: int) -> bytes:
        """The bytes of an untrained checkpoint."""
        ...


class RealNeighbours:
    """The neighbours that the settings name."""

    def start(self, settings: Settings) -> None:
        """Start the embedded broker and store where nobody listens; they end with us."""
        ensure_broker(settings, parent=os.getpid())
        ensure_store(settings)

    def log(self, settings: Settings) -> OpenableLog:
        """The event log, not yet open."""
        return open_log(settings)

    def bus(self, settings: Settings) -> Bus:
        """The bus for what the worker publishes."""
        return KafkaBus(settings.broker)

    def load_policy(self, data: bytes) -> Policy:
        """A policy; RLlib is imported with the first one."""
        from jimbot_stream.agents.policy import load_policy

        return load_policy(data)

    def untrained(self, seed: int) -> bytes:
        """The bytes of an untrained checkpoint."""
        from jimbot_stream.agents.checkpoint import untrained

        return untrained(seed)


@dataclass(slots=True)
class _Parts:
    """What exists only while the worker runs."""

    consuming: Consuming
    policies: Policies
    stack: AsyncExitStack
    listening: asyncio.Task[None]


class Service:
    """A worker's parts; opened before Faust starts, closed after it has stopped.

    Args:
        app: the Faust application.
        neighbours: where log, bus and policies come from.
        clock: the time of everything.
        fatal: called when the worker must stop; by default it ends the process.
    """

    def __init__(
        self,
        app: App,
        neighbours: Neighbours | None = None,
        clock: Clock | None = None,
        fatal: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.app = app
        self.metrics = Metrics()
        self.tables: Tables = declare(app)
        self._settings = app.settings
        self._neighbours = neighbours or RealNeighbours()
        self._clock = clock or SystemClock()
        self._fatal = fatal or app.stop_loudly
        self._parts: _Parts | None = None
        app.opening.append(self.open)
        app.closing.append(self.close)

    @property
    def ready(self) -> bool:
        """Whether records can be worked on: the tables of all partitions are there."""
        recovered = self.app.tables.recovery.completed.is_set()
        return self._parts is not None and not self.app.rebalancing and bool(recovered)

    @property
    def consuming(self) -> Consuming:
        """Reads the streams of the agents."""
        return self._running().consuming

    def topic(self, spec: TopicSpec) -> Any:
        """A topic as Faust reads it: bytes, decoded later where an error can be handled."""
        return self.app.topic(
            self._settings.topic_prefix + spec.name,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
            partitions=self._settings.partitions,
        )

    def health(self) -> dict[str, Any]:
        """What the health page tells."""
        parts = self._parts
        return {
            "worker": self._settings.worker,
            "ready": self.ready,
            "checkpoint": parts.policies.in_service if parts else "",
            "records": int(self.metrics.value("records_received")),
            "decisions": int(self.metrics.value("decisions_policy")),
            "dead_letters": int(self.metrics.value("dead_letters")),
        }

    async def open(self) -> None:
        """Start the neighbours, declare the topics, connect, and put a policy into service."""
        await asyncio.to_thread(self._neighbours.start, self._settings)
        await declare_topics(self._settings, TOPICS)
        async with AsyncExitStack() as stack:
            self._parts = await self._assemble(stack)
            self._parts.stack = stack.pop_all()

    async def close(self) -> None:
        """Give up what is under way and release everything; idempotent."""
        parts, self._parts = self._parts, None
        if parts is None:
            return
        await parts.consuming.stop()
        parts.listening.cancel()
        await asyncio.gather(parts.listening, return_exceptions=True)
        await parts.stack.aclose()

    async def _assemble(self, stack: AsyncExitStack) -> _Parts:
        settings, clock, metrics = self._settings, self._clock, self.metrics
        log = await stack.enter_async_context(self._neighbours.log(settings))
        bus = self._neighbours.bus(settings)
        stack.push_async_callback(bus.close)
        outbox = Outbox(bus, settings.topic_prefix, settings.worker, clock, metrics)
        blobs = BlobStore(settings.blobs)
        policies = Policies(lambda name: self._neighbours.load_policy(blobs.get(name)))
        # Opened before the log is asked what decides: nothing falls in between.
        announced = await EventConsumer.open(
            bus, [settings.topic_prefix + CHECKPOINT.name], Start.END
        )
        stack.push_async_callback(announced.close)
        service = await InService.open(log)
        await self._take_first(log, service, blobs, policies)
        games = Games(log, clock, metrics)
        decider = Decider(policies, Ladder(clock), clock, metrics)
        desk = RecordDesk(games, decider, outbox, metrics, clock)
        reconciler = Reconciler(games, metrics)
        consuming = Consuming(desk, games, reconciler, self.tables, clock, self._fatal)
        listener = CheckpointListener(announced, service, policies, outbox, metrics)
        listening = asyncio.create_task(listener.run(), name="checkpoints")
        return _Parts(consuming, policies, stack, listening)

    async def _take_first(
        self, log: OpenableLog, service: InService, blobs: BlobStore, policies: Policies
    ) -> None:
        """Put a checkpoint into service: the settings', the promoted one, or an untrained one.

        Where a promoted one cannot be used, the one that was in service before it goes on. It
        evaluates one state, so that the first request does not wait for imports.
        """
        policy = await self._first(service, policies)
        if policy is None:
            data = await asyncio.to_thread(self._neighbours.untrained, UNTRAINED_SEED)
            name = await record_untrained(log, blobs, data, RULES_VERSION)
            policy = await policies.take(name)
        await asyncio.to_thread(_warm_up, policy)
        logger.info("checkpoint %s is in service", policies.in_service)

    async def _first(self, service: InService, policies: Policies) -> Policy | None:
        if self._settings.checkpoint:
            return await policies.take(self._settings.checkpoint)
        for name in reversed(service.stack):
            try:
                return await policies.take(name)
            except Rejected as reason:
                logger.error(  # noqa: TRY400 - the reason tells it all
                    "%s: it was promoted and cannot be used; the one before goes on. Look with"
                    " jimbot-learn list, then promote another or roll back",
                    reason,
                )
        return None

    def _running(self) -> _Parts:
        if self._parts is None:
            raise RuntimeError("the worker's service is not open")
        return self._parts


def _warm_up(policy: Policy) -> None:
    """Compile and import what the first decision needs."""
    run = engine.new_run("WARMUP")
    policy.evaluate(observe(wire.state_message(run)))
