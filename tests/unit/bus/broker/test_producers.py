"""Idempotent producers: a repeated batch is stored once, a missing one is noticed."""

from pathlib import Path
from typing import Any

from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.broker.errors import ErrorCode


async def test_a_repeated_batch_gets_its_first_offset(wire: Any, batch: Any, stored: Any) -> None:
    await wire.create("t")
    sent = [batch((None, b"%d" % i), producer=(9, 0, i)) for i in range(7)]
    for i, data in enumerate(sent):
        assert (await wire.produce("t", data))["base_offset"] == i
    for i in (2, 4, 6):
        again = await wire.produce("t", sent[i])
        assert (again["error_code"], again["base_offset"]) == (0, i)
    assert len(await stored("t")) == 7


async def test_a_gap_an_old_repeat_and_an_old_epoch_are_refused(wire: Any, batch: Any) -> None:
    await wire.create("t")
    for i in range(7):
        await wire.produce("t", batch((None, b"x"), producer=(9, 1, i)))

    async def code(epoch: int, sequence: int) -> int:
        part = await wire.produce("t", batch((None, b"y"), producer=(9, epoch, sequence)))
        return int(part["error_code"])

    assert await code(1, 8) == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert await code(1, 0) == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert await code(0, 7) == ErrorCode.INVALID_PRODUCER_EPOCH
    assert await code(2, 5) == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
    assert await code(2, 0) == 0


async def test_repeats_in_one_group_commit_are_found(wire: Any, batch: Any, stored: Any) -> None:
    await wire.create("t")
    data = batch((None, b"once"), producer=(9, 0, 0))
    part = {"index": 0, "records": data}
    body = {"acks": -1, "topics": [{"name": "t", "partitions": [part, part, part]}]}
    answer = await wire.ask("produce", body)
    assert [p["base_offset"] for p in answer["topics"][0]["partitions"]] == [0, 0, 0]
    assert len(await stored("t")) == 1


async def test_producers_are_known_after_a_restart(
    tmp_path: Path, connect: Any, batch: Any, stored: Any
) -> None:
    path = tmp_path / "other.sqlite"
    data = batch((None, b"a"), (None, b"b"), producer=(9, 0, 0))
    async with Broker(path) as first:
        wire = await connect(first)
        await wire.create("t")
        await wire.produce("t", data)
        (await wire.ask("init_producer_id", {"transaction_timeout_ms": 1}))
    async with Broker(path) as second:
        wire = await connect(second)
        assert (await wire.produce("t", data))["base_offset"] == 0
        following = batch((None, b"c"), producer=(9, 0, 2))
        assert (await wire.produce("t", following))["base_offset"] == 2
        given = await wire.ask("init_producer_id", {"transaction_timeout_ms": 1})
        assert given["producer_id"] == 2
        assert [r[2] for r in await stored("t", by=wire)] == [b"a", b"b", b"c"]


async def test_sequences_wrap(wire: Any, batch: Any) -> None:
    await wire.create("t")
    last = 2**31 - 1
    assert (await wire.produce("t", batch((None, b"x"), producer=(9, 0, last))))["error_code"] == 0
    assert (await wire.produce("t", batch((None, b"y"), producer=(9, 0, 0))))["base_offset"] == 1
