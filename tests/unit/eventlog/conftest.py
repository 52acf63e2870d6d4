"""A small recorded log in a file, for tests that damage it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import NewEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import event_id


@pytest.fixture
def new_event() -> Callable[[int, str], NewEvent]:
    def make(n: int, stream: str) -> NewEvent:
        data = b'{"n":%d,"pad":"%s"}' % (n, b"x" * 100)
        return NewEvent(event_id(stream, "StateObserved", str(n), data), "StateObserved", data)

    return make


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """File of a log of 3 games with 20 events each, closed properly."""
    path = tmp_path / "recorded.sqlite"
    asyncio.run(_record(path))
    return path


async def _record(path: Path) -> None:
    async with EmbeddedLog(path, FrozenClock()) as log:
        journals = [await StreamJournal.open(log, f"game-{n}") for n in range(3)]
        for turn in range(10):
            for journal in journals:
                state = Entry("StateObserved", b'{"turn":%d}' % turn, journal.stream)
                made = Entry("DecisionMade", b'{"choice":%d}' % (turn % 3), f"r{turn}")
                await journal.append([state, made])
