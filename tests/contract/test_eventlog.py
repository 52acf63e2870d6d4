"""What every event log promises, over each implementation and each client.

``KURRENTDB_URI`` adds a real server (marker ``services``): a KurrentDB or EventStoreDB
node whose contents do not matter.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from uuid import UUID

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Appended,
    AppendRefusedError,
    EventLog,
    EventLogError,
    Expected,
    ExpectedVersion,
    LogUnavailableError,
    NewEvent,
    RecordedEvent,
    StreamMetadata,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.eventstoredb import EventStoreDBLog
from jimbot_stream.eventlog.kurrent import KurrentLog
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.server import Door

MIB = 1 << 20
KINDS = [
    "embedded",
    "kurrent",
    "eventstoredb",
    pytest.param("server", marks=pytest.mark.services),
]


class House:
    """A log in its surroundings, so that a test can restart it and move its clock."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.clock = FrozenClock()
        self.run = os.urandom(4).hex()
        self._folder = folder
        self._stack = AsyncExitStack()
        self._port = 0
        self.log: EventLog

    async def open(self) -> None:
        if self.kind == "server":
            self.log = await self._stack.enter_async_context(
                KurrentLog(os.environ["KURRENTDB_URI"])
            )
            return
        path = self._folder / "events.sqlite"
        embedded = await self._stack.enter_async_context(EmbeddedLog(path, self.clock))
        if self.kind == "embedded":
            self.log = embedded
            return
        door = await self._stack.enter_async_context(Door(embedded, port=self._port))
        self._port = door.port
        client = KurrentLog if self.kind == "kurrent" else EventStoreDBLog
        self.log = await self._stack.enter_async_context(client(door.uri))

    async def close(self) -> None:
        await self._stack.aclose()

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def stream(self, name: str = "1", category: str = "game") -> str:
        return f"{category}{self.run}-{name}"

    @property
    def prefix(self) -> str:
        return f"game{self.run}-"


