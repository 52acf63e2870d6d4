"""Streams and everything, forwards and backwards, filtered and limited."""

from typing import TYPE_CHECKING

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Expected,
    StreamMetadata,
    StreamNotFoundError,
)

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House


# -- Reading streams --------------------------------------------------------------------


async def test_reading_gives_what_was_appended(house: "House") -> None:
    log, stream = house.log, house.stream()
    written = (await house.fill(stream, 1))[0]
    found = (await house.listed(log.read_stream(stream)))[0]
    assert (found.stream, found.revision, found.id) == (stream, 0, written.id)
    assert (found.type, found.data, found.metadata) == (
        written.type,
        written.data,
        written.metadata,
    )


async def test_created_is_the_logs_clock(house: "House", embedded_clock: FrozenClock) -> None:
    embedded_clock.advance(0.000_001)
    await house.fill(house.stream(), 1)
    found = (await house.listed(house.log.read_stream(house.stream())))[0]
    assert found.created_ns == embedded_clock.now_ns()


@pytest.mark.parametrize(
    ("start", "backwards", "limit", "wanted"),
    [
        (None, False, None, [0, 1, 2, 3, 4]),
        (None, True, None, [4, 3, 2, 1, 0]),
        (2, False, None, [2, 3, 4]),
        (2, True, None, [2, 1, 0]),
        (1, False, 2, [1, 2]),
        (3, True, 2, [3, 2]),
        (None, True, 1, [4]),
        (9, False, None, []),
        (9, True, 2, [4, 3]),
        (0, True, None, [0]),
        (None, False, 0, []),
    ],
)
async def test_reading_a_stream_from_to_and_back(
    house: "House",
    start: int | None,
    backwards: bool,
    limit: int | None,
    wanted: list[int],
) -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 5)
    found = log.read_stream(stream, from_revision=start, backwards=backwards, limit=limit)
    assert await house.revisions(found) == wanted


async def test_reading_a_stream_that_is_not_there_fails(house: "House") -> None:
    log, stream = house.log, house.stream()
    with pytest.raises(StreamNotFoundError):
        await house.listed(log.read_stream(stream))


async def test_reading_a_long_stream_gives_all_of_it(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 700)
    assert await house.revisions(log.read_stream(stream)) == list(range(700))
    assert await house.revisions(log.read_stream(stream, backwards=True)) == list(
        range(699, -1, -1)
    )


async def test_a_reader_may_stop_early(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 600)
    reading = log.read_stream(stream)
    assert (await anext(reading)).revision == 0
    await reading.aclose()
    assert (await log.append(stream, [house.event(600, stream)], 599)).revision == 600


# -- Reading everything -----------------------------------------------------------------


async def test_filter_by_prefixes(house: "House") -> None:
    log = house.log
    names = [house.stream("1"), house.stream("1", "checkpoint"), house.stream("1", "trainingRun")]
    for name in names:
        await house.fill(name, 2)
    asked = [house.prefix, f"checkpoint{house.run}"]
    found = await house.listed(log.read_all(prefixes=asked))
    assert [each.stream for each in found] == [names[0], names[0], names[1], names[1]]


async def test_filter_by_types_matches_whole_names_only(house: "House") -> None:
    log, name = house.log, house.stream()
    kinds = [f"{kind}{house.run}" for kind in ("Aa", "AaTail", "HeadBb", "Bb", "Cc")]
    batch = [house.event(n, name, kind) for n, kind in enumerate(kinds)]
    await log.append(name, batch, Expected.NO_STREAM)
    found = await house.listed(log.read_all(types=[f"Aa{house.run}", f"Bb{house.run}"]))
    assert [each.type for each in found] == [f"Aa{house.run}", f"Bb{house.run}"]


async def test_filters_treat_names_as_text_not_as_patterns(house: "House") -> None:
    log, name = house.log, house.stream()
    kinds = [f"A.b{house.run}", f"Axb{house.run}"]
    batch = [house.event(n, name, kind) for n, kind in enumerate(kinds)]
    await log.append(name, batch, Expected.NO_STREAM)
    found = await house.listed(log.read_all(types=[f"A.b{house.run}"]))
    assert [each.type for each in found] == kinds[:1]


async def test_prefixes_and_types_together_are_refused(house: "House") -> None:
    log = house.log
    await house.refused(house.listed(log.read_all(prefixes=["game-"], types=["A"])))


async def test_a_read_of_everything_leaves_system_events_out(house: "House") -> None:
    log, name = house.log, house.stream()
    await log.set_stream_metadata(name, StreamMetadata(max_count=10))
    await house.fill(name, 2)
    found = await house.listed(log.read_all(backwards=True, limit=50))
    assert not [each for each in found if each.stream.startswith("$") or each.type[0] == "$"]
    assert [each.revision for each in found if each.stream == name] == [1, 0]


@pytest.mark.parametrize(("backwards", "wanted"), [(False, [2, 3, 4]), (True, [2, 1, 0])])
async def test_a_position_is_inclusive_both_ways(
    house: "House", backwards: bool, wanted: list[int]
) -> None:
    log, name = house.log, house.stream()
    await house.fill(name, 5)
    third = (await house.listed(log.read_stream(name)))[2].position
    found = log.read_all(from_position=third, prefixes=[house.prefix], backwards=backwards)
    assert await house.revisions(found) == wanted
    one = log.read_all(from_position=third, prefixes=[house.prefix], backwards=backwards, limit=1)
    assert await house.revisions(one) == [2]


async def test_limits_count_the_events_that_pass_the_filter(house: "House") -> None:
    log = house.log
    for n in range(10):
        name = house.stream(str(n), "game" if n % 3 == 0 else "other")
        await house.fill(name, 1)
    found = await house.listed(log.read_all(prefixes=[house.prefix], limit=3))
    assert [each.stream.rpartition("-")[2] for each in found] == ["0", "3", "6"]


async def test_everything_can_be_read_page_by_page(house: "House") -> None:
    log, name = house.log, house.stream()
    await house.fill(name, 7)
    found: list[int] = []
    position = None
    while page := await house.listed(
        log.read_all(from_position=position, prefixes=[house.prefix], limit=3)
    ):
        fresh = [each for each in page if position is None or each.position > position]
        found += [each.revision for each in fresh]
        if not fresh:
            break
        position = page[-1].position
    assert found == list(range(7))
