"""One writer's view of a stream: exact versions, conflicts, lost answers."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Appended,
    Expected,
    ExpectedVersion,
    LogUnavailableError,
    NewEvent,
)
from jimbot_stream.eventlog import journal as journals
from jimbot_stream.eventlog.digest import verify_stream
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal

STREAM = "game-1"


class FlakyLog(EmbeddedLog):
    """Loses answers: before the append, or after it was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, FrozenClock())
        self.lose: list[str] = []
        self.sent: list[tuple[Sequence[NewEvent], ExpectedVersion]] = []

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        self.sent.append((events, expected))
        lose = self.lose.pop(0) if self.lose else ""
        if lose == "before":
            raise LogUnavailableError("lost")
        done = await super().append(stream, events, expected)
        if lose == "after":
            raise LogUnavailableError("lost")
        return done


@pytest.fixture
async def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FlakyLog]:
    monkeypatch.setattr(journals, "_RETRY_DELAYS_S", (0.0, 0.0))
    async with FlakyLog(tmp_path / "events.sqlite") as made:
        yield made


def entry(n: int, **metadata: str) -> Entry:
    return Entry("DecisionMade", b'{"n":%d}' % n, f"r{n}", metadata=metadata)


async def test_a_new_stream_begins_before_its_first_event(log: FlakyLog) -> None:
    journal = await StreamJournal.open(log, STREAM)
    assert (journal.version, journal.chain) == (-1, "")
    assert list(await journal.append([entry(0), entry(1)])) == [0, 1]
    assert list(await journal.append([entry(2)])) == [2]


async def test_what_it_writes_is_chained(log: FlakyLog) -> None:
    journal = await StreamJournal.open(log, STREAM)
    for n in range(5):
        await journal.append([entry(2 * n), entry(2 * n + 1)])
    events = [event async for event in log.read_stream(STREAM)]
    assert verify_stream(events, STREAM) == []
    assert b'"$correlationId":"r3"' in events[3].metadata


async def test_opening_stands_at_the_end(log: FlakyLog) -> None:
    first = await StreamJournal.open(log, STREAM)
    await first.append([entry(n) for n in range(3)])
    second = await StreamJournal.open(log, STREAM)
    assert (second.version, second.chain, second.events) == (2, first.chain, ())
    kept = await StreamJournal.open(log, STREAM, keep_events=True)
    assert [event.revision for event in kept.events] == [0, 1, 2]
    assert kept.chain == first.chain


async def test_a_known_end_needs_no_reading(log: FlakyLog) -> None:
    first = await StreamJournal.open(log, STREAM)
    await first.append([entry(0)])
    second = StreamJournal(log, STREAM, first.version, first.chain)
    assert list(await second.append([entry(1)])) == [1]


@pytest.mark.parametrize("lost", [["before"], ["after"], ["before", "after"]])
async def test_a_lost_answer_is_made_good_with_the_identical_append(
    log: FlakyLog, lost: list[str]
) -> None:
    journal = await StreamJournal.open(log, STREAM)
    log.lose = list(lost)
    assert list(await journal.append([entry(0), entry(1)])) == [0, 1]
    assert len(log.sent) == len(lost) + 1
    assert all(sent == log.sent[0] for sent in log.sent)
    assert len([event async for event in log.read_stream(STREAM)]) == 2


async def test_a_log_that_stays_away_leaves_the_journal_where_it_was(log: FlakyLog) -> None:
    journal = await StreamJournal.open(log, STREAM)
    log.lose = ["before"] * 3
    with pytest.raises(LogUnavailableError):
        await journal.append([entry(0)])
    assert journal.version == -1
    assert list(await journal.append([entry(0)])) == [0]


async def test_a_conflict_tells_what_was_missed_and_stands_behind_it(log: FlakyLog) -> None:
    owner = await StreamJournal.open(log, STREAM)
    zombie = StreamJournal(log, STREAM)
    await owner.append([entry(0), entry(1)])
    with pytest.raises(ConflictError) as caught:
        await zombie.append([entry(7)])
    assert [event.revision for event in caught.value.events] == [0, 1]
    assert (zombie.version, zombie.chain) == (owner.version, owner.chain)
    assert list(await zombie.append([entry(7)])) == [2]
    events = [event async for event in log.read_stream(STREAM)]
    assert verify_stream(events, STREAM) == []


async def test_two_owners_with_the_same_decision_but_other_metadata_conflict(
    log: FlakyLog,
) -> None:
    first, second = StreamJournal(log, STREAM), StreamJournal(log, STREAM)
    await first.append([entry(0, kafka="a/0/1")])
    with pytest.raises(ConflictError):
        await second.append([entry(0, kafka="a/0/2")])


async def test_two_owners_with_identical_bytes_are_one(log: FlakyLog) -> None:
    first, second = StreamJournal(log, STREAM), StreamJournal(log, STREAM)
    await first.append([entry(0)])
    assert list(await second.append([entry(0)])) == [0]
    assert second.chain == first.chain


async def test_a_stream_that_was_deleted_goes_on(log: FlakyLog) -> None:
    journal = await StreamJournal.open(log, STREAM)
    await journal.append([entry(0), entry(1)])
    await log.delete_stream(STREAM, Expected.ANY)
    fresh = await StreamJournal.open(log, STREAM)
    assert list(await fresh.append([entry(2)])) == [2]
    assert list(await fresh.append([entry(3)])) == [3]
