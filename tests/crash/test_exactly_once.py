"""Exactly once in effect, with real processes that are killed at random moments.

A broker, a store and two workers run as processes of their own. Games are played through
them, every request being sent twice, while each of them is killed with SIGKILL at random
moments. A worker is also stopped with SIGSTOP until the other one has taken its partitions
over, and then goes on with what it had in hand: for a moment both own them. What must hold
in the end is what ``Judge`` says.

The counts are small, for every day. The full ones, which take about seven minutes::

    JIMBOT_CRASH_WORKER=30 JIMBOT_CRASH_BROKER=10 JIMBOT_CRASH_STORE=5 JIMBOT_CRASH_STALL=4 \\
        pytest -s tests/crash/test_exactly_once.py

``JIMBOT_CRASH_SEED`` draws other moments, ``JIMBOT_CRASH_SOURCES`` sets how many play.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from jimbot_stream.balatro import engine, wire
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.config import Settings
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    DecisionReply,
    DecisionRequest,
    EpisodeClosed,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import from_json
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.digest import verify_stream
from jimbot_stream.eventlog.opening import open_log
from jimbot_stream.streams import topics
from jimbot_stream.streams.episode import rebuild
from jimbot_stream.worker import STOPPED_BY_FAILURE

WORKER_KILLS = int(os.environ.get("JIMBOT_CRASH_WORKER", "3"))
BROKER_KILLS = int(os.environ.get("JIMBOT_CRASH_BROKER", "1"))
STORE_KILLS = int(os.environ.get("JIMBOT_CRASH_STORE", "1"))
STALLS = int(os.environ.get("JIMBOT_CRASH_STALL", "1"))
SEED = int(os.environ.get("JIMBOT_CRASH_SEED", "23"))
SOURCES = int(os.environ.get("JIMBOT_CRASH_SOURCES", "6"))
RUN_SEED = 23
PAUSE_S = (1.0, 6.0)
"""Between two kills; a worker needs about three seconds to start."""
STALL_S = 14.0
"""The group gives a silent worker's partitions away after ten seconds."""

_TROUBLES = WORKER_KILLS + BROKER_KILLS + STORE_KILLS
pytestmark = [pytest.mark.crash, pytest.mark.timeout(180 + 20 * _TROUBLES + 60 * STALLS)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """The processes of the test, by name."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(
            broker=f"kafka://127.0.0.1:{free_port()}",
            log=f"kurrentdb://127.0.0.1:{free_port()}?Tls=false&DefaultDeadline=10",
            data=data,
        )
        self.pages = {name: free_port() for name in ("worker-0", "worker-1")}
        self.ended: list[tuple[str, int]] = []
        """Workers that ended by themselves, with their exit codes."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        settings, data = self.settings, str(self.settings.data)
        python = [sys.executable, "-m"]
        listen = self.settings.broker.removeprefix("kafka://")
        store = settings.log.removeprefix("kurrentdb://").partition("?")[0]
        commands = {
            "broker": ["jimbot_stream.bus.broker", "--data", data, "--listen", listen],
            "store": [
                *("jimbot_stream.eventlog.cli", "serve"),
                *("--db", str(settings.log_file), "--listen", store),
            ],
        }
        command = commands.get(name, ["faust", "-A", "jimbot_stream", "worker", "-l", "info"])
        environment = {
            **os.environ,
            "JIMBOT_BROKER": settings.broker,
            "JIMBOT_LOG": settings.log,
            "JIMBOT_DATA": data,
            "JIMBOT_WORKER": name,
            "JIMBOT_WEB_PORT": str(self.pages.get(name, 0)),
        }
        with (settings.data / f"{name}.out").open("ab") as output:
            self._running[name] = subprocess.Popen(
                [*python, *command], env=environment, stdout=output, stderr=output
            )

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def signal(self, name: str, number: signal.Signals) -> None:
        self._running[name].send_signal(number)

    def said(self, name: str, words: str) -> int:
        """How often a process wrote these words."""
        return (self.settings.data / f"{name}.out").read_text(errors="replace").count(words)

    async def supervise(self) -> None:
        """Start workers that ended by themselves again, as whoever runs them would."""
        while True:
            for name in self.pages:
                code = self._running[name].poll() if name in self._running else None
                if code is not None:
                    self.ended.append((name, code))
                    self.start(name)
            await asyncio.sleep(0.5)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def page(self, worker: str, path: str) -> Any:
        url = f"http://127.0.0.1:{self.pages[worker]}{path}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return orjson.loads(answer.read())

    async def ready(self, worker: str) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                if (await asyncio.to_thread(self.page, worker, "/health/"))["ready"]:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.2)
        raise AssertionError(f"{worker} does not come up")


