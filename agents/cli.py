"""``jimbot-learn``: begin a training run, and learn from the games that players close."""

import asyncio
import contextlib
import logging
import math
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console

from jimbot_stream.agents import listing
from jimbot_stream.agents.algorithms import PlayConfig
from jimbot_stream.agents.announcing import Announcer, Topics
from jimbot_stream.agents.checkpoint import CheckpointError
from jimbot_stream.agents.curriculum.named import CURRICULA, NO_CURRICULUM, with_curriculum
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.online import OnlineLearner
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import DivergedError
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.lockstep import RulesDisagreeError
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.bus import BusError, BusUnavailableError, Start, UnknownTopicError
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import Settings, from_environment
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.opening import OpenableLog, ensure_store, open_log
from jimbot_stream.streams import topics

if TYPE_CHECKING:
    from jimbot_stream.agents.rollouts.training import PlayTraining

PATIENCE_S = 120.0
ALGOS: Final = {"ppo": ALGORITHM, "dqn": dqn.ALGORITHM}
"""What ``train`` calls an algorithm, and what a run calls it."""
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
def online(run_seed: int, episodes_per_update: int, updates: int | None) -> None:
    """Learn from closed games and announce each new checkpoint.

    Begins the run where there is none; goes on where an earlier learner stopped.
    """
    _run(_online(run_seed, episodes_per_update, updates))


@main.command()
@RUN_SEED
@click.option(
    "--algo",
    type=click.Choice(list(ALGOS)),
    default="ppo",
    show_default=True,
    help="PPO learns from what it has just played, DQN from a memory of what it played.",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="laptop",
    show_default=True,
    help="How much an update takes; a run keeps what it began with.",
)
@click.option(
    "--curriculum",
    type=click.Choice([NO_CURRICULUM, *CURRICULA]),
    default=NO_CURRICULUM,
    show_default=True,
    help="Easier games first: fewer antes, or more money; or on to higher stakes, or other decks.",
)
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop when the run has so many updates."
)
@click.option(
    "--minutes", type=click.FloatRange(min=0, max=10_000_000), help="Begin no update after so long."
)
def train(
    run_seed: int,
    algo: str,
    profile: str,
    curriculum: str,
    updates: int | None,
    minutes: float | None,
) -> None:
    """Learn in the simulator, from games played by the weights being trained.

    Every update is recorded with the seeds that repeat it. Begins the run where there is
    none, goes on where it stopped. Ctrl-C ends after the update at hand, a second one at once.

    With a curriculum, the run goes on to the next stage once the games of the present one reach
    what it asks; `jimbot-learn show` tells when, and on which numbers.
    """
    algorithm = ALGOS[algo]
    config: PlayConfig = _profiles(algorithm)[profile]
    if isinstance(config, TrainConfig):
        config = with_curriculum(config, curriculum)
    elif curriculum != NO_CURRICULUM:
        raise click.UsageError("--curriculum goes with --algo ppo")
    _run(_train(run_seed, algorithm, config, updates, minutes))


@main.command("list")
def list_runs() -> None:
    """Tell which training runs the log holds."""
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def evaluate(
    checkpoints: Sequence[str],
    players: Sequence[str],
    panel: int,
    games: int,
    drawn: bool,
    as_json: bool,
) -> None:
    """Play the same games with checkpoints and baselines, and compare.

    Red deck, white stake, seeds that training never takes. Equal arguments give equal games.
    """
    from jimbot_stream.agents.evaluation.command import compare

    try:
        compare(from_environment().blobs, checkpoints, players, (panel, games), drawn, as_json)
    except FAILURES as error:
        click.echo(f"jimbot-learn: {error}", err=True)
        sys.exit(1)


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
    async with open_log(settings) as log:
        run = await TrainingRun.begin(log, BlobStore(settings.blobs), run_seed, UpdateConfig())
        click.echo(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


async def _online(run_seed: int, per_update: int, updates: int | None) -> None:
    settings = from_environment()
    names = _topics(settings)
    bus = KafkaBus(settings.broker)
    try:
        async with open_log(settings) as log:
            run = await TrainingRun.begin(log, BlobStore(settings.blobs), run_seed, UpdateConfig())
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


async def _train(
    run_seed: int,
    algorithm: str,
    config: PlayConfig,
    updates: int | None,
    minutes: float | None,
) -> None:
    from jimbot_stream.agents.rollouts.watching import watching

    settings, clock = from_environment(), SystemClock()
    until = clock.monotonic() + 60 * minutes if minutes is not None else math.inf
    async with _log(settings) as log:
        blobs = BlobStore(settings.blobs)
        run = await TrainingRun.begin(log, blobs, run_seed, config, algorithm)
        training = _training(run, clock, algorithm)
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


def _profiles(algorithm: str) -> Mapping[str, PlayConfig]:
    return dqn.PROFILES if algorithm == dqn.ALGORITHM else PROFILES


def _training(run: TrainingRun, clock: Clock, algorithm: str) -> "PlayTraining[Any]":
    from jimbot_stream.agents.dqn.training import DqnTraining  # both load RLlib, for seconds
    from jimbot_stream.agents.rollouts.training import Training

    return (DqnTraining if algorithm == dqn.ALGORITHM else Training)(run, clock)


async def _list() -> None:
    async with _log(from_environment()) as log:
        Console().print(listing.table(await listing.courses(log)))


async def _show(run: str) -> None:
    async with _log(from_environment()) as log:
        course = await listing.course_of(log, run)
    click.echo(f"{run}: {course.started.algorithm}, {course.started.config_json}")
    Console().print(listing.course_table(course))
    changes = listing.changes_table(course)
    if changes is not None:
        Console().print(changes)


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
