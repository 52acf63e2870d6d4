"""Retention and compaction: what goes, what stays, and what a reader sees of it."""

from typing import Any

import pytest

from jimbot_stream.bus.broker.compaction import compact
from jimbot_stream.bus.broker.errors import ErrorCode
from jimbot_stream.bus.broker.retention import retain
from jimbot_stream.clock import FrozenClock


async def test_old_records_go_by_age(
    broker: Any, wire: Any, batch: Any, stored: Any, clock: FrozenClock
) -> None:
    await wire.create("t", retention_ms="60000")
    await wire.produce("t", batch((None, b"old")))
    clock.advance(50)
    await wire.produce("t", batch((None, b"young")))
    await retain(broker.core)
    assert len(await stored("t")) == 2
    clock.advance(20)
    await retain(broker.core)
    assert (await wire.fetch("t", 0))["error_code"] == ErrorCode.OFFSET_OUT_OF_RANGE
    assert await stored("t", 1) == [(1, None, b"young")]
    asked = {"topics": [{"name": "t", "partitions": [{"index": 0, "timestamp": -2}]}]}
    answer = await wire.ask("list_offsets", asked)
    assert answer["topics"][0]["partitions"][0]["offset"] == 1


async def test_old_records_go_by_size_but_never_below_it(
    broker: Any, wire: Any, batch: Any
) -> None:
    one = batch((None, bytes(1000)))
    await wire.create("t", retention_bytes=str(3 * len(one)))
    for _ in range(10):
        await wire.produce("t", one)
    await retain(broker.core)
    partition = broker.core.catalog.find("t", 0)
    assert (partition.start, partition.end) == (7, 10)
    (rows,) = broker.core.store.reader.execute("SELECT count(*) FROM batch").fetchone()
    assert rows == 3


async def test_deleted_records_give_their_space_back(broker: Any, wire: Any, batch: Any) -> None:
    await wire.create("t", retention_bytes="1")
    for _ in range(20):
        await wire.produce("t", batch((None, bytes(100_000))))
    pages = "PRAGMA page_count"
    (before,) = broker.core.store.reader.execute(pages).fetchone()
    await retain(broker.core)
    (after,) = broker.core.store.reader.execute(pages).fetchone()
    assert after < before / 2
    assert (await wire.fetch("t", 19))["records"]


async def test_no_limit_keeps_everything(
    broker: Any, wire: Any, batch: Any, stored: Any, clock: FrozenClock
) -> None:
    await wire.create("t", retention_ms="-1")
    await wire.produce("t", batch((None, b"x")))
    clock.advance(10 * 365 * 86400)
    await retain(broker.core)
    assert len(await stored("t")) == 1


@pytest.mark.parametrize("codec", [0, 1], ids=["plain", "gzip"])
async def test_a_reader_sees_the_newest_record_per_key(
    broker: Any, wire: Any, batch: Any, stored: Any, codec: int
) -> None:
    await wire.create("t", cleanup_policy="compact")
    for i in range(20):
        pair = [(b"k%d" % (i % 3), b"%d" % i), (None, b"free"), (b"same", b"%d" % i)]
        await wire.produce("t", batch(*pair, codec=codec))
    await wire.produce("t", batch((b"end", b"")))
    await compact(broker.core)
    records = await stored("t")
    newest = {key: value for _, key, value in records if key}
    assert newest == {b"k0": b"18", b"k1": b"19", b"k2": b"17", b"same": b"19", b"end": b""}
    keyed = [key for _, key, _ in records if key]
    assert sorted(keyed) == sorted(newest), "each key is there once"
    assert sum(key is None for _, key, _ in records) == 20
    assert [o for o, _, _ in records] == sorted({o for o, _, _ in records})
    assert (await wire.produce("t", batch((b"k0", b"next"))))["base_offset"] == 61


async def test_compacting_again_takes_the_new_and_keeps_the_old(
    broker: Any, wire: Any, batch: Any, stored: Any
) -> None:
    await wire.create("t", cleanup_policy="compact", min_cleanable_dirty_ratio="0.0")
    for value in (b"1", b"2"):
        await wire.produce("t", batch((b"a", value)))
        await wire.produce("t", batch((b"b", value)))
    await compact(broker.core)
    await wire.produce("t", batch((b"a", b"3")))
    await wire.produce("t", batch((b"end", b"")))
    await compact(broker.core)
    assert [(k, v) for _, k, v in await stored("t")] == [(b"b", b"2"), (b"a", b"3"), (b"end", b"")]


async def test_deletions_stay_for_a_while_and_then_go(
    broker: Any, wire: Any, batch: Any, stored: Any, clock: FrozenClock
) -> None:
    settings = {"cleanup_policy": "compact", "min_cleanable_dirty_ratio": "0.0"}
    await wire.create("t", **settings, delete_retention_ms="1000")
    await wire.produce("t", batch((b"a", b"1")))
    await wire.produce("t", batch((b"a", None)))
    await wire.produce("t", batch((b"end", b"")))
    await compact(broker.core)
    assert [(k, v) for _, k, v in await stored("t")] == [(b"a", None), (b"end", b"")]
    clock.advance(10)
    await wire.produce("t", batch((b"end", b"")))
    await compact(broker.core)
    assert {k for _, k, _ in await stored("t")} == {b"end"}


async def test_little_news_is_not_worth_a_compaction(
    broker: Any, wire: Any, batch: Any, stored: Any
) -> None:
    await wire.create("t", cleanup_policy="compact")
    for i in range(10):
        await wire.produce("t", batch((b"%d" % i, bytes(100))))
    await wire.produce("t", batch((b"0", bytes(100))))
    await compact(broker.core)
    await wire.produce("t", batch((b"1", bytes(100))))
    await compact(broker.core)
    assert [k for _, k, _ in await stored("t")].count(b"1") == 2
