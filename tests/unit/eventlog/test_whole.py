"""Streams that are known beforehand: written in pieces, gone on with, never written over."""

from pathlib import Path

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.digest import verify_stream
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.whole import OtherwiseError, last_type, write_whole

STREAM = "game-1"


def entries(number: int, size: int = 10) -> list[Entry]:
    return [Entry("StateObserved", b'"%d%s"' % (n, b"x" * size), "1") for n in range(number)]


async def test_a_stream_larger_than_an_append_is_written_whole(tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "log", FrozenClock()) as log:
        assert await write_whole(log, STREAM, entries(8, 300_000)) == 8
        events = [event async for event in log.read_stream(STREAM)]
        assert [event.data for event in events] == [each.data for each in entries(8, 300_000)]
        assert not verify_stream(events, STREAM)
        assert await last_type(log, STREAM) == "StateObserved"
        assert await last_type(log, "game-2") == ""


async def test_what_was_broken_off_is_gone_on_with(tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "log", FrozenClock()) as log:
        await (await StreamJournal.open(log, STREAM)).append(entries(3))
        assert await write_whole(log, STREAM, entries(5)) == 2
        assert await write_whole(log, STREAM, entries(5)) == 0
        assert len([event async for event in log.read_stream(STREAM)]) == 5


async def test_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "log", FrozenClock()) as log:
        other = Entry("StateObserved", b"{}", "1")
        await (await StreamJournal.open(log, STREAM)).append([*entries(1), other])
        with pytest.raises(OtherwiseError, match="game-1: event 1, StateObserved, stands there"):
            await write_whole(log, STREAM, entries(5))
        assert len([event async for event in log.read_stream(STREAM)]) == 2
        await (await StreamJournal.open(log, STREAM)).append(entries(4))
        with pytest.raises(OtherwiseError, match="more than was to be written"):
            await write_whole(log, STREAM, [*entries(1), other])