class Heard:
    """Everything that the workers published."""

    def __init__(self) -> None:
        self.replies: dict[str, list[DecisionReply]] = {}
        self.closed: dict[str, list[EpisodeClosed]] = {}
        self.rejected: list[Any] = []
        self._waiters: dict[str, asyncio.Future[DecisionReply]] = {}
        self._news = asyncio.Event()

    def waiter(self, request: str) -> "asyncio.Future[DecisionReply]":
        future = self._waiters[request] = asyncio.get_running_loop().create_future()
        return future

    async def listen(self, bus: KafkaBus) -> None:
        names = [topics.DECISION_RESPONSE.name, topics.EPISODE.name, topics.DEAD_LETTER.name]
        consumer = await EventConsumer.open(bus, names, Start.BEGINNING)
        try:
            async for received in consumer:
                self._hear(received.event)
        finally:
            await consumer.close()

    async def until_closed(self, games: set[str]) -> None:
        """Wait until each of these games was announced as closed."""
        async with asyncio.timeout(90):
            while not games <= set(self.closed):
                self._news.clear()
                await self._news.wait()

    def _hear(self, event: Event) -> None:
        self._news.set()
        if event.HasField("decision_reply"):
            reply = event.decision_reply
            self.replies.setdefault(reply.request_id, []).append(reply)
            waiter = self._waiters.pop(reply.request_id, None)
            if waiter is not None:
                waiter.set_result(reply)
        elif event.HasField("episode_closed"):
            closed = event.episode_closed
            self.closed.setdefault(closed.game_id, []).append(closed)
        else:
            self.rejected.append(event.record_rejected)


class Source:
    """Plays games one after the other, and sends every request twice."""

    def __init__(self, name: str, number: int, bus: KafkaBus, heard: Heard) -> None:
        self.name = name
        self.number = number
        self.heard = heard
        self.sent: dict[str, int] = {}
        """Events of each game."""
        self.requests: list[str] = []
        self._producer = GameProducer(bus, name, patience_s=120.0)

    async def play(self, until: asyncio.Event) -> None:
        game = 0
        while not until.is_set() or not self.sent:
            await self._play(f"{self.name}.{game}", 1000 * self.number + game)
            game += 1
        await self._producer.close()

    async def _play(self, game: str, number: int) -> None:
        run = engine.new_run(engine.seed_of(RUN_SEED, number))
        started = GameStarted(seed=run.seed, deck="b_red", stake=1, win_ante=3, run_seed=RUN_SEED)
        self.sent[game] = 0
        await self._send(topics.GAME_LIFECYCLE, self._next(game, 1, game_started=started))
        while not run.over:
            reply = await self._ask(game, run)
            state = self.sent[game] - 1
            applied = ActionApplied(
                state_sequence=state, action=reply.action, request_id=reply.request_id
            )
            wire.step_message(run, reply.action)
            await self._send(topics.GAME_STATE, self._next(game, 3, action_applied=applied))
        seen = wire.state_message(run)
        observed = self._next(game, 2, state_observed=StateObserved(state=seen))
        await self._send(topics.GAME_STATE, observed)
        ended = GameEnded(ante=seen.ante, round=seen.round, reason="lost")
        await self._send(topics.GAME_LIFECYCLE, self._next(game, 4, game_ended=ended))

    async def _ask(self, game: str, run: engine.Run) -> DecisionReply:
        name = f"{game}:{self.sent[game]}"
        self.requests.append(name)
        request = DecisionRequest(request_id=name, state=wire.state_message(run), run_seed=RUN_SEED)
        event = self._next(game, 5, decision_request=request)
        answer = self.heard.waiter(name)
        for _ in range(2):
            await self._send(topics.DECISION_REQUEST, event)
        reply = await asyncio.wait_for(answer, 120)
        assert not reply.error, reply.error
        return reply

    def _next(self, game: str, kind: int, **payload: Any) -> Event:
        event = Event(type=EventType.Name(kind), game_id=game, sequence=self.sent[game], **payload)
        self.sent[game] += 1
        return event

    async def _send(self, topic: topics.TopicSpec, event: Event) -> None:
        await self._producer.send(topic.name, [event])