@pytest.fixture(params=KINDS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    if request.param == "server" and "KURRENTDB_URI" not in os.environ:
        pytest.skip("KURRENTDB_URI names no server")
    made = House(request.param, tmp_path)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def log(house: House) -> EventLog:
    return house.log


@pytest.fixture
def stream(house: House) -> str:
    return house.stream()


@pytest.fixture
def deletes(house: House) -> None:
    if house.kind == "eventstoredb":
        pytest.skip("the eventstoredb package cannot delete")


@pytest.fixture
def embedded_clock(house: House) -> FrozenClock:
    if house.kind == "server":
        pytest.skip("a real server has its own clock")
    return house.clock


def event(n: int, stream: str, kind: str = "DecisionMade") -> NewEvent:
    data = b'{"n":%d}' % n
    return NewEvent(event_id(stream, kind, str(n), data), kind, data, b'{"schema":"1"}')


def events(count: int, stream: str, start: int = 0) -> list[NewEvent]:
    return [event(n, stream) for n in range(start, start + count)]


async def fill(log: EventLog, stream: str, count: int) -> list[NewEvent]:
    written = events(count, stream)
    await log.append(stream, written, Expected.NO_STREAM)
    return written


async def listed(found: AsyncIterator[RecordedEvent]) -> list[RecordedEvent]:
    return [each async for each in found]


async def revisions(found: AsyncIterator[RecordedEvent]) -> list[int]:
    return [each.revision async for each in found]


async def take(found: AsyncIterator[RecordedEvent], count: int) -> list[RecordedEvent]:
    taken: list[RecordedEvent] = []
    async with asyncio.timeout(10):
        while len(taken) < count:
            taken.append(await anext(found))
    return taken


async def refused(call: Awaitable[object]) -> EventLogError:
    with pytest.raises(EventLogError) as caught:
        await call
    return caught.value


# -- I1: order --------------------------------------------------------------------------


async def test_i1_revisions_are_contiguous_from_0(log: EventLog, stream: str) -> None:
    await fill(log, stream, 3)
    done = await log.append(stream, events(2, stream, 3), 2)
    assert done.revision == 4
    assert await revisions(log.read_stream(stream)) == [0, 1, 2, 3, 4]


async def test_i1_positions_increase_strictly_over_all_streams(house: House) -> None:
    for n in range(6):
        name = house.stream(str(n % 2))
        await house.log.append(name, [event(n, name)], Expected.ANY)
    found = await listed(house.log.read_all(prefixes=[house.prefix]))
    positions = [each.position for each in found]
    assert len(found) == 6
    assert positions == sorted(set(positions))


async def test_i1_order_is_by_position_when_the_clock_goes_back(
    house: House, embedded_clock: FrozenClock
) -> None:
    name = house.stream()
    await fill(house.log, name, 1)
    embedded_clock.advance(-3600)
    await house.log.append(name, events(1, name, 1), 0)
    found = await listed(house.log.read_all(prefixes=[house.prefix]))
    assert [each.revision for each in found] == [0, 1]
    assert found[0].created_ns > found[1].created_ns


async def test_i1_an_append_tells_revision_and_position_of_its_last_event(
    log: EventLog, stream: str
) -> None:
    done = await log.append(stream, events(3, stream), Expected.NO_STREAM)
    last = (await listed(log.read_stream(stream)))[-1]
    assert done == Appended(last.revision, last.position)


# -- I2: optimistic concurrency ---------------------------------------------------------


@pytest.mark.parametrize("round_", range(3))
async def test_i2_of_many_appenders_at_one_version_exactly_one_wins(
    log: EventLog, stream: str, round_: int
) -> None:
    await fill(log, stream, round_ + 1)
    rivals = [log.append(stream, [event(100 + n, stream)], round_) for n in range(8)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    won = [each for each in outcomes if isinstance(each, Appended)]
    lost = [each for each in outcomes if isinstance(each, WrongExpectedVersionError)]
    assert len(won) == 1
    assert len(lost) == 7
    assert {each.actual for each in lost} == {round_ + 1}
    assert len(await listed(log.read_stream(stream))) == round_ + 2


async def test_i2_of_many_creators_exactly_one_wins(log: EventLog, stream: str) -> None:
    rivals = [log.append(stream, [event(n, stream)], Expected.NO_STREAM) for n in range(8)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(isinstance(each, Appended) for each in outcomes) == 1
    assert len(await listed(log.read_stream(stream))) == 1


async def test_i2_a_loser_learns_the_true_version(log: EventLog, stream: str) -> None:
    await fill(log, stream, 4)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [event(9, stream)], 1)
    assert (caught.value.stream, caught.value.expected, caught.value.actual) == (stream, 1, 3)


async def test_i2_a_version_past_the_end_is_wrong(log: EventLog, stream: str) -> None:
    await fill(log, stream, 1)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [event(9, stream)], 7)
    assert caught.value.actual == 0


async def test_i2_a_version_of_a_stream_that_is_not_there_is_wrong(
    log: EventLog, stream: str
) -> None:
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [event(0, stream)], 0)
    assert caught.value.actual is None


async def test_i2_no_stream_refuses_a_stream_that_is_there(log: EventLog, stream: str) -> None:
    await fill(log, stream, 2)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [event(9, stream)], Expected.NO_STREAM)
    assert caught.value.actual == 1


async def test_i2_exists_refuses_a_stream_that_is_not_there(log: EventLog, stream: str) -> None:
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [event(0, stream)], Expected.EXISTS)


async def test_i2_exists_takes_an_empty_stream_with_metadata(log: EventLog, stream: str) -> None:
    await log.set_stream_metadata(stream, StreamMetadata(max_count=5))
    done = await log.append(stream, [event(0, stream)], Expected.EXISTS)
    assert done.revision == 0


@pytest.mark.parametrize("expected", [Expected.ANY, Expected.EXISTS])
async def test_i2_any_and_exists_append_at_the_end(
    log: EventLog, stream: str, expected: Expected
) -> None:
    await fill(log, stream, 2)
    assert (await log.append(stream, [event(2, stream)], expected)).revision == 2


# -- I3: atomic append ------------------------------------------------------------------


