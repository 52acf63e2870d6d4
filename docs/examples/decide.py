"""Ask the worker for one decision with a plain Kafka client, and read the reply.

Start a worker first (``faust -A jimbot_stream worker``), then:

    python docs/examples/decide.py
"""

import asyncio
import os

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from jimbot_stream.balatro import engine, wire
from jimbot_stream.contracts import DecisionReply, DecisionRequest, Event, EventBatch, EventType

BROKER = os.environ.get("JIMBOT_BROKER", "kafka://127.0.0.1:19092").removeprefix("kafka://")
REQUESTS, REPLIES = "learning.decision.request", "learning.decision.response"


def request(source: str, game_id: str) -> EventBatch:
    """What to do at the beginning of a run? The state is all that the worker needs."""
    state = wire.state_message(engine.new_run("ABCD1234"))
    asked = DecisionRequest(request_id=f"{game_id}:0", state=state)
    event = Event(
        event_id=f"{game_id}:event-0",
        type=EventType.EVENT_TYPE_DECISION_REQUEST,
        game_id=game_id,
        sequence=-1,  # the worker numbers the events of this game
        schema_version=1,
        source=source,
        decision_request=asked,
    )
    return EventBatch(source=source, events=[event])


async def decide(source: str = "example", game_id: str = "example-1") -> DecisionReply:
    """Send the request, wait for the reply; asking again gives the recorded decision."""
    consumer = AIOKafkaConsumer(bootstrap_servers=BROKER)
    producer = AIOKafkaProducer(bootstrap_servers=BROKER)
    await consumer.start()
    await producer.start()
    try:
        partitions = [TopicPartition(REPLIES, n) for n in await producer.partitions_for(REPLIES)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        batch = request(source, game_id)
        await producer.send_and_wait(REQUESTS, batch.SerializeToString(), key=source.encode())
        async for record in consumer:
            for event in EventBatch.FromString(record.value).events:
                if event.decision_reply.request_id == f"{game_id}:0":
                    return event.decision_reply
    finally:
        await producer.stop()
        await consumer.stop()
    raise EOFError("the consumer ended")


if __name__ == "__main__":
    print(asyncio.run(decide()))
