"""``jimbot-learn``: begin a training run, and learn from the games that players close."""

import asyncio
import contextlib
import getpass
import logging
import math
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from jimbot_stream.agents import listing
from jimbot_stream.agents.announcing import Announcer, Topics
from jimbot_stream.agents.checkpoint import CheckpointError
from jimbot_stream.agents.gate import command as changing
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.lookup import among_blobs
from jimbot_stream.agents.online import OnlineLearner
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import DivergedError
from jimbot_stream.agents.rollouts.config import ALGORITHM
from jimbot_stream.agents.rollouts.lockstep import RulesDisagreeError
from jimbot_stream.agents.rollouts.profiles import GATES, PROFILES
from jimbot_stream.agents.telling import tell
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.bus import BusError, BusUnavailableError, Start, UnknownTopicError
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.config import Settings, from_environment
from jimbot_stream.eventlog import EventLog, EventLogError, RecordedEvent
from jimbot_stream.eventlog.opening import (
    OpenableLog,
    ensure_store,
    open_log,
    refuse_other_store,
)
from jimbot_stream.promotion import InService
from jimbot_stream.streams import topics

if TYPE_CHECKING:
    from jimbot_stream.agents.evaluation.command import Request
    from jimbot_stream.agents.rollouts.training import Settle

PATIENCE_S = 120.0
PLAYERS = ("random", "greedy", "rule")
"""Names of ``evaluation.players.BASELINES``, which takes a second to load."""
FAILURES = (
    BlobError,
    BusError,
    CheckpointError,
    DivergedError,
    EventLogError,
    FeedError,
    RulesDisagreeError,
    RunError,
    ValueError,
)
RUN_SEED = click.option(
    "--run-seed", type=int, required=True, help="Seed that names and determines the run."
)


@click.group()
def main() -> None:
    """Learn to play from the games on the bus."""


@main.command()
@RUN_SEED
def init(run_seed: int) -> None:
    """Record the run and its untrained checkpoint; doing it again changes nothing."""
    _run(_init(run_seed))


_GATE = GateConfig()


@main.command()
@RUN_SEED
@click.option(
    "--episodes-per-update",
    type=click.IntRange(min=1),
    default=48,
    show_default=True,
    help="Games of a generation; an update learns from exactly so many.",
)
@click.option(
    "--updates",
    type=click.IntRange(min=0),
    help="Stop when the run has so many updates.  [default: go on for ever]",
)
@click.option(
    "--gate-games",
    type=click.IntRange(min=0),
    default=_GATE.games,
    show_default=True,
    help="Games on which each new checkpoint is compared with the one before; 0: no gate.",
)
@click.option(
    "--gate-level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=_GATE.level,
    show_default=True,
    help="It is refused where so low a difference has a lower probability.",
)
@click.option("--deck", default=_GATE.deck, show_default=True, help="Deck of the gate's games.")
@click.option("--stake", default=_GATE.stake, show_default=True, help="Stake of the gate's games.")
@click.option("--win-ante", default=_GATE.win_ante, show_default=True, help="Ante that wins them.")
def online(
    run_seed: int,
    episodes_per_update: int,
    updates: int | None,
    gate_games: int,
    gate_level: float,
    deck: str,
    stake: int,
    win_ante: int,
) -> None:
    """Learn from closed games; promote each new checkpoint unless it is worse.

    Begins the run where there is none; goes on where an earlier learner stopped. A run keeps the
    gate that it began with. A checkpoint that plays worse on the gate's games than the one before
    is refused: that one goes on deciding, and the next update begins with it.
    """
    gate = None
    if gate_games:
        gate = GateConfig(
            games=gate_games, level=gate_level, deck=deck, stake=stake, win_ante=win_ante
        )
    _run(_online(run_seed, episodes_per_update, updates, gate))


@main.command()
@RUN_SEED
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="laptop",
    show_default=True,
    help="How much an update takes; a run keeps what it began with.",
)
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop when the run has so many updates."
)
@click.option(
    "--minutes", type=click.FloatRange(min=0, max=10_000_000), help="Begin no update after so long."
)
def train(run_seed: int, profile: str, updates: int | None, minutes: float | None) -> None:
    """Learn in the simulator, from games played by the weights being trained.

    Every update is recorded with the seeds that repeat it. Begins the run where there is
    none, goes on where it stopped. Ctrl-C ends after the update at hand, a second one at once.
    """
    _run(_train(run_seed, profile, updates, minutes))


REASON = click.option("--reason", default="", help="Why, for the record.")
BY = click.option(
    "--by", default=getpass.getuser, show_default="the user's name", help="Who, for the record."
)


@main.command()
@click.argument("checkpoint")
@REASON
@BY
def promote(checkpoint: str, reason: str, by: str) -> None:
    """Put CHECKPOINT, or the only one that begins so, into service.

    It must have been saved by a run of the log. Workers hear of it on the bus and decide with it
    from the next decision on; those that start later find it in the log. Doing it again changes
    nothing.
    """
    _run(_promote(checkpoint, reason, by))


