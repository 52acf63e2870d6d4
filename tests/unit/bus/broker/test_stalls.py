"""A busy topic beside idle ones, read by a client that takes its time."""

import asyncio
import time
from typing import Any

from aiokafka import AIOKafkaConsumer

BUSY, IDLE = "busy", ("idle-1", "idle-2")
ROUNDS = 3
HELD_S = 0.15
"""aiokafka stops waiting for its reader after a tenth of a second, and fetches the rest."""


async def test_idle_topics_do_not_hold_up_a_busy_one(broker: Any, wire: Any, batch: Any) -> None:
    for topic in (BUSY, *IDLE):
        await wire.create(topic)
    consumer = AIOKafkaConsumer(
        BUSY,
        *IDLE,
        bootstrap_servers=broker.address,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=1500,
    )
    await consumer.start()
    try:
        pauses = [await _pause(consumer, wire, batch) for _ in range(ROUNDS)]
    finally:
        await consumer.stop()
    assert max(pauses) < 0.2


async def _pause(consumer: Any, wire: Any, batch: Any) -> float:
    """Time to a record that comes right after one was held for a while."""
    await wire.produce(BUSY, batch((None, b"held")))
    await asyncio.sleep(HELD_S)
    assert await consumer.getmany(timeout_ms=5000)
    began = time.monotonic()
    await wire.produce(BUSY, batch((None, b"next")))
    assert await consumer.getmany(timeout_ms=5000)
    return time.monotonic() - began
