"""Events as lines of a file: the exact bytes come back, and reading is as from a log.

In memory and from the file, one suite for both.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.eventlog import LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.bundling.lines_log import LinesLog
from jimbot_stream.replay.lines import BundleError, from_line, to_line

House = Any  # of conftest.py
EVENT = RecordedEvent("game-x", 0, 1, UUID(int=7), "GameStarted", b"{}", b"{}", 5)


@given(data=st.binary(), metadata=st.binary())
def test_any_bytes_come_back_exactly(data: bytes, metadata: bytes) -> None:
    event = replace(EVENT, data=data, metadata=metadata)

    assert from_line(to_line(event)) == event


def test_a_saved_file_is_loaded_equal(house: House, tmp_path: Path) -> None:
    Bundle(house.events).save(tmp_path / "log.jsonl")

    assert Bundle.load(tmp_path / "log.jsonl").events == house.events


@pytest.mark.parametrize("line", ["nonsense", "{}", "[]", '{"stream": "game-x"}', ""])
def test_a_line_that_is_no_event_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(to_line(EVENT) + b"\n" + line.encode() + b"\n")

    with pytest.raises(BundleError, match="line 2"):
        Bundle.load(path)
    with pytest.raises(BundleError, match="line 2"):
        LinesLog(path)


def events(*places: tuple[str, int]) -> list[RecordedEvent]:
    return [
        replace(EVENT, stream=stream, revision=revision, position=position, type=f"T{revision}")
        for position, (stream, revision) in enumerate(places, 1)
    ]


LOG = Bundle(events(("game-a", 0), ("game-b", 0), ("game-a", 1), ("run-c", 0), ("game-a", 2)))


@pytest.fixture(params=["in memory", "from its file"])
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LogReader]:
    if request.param == "in memory":
        yield LOG
        return
    LOG.save(tmp_path / "log.jsonl")
    opened = LinesLog(tmp_path / "log.jsonl")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("how", "revisions"),
    [
        ({}, [0, 1, 2]),
        ({"from_revision": 1}, [1, 2]),
        ({"backwards": True, "limit": 1}, [2]),
        ({"backwards": True, "from_revision": 1}, [1, 0]),
        ({"from_revision": 1, "limit": 1}, [1]),
        ({"limit": 0}, []),
    ],
)
async def test_a_stream_is_read_as_from_a_log(
    log: LogReader, how: dict[str, Any], revisions: list[int]
) -> None:
    assert [e.revision async for e in log.read_stream("game-a", **how)] == revisions


@pytest.mark.parametrize(
    ("how", "positions"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"prefixes": ["game-a", "run-"]}, [1, 3, 4, 5]),
        ({"types": ["T0"]}, [1, 2, 4]),
        ({"from_position": 3, "limit": 2}, [3, 4]),
        ({"from_position": 3, "backwards": True}, [3, 2, 1]),
        ({"types": ["T0"], "backwards": True, "limit": 2}, [4, 2]),
        ({"types": ["Other"]}, []),
    ],
)
async def test_all_streams_are_read_as_from_a_log(
    log: LogReader, how: dict[str, Any], positions: list[int]
) -> None:
    assert [e.position async for e in log.read_all(**how)] == positions


async def test_a_stream_that_is_not_there_is_not_found(log: LogReader) -> None:
    with pytest.raises(StreamNotFoundError):
        [e async for e in log.read_stream("game-z")]


async def test_a_file_that_grew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for count in (1, 2):
        path.write_bytes(b"".join(to_line(event) + b"\n" for event in LOG.events[:count]))
        opened = LinesLog(path)
        assert [event async for event in opened.read_all()] == LOG.events[:count]
        opened.close()


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"none\.jsonl"):
        LinesLog(tmp_path / "none.jsonl")
