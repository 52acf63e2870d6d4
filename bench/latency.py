"""Request to reply over the bus: through the worker, and through a bare echo beside it.

Both go over the same embedded broker in the same run. Load is open loop: requests leave on
schedule, whatever comes back, and a latency counts from the time in the schedule. Games only
ask here (their actions are not published), so that a request is one record, as for the echo.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import click
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import echo, figures, load

from jimbot_stream.bus.kafka import bootstrap
from jimbot_stream.contracts import Event
from jimbot_stream.contracts.batch import decode_batch
from jimbot_stream.play import gauges, processes
from jimbot_stream.play.children import Children
from jimbot_stream.play.tally import Latency
from jimbot_stream.streams import topics

RATES = (50, 200, 1000)
WARM_UP = 100
WINDOW = 64
PACKED = 32
Asked = tuple[int, Event]
"""Which source asks, and what."""
DRAIN_S = 20.0
"""How long replies are waited for after the last request."""


@dataclass
class Measured:
    """One load and what came back."""

    asked: int
    begin: float
    end: float = 0.0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Replies per second, from the first request to the last reply."""
        return len(self.latencies_s) / max(self.end - self.begin, 1e-9)

    def figures(self) -> figures.Figures:
        """For the JSON file."""
        return {
            **figures.percentiles_ms(self.latencies_s),
            "asked": self.asked,
            "answered": len(self.latencies_s),
            "replies_per_s": round(self.rate, 1),
        }