@main.command()
@click.option("--to", default="", metavar="CHECKPOINT", help="Which.  [default: the one before]")
@REASON
@BY
def rollback(to: str, reason: str, by: str) -> None:
    """Let a checkpoint decide again that was in service before.

    With --to, doing it again changes nothing; without, it goes one further back.
    """
    _run(_rollback(to, reason, by))


@main.command()
@click.argument("checkpoint")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["torchscript", "onnx"]),
    required=True,
    help="TorchScript needs nothing else; ONNX the optional packages of the group onnx.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(checkpoint: str, kind: str, out: Path) -> None:
    """Write the policy of CHECKPOINT to a file that other programs can run.

    Its inputs are features[B, K], the legal candidates rows[R, F] of all B states one after
    another, and ends[B], where those of each state end; its outputs logits[R] and value[B].
    """
    from jimbot_stream.agents.export import write

    try:
        blobs = BlobStore(from_environment().blobs)
        name = among_blobs(blobs.folder, checkpoint)
        write(blobs.get(name), kind, out)
    except FAILURES as error:
        click.echo(f"jimbot-learn: {error}", err=True)
        sys.exit(1)
    click.echo(f"{name} written to {out}")


@main.command("list")
def list_runs() -> None:
    """Tell which training runs the log holds, and what is in service."""
    _run(_list())


@main.command()
@click.argument("run")
def show(run: str) -> None:
    """Tell the course of RUN: its updates, their checkpoints and how play went."""
    _run(_show(run))