async def test_i3_a_refused_append_writes_none_of_its_events(log: EventLog, stream: str) -> None:
    await fill(log, stream, 1)
    await refused(log.append(stream, events(5, stream, 10), 3))
    assert await revisions(log.read_stream(stream)) == [0]


async def test_i3_refusals_do_not_hurt_their_neighbours(house: House) -> None:
    log = house.log
    names = [house.stream(str(n)) for n in range(12)]
    calls = [
        log.append(name, events(2, name), Expected.NO_STREAM if n % 3 else 4)
        for n, name in enumerate(names)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(each, Appended) for each in outcomes] == [n % 3 > 0 for n in range(12)]
    found = await listed(log.read_all(prefixes=[house.prefix]))
    assert len(found) == 16


# -- I4: idempotent append --------------------------------------------------------------


@pytest.mark.parametrize(("before", "version"), [(0, Expected.NO_STREAM), (2, 1)])
async def test_i4_the_same_ids_at_the_same_version_give_the_first_outcome(
    log: EventLog, stream: str, before: int, version: ExpectedVersion
) -> None:
    if before:
        await fill(log, stream, before)
    batch = events(3, stream, before)
    first = await log.append(stream, batch, version)
    assert await log.append(stream, batch, version) == first
    assert len(await listed(log.read_stream(stream))) == before + 3


async def test_i4_a_repeat_succeeds_after_others_have_written(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 2)
    await log.append(stream, events(2, stream, 2), 1)
    assert (await log.append(stream, batch, Expected.NO_STREAM)).revision == 1


async def test_i4_a_repeat_of_a_part_succeeds(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 3)
    assert (await log.append(stream, batch[:2], Expected.NO_STREAM)).revision == 1


async def test_i4_a_repeat_that_runs_past_the_end_is_wrong(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 2)
    with pytest.raises(WrongExpectedVersionError) as caught:
        await log.append(stream, [*batch, event(2, stream)], Expected.NO_STREAM)
    assert caught.value.actual == 1
    assert len(await listed(log.read_stream(stream))) == 2


async def test_i4_a_repeat_whose_tail_differs_is_wrong(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [batch[0], event(50, stream)], Expected.NO_STREAM)


async def test_i4_a_repeat_whose_head_differs_is_wrong(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [event(50, stream), batch[1]], Expected.NO_STREAM)


async def test_i4_a_repeat_at_another_version_is_wrong(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 3)
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, batch[:1], 0)


async def test_i4_ids_alone_are_compared_never_contents(log: EventLog, stream: str) -> None:
    batch = await fill(log, stream, 1)
    other = NewEvent(batch[0].id, "DecisionMade", b'{"n":"other"}')
    assert (await log.append(stream, [other], Expected.NO_STREAM)).revision == 0
    assert (await listed(log.read_stream(stream)))[0].data == batch[0].data


async def test_i4_the_same_id_may_stand_in_two_streams(house: House) -> None:
    first, second = house.stream("1"), house.stream("2")
    same = event(0, first)
    await house.log.append(first, [same], Expected.NO_STREAM)
    assert (await house.log.append(second, [same], Expected.NO_STREAM)).revision == 0


async def test_i4_the_same_append_sent_many_times_at_once_is_written_once(
    log: EventLog, stream: str
) -> None:
    batch = events(2, stream)
    calls = [log.append(stream, batch, Expected.NO_STREAM) for _ in range(8)]
    assert len(set(await asyncio.gather(*calls))) == 1
    assert len(await listed(log.read_stream(stream))) == 2


# -- I5, I6: durability over a restart --------------------------------------------------


async def test_i5_what_was_acknowledged_is_there_after_a_restart(house: House) -> None:
    if house.kind == "server":
        pytest.skip("restarting a real server is not ours to do")
    name = house.stream()
    await fill(house.log, name, 5)
    before = await listed(house.log.read_stream(name))
    await house.restart()
    assert await listed(house.log.read_stream(name)) == before


