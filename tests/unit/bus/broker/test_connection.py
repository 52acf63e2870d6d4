"""Connections: order, long polls, and protection from whatever a socket brings."""

import asyncio
import time
from typing import Any

import pytest

from jimbot_stream.bus.broker.errors import ErrorCode


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x00",
        b"\x00\x00\x00\x0a\x03\xe7\x00\x00\x00\x00\x00\x01\xff\xff",
        b"\x00\x00\x00\x0a\x00\x03\x00\x08\x00\x00\x00\x01\xff\xff",
        b"\x00\x00\x00\x0e\x00\x03\x00\x01\x00\x00\x00\x01\xff\xff\x7f\xff\xff\xff",
        b"\x00\x00\x00\x0c\x00\x10\x00\x00\x00\x00\x00\x01\x00\x02\xff\xfe",
    ],
    ids=["http", "huge", "negative", "empty", "no-api", "short", "long-array", "not-utf8"],
)
async def test_garbage_ends_its_own_connection_only(
    broker: Any, connect: Any, wire: Any, garbage: bytes
) -> None:
    bad = await connect(broker)
    bad.writer.write(garbage)
    assert await bad.closed()
    assert (await wire.ask("metadata", {"topics": None}))["controller_id"] == 1


async def test_half_requests_and_vanishing_clients_do_no_harm(
    broker: Any, connect: Any, wire: Any, batch: Any, stored: Any
) -> None:
    await wire.create("t")
    for cut in (1, 4, 20):
        half = await connect(broker)
        half.writer.write(b"\x00\x00\x01\x00" + bytes(100)[:cut])
        half.writer.close()
    for _ in range(20):
        gone = await connect(broker)
        gone.send("fetch", gone.fetch_body("t", 0, 60_000))
        parts = [{"index": 0, "records": batch((None, b"x"))}]
        gone.send("produce", {"acks": 0, "topics": [{"name": "t", "partitions": parts}]})
        await gone.writer.drain()
        gone.writer.close()
    deadline = time.monotonic() + 5
    while len(broker._connections) > 1:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert len(await stored("t")) == 20
    assert broker.core.catalog.find("t", 0).waiters == set()


async def test_an_unknown_version_of_api_versions_is_answered_in_the_oldest(wire: Any) -> None:
    wire.writer.write(b"\x00\x00\x00\x0b\x00\x12\x00\x04\x00\x00\x00\x07\x00\x01x")
    answer = await wire.receive("api_versions", 0)
    assert answer["error_code"] == ErrorCode.UNSUPPORTED_VERSION
    assert {"key": 0, "first": 3, "last": 8} in answer["apis"]


async def test_answers_come_in_the_order_of_the_questions(wire: Any, batch: Any) -> None:
    await wire.create("t")
    parts = [{"index": 0, "records": batch((None, b"x"))}]
    for _ in range(30):
        wire.send("produce", {"acks": -1, "topics": [{"name": "t", "partitions": parts}]})
        wire.send("metadata", {"topics": []})
    for i in range(30):
        answer = await wire.receive("produce", 8)
        assert answer["topics"][0]["partitions"][0]["base_offset"] == i
        assert (await wire.receive("metadata", 8))["topics"] == []


async def test_a_long_poll_is_woken_by_a_record(
    broker: Any, connect: Any, wire: Any, batch: Any
) -> None:
    await wire.create("t")
    reader = await connect(broker)
    polling = asyncio.create_task(reader.fetch("t", 0, wait_ms=9000))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await wire.produce("t", batch((None, b"x")))
    assert (await polling)["records"]
    assert time.monotonic() - began < 2.0


async def test_a_long_poll_ends_when_another_request_queues_behind_it(wire: Any) -> None:
    await wire.create("t")
    began = time.monotonic()
    wire.send("fetch", wire.fetch_body("t", 0, 9000))
    wire.send("metadata", {"topics": []})
    assert (await wire.receive("fetch", 11))["topics"][0]["partitions"][0]["records"] == b""
    await wire.receive("metadata", 8)
    wire.send("fetch", wire.fetch_body("t", 0, 9000))
    await asyncio.sleep(0.2)
    wire.send("metadata", {"topics": []})
    await wire.receive("fetch", 11)
    assert time.monotonic() - began < 4.0


async def test_a_long_poll_without_news_ends_in_time(wire: Any) -> None:
    await wire.create("t")
    began = time.monotonic()
    assert (await wire.fetch("t", 0, wait_ms=200))["records"] == b""
    assert 0.15 < time.monotonic() - began < 3.0


async def test_a_failed_produce_without_acknowledgement_ends_the_connection(
    wire: Any, batch: Any
) -> None:
    parts = [{"index": 0, "records": batch((None, b"x"))}]
    wire.send("produce", {"acks": 0, "topics": [{"name": "ghost", "partitions": parts}]})
    assert await wire.closed()


async def test_deleting_a_topic_wakes_its_readers(broker: Any, connect: Any, wire: Any) -> None:
    await wire.create("t")
    reader = await connect(broker)
    polling = asyncio.create_task(reader.fetch("t", 0, wait_ms=9000))
    await asyncio.sleep(0.1)
    answer = await wire.ask("delete_topics", {"names": ["t", "ghost"], "timeout_ms": 1})
    unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    assert [t["error_code"] for t in answer["topics"]] == [0, unknown]
    assert (await polling)["error_code"] == unknown


def _both(wire: Any, wait_ms: int, left_out: str = "") -> Any:
    """A fetch of the topics busy and idle, without the one that is left out."""
    body = wire.fetch_body("busy", 0, wait_ms)
    idle = wire.fetch_body("idle", 0, wait_ms)["topics"]
    return {**body, "topics": [t for t in body["topics"] + idle if t["name"] != left_out]}


async def test_a_fetch_is_short_while_records_of_another_partition_are_worked_off(
    wire: Any, batch: Any
) -> None:
    await wire.create("busy")
    await wire.create("idle")
    await wire.produce("busy", batch((None, b"x")))
    handed = await wire.ask("fetch", _both(wire, 9000))
    assert handed["topics"][0]["partitions"][0]["records"]
    began = time.monotonic()
    waited = await wire.ask("fetch", _both(wire, 9000, left_out="busy"))
    assert waited["topics"][0]["partitions"][0]["records"] == b""
    assert time.monotonic() - began < 1.0


async def test_a_fetch_that_leaves_out_nothing_handed_waits_as_asked(wire: Any, batch: Any) -> None:
    await wire.create("busy")
    await wire.create("idle")
    await wire.produce("busy", batch((None, b"x")))
    began = time.monotonic()
    await wire.ask("fetch", _both(wire, 300, left_out="busy"))
    assert time.monotonic() - began > 0.25
