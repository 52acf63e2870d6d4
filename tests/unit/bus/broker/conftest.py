"""A broker in the test's own loop, raw connections to it, and hand-made batches."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.broker.api import APIS, encode_request, response_layout
from jimbot_stream.bus.broker.wire import Message, Reader
from jimbot_stream.clock import FrozenClock

KEYS = {api.name: key for key, api in APIS.items()}


class Wire:
    """A connection that speaks requests by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, name: str, body: Message, version: int | None = None) -> int:
        """Send a request without waiting; returns the version that was spoken."""
        key = KEYS[name]
        spoken = APIS[key].last if version is None else version
        self.writer.write(encode_request(key, spoken, 7, "test", body))
        return spoken

    async def receive(self, name: str, version: int) -> Message:
        """The next answer."""
        size = int.from_bytes(await self.reader.readexactly(4), "big")
        frame = Reader(await self.reader.readexactly(size))
        assert int.from_bytes(frame.take(4), "big") == 7
        answer = response_layout(KEYS[name], version).read(frame)
        assert frame.at == size
        return answer

    async def ask(self, name: str, body: Message, version: int | None = None) -> Message:
        """Send a request and wait for its answer."""
        return await asyncio.wait_for(self.receive(name, self.send(name, body, version)), 10)

    async def create(self, topic: str, partitions: int = 1, **config: str) -> None:
        """Declare a topic; underscores in setting names stand for dots."""
        configs = [{"name": k.replace("_", "."), "value": v} for k, v in config.items()]
        wanted = {"name": topic, "partitions": partitions, "replication_factor": 1}
        answer = await self.ask("create_topics", {"topics": [{**wanted, "configs": configs}]})
        assert answer["topics"][0]["error_code"] == 0, answer

    async def produce(self, topic: str, data: bytes, partition: int = 0) -> Message:
        """Append a batch; returns the partition's part of the answer."""
        parts = [{"index": partition, "records": data}]
        body = {"acks": -1, "topics": [{"name": topic, "partitions": parts}]}
        answer = await self.ask("produce", body)
        part: Message = answer["topics"][0]["partitions"][0]
        return part

    async def fetch(self, topic: str, offset: int, wait_ms: int = 0) -> Message:
        """Read from an offset; returns the partition's part of the answer."""
        answer = await self.ask("fetch", self.fetch_body(topic, offset, wait_ms))
        part: Message = answer["topics"][0]["partitions"][0]
        return part

    def fetch_body(self, topic: str, offset: int, wait_ms: int) -> Message:
        parts = [{"index": 0, "offset": offset, "max_bytes": 1 << 20}]
        return {
            "replica_id": -1,
            "max_wait_ms": wait_ms,
            "min_bytes": 1,
            "max_bytes": 1 << 20,
            "topics": [{"name": topic, "partitions": parts}],
        }

    async def closed(self) -> bool:
        """Whether the broker ended the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5) == b""
        except ConnectionError:
            return True


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


Connect = Callable[[Broker], Awaitable[Wire]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Open raw connections to brokers; closed at the end."""
    opened: list[Wire] = []

    async def made(broker: Broker) -> Wire:
        opened.append(Wire(*await asyncio.open_connection(broker.host, broker.port)))
        return opened[-1]

    yield made
    for wire in opened:
        wire.writer.close()


@pytest.fixture
async def broker(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Broker]:
    async with Broker(tmp_path / "broker.sqlite", clock=clock, durability="normal") as made:
        yield made


@pytest.fixture
async def wire(broker: Broker, connect: Connect) -> Wire:
    return await connect(broker)


@pytest.fixture
def batch(clock: FrozenClock) -> Callable[..., bytes]:
    """Build a record batch as a producer would."""

    def built(
        *records: tuple[bytes | None, bytes | None],
        at_ms: int | None = None,
        codec: int = 0,
        producer: tuple[int, int, int] = (-1, -1, -1),
    ) -> bytes:
        builder = DefaultRecordBatchBuilder(
            magic=2,
            compression_type=codec,
            is_transactional=0,
            producer_id=producer[0],
            producer_epoch=producer[1],
            base_sequence=producer[2],
            batch_size=1 << 24,
        )
        for i, (key, value) in enumerate(records):
            builder.append(i, at_ms or clock.now_ns() // 1_000_000, key, value, [])
        return bytes(builder.build())

    return built


@pytest.fixture
def stored(wire: Wire) -> Callable[..., Awaitable[list[tuple[int, Any, Any]]]]:
    """All records of a topic's partition 0 as (offset, key, value)."""
    from aiokafka.record.memory_records import MemoryRecords

    async def read(topic: str, start: int = 0, by: Wire | None = None) -> Sequence[Any]:
        found: list[tuple[int, Any, Any]] = []
        offset = start
        while True:
            part = await (by or wire).fetch(topic, offset)
            if not part["records"]:
                return found
            records = MemoryRecords(bytes(part["records"]))
            while (one := records.next_batch()) is not None:
                found += [(r.offset, r.key, r.value) for r in one if r.offset >= offset]
                offset = one.next_offset

    return read  # type: ignore[return-value] # a list, seen as a sequence