async def test_i5_versions_and_ids_are_remembered_over_a_restart(house: House) -> None:
    if house.kind == "server":
        pytest.skip("restarting a real server is not ours to do")
    name = house.stream()
    batch = await fill(house.log, name, 3)
    await house.restart()
    assert (await house.log.append(name, batch, Expected.NO_STREAM)).revision == 2
    assert (await house.log.append(name, [event(3, name)], 2)).revision == 3


async def test_i5_a_client_goes_on_when_the_log_comes_back(house: House, tmp_path: Path) -> None:
    if house.kind not in ("kurrent", "eventstoredb"):
        pytest.skip("only clients outlive their log")
    client = KurrentLog if house.kind == "kurrent" else EventStoreDBLog
    path, name = tmp_path / "other.sqlite", house.stream()
    async with EmbeddedLog(path) as log, Door(log, port=0) as door:
        port, remote = door.port, client(door.uri)
        await fill(remote, name, 1)
    async with aclosing_log(remote):
        assert isinstance(
            await refused(remote.append(name, [event(1, name)], 0)), LogUnavailableError
        )
        async with EmbeddedLog(path) as log, Door(log, port=port):
            assert await eventually(lambda: remote.append(name, [event(1, name)], 0)) == 1


def aclosing_log(log: EventLog) -> "aclosing[_Closer]":
    return aclosing(_Closer(log))


class _Closer:
    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def aclose(self) -> None:
        await self._log.close()


async def eventually(append: Callable[[], Awaitable[Appended]]) -> int:
    """Repeat the identical append while the log does not answer."""
    async with asyncio.timeout(20):
        while True:
            try:
                return (await append()).revision
            except LogUnavailableError:
                await asyncio.sleep(0.1)


# -- I7: subscriptions ------------------------------------------------------------------


async def test_i7_a_subscriber_sees_each_event_once_from_catch_up_to_live(house: House) -> None:
    log, name = house.log, house.stream()
    await fill(log, name, 300)
    seen = log.subscribe_all(prefixes=[house.prefix])
    writing = asyncio.create_task(_write_on(log, name, 300, 60))
    found = await take(seen, 360)
    await writing
    await seen.aclose()  # type: ignore[attr-defined]
    assert [each.revision for each in found] == list(range(360))


async def _write_on(log: EventLog, stream: str, start: int, count: int) -> None:
    for n in range(start, start + count):
        await log.append(stream, [event(n, stream)], n - 1)


async def test_i7_a_subscriber_of_all_resumes_after_its_position(house: House) -> None:
    log, name = house.log, house.stream()
    await fill(log, name, 5)
    first = log.subscribe_all(prefixes=[house.prefix])
    taken = await take(first, 2)
    await first.aclose()  # type: ignore[attr-defined]
    second = log.subscribe_all(after_position=taken[-1].position, prefixes=[house.prefix])
    assert [each.revision for each in await take(second, 3)] == [2, 3, 4]
    await second.aclose()  # type: ignore[attr-defined]


async def test_i7_a_subscriber_of_a_stream_resumes_after_its_revision(
    log: EventLog, stream: str
) -> None:
    await fill(log, stream, 5)
    seen = log.subscribe_stream(stream, after_revision=2)
    assert [each.revision for each in await take(seen, 2)] == [3, 4]
    await log.append(stream, [event(5, stream)], 4)
    assert [each.revision for each in await take(seen, 1)] == [5]
    await seen.aclose()  # type: ignore[attr-defined]


async def test_i7_a_subscriber_waits_for_a_stream_that_is_not_there(
    log: EventLog, stream: str
) -> None:
    seen = log.subscribe_stream(stream)
    first = asyncio.create_task(take(seen, 1))
    await asyncio.sleep(0.2)
    await fill(log, stream, 1)
    assert (await first)[0].revision == 0
    await seen.aclose()  # type: ignore[attr-defined]


async def test_i7_subscribers_see_only_the_prefixes_they_asked_for(house: House) -> None:
    log, game, other = house.log, house.stream(), house.stream(category="trainingRun")
    seen = log.subscribe_all(prefixes=[house.prefix])
    await fill(log, other, 3)
    await fill(log, game, 1)
    assert (await take(seen, 1))[0].stream == game
    await seen.aclose()  # type: ignore[attr-defined]


