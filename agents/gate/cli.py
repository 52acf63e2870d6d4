"""Commands that change what is in service, and what ``train`` does with a run's checkpoints."""

import getpass
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import click

from jimbot_stream.agents.gate import command as changing
from jimbot_stream.agents.telling import tell
from jimbot_stream.agents.terminal import log_of, perform, topics_of
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.config import Settings, from_environment
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.promotion import InService

if TYPE_CHECKING:
    from jimbot_stream.agents.rollouts.training import Settle

REASON = click.option("--reason", default="", help="Why, for the record.")
BY = click.option(
    "--by", default=getpass.getuser, show_default="the user's name", help="Who, for the record."
)


@click.command()
@click.argument("checkpoint")
@REASON
@BY
def promote(checkpoint: str, reason: str, by: str) -> None:
    """Put CHECKPOINT into service: first letters of its sha256, or a run, whose newest is meant.

    It must have been saved by a run of the log. Workers hear of it on the bus and decide with it
    from the next decision on; those that start later find it in the log. Doing it again changes
    nothing.
    """
    perform(_promote(checkpoint, reason, by))


@click.command()
@click.option("--to", default="", metavar="CHECKPOINT", help="Which.  [default: the one before]")
@REASON
@BY
def rollback(to: str, reason: str, by: str) -> None:
    """Let a checkpoint decide again that was in service before.

    With --to, doing it again changes nothing; without, it goes one further back.
    """
    perform(_rollback(to, reason, by))


async def _promote(letters: str, reason: str, by: str) -> None:
    await _change(lambda log, blobs: changing.promote(log, blobs, letters, reason, by))


async def _rollback(letters: str, reason: str, by: str) -> None:
    await _change(lambda log, blobs: changing.roll_back(log, blobs, letters, reason, by))


async def _change(
    change: Callable[[EventLog, BlobStore], Awaitable[tuple[InService, Sequence[RecordedEvent]]]],
) -> None:
    """Change what is in service, announce it and say so; what was there already is told again."""
    settings = from_environment()
    async with log_of(settings) as log:
        service, new = await change(log, BlobStore(settings.blobs))
        told = await _tell(settings, new or service.events[-1:], service)
    click.echo(f"{service.checkpoint} {'is' if new else 'was already'} in service")
    if not told:
        click.echo("no bus answers: workers find it in the log when they start", err=True)


async def _tell(settings: Settings, events: Sequence[RecordedEvent], service: InService) -> bool:
    bus = KafkaBus(settings.broker, patience_s=5.0)
    try:
        return await tell(bus, topics_of(settings), events, service)
    finally:
        await bus.close()


async def settling(training: TrainingRun, log: EventLog, settings: Settings) -> "Settle":
    """Decides about the new checkpoints of a run in the simulator, and says what came of it."""
    from jimbot_stream.agents.evaluation.archive import Archive
    from jimbot_stream.agents.gate.gate import Gate
    from jimbot_stream.agents.gate.succession import Succession

    service = await InService.open(log)
    if training.gate is None:
        return _nothing_to_decide
    succession = Succession(
        training, service, Gate(training.gate, Archive(log, training.blobs.get))
    )

    async def settle() -> None:
        settled = await succession.settle()
        if settled.withdrawn:
            click.echo(
                f"{settled.withdrawn[:12]} was taken out of service: going on from before it"
            )
        if settled.trial is not None:
            click.echo(f"update {training.update} is {settled.trial}")
        if settled.service:
            await _tell(settings, settled.service, service)

    return settle


async def _nothing_to_decide() -> None:
    """A run without a gate promotes nothing."""
