"""What the commands of ``jimbot-learn`` share: how they run, fail, end, and reach log and bus."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import click

from jimbot_stream.agents.announcing import Topics
from jimbot_stream.agents.budget import BudgetError
from jimbot_stream.agents.checkpoint import CheckpointError
from jimbot_stream.agents.cluster import ClusterError
from jimbot_stream.agents.failing import DivergedError, RulesDisagreeError
from jimbot_stream.agents.training_run import RunError
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.bus import BusError, BusUnavailableError, UnknownTopicError
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.checkpoints import BlobError
from jimbot_stream.clock import SystemClock
from jimbot_stream.config import Settings
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.opening import OpenableLog, ensure_store, open_log
from jimbot_stream.streams import topics

PATIENCE_S: Final = 120.0
RUN_SEED: Final = click.option(
    "--run-seed", type=int, required=True, help="Seed that names and determines the run."
)
"""What the commands say that begin a run, or go on with it."""
FAILURES: Final = (
    BlobError,
    BudgetError,
    BusError,
    CheckpointError,
    ClusterError,
    DivergedError,
    EventLogError,
    FeedError,
    RulesDisagreeError,
    RunError,
    ValueError,
)
"""What a user is told in one line, without a traceback."""


def perform(work: Awaitable[None]) -> None:
    """Do the work of a command; say what failed, and end with 1 then."""
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


def log_of(settings: Settings) -> OpenableLog:
    """The log of the settings, its store started where none listens."""
    ensure_store(settings)
    return open_log(settings)


def stop_softly() -> asyncio.Event:
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


def topics_of(settings: Settings) -> Topics:
    """Names of the topics, with the prefix of the settings."""
    prefix = settings.topic_prefix
    return Topics(
        episode=prefix + topics.EPISODE.name,
        checkpoint=prefix + topics.CHECKPOINT.name,
        training=prefix + topics.TRAINING.name,
    )


async def patiently(
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
