"""From catch-up to live: every event once, in order."""

import asyncio
from typing import TYPE_CHECKING

from jimbot_stream.eventlog import (
    Expected,
)

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House


# -- I7: subscriptions ------------------------------------------------------------------


async def test_i7_a_subscriber_sees_each_event_once_from_catch_up_to_live(house: "House") -> None:
    log, name = house.log, house.stream()
    await house.fill(name, 300)
    seen = log.subscribe_all(prefixes=[house.prefix])
    writing = asyncio.create_task(house.write_on(name, 300, 60))
    found = await house.take(seen, 360)
    await writing
    await seen.aclose()
    assert [each.revision for each in found] == list(range(360))


async def test_i7_a_subscriber_of_all_resumes_after_its_position(house: "House") -> None:
    log, name = house.log, house.stream()
    await house.fill(name, 5)
    first = log.subscribe_all(prefixes=[house.prefix])
    taken = await house.take(first, 2)
    await first.aclose()
    second = log.subscribe_all(after_position=taken[-1].position, prefixes=[house.prefix])
    assert [each.revision for each in await house.take(second, 3)] == [2, 3, 4]
    await second.aclose()


async def test_i7_a_subscriber_of_a_stream_resumes_after_its_revision(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 5)
    seen = log.subscribe_stream(stream, after_revision=2)
    assert [each.revision for each in await house.take(seen, 2)] == [3, 4]
    await log.append(stream, [house.event(5, stream)], 4)
    assert [each.revision for each in await house.take(seen, 1)] == [5]
    await seen.aclose()


async def test_i7_a_subscriber_waits_for_a_stream_that_is_not_there(house: "House") -> None:
    log, stream = house.log, house.stream()
    seen = log.subscribe_stream(stream)
    first = asyncio.create_task(house.take(seen, 1))
    await asyncio.sleep(0.2)
    await house.fill(stream, 1)
    assert (await first)[0].revision == 0
    await seen.aclose()


async def test_i7_subscribers_see_only_the_prefixes_they_asked_for(house: "House") -> None:
    log, game, other = house.log, house.stream(), house.stream(category="trainingRun")
    seen = log.subscribe_all(prefixes=[house.prefix])
    await house.fill(other, 3)
    await house.fill(game, 1)
    assert (await house.take(seen, 1))[0].stream == game
    await seen.aclose()


async def test_i7_many_subscribers_see_the_same(house: "House") -> None:
    log, name = house.log, house.stream()
    seen = [log.subscribe_all(prefixes=[house.prefix]) for _ in range(5)]
    taking = [asyncio.create_task(house.take(each, 20)) for each in seen]
    await asyncio.sleep(0.1)
    await house.fill(name, 10)
    await house.write_on(name, 10, 10)
    for found in await asyncio.gather(*taking):
        assert [each.revision for each in found] == list(range(20))
    for each in seen:
        await each.aclose()


async def test_i7_a_writer_reads_its_own_write(house: "House") -> None:
    log, stream = house.log, house.stream()
    for n in range(20):
        await log.append(stream, [house.event(n, stream)], n - 1 if n else Expected.NO_STREAM)
        last = await house.listed(log.read_stream(stream, backwards=True, limit=1))
        assert last[0].revision == n