class Way:
    """A way over the bus: one topic for requests, one for replies, one client for both."""

    def __init__(self, name: str, requests: str, replies: str, events: Iterator[Asked]) -> None:
        """Take requests to send from events."""
        self.name = name
        self.replies = replies
        self._requests = requests
        self._events = events
        self._sources = [load.Source(f"{name}-{n}") for n in range(load.SOURCES)]
        self._waiting: dict[str, float] = {}
        self._measured = Measured(0, 0.0)
        self._came = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None

    @asynccontextmanager
    async def open(self, servers: str) -> AsyncIterator[None]:
        """Connect, and read replies while the context lasts."""
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
        consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
        await self._producer.start()
        await consumer.start()
        partitions = [
            TopicPartition(self.replies, n)
            for n in await self._producer.partitions_for(self.replies)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        reading = asyncio.create_task(self._read(consumer))
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await consumer.stop()
            await self._producer.stop()

    async def open_loop(self, rate: float, seconds: float) -> Measured:
        """Requests on schedule; waits for the replies afterwards."""
        measured = self._begin()
        for number in range(round(rate * seconds)):
            due = measured.begin + number / rate
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            await self._send(1, due)
        await self._drain()
        return measured

    async def closed_loop(self, seconds: float, most: int, packed: int) -> Measured:
        """As fast as replies come, until the time or so many requests are used up.

        About WINDOW requests are under way at any time, packed into records.
        """
        measured = self._begin()
        window = max(WINDOW, 4 * packed)
        while time.perf_counter() - measured.begin < seconds and measured.asked + packed <= most:
            if len(self._waiting) + packed > window:
                self._came.clear()
                await asyncio.wait_for(self._came.wait(), DRAIN_S)
                continue
            await self._send(packed, time.perf_counter())
        await self._drain()
        return measured

    def _begin(self) -> Measured:
        self._measured = Measured(0, time.perf_counter())
        self._waiting.clear()
        return self._measured

    async def _send(self, count: int, due: float) -> None:
        asked = list(islice(self._events, count))
        if len(asked) < count:
            raise RuntimeError("the prepared requests ran out: prepare more")
        by_source: dict[int, list[Event]] = {}
        for number, event in asked:
            by_source.setdefault(number, []).append(event)
            self._waiting[event.decision_request.request_id] = due
        self._measured.asked += count
        assert self._producer is not None
        for number, events in by_source.items():
            source = self._sources[number]
            await self._producer.send(
                self._requests, source.batch(events), key=source.name.encode()
            )

    async def begin_games(self, games: Sequence[load.Game]) -> None:
        """Tell that the games began."""
        assert self._producer is not None
        sources = [load.Source(source.name) for source in self._sources]
        for place, game in enumerate(games):
            source = sources[place % load.SOURCES]
            await self._producer.send(
                topics.GAME_LIFECYCLE.name,
                source.batch([load.started(game)]),
                key=source.name.encode(),
            )
        await self._producer.flush()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            now = time.perf_counter()
            for event in decode_batch(record.value).events:
                about = event.decision_reply if event.HasField("decision_reply") else None
                request_id = about.request_id if about else event.event_id
                if about and about.error:
                    raise RuntimeError(f"{request_id}: {about.error}")
                due = self._waiting.pop(request_id, None)
                if due is not None:
                    self._measured.latencies_s.append(now - due)
                    self._measured.end = now
            self._came.set()

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._waiting:
                    self._came.clear()
                    await self._came.wait()


async def measure(quick: bool) -> figures.Figures:
    """Start the parts, measure both ways at every rate, and end the parts."""
    spans = (3.0, 5.0, 2.0) if quick else (20.0, 20.0, 10.0)
    rush_s = 3.0 if quick else 10.0
    most = 1500 if quick else 15_000
    need = WARM_UP + sum(round(rate * s) for rate, s in zip(RATES, spans, strict=True)) + 2 * most
    pool = load.games("bench", need)
    found: figures.Figures = {}
    costs: figures.Figures = {}
    async with AsyncExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jimbot-bench-")))
        place = processes.site(data)
        children = await stack.enter_async_context(Children(data / "logs", place.environment))
        await children.start_ready(*processes.servers(place))
        await children.start_ready(processes.worker(place))
        servers = bootstrap(place.settings.broker)
        echoing = await _start_echo(servers)
        stack.push_async_callback(_stop, echoing)
        worker = Way(
            "worker",
            topics.DECISION_REQUEST.name,
            topics.DECISION_RESPONSE.name,
            load.in_turn(pool),
        )
        bare = Way("bare echo", echo.REQUESTS, echo.REPLIES, load.in_turn(pool))
        await stack.enter_async_context(worker.open(servers))
        await stack.enter_async_context(bare.open(servers))
        await worker.begin_games(pool)
        for way in (bare, worker):
            await way.open_loop(50, WARM_UP / 50)
            for rate, seconds in zip(RATES, spans, strict=True):
                before = _cpu_s(children)
                found[f"{way.name} {rate}"] = (await way.open_loop(rate, seconds)).figures()
                if way is worker:
                    answered = found[f"{way.name} {rate}"]["answered"]
                    costs[str(rate)] = _cpu_ms(before, _cpu_s(children), answered)
            for packed in (1, PACKED):
                rush = await way.closed_loop(rush_s, most, packed)
                found[f"{way.name} max {packed}"] = rush.figures()
        found["cpu_ms_per_reply"] = costs
        found["worker inside"] = await _inside(place.settings.web_port)
    return found


def _cpu_s(children: Children) -> dict[str, float]:
    """Processor time that each part has used so far."""
    used = {name: psutil.Process(pid).cpu_times() for name, pid in children.pids().items()}
    return {name: times.user + times.system for name, times in used.items()}


def _cpu_ms(before: dict[str, float], after: dict[str, float], replies: int) -> dict[str, float]:
    """Processor time per reply: the figure that a busy machine does not spoil."""
    return {name: round(1000 * (after[name] - before[name]) / replies, 2) for name in before}


async def _start_echo(servers: str) -> asyncio.subprocess.Process:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    names = (echo.REQUESTS, echo.REPLIES)
    await admin.create_topics([NewTopic(name, echo.PARTITIONS, 1) for name in names])
    await admin.close()
    return await asyncio.create_subprocess_exec(sys.executable, echo.__file__, servers)


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def _inside(port: int) -> figures.Figures:
    """What the worker itself measured over the whole run."""
    text = await gauges.page(port)
    names = ("decide", "append", "record")
    found = {name: gauges.latency_in(text, f"jimbot_{name}_seconds") for name in names}
    return {name: _both(latency) for name, latency in found.items()}


def _both(latency: Latency) -> figures.Figures:
    return {"p50": latency.p50_ms, "p95": latency.p95_ms}


def show(found: figures.Figures) -> None:
    """Print everything, the echo beside the worker."""
    headings = ("load", "way", "p50 ms", "p95 ms", "p99 ms", "replies/s", "p50 ratio", "p95 ratio")
    rows = []
    loads = {
        **{str(rate): f"{rate}/s" for rate in RATES},
        "max 1": f"{WINDOW} under way",
        f"max {PACKED}": f"{PACKED} to a record",
    }
    for key, title in loads.items():
        bare = found[f"bare echo {key}"]
        for way in ("bare echo", "worker"):
            one = found[f"{way} {key}"]
            ratios = [one[name] / bare[name] for name in ("p50", "p95")]
            shown = ratios if way == "worker" else [None, None]
            figures_ = [one[name] for name in ("p50", "p95", "p99", "replies_per_s")]
            rows.append([title if way == "bare echo" else "", way, *figures_, *shown])
    figures.show("Request to reply", headings, rows)
    costs = found["cpu_ms_per_reply"]
    parts = list(costs[str(RATES[0])])
    spent = [[f"{rate}/s", *(costs[str(rate)][part] for part in parts)] for rate in RATES]
    figures.show("Processor time per reply, in ms", ("load", *parts), spent)
    inside = [[name, one["p50"], one["p95"]] for name, one in found["worker inside"].items()]
    figures.show("Inside the worker, all loads", ("part", "p50 ms", "p95 ms"), inside)


@click.command()
@figures.options
def main(quick: bool, json_file: Path | None) -> None:
    """Latency from request to reply at 50, 200 and 1,000 requests a second, and the most."""
    found = asyncio.run(measure(quick))
    show(found)
    unanswered = sum(one["asked"] - one["answered"] for one in found.values() if "asked" in one)
    keys = {
        "bus_p95_ms_200": found["worker 200"]["p95"],
        "bus_overhead_p95_ms": found["bare echo 200"]["p95"],
        "max_replies_per_s": found["worker max 1"]["replies_per_s"],
        "max_replies_per_s_packed": found[f"worker max {PACKED}"]["replies_per_s"],
        "unanswered": unanswered,
    }
    for name, value in keys.items():
        print(f"{name} {value}")
    figures.finish({**keys, "loads": found}, json_file)
    sys.exit(1 if unanswered else 0)


if __name__ == "__main__":
    main()