async def test_i7_many_subscribers_see_the_same(house: House) -> None:
    log, name = house.log, house.stream()
    seen = [log.subscribe_all(prefixes=[house.prefix]) for _ in range(5)]
    taking = [asyncio.create_task(take(each, 20)) for each in seen]
    await asyncio.sleep(0.1)
    await fill(log, name, 10)
    await _write_on(log, name, 10, 10)
    for found in await asyncio.gather(*taking):
        assert [each.revision for each in found] == list(range(20))
    for each in seen:
        await each.aclose()  # type: ignore[attr-defined]


async def test_i7_a_writer_reads_its_own_write(log: EventLog, stream: str) -> None:
    for n in range(20):
        await log.append(stream, [event(n, stream)], n - 1 if n else Expected.NO_STREAM)
        last = await listed(log.read_stream(stream, backwards=True, limit=1))
        assert last[0].revision == n


# -- Reading streams --------------------------------------------------------------------


async def test_reading_gives_what_was_appended(log: EventLog, stream: str) -> None:
    written = (await fill(log, stream, 1))[0]
    found = (await listed(log.read_stream(stream)))[0]
    assert (found.stream, found.revision, found.id) == (stream, 0, written.id)
    assert (found.type, found.data, found.metadata) == (
        written.type,
        written.data,
        written.metadata,
    )


async def test_created_is_the_logs_clock(house: House, embedded_clock: FrozenClock) -> None:
    embedded_clock.advance(0.000_001)
    await fill(house.log, house.stream(), 1)
    found = (await listed(house.log.read_stream(house.stream())))[0]
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
    log: EventLog,
    stream: str,
    start: int | None,
    backwards: bool,
    limit: int | None,
    wanted: list[int],
) -> None:
    await fill(log, stream, 5)
    found = log.read_stream(stream, from_revision=start, backwards=backwards, limit=limit)
    assert await revisions(found) == wanted


async def test_reading_a_stream_that_is_not_there_fails(log: EventLog, stream: str) -> None:
    with pytest.raises(StreamNotFoundError):
        await listed(log.read_stream(stream))


async def test_reading_a_long_stream_gives_all_of_it(log: EventLog, stream: str) -> None:
    await fill(log, stream, 700)
    assert await revisions(log.read_stream(stream)) == list(range(700))
    assert await revisions(log.read_stream(stream, backwards=True)) == list(range(699, -1, -1))


async def test_a_reader_may_stop_early(log: EventLog, stream: str) -> None:
    await fill(log, stream, 600)
    reading = log.read_stream(stream)
    assert (await anext(reading)).revision == 0
    await reading.aclose()  # type: ignore[attr-defined]
    assert (await log.append(stream, [event(600, stream)], 599)).revision == 600


# -- Reading everything -----------------------------------------------------------------


async def test_filter_by_prefixes(house: House) -> None:
    log = house.log
    names = [house.stream("1"), house.stream("1", "checkpoint"), house.stream("1", "trainingRun")]
    for name in names:
        await fill(log, name, 2)
    asked = [house.prefix, f"checkpoint{house.run}"]
    found = await listed(log.read_all(prefixes=asked))
    assert [each.stream for each in found] == [names[0], names[0], names[1], names[1]]


async def test_filter_by_types_matches_whole_names_only(house: House) -> None:
    log, name = house.log, house.stream()
    kinds = [f"{kind}{house.run}" for kind in ("Aa", "AaTail", "HeadBb", "Bb", "Cc")]
    batch = [event(n, name, kind) for n, kind in enumerate(kinds)]
    await log.append(name, batch, Expected.NO_STREAM)
    found = await listed(log.read_all(types=[f"Aa{house.run}", f"Bb{house.run}"]))
    assert [each.type for each in found] == [f"Aa{house.run}", f"Bb{house.run}"]


