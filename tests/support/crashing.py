"""A worker's world in real processes that can be killed: who plays in it, and what must hold."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

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
from tests.support.brokers import clear_half_made_connections

RUN_SEED = 23


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """The processes of the test, by name."""

    def __init__(self, data: Path, workers: Sequence[str]) -> None:
        self.settings = Settings(
            broker=f"kafka://127.0.0.1:{free_port()}",
            log=f"kurrentdb://127.0.0.1:{free_port()}?Tls=false&DefaultDeadline=10",
            data=data,
        )
        self.pages = {name: free_port() for name in workers}
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

    async def terminate(self, name: str) -> int:
        """Ask a process to stop; gives its exit code."""
        process = self._running.pop(name)
        process.terminate()
        return await asyncio.to_thread(process.wait, 30)

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
        clear_half_made_connections()

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

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds of what was heard."""
        async with asyncio.timeout(90):
            while not true():
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
        run = engine.new_run(engine.seed_of(RUN_SEED, number), win_ante=3)
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


async def settle(heard: Heard, sources: list[Source]) -> None:
    """Wait until every game was announced as closed."""
    games = {game for source in sources for game in source.sent}
    await heard.until(lambda: games <= set(heard.closed))
    await asyncio.sleep(2.0)  # what is repeated comes within a commit interval


@asynccontextmanager
async def running(data: Path, *workers: str) -> AsyncIterator[Processes]:
    """A broker, a store and workers, up and supervised."""
    made = Processes(data, workers)
    supervising = asyncio.create_task(made.supervise())
    try:
        for name in ("broker", "store", *workers):
            made.start(name)
        for worker in workers:
            await made.ready(worker)
        yield made
    finally:
        supervising.cancel()
        made.stop()


@dataclass
class Play:
    """Games that are being played."""

    heard: Heard
    sources: list[Source]
    over: asyncio.Event
    playing: list["asyncio.Task[None]"]

    async def under_way(self) -> None:
        """Wait until the workers are in the middle of it."""
        await self.heard.until(lambda: len(self.heard.replies) > 20)

    async def end(self, processes: Processes) -> None:
        """Let all games end, and judge."""
        self.over.set()
        await asyncio.gather(*self.playing)
        for name in processes.pages:
            await processes.ready(name)
        await settle(self.heard, self.sources)
        async with open_log(processes.settings) as log:
            judge = Judge(log, self.heard, self.sources)
            await judge.check_log()
            await judge.check_episodes(processes)
        assert self.heard.rejected == []


@asynccontextmanager
async def games(processes: Processes, count: int) -> AsyncIterator[Play]:
    """Sources that play until they are told to end."""
    bus, heard, over = KafkaBus(processes.settings.broker), Heard(), asyncio.Event()
    listening = asyncio.create_task(heard.listen(bus))
    sources = [Source(f"p{number}", number, bus, heard) for number in range(count)]
    playing = [asyncio.create_task(source.play(over)) for source in sources]
    try:
        yield Play(heard, sources, over, playing)
    finally:
        for task in (listening, *playing):
            task.cancel()
        await asyncio.gather(listening, *playing, return_exceptions=True)
        await bus.close()
