"""The embedded log against a model of forty lines, over long random histories."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import (
    Appended,
    EventLogError,
    Expected,
    ExpectedVersion,
    NewEvent,
    StreamMetadata,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import event_id

Found = TypeVar("Found")
STREAMS = st.sampled_from(["game-1", "game-2", "trainingRun-1"])
VERSIONS: st.SearchStrategy[ExpectedVersion] = st.one_of(
    st.integers(0, 6), st.sampled_from(list(Expected))
)


class Model:
    """What the log must do, said as simply as possible."""

    def __init__(self) -> None:
        self.ids: dict[str, list[int]] = {}
        self.order: list[tuple[str, int]] = []
        self.cut: dict[str, int] = {}
        self.limit: dict[str, int | None] = {}
        self.deleted: set[str] = set()
        self.gone: set[str] = set()

    def verdict(
        self, stream: str, expected: ExpectedVersion, ids: list[int]
    ) -> type[EventLogError] | str:
        have = self.ids.get(stream, [])
        if stream in self.gone:
            return StreamTombstonedError
        if expected is Expected.ANY:
            return "write"
        if expected is Expected.EXISTS:
            there = (have and stream not in self.deleted) or (
                stream in self.limit and stream not in self.deleted
            )
            return "write" if there else WrongExpectedVersionError
        base = 0 if expected is Expected.NO_STREAM else int(str(expected)) + 1
        if base == len(have):
            return "write"
        if base < len(have) and have[base : base + len(ids)] == ids:
            return "known"
        reopens = base == 0 and stream in self.deleted and have[:1] != ids[:1]
        return "write" if reopens else WrongExpectedVersionError

    def write(self, stream: str, ids: list[int]) -> None:
        have = self.ids.setdefault(stream, [])
        if stream in self.deleted:
            self.deleted.discard(stream)
            self.cut[stream], self.limit[stream] = len(have), None
        for n in ids:
            self.order.append((stream, len(have)))
            have.append(n)

    def visible(self, stream: str) -> list[int]:
        have = self.ids.get(stream, [])
        first = self.cut.get(stream, 0)
        limit = self.limit.get(stream)
        if limit is not None:
            first = max(first, len(have) - limit)
        return list(range(first, len(have)))


class LogMachine(RuleBasedStateMachine):
    """Random appends, deletes, limits and restarts, on both at once."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.model = Model()
        self.log = EmbeddedLog(self.folder / "events.sqlite", FrozenClock())

    def run(self, work: Awaitable[Found]) -> Found:
        async def awaited() -> Found:
            return await work

        return self.loop.run_until_complete(awaited())

    @initialize()
    def open(self) -> None:
        self.run(self.log.open())

    @rule(
        stream=STREAMS,
        expected=VERSIONS,
        ids=st.lists(st.integers(0, 8), min_size=1, max_size=3),
    )
    def append(self, stream: str, expected: ExpectedVersion, ids: list[int]) -> None:
        verdict = self.model.verdict(stream, expected, ids)
        events = [NewEvent(event_id(stream, "T", str(n), b"{}"), "T", b"{}") for n in ids]
        outcome = self.outcome(self.log.append(stream, events, expected))
        if verdict == "write":
            self.model.write(stream, ids)
            assert isinstance(outcome, Appended)
            assert outcome.revision == len(self.model.ids[stream]) - 1
        elif verdict == "known":
            assert isinstance(outcome, Appended)
        else:
            assert type(outcome) is verdict

    @rule(stream=STREAMS, limit=st.one_of(st.none(), st.integers(1, 4)))
    def set_limit(self, stream: str, limit: int | None) -> None:
        metadata = StreamMetadata(max_count=limit)
        outcome = self.outcome(self.log.set_stream_metadata(stream, metadata))
        if stream in self.model.gone:
            assert isinstance(outcome, StreamTombstonedError)
            return
        self.model.limit[stream] = limit
        self.model.cut.pop(stream, None)
        self.model.deleted.discard(stream)

    @rule(stream=STREAMS)
    def delete(self, stream: str) -> None:
        outcome = self.outcome(self.log.delete_stream(stream, Expected.ANY))
        if stream in self.model.gone:
            assert isinstance(outcome, StreamTombstonedError)
        elif not self.model.ids.get(stream):
            assert isinstance(outcome, StreamNotFoundError)
        else:
            assert outcome is None
            self.model.deleted.add(stream)

    @rule(stream=STREAMS, really=st.integers(0, 9))
    def tombstone(self, stream: str, really: int) -> None:
        if really:
            return  # seldom, or nothing is left to test
        outcome = self.outcome(self.log.tombstone_stream(stream, Expected.ANY))
        assert (outcome is None) is (stream not in self.model.gone)
        self.model.gone.add(stream)

    @rule()
    def restart(self) -> None:
        self.run(self.log.close())
        self.log = EmbeddedLog(self.folder / "events.sqlite", FrozenClock())
        self.run(self.log.open())

    @invariant()
    def streams_read_as_the_model_says(self) -> None:
        for stream in ("game-1", "game-2", "trainingRun-1"):
            outcome = self.outcome(self.revisions(stream))
            if stream in self.model.gone:
                assert isinstance(outcome, StreamTombstonedError)
            elif stream in self.model.deleted or not self.model.ids.get(stream):
                assert isinstance(outcome, StreamNotFoundError)
            else:
                assert outcome == self.model.visible(stream)

    @invariant()
    def everything_reads_in_order(self) -> None:
        async def games() -> list[tuple[str, int]]:
            found = self.log.read_all(prefixes=["game-"])
            return [(event.stream, event.revision) async for event in found]

        wanted = [place for place in self.model.order if place[0].startswith("game-")]
        assert self.run(games()) == wanted

    async def revisions(self, stream: str) -> list[int]:
        return [event.revision async for event in self.log.read_stream(stream)]

    def outcome(self, work: Awaitable[object]) -> object:
        try:
            return self.run(work)
        except EventLogError as error:
            return error

    def teardown(self) -> None:
        self.run(self.log.close())
        self.loop.close()
        shutil.rmtree(self.folder)


TestLogMachine = LogMachine.TestCase
TestLogMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
