"""The log: what is acknowledged is there, in order, also after trouble."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.broker.errors import ErrorCode
from jimbot_stream.bus.broker.store import StorageError, StoreBusyError
from jimbot_stream.clock import FrozenClock


async def test_appends_of_many_connections_share_offsets_without_gaps(
    broker: Any, connect: Any, batch: Any, stored: Any, wire: Any
) -> None:
    await wire.create("t")
    wires = [await connect(broker) for _ in range(8)]

    async def work(number: int) -> list[int]:
        made = [await wires[number].produce("t", batch((None, b"%d" % number))) for _ in range(20)]
        return [part["base_offset"] for part in made]

    offsets = await asyncio.gather(*(work(n) for n in range(8)))
    assert sorted(o for some in offsets for o in some) == list(range(160))
    records = await stored("t")
    for number, mine in enumerate(offsets):
        assert mine == sorted(mine)
        assert [records[o][2] for o in mine] == [b"%d" % number] * 20


async def test_a_full_disk_is_told_to_producers_and_passes(
    broker: Any, wire: Any, batch: Any, stored: Any
) -> None:
    await wire.create("t")
    assert (await wire.produce("t", batch((None, b"before"))))["base_offset"] == 0
    broker.core.store.limit(1)
    refused = await wire.produce("t", batch((None, bytes(1 << 20))))
    assert refused["error_code"] == ErrorCode.KAFKA_STORAGE_ERROR
    assert "full" in refused["error_message"]
    assert [r[2] for r in await stored("t")] == [b"before"]
    answer = await wire.ask("init_producer_id", {"transaction_timeout_ms": 1})
    assert answer["error_code"] in (0, ErrorCode.KAFKA_STORAGE_ERROR)
    broker.core.store.limit(None)
    assert (await wire.produce("t", batch((None, b"after"))))["base_offset"] == 1
    assert [r[2] for r in await stored("t")] == [b"before", b"after"]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda b: b[:-1] + bytes([b[-1] ^ 1]), ErrorCode.CORRUPT_MESSAGE),
        (lambda b: b[:40], ErrorCode.CORRUPT_MESSAGE),
        (lambda b: b[:-3], ErrorCode.CORRUPT_MESSAGE),
        (lambda b: b"", ErrorCode.CORRUPT_MESSAGE),
        (lambda b: b + b, ErrorCode.INVALID_RECORD),
        (lambda b: b[:16] + b"\x01" + b[17:], ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT),
    ],
    ids=["bit", "header", "cut", "nothing", "two", "old-format"],
)
async def test_damaged_batches_are_refused_by_name(
    wire: Any, batch: Any, stored: Any, damage: Any, code: ErrorCode
) -> None:
    await wire.create("t")
    assert (await wire.produce("t", damage(batch((b"k", b"v")))))["error_code"] == code
    assert await stored("t") == []


async def test_topics_limit_their_messages(wire: Any, batch: Any) -> None:
    await wire.create("t", max_message_bytes="500")
    assert (await wire.produce("t", batch((None, bytes(300)))))["error_code"] == 0
    refused = await wire.produce("t", batch((None, bytes(600))))
    assert refused["error_code"] == ErrorCode.MESSAGE_TOO_LARGE
    assert "max.message.bytes is 500" in refused["error_message"]


async def test_unknown_topics_and_offsets_are_named(wire: Any, batch: Any) -> None:
    unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    assert (await wire.produce("ghost", batch((None, b"x"))))["error_code"] == unknown
    assert (await wire.fetch("ghost", 0))["error_code"] == unknown
    asked = {"topics": [{"name": "ghost"}], "allow_auto_topic_creation": True}
    (topic,) = (await wire.ask("metadata", asked))["topics"]
    assert topic["error_code"] == unknown
    await wire.create("t")
    assert (await wire.fetch("t", 1))["error_code"] == ErrorCode.OFFSET_OUT_OF_RANGE
    assert (await wire.fetch("t", -1))["error_code"] == ErrorCode.OFFSET_OUT_OF_RANGE


async def test_old_batches_are_read_from_the_file_and_new_ones_from_memory(
    tmp_path: Path, connect: Any, batch: Any, stored: Any
) -> None:
    async with Broker(tmp_path / "small.sqlite", cache_bytes=2000) as small:
        wire = await connect(small)
        await wire.create("t")
        for i in range(50):
            await wire.produce("t", batch((None, b"%d" % i * 20)))
        assert small.core.log.tail.size <= 2000
        assert [r[0] for r in await stored("t", by=wire)] == list(range(50))
        assert [r[0] for r in await stored("t", 48, by=wire)] == [48, 49]


async def test_a_second_broker_on_one_file_is_refused(broker: Any) -> None:
    with pytest.raises(StoreBusyError, match="another broker has"):
        async with Broker(broker.path):
            pass


async def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite"
    path.write_bytes(b"not a database, surely" * 100)
    with pytest.raises(StorageError, match="not a database"):
        async with Broker(path):
            pass


async def test_offsets_go_on_after_everything_was_deleted_and_a_restart(
    tmp_path: Path, connect: Any, batch: Any, clock: FrozenClock
) -> None:
    from jimbot_stream.bus.broker.retention import retain

    path = tmp_path / "other.sqlite"
    async with Broker(path, clock=clock) as first:
        wire = await connect(first)
        await wire.create("t", retention_ms="1000")
        await wire.produce("t", batch((None, b"a"), (None, b"b")))
        clock.advance(10)
        await retain(first.core)
    async with Broker(path, clock=clock) as second:
        wire = await connect(second)
        assert (await wire.produce("t", batch((None, b"c"))))["base_offset"] == 2
