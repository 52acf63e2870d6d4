"""What every bus promises, over the embedded broker and over the one in memory.

``KAFKA_SERVERS`` (``HOST:PORT``) adds a real Kafka (marker ``services``): one for tests alone,
its topics of the names used here are deleted.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from jimbot_stream.bus import Bus, Reader, Record, RecordRefusedError, Start, UnknownTopicError
from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.consumer import EventConsumer, ReplyConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.lane import Packing
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.contracts import DecisionReply, Event
from jimbot_stream.contracts.batch import decode_batch

TOPIC = "game.state"
REPLIES = "learning.decision.response"
PARTITIONS = 3


KINDS: list[Any] = ["memory", "embedded"]
if "KAFKA_SERVERS" in os.environ:
    KINDS.append(pytest.param("kafka", marks=pytest.mark.services))


@asynccontextmanager
async def embedded_bus(folder: Path) -> AsyncIterator[Bus]:
    async with (
        Broker(folder / "broker.sqlite") as broker,
        kafka_bus(f"127.0.0.1:{broker.port}") as bus,
    ):
        yield bus


@asynccontextmanager
async def kafka_bus(address: str) -> AsyncIterator[Bus]:
    await make_topics(address)
    bus = KafkaBus(f"kafka://{address}", patience_s=5.0, request_timeout_s=1.0)
    yield bus
    await bus.close()


async def make_topics(address: str) -> None:
    """Empty topics, also where an earlier test has left them full."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        wanted = {TOPIC, REPLIES}
        async with asyncio.timeout(30):
            while present := wanted & set(await admin.list_topics()):
                await admin.delete_topics(list(present))
                await asyncio.sleep(0.2)
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in wanted])
    finally:
        await admin.close()


@pytest.fixture(params=KINDS)
async def bus(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bus]:
    if request.param == "memory":
        yield MemoryBus({TOPIC: PARTITIONS, REPLIES: PARTITIONS})
        return
    real = request.param == "kafka"
    there = kafka_bus(os.environ["KAFKA_SERVERS"]) if real else embedded_bus(tmp_path)
    async with there as over_broker:
        yield over_broker


async def put(bus: Bus, *values: bytes, key: bytes = b"alice", topic: str = TOPIC) -> None:
    for value in values:
        await bus.publish(topic, value, key=key, timestamp_ms=1_700_000_000_000)


async def take(reader: Reader, count: int) -> list[Record]:
    """Records until there are count of them; the test fails when they do not come."""
    found: list[Record] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found.extend(await reader.take(timeout_s=1.0))
    return found


async def test_a_record_is_read_as_it_was_published(bus: Bus) -> None:
    reader = await bus.open_reader([TOPIC], Start.BEGINNING)
    place = await bus.publish(TOPIC, b"\x00value", key=b"alice", timestamp_ms=1_700_000_000_123)

    (record,) = await take(reader, 1)

    assert record == Record(place, b"alice", b"\x00value", 1_700_000_000_123)
    await reader.close()


async def test_records_of_one_key_keep_their_order_in_one_partition(bus: Bus) -> None:
    values = [str(n).encode() for n in range(20)]
    await put(bus, *values)
    reader = await bus.open_reader([TOPIC], Start.BEGINNING)

    records = await take(reader, 20)

    assert [record.value for record in records] == values
    assert len({record.place.partition for record in records}) == 1
    assert [record.place.offset for record in records] == list(range(20))
    await reader.close()


async def test_a_reader_covers_all_partitions(bus: Bus) -> None:
    keys = [f"source-{n}".encode() for n in range(24)]
    for key in keys:
        await put(bus, b"x", key=key)
    reader = await bus.open_reader([TOPIC], Start.BEGINNING)

    records = await take(reader, len(keys))

    assert sorted(record.key or b"" for record in records) == sorted(keys)
    assert len({record.place.partition for record in records}) > 1
    await reader.close()


async def test_a_reader_at_the_end_sees_only_what_comes_later(bus: Bus) -> None:
    await put(bus, b"before")
    reader = await bus.open_reader([TOPIC], Start.END)
    await put(bus, b"after")

    assert [record.value for record in await take(reader, 1)] == [b"after"]
    await reader.close()


