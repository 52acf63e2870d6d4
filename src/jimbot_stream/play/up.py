"""``jimbot-stream up``: start everything, play, learn, verify, end everything."""

import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from jimbot_stream.balatro.tables.decks import NUMBER as DECKS
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer, ReplyConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.eventlog.opening import open_log
from jimbot_stream.play import gauges, page, plan, processes, progress, summary, verification
from jimbot_stream.play.children import Children
from jimbot_stream.play.desk import Desk
from jimbot_stream.play.episodes import EpisodeWatch, discrepancies
from jimbot_stream.play.generations import CheckpointWatch, play_generations
from jimbot_stream.play.player import House
from jimbot_stream.play.ports import free_ports, is_free
from jimbot_stream.play.table import Table
from jimbot_stream.play.tally import Tally
from jimbot_stream.replay.opening import address_of, open_reader
from jimbot_stream.replay.seals.anchor import NAME, write_anchor
from jimbot_stream.replay.seals.note import Note
from jimbot_stream.replay.seals.sealing import Sealer
from jimbot_stream.streams import topics

T = TypeVar("T")


class UpError(Exception):
    """The run cannot begin as it was asked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """What ``jimbot-stream up`` was asked for."""

    games: int = 240
    seed: int = 7
    generation: int = 60
    """Games between two updates of the learner."""
    tables: int = 2
    """Sources that play side by side."""
    seats: int = 4
    """Games that a source plays at once."""
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = 3
    data: Path | None = None
    """Folder of the run; None: a temporary one."""
    keep: bool = False
    """Whether to leave a temporary folder behind."""
    page: bool = True
    port: int = 16067
    """Port of the live page; the next free one where it is taken."""

    @property
    def updates(self) -> int:
        """Updates that the run is long enough for."""
        return self.games // self.generation


async def up(options: Options, console: Console, clock: Clock | None = None) -> int:
    """Do the whole run; returns the exit code.

    Raises:
        UpError: the folder holds a run already, or there is no such deck.
        ChildError, DeskError, NoCheckpointError, VerificationError: what went wrong.
    """
    if options.deck not in DECKS:
        raise UpError(f"there is no deck {options.deck!r}; known: {', '.join(DECKS)}")
    _cancel_on_sigterm()
    async with _folder(options, console) as data:
        run = _Run(options, data, console, clock or SystemClock())
        outcome = await run.whole()
        if _stays(options):
            _say_where(data, console)  # before the summary: the last line is the verdict
        summary.show(outcome, console)
        return outcome.exit_code


class _Run:
    """One run, from the first process to the last line."""

    def __init__(self, options: Options, data: Path, console: Console, clock: Clock) -> None:
        self._options = options
        self._data = data
        self._console = console
        self._clock = clock
        self._site = processes.site(data)
        self._plans = plan.generations(options.seed, options.games, options.generation)
        self._tally = Tally(options.games, options.updates)

    async def whole(self) -> summary.Summary:
        """Play and verify while page and progress show it."""
        async with AsyncExitStack() as stack:
            if self._options.page:
                port = _page_port(self._options.port)
                address = await stack.enter_async_context(page.serve(self._numbers, port))
                self._console.print(f"live page: {address}", highlight=False)
            await stack.enter_async_context(progress.shown(self._tally, self._console))
            begin = self._clock.monotonic()
            differences = await self._played()
            seconds = self._clock.monotonic() - begin
            self._tally.stage = "sealing the log"
            note = await self._seal()
            self._tally.stage = "verifying every decision and update"
            found = await verification.verify(self._site.environment, self._data / "logs")
            self._tally.stage = "done"
            events = await self._count_events()
        return summary.Summary(self._tally, found, events, seconds, differences, note)

    async def _played(self) -> list[str]:
        """Start the processes, play all games, end the processes."""
        async with Children(self._data / "logs", self._site.environment) as children:
            self._tally.stage = "starting broker and store"
            await children.start_ready(*processes.servers(self._site))
            self._tally.stage = "starting worker and learner"
            await children.start_ready(
                processes.worker(self._site),
                processes.learner(self._learning()),
            )
            differences = await _guarded(
                self._play(),
                children.watch(),
                gauges.follow(self._tally, self._site.settings.web_port),
            )
            self._tally.stage = "ending the processes"
        return differences

    def _learning(self) -> processes.Learning:
        chosen = self._options
        return processes.Learning(
            run_seed=chosen.seed,
            per_update=chosen.generation,
            updates=chosen.updates,
            deck=chosen.deck,
            stake=chosen.stake,
            win_ante=chosen.win_ante,
        )

    async def _play(self) -> list[str]:
        prefix = self._site.settings.topic_prefix
        async with AsyncExitStack() as stack:
            bus = KafkaBus(self._site.settings.broker)
            stack.push_async_callback(bus.close)
            told = [prefix + topic.name for topic in (topics.CHECKPOINT, topics.TRAINING)]
            announced = await EventConsumer.open(bus, told, Start.BEGINNING)
            stack.push_async_callback(announced.close)
            closed = await EventConsumer.open(bus, [prefix + topics.EPISODE.name])
            stack.push_async_callback(closed.close)
            desks = [await self._desk(bus, number) for number in range(self._options.tables)]
            for desk in desks:
                stack.push_async_callback(desk.close)
            watch = CheckpointWatch(announced, plan.run_id(self._options.seed), self._clock)
            await _guarded(self._games(desks, watch), *(desk.serve() for desk in desks))
            for desk in desks:
                await desk.flush()
            self._tally.stage = "waiting for the last episodes to be closed"
            rows = await EpisodeWatch(closed, self._clock).closed(
                result.plan.game_id for result in self._tally.results
            )
        return discrepancies(self._tally.results, rows)

    async def _games(self, desks: list[Desk], watch: CheckpointWatch) -> None:
        chosen = self._options
        house = House(deck=chosen.deck, stake=chosen.stake, win_ante=chosen.win_ante)
        tables = [Table(desk, self._tally, house, self._options.seats) for desk in desks]
        await play_generations(tables, self._plans, watch, self._tally)

    async def _desk(self, bus: KafkaBus, number: int) -> Desk:
        prefix = self._site.settings.topic_prefix
        source = f"table-{number}"
        replies = await ReplyConsumer.of(bus, prefix + topics.DECISION_RESPONSE.name, source)
        # On a Kafka that outlives the run, the numbers of an earlier run must not count.
        epoch = self._clock.now_ns() // 1_000_000
        producer = GameProducer(bus, source, epoch=epoch, clock=self._clock)
        return Desk(producer, replies, self._clock, prefix=prefix)

    async def _seal(self) -> Note:
        """Put everything under one root, before it is verified; gives what vouches for it."""
        settings = self._site.settings
        async with open_log(replace(settings, log=address_of(settings))) as log:
            note = (await Sealer(log, BlobStore(settings.blobs)).seal()).seal.note
        write_anchor(settings.data / NAME, note)
        return note

    async def _count_events(self) -> int:
        count = 0
        async with open_reader(address_of(self._site.settings)) as log:
            async for _ in log.read_all():
                count += 1
        return count

    def _numbers(self) -> dict[str, Any]:
        return {"seed": self._options.seed, **self._tally.numbers()}


async def _guarded(main: Coroutine[Any, Any, T], *guards: Coroutine[Any, Any, None]) -> T:
    """The outcome of main, unless one of the guards, which never return, fails before."""
    task = asyncio.create_task(main)
    watching = [asyncio.create_task(guard) for guard in guards]
    try:
        await asyncio.wait([task, *watching], return_when=asyncio.FIRST_COMPLETED)
        for failed in (one for one in watching if one.done()):
            failed.result()
        return await task
    finally:
        for one in (task, *watching):
            one.cancel()
        await asyncio.gather(task, *watching, return_exceptions=True)


@asynccontextmanager
async def _folder(options: Options, console: Console) -> AsyncIterator[Path]:
    """The folder of the run: given and kept, or temporary and removed unless something fails."""
    if options.data is not None:
        data = options.data.absolute()
        if data.exists() and any(data.iterdir()):
            raise UpError(f"{data} is not empty: a run needs a folder of its own")
    else:
        data = Path(tempfile.mkdtemp(prefix="jimbot-run-"))
    stays = _stays(options)
    try:
        yield data
    except Exception:
        # Whoever looks for the cause needs the logs, once there are any.
        stays = stays or any(data.iterdir())
        raise
    finally:
        if stays and sys.exc_info()[1] is not None:
            console.print(f"what there is was kept in {data}", highlight=False, soft_wrap=True)
        elif not stays:
            shutil.rmtree(data, ignore_errors=True)


def _stays(options: Options) -> bool:
    return options.keep or options.data is not None


def _say_where(data: Path, console: Console) -> None:
    again = f"jimbot-replay verify --data {data}"
    console.print(f"kept in {data}; verify it again with: {again}", highlight=False, soft_wrap=True)


def _page_port(wanted: int) -> int:
    return wanted if wanted and is_free(wanted) else free_ports(1)[0]


def _cancel_on_sigterm() -> None:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
