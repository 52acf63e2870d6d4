import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.clock import SystemClock
from jimbot_stream.eventlog import EventLog, LogUnavailableError, RecordedEvent
from jimbot_stream.eventlog.digest import verify_stream
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.streams.applying import PolicyNeededError
from jimbot_stream.streams.episode import Episode, rebuild
from jimbot_stream.streams.games import Games, LogGoneError
from jimbot_stream.streams.metrics import Metrics


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EventLog]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as opened:
        yield opened


def games_over(log: EventLog, **kwargs: Any) -> Games:
    return Games(log, SystemClock(), Metrics(), **kwargs)


async def stream_of(log: EventLog, stream: str = "game-g1") -> list[RecordedEvent]:
    return [event async for event in log.read_stream(stream)]


async def test_what_was_applied_is_in_the_log_and_the_row_equals_a_rebuild(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    applied = await games_over(log).apply("g1", script.arrivals(), decider, rows)
    assert applied.outcome.closes
    events = await stream_of(log)
    assert [event.type for event in events][:3] == ["GameStarted", "StateObserved", "DecisionMade"]
    rebuilt = (await rebuild(log))["g1"]
    assert Episode.from_row(rows.episodes[b"g1"]) == rebuilt
    assert rebuilt.closed().last_revision == len(events) - 1


async def test_another_worker_finds_in_the_log_what_was_decided(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    first = await games_over(log).apply("g1", script.arrivals([0, 1]), decider, rows)
    second = await games_over(log).apply("g1", script.arrivals([1]), decider, rows)
    assert [reply for _, reply in first.outcome.replies] == [
        reply for _, reply in second.outcome.replies
    ]
    assert decider.asked == 1


async def test_two_workers_on_one_game_record_everything_once(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    workers = [games_over(log), games_over(log)]
    replies: dict[str, set[str]] = {}
    for item in script.arrivals():
        for applied in await asyncio.gather(
            *(worker.apply("g1", [item], decider, rows) for worker in workers)
        ):
            for _, reply in applied.outcome.replies:
                told = reply.SerializeToString(deterministic=True).hex()
                replies.setdefault(reply.request_id, set()).add(told)
    assert {len(told) for told in replies.values()} == {1}
    events = await stream_of(log)
    assert sum(event.type == "DecisionMade" for event in events) == 3
    assert len(events) == len(script.events) + 3
    assert Episode.from_row(rows.episodes[b"g1"]) == (await rebuild(log))["g1"]


async def test_a_forgotten_game_is_read_again(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    games = games_over(log, capacity=1)
    await games.apply("g1", script.arrivals([0, 1, 3]), decider, rows)
    games.forget()
    applied = await games.apply("g1", script.arrivals([2]), decider, rows)
    assert applied.game.next == 4
    assert rows.waiting == {}


async def test_a_beginning_that_comes_again_does_not_set_its_game_back(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    arrivals = script.arrivals()
    await games_over(log).apply("g1", arrivals[:5], decider, rows)
    restarted = games_over(log)  # the other records were committed, this one was not
    await restarted.apply("g1", arrivals[:1], decider, rows)
    assert Episode.from_row(rows.episodes[b"g1"]) == (await rebuild(log))["g1"]
    applied = await restarted.apply("g1", arrivals[5:], decider, rows)
    assert (applied.outcome.kept, applied.outcome.closes) == (0, True)


class SlowLog:
    """A log whose answers to appends are held back until they are released."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.appended = asyncio.Event()
        self.released = asyncio.Event()

    async def append(self, *args: Any) -> Any:
        answer = await self._log.append(*args)
        self.appended.set()
        await self.released.wait()
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def test_a_game_in_work_while_partitions_change_hands_is_read_again(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    slow: Any = SlowLog(log)
    here, there, arrivals = games_over(slow), games_over(log), script.arrivals()
    working = asyncio.create_task(here.apply("g1", arrivals[:2], decider, rows))
    await slow.appended.wait()
    await there.apply("g1", arrivals[:4], decider, rows)
    here.forget()  # the partition came back
    slow.released.set()
    applied = await working
    assert [reply.request_id for _, reply in applied.outcome.replies] == ["g1:0"]
    assert Episode.from_row(rows.episodes[b"g1"]) == (await rebuild(log))["g1"]
    applied = await here.apply("g1", arrivals[4:5], decider, rows)
    assert (applied.outcome.kept, applied.game.next) == (0, 5)


class ForgetfulDecider:
    """Needs a policy for every request, and holds what it loaded."""

    def __init__(self, decider: Any) -> None:
        self._decider = decider
        self._loaded: set[str] = set()

    def decide(self, game: Any, request: Any, *rest: Any) -> Any:
        if request.request_id not in self._loaded:
            raise PolicyNeededError(request.request_id)
        return self._decider.decide(game, request, *rest)

    async def load(self, checkpoint: str) -> None:
        self._loaded.add(checkpoint)


async def test_policies_that_must_be_loaded_are_no_sign_of_another_writer(
    log: EventLog, rows: Any, make_script: Any, decider: Any
) -> None:
    script = make_script(rounds=40)
    applied = await games_over(log).apply("g1", script.arrivals(), ForgetfulDecider(decider), rows)
    assert len(applied.outcome.replies) == 40


async def test_a_row_that_is_behind_the_log_is_corrected(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    games = games_over(log)
    await games.apply("g1", script.arrivals([0, 1]), decider, rows)
    stale = rows.episodes[b"g1"]
    await games.apply("g1", script.arrivals([2, 3]), decider, rows)
    newer, rows.episodes[b"g1"] = rows.episodes[b"g1"], stale
    assert await games.reconcile(Episode.from_row(stale), rows)
    assert rows.episodes[b"g1"] == newer
    assert not await games.reconcile(Episode.from_row(newer), rows)


class SilentLog:
    """A log that does not answer for its first calls."""

    def __init__(self, log: EventLog, silent: int) -> None:
        self._log = log
        self._silent = silent

    async def append(self, *args: Any) -> Any:
        answer = await self._log.append(*args)
        self._silent -= 1
        if self._silent >= 0:
            raise LogUnavailableError("the answer was lost")
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def test_an_append_without_an_answer_is_repeated_and_stored_once(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    silent: Any = SilentLog(log, silent=1)
    await games_over(silent).apply("g1", script.arrivals([0, 1]), decider, rows)
    assert len(await stream_of(log)) == 3


async def test_a_log_that_stays_silent_stops_the_worker(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    silent: Any = SilentLog(log, silent=1000)
    with pytest.raises(LogGoneError):
        await games_over(silent, patience_s=0.0).apply("g1", script.arrivals([0]), decider, rows)
    assert rows.episodes == {}


async def test_streams_that_the_worker_wrote_are_chained(
    log: EventLog, rows: Any, script: Any, decider: Any
) -> None:
    await games_over(log).apply("g1", script.arrivals(), decider, rows)
    assert verify_stream(await stream_of(log), "game-g1") == []