async def test_filters_treat_names_as_text_not_as_patterns(house: House) -> None:
    log, name = house.log, house.stream()
    kinds = [f"A.b{house.run}", f"Axb{house.run}"]
    batch = [event(n, name, kind) for n, kind in enumerate(kinds)]
    await log.append(name, batch, Expected.NO_STREAM)
    found = await listed(log.read_all(types=[f"A.b{house.run}"]))
    assert [each.type for each in found] == kinds[:1]


async def test_prefixes_and_types_together_are_refused(log: EventLog) -> None:
    assert await refused(listed(log.read_all(prefixes=["game-"], types=["A"])))  # type: ignore[arg-type]


async def test_a_read_of_everything_leaves_system_events_out(house: House) -> None:
    log, name = house.log, house.stream()
    await log.set_stream_metadata(name, StreamMetadata(max_count=10))
    await fill(log, name, 2)
    found = await listed(log.read_all(backwards=True, limit=50))
    assert not [each for each in found if each.stream.startswith("$") or each.type[0] == "$"]
    assert [each.revision for each in found if each.stream == name] == [1, 0]


@pytest.mark.parametrize(("backwards", "wanted"), [(False, [2, 3, 4]), (True, [2, 1, 0])])
async def test_a_position_is_inclusive_both_ways(
    house: House, backwards: bool, wanted: list[int]
) -> None:
    log, name = house.log, house.stream()
    await fill(log, name, 5)
    third = (await listed(log.read_stream(name)))[2].position
    found = log.read_all(from_position=third, prefixes=[house.prefix], backwards=backwards)
    assert await revisions(found) == wanted
    one = log.read_all(from_position=third, prefixes=[house.prefix], backwards=backwards, limit=1)
    assert await revisions(one) == [2]


async def test_limits_count_the_events_that_pass_the_filter(house: House) -> None:
    log = house.log
    for n in range(10):
        name = house.stream(str(n), "game" if n % 3 == 0 else "other")
        await fill(log, name, 1)
    found = await listed(log.read_all(prefixes=[house.prefix], limit=3))
    assert [each.stream.rpartition("-")[2] for each in found] == ["0", "3", "6"]


async def test_everything_can_be_read_page_by_page(house: House) -> None:
    log, name = house.log, house.stream()
    await fill(log, name, 7)
    found: list[int] = []
    position = None
    while page := await listed(
        log.read_all(from_position=position, prefixes=[house.prefix], limit=3)
    ):
        fresh = [each for each in page if position is None or each.position > position]
        found += [each.revision for each in fresh]
        if not fresh:
            break
        position = page[-1].position
    assert found == list(range(7))


# -- Contents ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        '{"text":"Jökèr ♠ 🃏 \\u0000"}'.encode(),
        bytes(range(256)),
        b"",
        b'{"score":1e308,"big":"1e400"}',
        b'{ "spaces" :  1 }',
    ],
    ids=["empty object", "unicode", "binary", "empty", "large numbers", "white space"],
)
async def test_data_come_back_byte_for_byte(log: EventLog, stream: str, data: bytes) -> None:
    written = NewEvent(event_id(stream, "T", "", data), "T", data)
    await log.append(stream, [written], Expected.NO_STREAM)
    assert (await listed(log.read_stream(stream)))[0].data == data


async def test_metadata_come_back_byte_for_byte(log: EventLog, stream: str) -> None:
    metadata = '{"$correlationId": "ü/1",  "kafka":"t/0/1"}'.encode()
    written = NewEvent(UUID(int=7), "T", b"{}", metadata)
    await log.append(stream, [written], Expected.NO_STREAM)
    assert (await listed(log.read_stream(stream)))[0].metadata == metadata


async def test_names_and_types_may_be_unicode(house: House) -> None:
    name = house.stream("Jökèr ♠/🃏")
    await house.log.append(name, [event(0, name, "Gespieltß")], Expected.NO_STREAM)
    found = (await listed(house.log.read_stream(name)))[0]
    assert (found.stream, found.type) == (name, "Gespieltß")


async def test_an_append_of_nearly_1_mib_is_taken(log: EventLog, stream: str) -> None:
    data = b"x" * (MIB - 100)
    await log.append(stream, [NewEvent(UUID(int=1), "T", data)], Expected.NO_STREAM)
    assert len((await listed(log.read_stream(stream)))[0].data) == MIB - 100