@main.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    help="A checkpoint, or the first letters of its sha256; repeatable.",
)
@click.option(
    "--player",
    "players",
    multiple=True,
    type=click.Choice(list(PLAYERS)),
    help="A baseline; repeatable.  [default: all of them]",
)
@click.option(
    "--panel",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Number from which the games' seeds derive.",
)
@click.option(
    "--games",
    type=click.IntRange(min=2),
    default=500,
    show_default=True,
    help="Games, each played once by every player.",
)
@click.option("--drawn", is_flag=True, help="Draw a checkpoint's actions, as in training.")
@click.option(
    "--record/--no-record",
    default=True,
    show_default=True,
    help="Keep the results of every game in the event log, for jimbot-replay verify.",
)
@click.option("--again", is_flag=True, help="Play what stands in the log, too, and compare.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def evaluate(
    checkpoints: Sequence[str],
    players: Sequence[str],
    panel: int,
    games: int,
    drawn: bool,
    record: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Play the same games with checkpoints and baselines, and compare.

    Red deck, white stake, seeds that training never takes. Equal arguments give equal games, so
    an evaluation that stands in the log is shown from there.
    """
    from jimbot_stream.agents.evaluation.command import Request
    from jimbot_stream.agents.evaluation.panel import Panel

    wanted = Request(checkpoints, players, Panel(panel, games), drawn, again)
    _run(_evaluate(wanted, record, as_json))


def _run(work: Awaitable[None]) -> None:
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    # What the client of Kafka logs while nobody listens, our own errors say once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

    async def until_told() -> None:
        task = asyncio.ensure_future(work)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(until_told())
    except FAILURES as error:
        click.echo(f"jimbot-learn: {error}", err=True)
        sys.exit(1)


async def _init(run_seed: int) -> None:
    settings = from_environment()
    refuse_other_store(settings)
    async with open_log(settings) as log:
        run = await TrainingRun.begin(log, BlobStore(settings.blobs), run_seed, UpdateConfig())
        click.echo(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


async def _online(
    run_seed: int, per_update: int, updates: int | None, gate: GateConfig | None
) -> None:
    settings = from_environment()
    refuse_other_store(settings)
    names = _topics(settings)
    bus = KafkaBus(settings.broker)
    try:
        async with open_log(settings) as log:
            blobs = BlobStore(settings.blobs)
            run = await TrainingRun.begin(log, blobs, run_seed, UpdateConfig(), gate=gate)
            episodes = await _patiently(
                lambda: EventConsumer.open(bus, [names.episode], Start.BEGINNING)
            )
            announcer = Announcer(bus, names, run.started.run_id)
            learner = OnlineLearner(
                run,
                log,
                episodes,
                announcer,
                SystemClock(),
                per_update=per_update,
                progress=click.echo,
            )
            try:
                await learner.learn(updates)
            finally:
                await episodes.close()
    finally:
        await bus.close()


async def _train(run_seed: int, profile: str, updates: int | None, minutes: float | None) -> None:
    from jimbot_stream.agents.rollouts.training import Training
    from jimbot_stream.agents.rollouts.watching import watching

    settings, clock = from_environment(), SystemClock()
    until = clock.monotonic() + 60 * minutes if minutes is not None else math.inf
    async with _log(settings) as log:
        blobs = BlobStore(settings.blobs)
        gate = GATES.get(profile)
        run = await TrainingRun.begin(log, blobs, run_seed, PROFILES[profile], ALGORITHM, gate)
        training = Training(run, clock, await _settling(run, log, settings))
        stopped = _stop_softly()
        left = None if updates is None else max(0, updates - run.update)
        with watching(left and left * training.config.rollout.decisions) as watch:
            await training.train(
                lambda: (
                    stopped.is_set()
                    or (updates is not None and run.update >= updates)
                    or clock.monotonic() >= until
                ),
                watch.told,
                watch.done,
            )
        click.echo(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


async def _settling(run: TrainingRun, log: EventLog, settings: Settings) -> "Settle":
    """Decides about the new checkpoints of a run in the simulator, and says what came of it."""
    from jimbot_stream.agents.evaluation.archive import Archive
    from jimbot_stream.agents.gate.gate import Gate
    from jimbot_stream.agents.gate.succession import Succession

    service = await InService.open(log)
    if run.gate is None:
        return _nothing_to_decide
    succession = Succession(run, service, Gate(run.gate, Archive(log, run.blobs.get)))

    async def settle() -> None:
        settled = await succession.settle()
        if settled.withdrawn:
            click.echo(
                f"{settled.withdrawn[:12]} was taken out of service: going on from before it"
            )
        if settled.trial is not None:
            click.echo(f"update {run.update} is {settled.trial}")
        if settled.service:
            await _tell(settings, settled.service, service)

    return settle


async def _nothing_to_decide() -> None:
    """A run without a gate promotes nothing."""


async def _promote(letters: str, reason: str, by: str) -> None:
    await _change(lambda log, blobs: changing.promote(log, blobs, letters, reason, by))


async def _rollback(letters: str, reason: str, by: str) -> None:
    await _change(lambda log, blobs: changing.roll_back(log, blobs, letters, reason, by))


async def _change(
    change: Callable[[EventLog, BlobStore], Awaitable[tuple[InService, Sequence[RecordedEvent]]]],
) -> None:
    """Change what is in service, announce it and say so; what was there already is told again."""
    settings = from_environment()
    async with _log(settings) as log:
        service, new = await change(log, BlobStore(settings.blobs))
        told = await _tell(settings, new or service.events[-1:], service)
    click.echo(f"{service.checkpoint} {'is' if new else 'was already'} in service")
    if not told:
        click.echo("no bus answers: workers find it in the log when they start", err=True)


async def _tell(settings: Settings, events: Sequence[RecordedEvent], service: InService) -> bool:
    bus = KafkaBus(settings.broker, patience_s=5.0)
    try:
        return await tell(bus, _topics(settings), events, service)
    finally:
        await bus.close()


async def _evaluate(wanted: "Request", record: bool, as_json: bool) -> None:
    from jimbot_stream.agents.evaluation.command import compare

    settings = from_environment()
    async with contextlib.AsyncExitStack() as stack:
        log = await stack.enter_async_context(_log(settings)) if record else None
        await compare(log, settings.blobs, wanted, as_json=as_json)


async def _list() -> None:
    async with _log(from_environment()) as log:
        Console().print(listing.table(await listing.courses(log)))
        service = await InService.open(log)
        if service.events:
            Console().print(listing.service_table(service))


async def _show(run: str) -> None:
    async with _log(from_environment()) as log:
        course = await listing.course_of(log, run)
        played = await listing.evaluations(log, course)
    click.echo(f"{run}: {course.started.algorithm}, {course.started.config_json}")
    Console().print(listing.course_table(course))
    if played:
        Console().print(listing.evaluation_table(played))


def _log(settings: Settings) -> OpenableLog:
    """The log of the settings, its store started where none listens."""
    ensure_store(settings)
    return open_log(settings)


def _stop_softly() -> asyncio.Event:
    """Let the first Ctrl-C ask for an end, and the second one make it."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def stop() -> None:
        if stopped.is_set():
            click.echo("ending after the round at hand", err=True)
            task.cancel()
            return
        stopped.set()
        click.echo("ending after this update; once more to end without it", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopped


def _topics(settings: Settings) -> Topics:
    prefix = settings.topic_prefix
    return Topics(
        episode=prefix + topics.EPISODE.name,
        checkpoint=prefix + topics.CHECKPOINT.name,
        training=prefix + topics.TRAINING.name,
    )


async def _patiently(
    attempt: Callable[[], Awaitable[EventConsumer]], pause_s: float = 1.0
) -> EventConsumer:
    """Wait for a broker that is still starting, and for the worker to declare the topics."""
    clock = SystemClock()
    begun = clock.monotonic()
    while True:
        try:
            return await attempt()
        except (BusUnavailableError, UnknownTopicError):
            if clock.monotonic() - begun > PATIENCE_S:
                raise
        await asyncio.sleep(pause_s)


if __name__ == "__main__":
    main()
