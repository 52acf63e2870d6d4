"""Stream metadata, soft deletes and tombstones, by the server's rules."""

from typing import TYPE_CHECKING

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Expected,
    ExpectedVersion,
    StreamMetadata,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
)

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House


# -- Stream metadata and retention ------------------------------------------------------


async def test_a_stream_without_metadata_has_no_limits(house: "House") -> None:
    log, stream = house.log, house.stream()
    assert await log.stream_metadata(stream) == StreamMetadata()


async def test_metadata_of_a_stream_are_the_last_ones_set(house: "House") -> None:
    log, stream = house.log, house.stream()
    await log.set_stream_metadata(stream, StreamMetadata(max_count=9))
    wanted = StreamMetadata(max_count=3, max_age_s=60, truncate_before=1)
    await log.set_stream_metadata(stream, wanted)
    assert await log.stream_metadata(stream) == wanted


async def test_max_count_shows_the_newest_only(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 6)
    await log.set_stream_metadata(stream, StreamMetadata(max_count=2))
    assert await house.revisions(log.read_stream(stream)) == [4, 5]
    await log.append(stream, [house.event(6, stream)], 5)
    assert await house.revisions(log.read_stream(stream, backwards=True)) == [6, 5]


async def test_truncate_before_hides_what_comes_before(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 5)
    await log.set_stream_metadata(stream, StreamMetadata(truncate_before=3))
    assert await house.revisions(log.read_stream(stream)) == [3, 4]
    assert (await log.append(stream, [house.event(5, stream)], 4)).revision == 5


async def test_max_age_hides_old_events_by_the_clock(
    house: "House", embedded_clock: FrozenClock
) -> None:
    log, name = house.log, house.stream()
    await house.fill(name, 2)
    await log.set_stream_metadata(name, StreamMetadata(max_age_s=10))
    embedded_clock.advance(8)
    await log.append(name, [house.event(2, name)], 1)
    assert await house.revisions(log.read_stream(name)) == [0, 1, 2]
    embedded_clock.advance(5)
    assert await house.revisions(log.read_stream(name)) == [2]


async def test_retention_changes_neither_versions_nor_idempotency(house: "House") -> None:
    log, stream = house.log, house.stream()
    batch = await house.fill(stream, 3)
    await log.set_stream_metadata(stream, StreamMetadata(max_count=1))
    assert (await log.append(stream, batch, Expected.NO_STREAM)).revision == 2
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [house.event(9, stream)], 0)


# -- Deleting ---------------------------------------------------------------------------


async def test_the_eventstoredb_driver_says_that_it_cannot_delete(house: "House") -> None:
    if house.kind != "eventstoredb":
        pytest.skip("the others can")
    for call in (house.log.delete_stream, house.log.tombstone_stream):
        assert "cannot" in await house.refused(call(house.stream(), Expected.ANY))


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [2, Expected.ANY, Expected.EXISTS])
async def test_a_deleted_stream_is_not_found(house: "House", expected: ExpectedVersion) -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 3)
    await log.delete_stream(stream, expected)
    with pytest.raises(StreamNotFoundError):
        await house.listed(log.read_stream(stream))


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [Expected.NO_STREAM, Expected.ANY, 2])
async def test_a_deleted_stream_goes_on_at_the_next_revision(
    house: "House", expected: ExpectedVersion
) -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 3)
    await log.delete_stream(stream, 2)
    assert (await log.append(stream, [house.event(3, stream)], expected)).revision == 3
    assert await house.revisions(log.read_stream(stream)) == [3]


@pytest.mark.usefixtures("deletes")
async def test_exists_refuses_a_deleted_stream(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 1)
    await log.delete_stream(stream, 0)
    await house.refused(
        log.append(stream, [house.event(1, stream)], Expected.EXISTS), WrongExpectedVersionError
    )
    await house.refused(log.delete_stream(stream, Expected.EXISTS), StreamNotFoundError)


@pytest.mark.usefixtures("deletes")
async def test_deleting_at_a_wrong_version_is_refused(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 3)
    await house.refused(log.delete_stream(stream, 1), WrongExpectedVersionError)
    assert await house.revisions(log.read_stream(stream)) == [0, 1, 2]


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [Expected.ANY, Expected.EXISTS])
async def test_deleting_what_is_not_there_is_refused(house: "House", expected: Expected) -> None:
    log, stream = house.log, house.stream()
    await house.refused(log.delete_stream(stream, expected), StreamNotFoundError)


@pytest.mark.usefixtures("deletes")
async def test_a_tombstoned_stream_is_gone_for_good(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 2)
    await log.tombstone_stream(stream, 1)
    for call in (
        house.listed(log.read_stream(stream)),
        log.append(stream, [house.event(2, stream)], 1),
        log.append(stream, [house.event(2, stream)], Expected.ANY),
        log.append(stream, [house.event(2, stream)], Expected.NO_STREAM),
        log.append(stream, [house.event(2, stream)], Expected.EXISTS),
        log.delete_stream(stream, Expected.ANY),
        log.tombstone_stream(stream, Expected.ANY),
    ):
        await house.refused(call, StreamTombstonedError)


@pytest.mark.usefixtures("deletes")
async def test_tombstoning_at_a_wrong_version_is_refused(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 2)
    await house.refused(log.tombstone_stream(stream, 0), WrongExpectedVersionError)
    assert (await log.append(stream, [house.event(2, stream)], 1)).revision == 2


@pytest.mark.usefixtures("deletes")
async def test_deletions_outlive_a_restart(house: "House") -> None:
    soft, hard = house.stream("soft"), house.stream("hard")
    for name in (soft, hard):
        await house.fill(name, 2)
    await house.log.delete_stream(soft, 1)
    await house.log.tombstone_stream(hard, 1)
    await house.restart()
    await house.refused(house.listed(house.log.read_stream(soft)), StreamNotFoundError)
    await house.refused(house.listed(house.log.read_stream(hard)), StreamTombstonedError)
    assert (await house.log.append(soft, [house.event(2, soft)], Expected.NO_STREAM)).revision == 2