@pytest.mark.parametrize("parts", [1, 4])
async def test_an_append_over_1_mib_is_refused_whole(
    log: EventLog, stream: str, parts: int
) -> None:
    data = b"x" * (MIB // parts)
    batch = [NewEvent(UUID(int=n + 1), "T", data) for n in range(parts)]
    error = await refused(log.append(stream, batch, Expected.NO_STREAM))
    assert isinstance(error, AppendRefusedError)
    with pytest.raises(StreamNotFoundError):
        await listed(log.read_stream(stream))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("game-1", []),
        ("", [NewEvent(UUID(int=1), "T", b"{}")]),
        ("$system", [NewEvent(UUID(int=1), "T", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "$type", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b"no JSON")]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b'{"n":1}')]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b"[]")]),
    ],
    ids=[
        "no events",
        "no name",
        "system stream",
        "no type",
        "system type",
        "metadata not JSON",
        "metadata not strings",
        "metadata no object",
    ],
)
async def test_malformed_appends_are_refused(
    log: EventLog, name: str, given: list[NewEvent]
) -> None:
    error = await refused(log.append(name, given, Expected.ANY))
    assert isinstance(error, AppendRefusedError)


# -- Stream metadata and retention ------------------------------------------------------


async def test_a_stream_without_metadata_has_no_limits(log: EventLog, stream: str) -> None:
    assert await log.stream_metadata(stream) == StreamMetadata()


async def test_metadata_of_a_stream_are_the_last_ones_set(log: EventLog, stream: str) -> None:
    await log.set_stream_metadata(stream, StreamMetadata(max_count=9))
    wanted = StreamMetadata(max_count=3, max_age_s=60, truncate_before=1)
    await log.set_stream_metadata(stream, wanted)
    assert await log.stream_metadata(stream) == wanted


async def test_max_count_shows_the_newest_only(log: EventLog, stream: str) -> None:
    await fill(log, stream, 6)
    await log.set_stream_metadata(stream, StreamMetadata(max_count=2))
    assert await revisions(log.read_stream(stream)) == [4, 5]
    await log.append(stream, [event(6, stream)], 5)
    assert await revisions(log.read_stream(stream, backwards=True)) == [6, 5]


async def test_truncate_before_hides_what_comes_before(log: EventLog, stream: str) -> None:
    await fill(log, stream, 5)
    await log.set_stream_metadata(stream, StreamMetadata(truncate_before=3))
    assert await revisions(log.read_stream(stream)) == [3, 4]
    assert (await log.append(stream, [event(5, stream)], 4)).revision == 5


async def test_max_age_hides_old_events_by_the_clock(
    house: House, embedded_clock: FrozenClock
) -> None:
    log, name = house.log, house.stream()
    await fill(log, name, 2)
    await log.set_stream_metadata(name, StreamMetadata(max_age_s=10))
    embedded_clock.advance(8)
    await log.append(name, [event(2, name)], 1)
    assert await revisions(log.read_stream(name)) == [0, 1, 2]
    embedded_clock.advance(5)
    assert await revisions(log.read_stream(name)) == [2]


async def test_retention_changes_neither_versions_nor_idempotency(
    log: EventLog, stream: str
) -> None:
    batch = await fill(log, stream, 3)
    await log.set_stream_metadata(stream, StreamMetadata(max_count=1))
    assert (await log.append(stream, batch, Expected.NO_STREAM)).revision == 2
    with pytest.raises(WrongExpectedVersionError):
        await log.append(stream, [event(9, stream)], 0)


# -- Deleting ---------------------------------------------------------------------------


