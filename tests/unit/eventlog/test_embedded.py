"""The embedded log and its file: one writer, full disks, cut write-ahead logs."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    EventLogError,
    Expected,
    LogUnavailableError,
    NewEvent,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog import storage as storages
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.verify import verify_file

Make = Callable[[int, str], NewEvent]


async def fill(log: EmbeddedLog, make: Make, stream: str, start: int, count: int) -> None:
    for n in range(start, start + count):
        await log.append(stream, [make(n, stream)], n - 1 if n else Expected.NO_STREAM)


async def revisions(log: EmbeddedLog, stream: str) -> list[int]:
    return [event.revision async for event in log.read_stream(stream)]


async def test_i12_a_second_writer_of_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    async with EmbeddedLog(path):
        with pytest.raises(EventLogError, match="is in use by process"):
            await EmbeddedLog(path).open()
    async with EmbeddedLog(path):
        pass


async def test_a_reader_looks_on_while_the_writer_writes(tmp_path: Path, new_event: Make) -> None:
    path = tmp_path / "events.sqlite"
    async with EmbeddedLog(path) as log, EmbeddedLog(path, read_only=True) as reader:
        await fill(log, new_event, "game-1", 0, 3)
        assert await revisions(reader, "game-1") == [0, 1, 2]
        with pytest.raises(EventLogError, match="reading only"):
            await reader.append("game-1", [new_event(3, "game-1")], 2)


@pytest.mark.parametrize("content", [b"something else entirely, and long enough" * 99])
async def test_another_file_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes"
    path.write_bytes(content)
    with pytest.raises(EventLogError, match="notes"):
        await EmbeddedLog(path).open()
    assert path.read_bytes() == content


async def test_i5_every_commit_is_on_disk_before_its_answer(tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        assert log._db is not None
        assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert log._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_another_sqlite_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(EventLogError, match="not an event log of jimbot_stream"):
        await EmbeddedLog(path).open()


async def test_a_closed_log_says_so(tmp_path: Path, new_event: Make) -> None:
    log = EmbeddedLog(tmp_path / "events.sqlite")
    async with log:
        await fill(log, new_event, "game-1", 0, 1)
    with pytest.raises(LogUnavailableError, match="closed"):
        await log.append("game-1", [new_event(1, "game-1")], 0)
    with pytest.raises(LogUnavailableError, match="closed"):
        await revisions(log, "game-1")


async def test_closing_answers_what_was_submitted(tmp_path: Path, new_event: Make) -> None:
    log = await EmbeddedLog(tmp_path / "events.sqlite").open()
    appends = [
        asyncio.create_task(log.append(f"game-{n}", [new_event(n, f"game-{n}")], Expected.ANY))
        for n in range(50)
    ]
    await asyncio.sleep(0)
    await log.close()
    assert {(await each).revision for each in appends} == {0}


async def test_closing_ends_subscriptions(tmp_path: Path) -> None:
    log = await EmbeddedLog(tmp_path / "events.sqlite").open()
    waiting = asyncio.ensure_future(anext(aiter(log.subscribe_all())))
    await asyncio.sleep(0.05)
    await log.close()
    with pytest.raises(LogUnavailableError):
        await asyncio.wait_for(waiting, 5)


async def test_i13_a_full_disk_refuses_appends_and_nothing_else(
    tmp_path: Path, new_event: Make
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await fill(log, new_event, "game-1", 0, 5)
        set_pages(log, 12)
        written = await fill_until_full(log, new_event)
        assert await revisions(log, "game-1") == list(range(written))
        with pytest.raises(LogUnavailableError, match="full"):
            await log.append("game-1", [new_event(written, "game-1")], written - 1)
        set_pages(log, 1_000_000)
        await fill(log, new_event, "game-1", written, 3)
        assert await revisions(log, "game-1") == list(range(written + 3))
    assert list(verify_file(tmp_path / "events.sqlite"))[-1].problems == []


def set_pages(log: EmbeddedLog, pages: int) -> None:
    assert log._db is not None
    log._db.execute(f"PRAGMA max_page_count = {pages}")


async def fill_until_full(log: EmbeddedLog, make: Make) -> int:
    for n in range(5, 1000):
        try:
            await log.append("game-1", [make(n, "game-1")], n - 1)
        except LogUnavailableError:
            return n
    raise AssertionError("the disk never filled")


async def test_i13_every_caller_of_a_failed_group_is_told(tmp_path: Path, new_event: Make) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await fill(log, new_event, "game-1", 0, 1)
        set_pages(log, 1)
        calls = [
            log.append(f"game-{n}", [new_event(k, f"game-{n}") for k in range(90)], Expected.ANY)
            for n in range(2, 8)
        ]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {LogUnavailableError}
        set_pages(log, 1_000_000)
        assert len([event async for event in log.read_all()]) == 1


async def test_an_error_in_a_command_does_not_stop_the_writer(
    tmp_path: Path, new_event: Make
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        with pytest.raises(LogUnavailableError, match="cannot write"):
            await log.submit(lambda storage: storage._already(storage._state("game-1"), 2**80))
        await fill(log, new_event, "game-1", 0, 2)
        assert await revisions(log, "game-1") == [0, 1]


async def test_i6_a_cut_write_ahead_log_opens_to_a_prefix(tmp_path: Path, new_event: Make) -> None:
    path = tmp_path / "events.sqlite"
    async with EmbeddedLog(path, FrozenClock()) as log:
        for n in range(40):
            pair = [new_event(2 * n, "game-1"), new_event(2 * n + 1, "game-1")]
            await log.append("game-1", pair, 2 * n - 1 if n else Expected.NO_STREAM)
        image = {
            name: path.with_name(name).read_bytes()
            for name in ("events.sqlite", "events.sqlite-wal")
        }
    draw = np.random.Generator(np.random.Philox(3))
    lengths = set()
    for n in range(25):
        cut = int(draw.integers(len(image["events.sqlite-wal"])))
        folder = tmp_path / f"cut-{n}"
        lengths.add(await reopened(lay_out(folder, image, cut)))
        shutil.rmtree(folder)
    assert len(lengths) > 5


def lay_out(folder: Path, image: dict[str, bytes], cut: int) -> Path:
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content[:cut] if name.endswith("wal") else content)
    return folder / "events.sqlite"


async def reopened(path: Path) -> int:
    """Events after opening; appends came in pairs."""
    async with EmbeddedLog(path) as log:
        count = len([event async for event in log.read_all()])
        assert count % 2 == 0
    assert list(verify_file(path))[-1].problems == []
    return count


async def test_streams_forgotten_by_the_cache_are_read_again(
    tmp_path: Path, new_event: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storages, "_CACHED_STREAMS", 3)
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        for turn in range(3):
            for n in range(10):
                name = f"game-{n}"
                await fill(log, new_event, name, turn, 1)
        for n in range(10):
            assert await revisions(log, f"game-{n}") == [0, 1, 2]


async def test_appends_of_many_tasks_share_commits(
    tmp_path: Path, new_event: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = []
    monkeypatch.setattr(
        "jimbot_stream.eventlog.writer.pass_point",
        lambda point: commits.append(point) if point == "after-commit" else None,
    )
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        names = [f"game-{n}" for n in range(200)]
        await asyncio.gather(
            *(log.append(name, [new_event(0, name)], Expected.NO_STREAM) for name in names)
        )
    assert len(commits) < 100


async def test_an_event_of_another_store_keeps_revision_and_time(
    tmp_path: Path, new_event: Make
) -> None:
    path = tmp_path / "events.sqlite"
    clock = FrozenClock()
    event = storages.Proposed(new_event(5, "game-1").id.bytes, "Told", 1, b"{}", b"{}")
    async with EmbeddedLog(path, clock) as log:
        await log.submit(lambda storage: storage.restore("game-1", 5, 7, event))
        await log.append("game-1", [new_event(6, "game-1")], 5)
        with pytest.raises(WrongExpectedVersionError):
            await log.submit(lambda storage: storage.restore("game-1", 6, 8, event))

        found = [(e.revision, e.created_ns) async for e in log.read_stream("game-1")]

    assert found == [(5, 7), (6, clock.ns)]
    *_, report = verify_file(path)
    assert not report.problems