class Judge:
    """Compares what was sent, logged, answered and tabled."""

    def __init__(self, log: EventLog, heard: Heard, sources: list[Source]) -> None:
        self._log = log
        self._heard = heard
        self._sources = sources
        self.games = {game: sent for source in sources for game, sent in source.sent.items()}

    async def check_log(self) -> None:
        streams: dict[str, list[RecordedEvent]] = {}
        async for event in self._log.read_all(prefixes=["game-"]):
            streams.setdefault(event.stream, []).append(event)
        assert {f"game-{game}" for game in self.games} == set(streams)
        decided: dict[str, tuple[str, DecisionMade]] = {}
        for stream, events in streams.items():
            assert verify_stream(events, stream) == []
            self._check_nothing_lost_or_twice(stream, events)
            for event in events:
                if event.type == DecisionMade.__name__:
                    made = from_json(DecisionMade, event.data)
                    assert made.request_id not in decided, f"{made.request_id} decided twice"
                    decided[made.request_id] = (f"{event.revision}@{stream}", made)
        self._check_replies(decided)

    def _check_nothing_lost_or_twice(self, stream: str, events: list[RecordedEvent]) -> None:
        numbers = [
            int(orjson.loads(event.metadata)["sequence"])
            for event in events
            if event.type != DecisionMade.__name__
        ]
        assert numbers == list(range(self.games[stream.removeprefix("game-")])), stream

    def _check_replies(self, decided: dict[str, tuple[str, DecisionMade]]) -> None:
        requests = {request for source in self._sources for request in source.requests}
        assert requests == set(decided)
        for request in requests:
            place, made = decided[request]
            replies = self._heard.replies[request]
            assert replies, f"{request} was not answered"
            for reply in replies:
                assert (reply.decision, reply.action) == (place, made.action)
                assert reply.checkpoint == made.checkpoint

    async def check_episodes(self, processes: Processes) -> None:
        rebuilt = await rebuild(self._log)
        for game in self.games:
            expected = orjson.loads(rebuilt[game].to_row())
            rows = [row for worker in processes.pages if (row := _row(processes, worker, game))]
            assert rows == [expected], game
            told = self._heard.closed[game]
            assert {item.SerializeToString(deterministic=True) for item in told} == {
                rebuilt[game].closed().SerializeToString(deterministic=True)
            }


def _row(processes: Processes, worker: str, game: str) -> Any:
    try:
        return processes.page(worker, f"/episodes/{game}/")
    except urllib.error.HTTPError:
        return None


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    made = Processes(tmp_path)
    supervising = asyncio.create_task(made.supervise())
    try:
        for name in ("broker", "store", *made.pages):
            made.start(name)
        for worker in made.pages:
            await made.ready(worker)
        yield made
    finally:
        supervising.cancel()
        made.stop()


async def trouble(processes: Processes) -> None:
    """Kill and stall, at random."""
    chance = np.random.Generator(np.random.Philox(key=SEED))
    kinds = {"worker": WORKER_KILLS, "broker": BROKER_KILLS, "store": STORE_KILLS, "stall": STALLS}
    for kind in chance.permutation([kind for kind, times in kinds.items() for _ in range(times)]):
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        worker = list(processes.pages)[chance.integers(2)]
        if kind == "stall":
            await _stall(processes, worker)
            continue
        name = worker if kind == "worker" else str(kind)
        processes.kill(name)
        if kind != "worker":
            await asyncio.sleep(chance.uniform(0.1, 1.0))
        processes.start(name)


async def _stall(processes: Processes, worker: str) -> None:
    """Let a worker stand still in the middle of its work until the other one has taken over."""
    for name in processes.pages:
        await processes.ready(name)
    processes.signal(worker, signal.SIGSTOP)
    await asyncio.sleep(STALL_S)
    processes.signal(worker, signal.SIGCONT)


async def test_every_effect_is_there_once_whatever_dies(processes: Processes) -> None:
    bus, heard, over = KafkaBus(processes.settings.broker), Heard(), asyncio.Event()
    listening = asyncio.create_task(heard.listen(bus))
    sources = [Source(f"p{number}", number, bus, heard) for number in range(SOURCES)]
    playing = [asyncio.create_task(source.play(over)) for source in sources]
    try:
        await trouble(processes)
        over.set()
        await asyncio.gather(*playing)
        for name in processes.pages:
            await processes.ready(name)
        await _settle(heard, sources)
        async with open_log(processes.settings) as log:
            judge = Judge(log, heard, sources)
            await judge.check_log()
            await judge.check_episodes(processes)
        assert heard.rejected == []
        # Whoever cannot reach the broker may end; nobody may give up for another reason.
        assert [end for end in processes.ended if end[1] == STOPPED_BY_FAILURE] == []
        assert processes.said("broker", ", 2 members") >= 2 * STALLS, "partitions did not move"
        print(_figures(processes, heard, sources))  # noqa: T201
    finally:
        for task in (listening, *playing):
            task.cancel()
        await asyncio.gather(listening, *playing, return_exceptions=True)
        await bus.close()


async def _settle(heard: Heard, sources: list[Source]) -> None:
    """Wait until every game was announced as closed."""
    games = {game for source in sources for game in source.sent}
    await heard.until_closed(games)
    await asyncio.sleep(2.0)  # what is repeated comes within a commit interval


def _figures(processes: Processes, heard: Heard, sources: list[Source]) -> str:
    def said(words: str) -> int:
        return sum(processes.said(worker, words) for worker in processes.pages)

    return (
        f"\n{sum(len(source.sent) for source in sources)} games,"
        f" {sum(sum(source.sent.values()) for source in sources)} events,"
        f" {sum(len(source.requests) for source in sources)} requests, each sent twice,"
        f" {sum(map(len, heard.replies.values()))} replies;"
        f" {said('written by somebody else')} conflicts, {said('corrected from the log')} rows"
        f" corrected, {len(processes.ended)} workers ended for want of a broker"
    )