async def test_a_reader_goes_on_from_the_positions_of_another(bus: Bus) -> None:
    await put(bus, b"one", b"two")
    first = await bus.open_reader([TOPIC], Start.BEGINNING)
    await take(first, 2)
    positions = first.positions()
    await first.close()
    await put(bus, b"three")

    second = await bus.open_reader([TOPIC], positions)

    assert [record.value for record in await take(second, 1)] == [b"three"]
    await second.close()


async def test_two_readers_each_see_everything(bus: Bus) -> None:
    readers = [await bus.open_reader([TOPIC], Start.END) for _ in range(2)]
    await put(bus, b"one", b"two")

    for reader in readers:
        assert [record.value for record in await take(reader, 2)] == [b"one", b"two"]
        await reader.close()


async def test_a_reader_follows_several_topics(bus: Bus) -> None:
    reader = await bus.open_reader([TOPIC, REPLIES], Start.END)
    await put(bus, b"state")
    await put(bus, b"reply", topic=REPLIES)

    places = {(record.place.topic, record.value) for record in await take(reader, 2)}

    assert places == {(TOPIC, b"state"), (REPLIES, b"reply")}
    await reader.close()


async def test_taking_from_a_silent_topic_ends_in_time(bus: Bus) -> None:
    reader = await bus.open_reader([TOPIC], Start.BEGINNING)
    async with asyncio.timeout(5):
        assert list(await reader.take(timeout_s=0.05)) == []
    await reader.close()


async def test_an_unknown_topic_is_refused_to_writers_and_readers(bus: Bus) -> None:
    with pytest.raises(UnknownTopicError):
        await put(bus, b"x", topic="no.such.topic")
    with pytest.raises(UnknownTopicError):
        await bus.open_reader(["no.such.topic"], Start.END)


async def test_an_oversize_record_is_refused_and_the_next_one_passes(bus: Bus) -> None:
    reader = await bus.open_reader([TOPIC], Start.END)
    with pytest.raises(RecordRefusedError):
        await put(bus, bytes(2_000_000))
    await put(bus, b"small")

    assert [record.value for record in await take(reader, 1)] == [b"small"]
    await reader.close()


async def test_a_producer_numbers_its_events_without_gaps_over_all_records(bus: Bus) -> None:
    reader = await bus.open_reader([TOPIC], Start.END)
    async with GameProducer(bus, "alice", epoch=3, packing=Packing(max_events=4)) as producer:
        await asyncio.gather(
            *(producer.send(TOPIC, [Event(game_id=f"g{n}"), Event()]) for n in range(9))
        )

    batches = [decode_batch(record.value) for record in await take(reader, 5)]

    assert [batch.first_sequence for batch in batches] == [0, 4, 8, 12, 16]
    assert [len(batch.events) for batch in batches] == [4, 4, 4, 4, 2]
    assert {(batch.source, batch.epoch) for batch in batches} == {("alice", 3)}
    await reader.close()


async def test_a_reply_consumer_yields_the_replies_to_its_source_only(bus: Bus) -> None:
    replies = await ReplyConsumer.of(bus, REPLIES, "alice")
    for source in ("bob", "alice"):
        async with GameProducer(bus, source) as worker:
            reply = DecisionReply(request_id=f"for {source}")
            await worker.send(REPLIES, [Event(game_id="g"), Event(decision_reply=reply)])

    async with asyncio.timeout(10):
        async for received in replies:
            assert received.event.decision_reply.request_id == "for alice"
            break
    assert await replies.take(timeout_s=0.1) == []
    await replies.close()


async def test_a_consumer_leaves_out_what_is_not_ours(bus: Bus) -> None:
    consumer = await EventConsumer.open(bus, [TOPIC])
    await put(bus, b"\xff\xff no batch", b"{not json")
    async with GameProducer(bus, "alice") as producer:
        await producer.send(TOPIC, [Event(game_id="good")])

    async with asyncio.timeout(10):
        async for received in consumer:
            assert received.event.game_id == "good"
            break
    await consumer.close()
