"""The Kafka bus through restarts of the broker: nothing lost, nothing out of order."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from jimbot_stream.bus import BusUnavailableError, Start, UnknownTopicError
from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.lane import Packing
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.contracts import Event
from jimbot_stream.contracts.batch import decode_batch

TOPIC = "game.state"
EVENTS = 300


async def declare(port: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}")
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 2, 1)])
    await admin.close()


@pytest.mark.crash
async def test_producer_and_reader_go_on_after_the_broker_was_restarted(tmp_path: Path) -> None:
    file = tmp_path / "broker.sqlite"
    async with Broker(file) as first:
        port = first.port
        await declare(port)
        bus = KafkaBus(f"kafka://127.0.0.1:{port}", patience_s=10.0, request_timeout_s=2.0)
        consumer = await EventConsumer.open(bus, [TOPIC], Start.END)
        producer = GameProducer(bus, "alice", packing=Packing(max_events=5))
        sending = producer.post(TOPIC, [Event(game_id=str(n)) for n in range(EVENTS)])
        await sending[EVENTS // 10]
    await asyncio.sleep(0.5)  # nobody listens meanwhile

    seen: dict[str, None] = {}
    async with Broker(file, port=port), asyncio.timeout(60):
        await asyncio.gather(*sending)
        while len(seen) < EVENTS:
            seen |= dict.fromkeys(
                received.event.game_id for received in await consumer.take(timeout_s=0.5)
            )
        reader = await bus.open_reader([TOPIC], Start.BEGINNING)
        batches = [decode_batch(record.value) for record in await reader.take(timeout_s=2.0)]
        for client in (reader, consumer, producer, bus):
            await client.close()

    assert list(seen) == [str(n) for n in range(EVENTS)]
    numbers = [batch.first_sequence for batch in batches]
    assert numbers == sorted(numbers)


async def test_a_topic_used_first_while_the_broker_is_away_is_not_unknown(tmp_path: Path) -> None:
    async with Broker(tmp_path / "broker.sqlite") as broker:
        await declare(broker.port)
        bus = KafkaBus(f"kafka://127.0.0.1:{broker.port}", patience_s=2.0, request_timeout_s=0.5)
        with pytest.raises(UnknownTopicError):
            await bus.publish("never.declared", b"v", key=b"k", timestamp_ms=0)
        await bus.publish(TOPIC, b"v", key=b"k", timestamp_ms=0)
    with pytest.raises(BusUnavailableError):
        await bus.publish("used.first", b"v", key=b"k", timestamp_ms=0)
    await bus.close()
