"""A bare echo: what the broker and the client cost without any worker behind them."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

REQUESTS, REPLIES = "bench.echo.request", "bench.echo.reply"
PARTITIONS = 4


async def echo(servers: str) -> None:
    """Send every record of one topic back on the other, until killed."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await consumer.start()
    await producer.start()
    partitions = [TopicPartition(REQUESTS, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    async for record in consumer:
        await producer.send(REPLIES, record.value, key=record.key)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1]))
