"""Request to reply over the bus: through the worker, and through a bare echo beside it.

Both go over the same embedded broker in the same run. Load is open loop: requests leave on
schedule, whatever comes back, and a latency counts from the time in the schedule. Games only
ask here (their actions are not published), so that a request is one record, as for the echo.

What the bus adds is measured by the echo: the same records take the same two hops, each of
them acknowledged only when it is on the disk, and nothing is decided or logged between
them. ``bus_overhead_p95_ms`` is the 95th percentile of that at 200 a second.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
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
from jimbot_stream.streams import topics

RATES = (50, 200, 1000)
WARM_UP = 100
WINDOW = 64
PACKED = 32
PACKED_RATE = 1000
PARTS = ("decide", "append", "publish", "record")
"""What the worker measures."""
HOPS = (
    "request: until it is on the broker's disk",
    "broker to worker to client: fetches, and waiting for a turn",
    "worker: decide",
    "worker: append to the event log, synced",
    "worker: reply, until it is on the broker's disk",
    "worker: the rest",
    "request to reply",
)
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
    taken_s: list[float] = field(default_factory=list)
    """Per record: until the broker had it on its disk."""

    @property
    def rate(self) -> float:
        """Replies per second, from the first request to the last reply."""
        return len(self.latencies_s) / max(self.end - self.begin, 1e-9)

    def figures(self) -> figures.Figures:
        """For the JSON file."""
        return {
            **figures.percentiles_ms(self.latencies_s),
            "mean": figures.mean_ms(self.latencies_s),
            "longest": round(1000 * max(self.latencies_s, default=float("nan")), 2),
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

    async def open_loop(self, rate: float, seconds: float, packed: int = 1) -> Measured:
        """Requests on schedule, so many to a record; waits for the replies afterwards."""
        measured = self._begin()
        for number in range(round(rate * seconds / packed)):
            due = measured.begin + number * packed / rate
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            await self._send(packed, due)
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
                try:
                    await asyncio.wait_for(self._came.wait(), DRAIN_S)
                except TimeoutError:
                    break  # nothing comes back: what is missing counts as unanswered
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
            taken = await self._producer.send(
                self._requests, source.batch(events), key=source.name.encode()
            )
            taken.add_done_callback(partial(_taken, self._measured.taken_s, due))

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


def _taken(times: list[float], due: float, taken: "asyncio.Future[object]") -> None:
    if not taken.cancelled() and taken.exception() is None:
        times.append(time.perf_counter() - due)


async def measure(quick: bool) -> figures.Figures:
    """Start the parts, measure both ways at every rate, and end the parts."""
    spans = (3.0, 5.0, 1.0) if quick else (20.0, 20.0, 10.0)
    packed_s = 3.0 if quick else 10.0
    rush_s = 2.0 if quick else 10.0
    most = 1500 if quick else 15_000
    need = WARM_UP + sum(round(rate * s) for rate, s in zip(RATES, spans, strict=True))
    need += round(PACKED_RATE * packed_s) + 2 * most
    pool = load.games("bench", need)
    found: figures.Figures = {}
    costs: figures.Figures = {}
    ways: figures.Figures = {}
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
        loads = [(str(rate), rate, s, 1) for rate, s in zip(RATES, spans, strict=True)]
        loads.append((f"{PACKED_RATE} packed", PACKED_RATE, packed_s, PACKED))
        port = place.settings.web_port
        for way in (bare, worker):
            await way.open_loop(50, WARM_UP / 50)
            for name, rate, seconds, packed in loads:
                before, inside = _cpu_s(children), await gauges.page(port)
                measured = await way.open_loop(rate, seconds, packed)
                told = measured.figures()
                found[f"{way.name} {name}"] = told
                if way is worker:
                    costs[name] = _cpu_ms(before, _cpu_s(children), told["answered"])
                    if packed == 1:  # the games of a fuller record overlap
                        ways[name] = _hops(measured, inside, await gauges.page(port))
            for packed in (1, PACKED):
                rush = await way.closed_loop(rush_s, most, packed)
                found[f"{way.name} max {packed}"] = rush.figures()
        found["cpu_ms_per_reply"] = costs
        found["hops"] = ways
    return found


def _cpu_s(children: Children) -> dict[str, float]:
    """Processor time that each part has used so far."""
    used = {name: psutil.Process(pid).cpu_times() for name, pid in children.pids().items()}
    return {name: times.user + times.system for name, times in used.items()}


def _cpu_ms(before: dict[str, float], after: dict[str, float], replies: int) -> dict[str, float]:
    """Processor time per reply: the figure that a busy machine does not spoil."""
    count = max(replies, 1)
    return {name: round(1000 * (after[name] - before[name]) / count, 2) for name in before}


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


def _hops(measured: Measured, before: str, after: str) -> figures.Figures:
    """Where the time of one load went: means of its parts, which add up to the whole.

    The client knows when the broker took a request and when its reply came, the worker how
    long it was at it; what lies between the two is fetching, and waiting for a turn.
    """
    inside = {part: _mean_ms(part, before, after) for part in PARTS}
    asked = figures.mean_ms(measured.taken_s)
    whole = figures.mean_ms(measured.latencies_s)
    between = whole - asked - inside["record"]
    rest = inside["record"] - inside["decide"] - inside["append"] - inside["publish"]
    return {
        HOPS[0]: asked,
        HOPS[1]: round(between, 2),
        HOPS[2]: inside["decide"],
        HOPS[3]: inside["append"],
        HOPS[4]: inside["publish"],
        HOPS[5]: round(rest, 2),
        HOPS[6]: whole,
    }


def _mean_ms(part: str, before: str, after: str) -> float:
    """Mean of what the worker measured between two looks at its page, per record."""
    name = f"jimbot_{part}_seconds"
    (sum_before, _), (sum_after, _) = gauges.total_in(before, name), gauges.total_in(after, name)
    records = "jimbot_record_seconds"
    count = gauges.total_in(after, records)[1] - gauges.total_in(before, records)[1]
    return round(1000 * (sum_after - sum_before) / max(count, 1), 2)


def show(found: figures.Figures) -> None:
    """Print everything, the echo beside the worker."""
    headings = ("load", "way", "p50 ms", "p95 ms", "p99 ms", "longest", "replies/s", "p95 ratio")
    rows = []
    loads = {
        **{str(rate): f"{rate}/s" for rate in RATES},
        f"{PACKED_RATE} packed": f"{PACKED_RATE}/s, {PACKED} to a record",
        "max 1": f"{WINDOW} under way",
        f"max {PACKED}": f"most, {PACKED} to a record",
    }
    for key, title in loads.items():
        bare = found[f"bare echo {key}"]
        for way in ("bare echo", "worker"):
            one = found[f"{way} {key}"]
            ratio = one["p95"] / bare["p95"] if way == "worker" else None
            figures_ = [one[name] for name in ("p50", "p95", "p99", "longest", "replies_per_s")]
            rows.append([title if way == "bare echo" else "", way, *figures_, ratio])
    figures.show("Request to reply", headings, rows)
    costs = found["cpu_ms_per_reply"]
    parts = list(costs[str(RATES[0])])
    spent = [[loads[name], *(cost[part] for part in parts)] for name, cost in costs.items()]
    figures.show("Processor time per reply, in ms", ("load", *parts), spent)
    ways = found["hops"]
    where = [[hop, *(way[hop] for way in ways.values())] for hop in HOPS]
    title = "Where the time goes: means per record, in ms"
    figures.show(title, ("hop", *(loads[name] for name in ways)), where)


@click.command()
@figures.options
def main(quick: bool, json_file: Path | None) -> None:
    """Latency from request to reply at 50, 200 and 1,000 requests a second, and the most.

    bus_p95_ms_200 is the 95th percentile through the worker at 200 single requests a
    second: bus, decision and event log. bus_overhead_p95_ms is what the bus adds to that: the
    95th percentile of a bare echo of the same records, at the same rate over the same
    broker in the same run, both of its hops synced to the disk.
    """
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
    print("bus_overhead is the bare echo: two synced hops, nothing decided or logged between")
    figures.finish({**keys, "loads": found}, json_file)
    sys.exit(1 if unanswered else 0)


if __name__ == "__main__":
    main()