async def test_the_eventstoredb_driver_says_that_it_cannot_delete(house: House) -> None:
    if house.kind != "eventstoredb":
        pytest.skip("the others can")
    for call in (house.log.delete_stream, house.log.tombstone_stream):
        assert "cannot" in str(await refused(call(house.stream(), Expected.ANY)))


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [2, Expected.ANY, Expected.EXISTS])
async def test_a_deleted_stream_is_not_found(
    log: EventLog, stream: str, expected: ExpectedVersion
) -> None:
    await fill(log, stream, 3)
    await log.delete_stream(stream, expected)
    with pytest.raises(StreamNotFoundError):
        await listed(log.read_stream(stream))


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [Expected.NO_STREAM, Expected.ANY, 2])
async def test_a_deleted_stream_goes_on_at_the_next_revision(
    log: EventLog, stream: str, expected: ExpectedVersion
) -> None:
    await fill(log, stream, 3)
    await log.delete_stream(stream, 2)
    assert (await log.append(stream, [event(3, stream)], expected)).revision == 3
    assert await revisions(log.read_stream(stream)) == [3]


@pytest.mark.usefixtures("deletes")
async def test_exists_refuses_a_deleted_stream(log: EventLog, stream: str) -> None:
    await fill(log, stream, 1)
    await log.delete_stream(stream, 0)
    assert isinstance(
        await refused(log.append(stream, [event(1, stream)], Expected.EXISTS)),
        WrongExpectedVersionError,
    )
    assert isinstance(
        await refused(log.delete_stream(stream, Expected.EXISTS)), StreamNotFoundError
    )


@pytest.mark.usefixtures("deletes")
async def test_deleting_at_a_wrong_version_is_refused(log: EventLog, stream: str) -> None:
    await fill(log, stream, 3)
    assert isinstance(await refused(log.delete_stream(stream, 1)), WrongExpectedVersionError)
    assert await revisions(log.read_stream(stream)) == [0, 1, 2]


@pytest.mark.usefixtures("deletes")
@pytest.mark.parametrize("expected", [Expected.ANY, Expected.EXISTS])
async def test_deleting_what_is_not_there_is_refused(
    log: EventLog, stream: str, expected: Expected
) -> None:
    assert isinstance(await refused(log.delete_stream(stream, expected)), StreamNotFoundError)


@pytest.mark.usefixtures("deletes")
async def test_a_tombstoned_stream_is_gone_for_good(log: EventLog, stream: str) -> None:
    await fill(log, stream, 2)
    await log.tombstone_stream(stream, 1)
    for call in (
        listed(log.read_stream(stream)),
        log.append(stream, [event(2, stream)], 1),
        log.append(stream, [event(2, stream)], Expected.ANY),
        log.append(stream, [event(2, stream)], Expected.NO_STREAM),
        log.append(stream, [event(2, stream)], Expected.EXISTS),
        log.delete_stream(stream, Expected.ANY),
        log.tombstone_stream(stream, Expected.ANY),
    ):
        assert isinstance(await refused(call), StreamTombstonedError)


@pytest.mark.usefixtures("deletes")
async def test_tombstoning_at_a_wrong_version_is_refused(log: EventLog, stream: str) -> None:
    await fill(log, stream, 2)
    assert isinstance(await refused(log.tombstone_stream(stream, 0)), WrongExpectedVersionError)
    assert (await log.append(stream, [event(2, stream)], 1)).revision == 2


@pytest.mark.usefixtures("deletes")
async def test_deletions_outlive_a_restart(house: House) -> None:
    if house.kind == "server":
        pytest.skip("restarting a real server is not ours to do")
    soft, hard = house.stream("soft"), house.stream("hard")
    for name in (soft, hard):
        await fill(house.log, name, 2)
    await house.log.delete_stream(soft, 1)
    await house.log.tombstone_stream(hard, 1)
    await house.restart()
    assert isinstance(await refused(listed(house.log.read_stream(soft))), StreamNotFoundError)  # type: ignore[arg-type]
    assert isinstance(await refused(listed(house.log.read_stream(hard))), StreamTombstonedError)  # type: ignore[arg-type]
    assert (await house.log.append(soft, [event(2, soft)], Expected.NO_STREAM)).revision == 2


# -- Closing ----------------------------------------------------------------------------


async def test_closing_twice_is_fine(log: EventLog, stream: str) -> None:
    await fill(log, stream, 1)
    await log.close()
    await log.close()
