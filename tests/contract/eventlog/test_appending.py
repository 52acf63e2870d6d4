"""Order, optimistic concurrency, atomicity and idempotency of appends."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Appended,
    AppendRefusedError,
    Expected,
    ExpectedVersion,
    NewEvent,
    StreamMetadata,
    WrongExpectedVersionError,
)

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House


# -- I1: order --------------------------------------------------------------------------


async def test_i1_revisions_are_contiguous_from_0(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 3)
    done = await log.append(stream, house.events(2, stream, 3), 2)
    assert done.revision == 4
    assert await house.revisions(log.read_stream(stream)) == [0, 1, 2, 3, 4]


async def test_i1_positions_increase_strictly_over_all_streams(house: "House") -> None:
    for n in range(6):
        name = house.stream(str(n % 2))
        await house.log.append(name, [house.event(n, name)], Expected.ANY)
    found = await house.listed(house.log.read_all(prefixes=[house.prefix]))
    positions = [each.position for each in found]
    assert len(found) == 6
    assert positions == sorted(set(positions))


async def test_i1_order_is_by_position_when_the_clock_goes_back(
    house: "House", embedded_clock: FrozenClock
) -> None:
    name = house.stream()
    await house.fill(name, 1)
    embedded_clock.advance(-3600)
    await house.log.append(name, house.events(1, name, 1), 0)
    found = await house.listed(house.log.read_all(prefixes=[house.prefix]))
    assert [each.revision for each in found] == [0, 1]
    assert found[0].created_ns > found[1].created_ns


async def test_i1_an_append_tells_revision_and_position_of_its_last_event(house: "House") -> None:
    log, stream = house.log, house.stream()
    done = await log.append(stream, house.events(3, stream), Expected.NO_STREAM)
    last = (await house.listed(log.read_stream(stream)))[-1]
    assert done == Appended(last.revision, last.position)


# -- I2: optimistic concurrency ---------------------------------------------------------


@pytest.mark.parametrize("round_", range(3))
async def test_i2_of_many_appenders_at_one_version_exactly_one_wins(
    house: "House", round_: int
) -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, round_ + 1)
    rivals = [log.append(stream, [house.event(100 + n, stream)], round_) for n in range(8)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    won = [each for each in outcomes if isinstance(each, Appended)]
    lost = [each for each in outcomes if isinstance(each, WrongExpectedVersionError)]
    assert len(won) == 1
    assert len(lost) == 7
    assert {each.actual for each in lost} == {round_ + 1}
    assert len(await house.listed(log.read_stream(stream))) == round_ + 2


async def test_i2_of_many_creators_exactly_one_wins(house: "House") -> None:
    log, stream = house.log, house.stream()
    rivals = [log.append(stream, [house.event(n, stream)], Expected.NO_STREAM) for n in range(8)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(isinstance(each, Appended) for each in outcomes) == 1
    assert len(await house.listed(log.read_stream(stream))) == 1


async def test_i2_a_loser_learns_the_true_version(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 4)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [house.event(9, stream)], 1)
    assert (caught.value.stream, caught.value.expected, caught.value.actual) == (stream, 1, 3)


async def test_i2_a_version_past_the_end_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 1)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [house.event(9, stream)], 7)
    assert caught.value.actual == 0


async def test_i2_a_version_of_a_stream_that_is_not_there_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [house.event(0, stream)], 0)
    assert caught.value.actual is None


@pytest.mark.parametrize("version", [-1, -5, 1 << 63])
async def test_i2_what_is_no_revision_is_refused(house: "House", version: int) -> None:
    log, stream = house.log, house.stream()
    call = log.append(stream, [house.event(0, stream)], version)
    await house.refused(call, AppendRefusedError)


async def test_i2_no_stream_refuses_a_stream_that_is_there(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 2)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [house.event(9, stream)], Expected.NO_STREAM)
    assert caught.value.actual == 1


async def test_i2_exists_refuses_a_stream_that_is_not_there(house: "House") -> None:
    log, stream = house.log, house.stream()
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [house.event(0, stream)], Expected.EXISTS)


async def test_i2_exists_takes_an_empty_stream_with_metadata(house: "House") -> None:
    log, stream = house.log, house.stream()
    await log.set_stream_metadata(stream, StreamMetadata(max_count=5))
    done = await log.append(stream, [house.event(0, stream)], Expected.EXISTS)
    assert done.revision == 0


@pytest.mark.parametrize("expected", [Expected.ANY, Expected.EXISTS])
async def test_i2_any_and_exists_append_at_the_end(house: "House", expected: Expected) -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 2)
    assert (await log.append(stream, [house.event(2, stream)], expected)).revision == 2


# -- I3: atomic append ------------------------------------------------------------------


async def test_i3_a_refused_append_writes_none_of_its_events(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 1)
    await house.refused(log.append(stream, house.events(5, stream, 10), 3))
    assert await house.revisions(log.read_stream(stream)) == [0]


async def test_i3_refusals_do_not_hurt_their_neighbours(house: "House") -> None:
    log = house.log
    names = [house.stream(str(n)) for n in range(12)]
    calls = [
        log.append(name, house.events(2, name), Expected.NO_STREAM if n % 3 else 4)
        for n, name in enumerate(names)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(each, Appended) for each in outcomes] == [n % 3 > 0 for n in range(12)]
    found = await house.listed(log.read_all(prefixes=[house.prefix]))
    assert len(found) == 16


# -- I4: idempotent append --------------------------------------------------------------


@pytest.mark.parametrize(("before", "version"), [(0, Expected.NO_STREAM), (2, 1)])
async def test_i4_the_same_ids_at_the_same_version_give_the_first_outcome(
    house: "House", before: int, version: ExpectedVersion
) -> None:
    log, stream = house.log, house.stream()
    if before:
        await house.fill(stream, before)
    batch = house.events(3, stream, before)
    first = await log.append(stream, batch, version)
    assert await log.append(stream, batch, version) == first
    assert len(await house.listed(log.read_stream(stream))) == before + 3


async def test_i4_a_repeat_succeeds_after_others_have_written(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 2)
    await log.append(stream, house.events(2, stream, 2), 1)
    assert (await log.append(stream, batch, Expected.NO_STREAM)).revision == 1


async def test_i4_a_repeat_of_a_part_succeeds(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 3)
    assert (await log.append(stream, batch[:2], Expected.NO_STREAM)).revision == 1


async def test_i4_a_repeat_that_runs_past_the_end_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 2)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [*batch, house.event(2, stream)], Expected.NO_STREAM)
    assert caught.value.actual == 1
    assert len(await house.listed(log.read_stream(stream))) == 2


async def test_i4_a_repeat_whose_tail_differs_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [batch[0], house.event(50, stream)], Expected.NO_STREAM)


async def test_i4_a_repeat_whose_head_differs_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [house.event(50, stream), batch[1]], Expected.NO_STREAM)


async def test_i4_a_repeat_at_another_version_is_wrong(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, batch[:1], 0)


async def test_i4_ids_alone_are_compared_never_contents(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 1)
    other = NewEvent(batch[0].id, "DecisionMade", b'{"n":"other"}')
    assert (await log.append(stream, [other], Expected.NO_STREAM)).revision == 0
    assert (await house.listed(log.read_stream(stream)))[0].data == batch[0].data


async def test_i4_the_same_id_may_stand_in_two_streams(house: "House") -> None:
    first, second = house.stream("1"), house.stream("2")
    same = house.event(0, first)
    await house.log.append(first, [same], Expected.NO_STREAM)
    assert (await house.log.append(second, [same], Expected.NO_STREAM)).revision == 0


async def test_i4_the_same_append_sent_many_times_at_once_is_written_once(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = house.events(2, stream)
    calls = [log.append(stream, batch, Expected.NO_STREAM) for _ in range(8)]
    assert len(set(await asyncio.gather(*calls))) == 1
    assert len(await house.listed(log.read_stream(stream))) == 2
