"""Commands that let go of checkpoints, and make one again; and what ``train`` does of itself."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.table import Table

from jimbot_stream.agents.algorithms import Config
from jimbot_stream.agents.budget import MIB, Budget
from jimbot_stream.agents.dqn.config import DqnTrainConfig
from jimbot_stream.agents.listing import course_of, courses
from jimbot_stream.agents.lookup import among_saved, saved
from jimbot_stream.agents.terminal import log_of, perform
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.config import from_environment
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import StreamJournal
from jimbot_stream.eventlog.naming import run_stream

if TYPE_CHECKING:
    from jimbot_stream.agents.keeping.pruning import Plan, Pruner
    from jimbot_stream.agents.rollouts.training import Settle

_ATTEMPTS: Final = 5
_EVERY: Final = 16


@click.command()
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option(
    "--keep",
    "every",
    type=click.IntRange(min=1),
    help="Keep everything after each update whose number this divides.  [default: 16]",
)
@click.option(
    "--mib",
    type=click.FloatRange(min=0),
    help="Let go of only as much as it takes for a run to hold no more than this.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would go, and let go of nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def prune(
    runs: Sequence[str], every: int | None, mib: float | None, dry_run: bool, as_json: bool
) -> None:
    """Let go of checkpoints, snapshots and replay memories that can be computed again.

    Of every RUN, or of all. Kept are, besides every --keep-th, what the newest two updates left,
    and the one before anything in the run changed; its first checkpoint; and whatever was
    evaluated, promoted, exchanged, decided with, or begun from by another run. The record names
    what goes before it goes, and jimbot-replay verify makes it again from the nearest one before
    it. A power of two, and later a larger one, thins a run out again.

    With --mib, every second one is kept, or every fourth, and so on, until a run holds no more than
    that; where the rule keeps more, it says so.
    """
    if every is not None and mib is not None:
        raise click.UsageError("--mib finds out what to keep: give --keep or --mib")
    bound = None if mib is None else int(mib * MIB)
    perform(_prune(Extent(every or _EVERY, bound, dry_run), runs, as_json=as_json))


@click.command()
@click.argument("checkpoint")
def restore(checkpoint: str) -> None:
    """Compute CHECKPOINT again, which was pruned, and store it.

    First letters of its sha256 are enough. Takes as long as the updates since the nearest kept
    checkpoint before it took.
    """
    perform(_restore(checkpoint))


def holding(
    settle: "Settle", run: TrainingRun, log: EventLog, config: Config, budget: Budget
) -> "Settle":
    """After every update, decide about it, and keep the run within its part of the disk.

    That is its budget of checkpoints, and what its replay memory may take beside them.
    """
    from jimbot_stream.agents.keeping.pruning import Pruner

    remembered = config.memory.mib * MIB if isinstance(config, DqnTrainConfig) else 0
    pruner = Pruner(run, log)

    async def settled() -> None:
        await settle()
        plan = await pruner.hold(budget.checkpoints + remembered)
        if plan is not None:
            click.echo(
                f"{run.started.run_id}: {len(plan.blobs):,} blobs, {plan.size // MIB:,} MiB, were"
                f" pruned; everything is kept after every {plan.every} updates"
            )

    return settled


@dataclass(frozen=True, slots=True)
class Extent:
    """How far to thin out a run."""

    every: int
    bound: int | None
    """In bytes; it decides instead of ``every`` where there is one."""
    dry_run: bool

    async def plan(self, pruner: "Pruner") -> "Plan":
        """What goes of a run."""
        if self.bound is None:
            return await pruner.plan(self.every)
        return await pruner.plan_within(self.bound)


async def _prune(extent: Extent, runs: Sequence[str], *, as_json: bool) -> None:
    settings = from_environment()
    async with log_of(settings) as log:
        names = list(runs) or [course.started.run_id for course in await courses(log)]
        for name in runs:
            await course_of(log, name)  # it says which there are
        blobs = BlobStore(settings.blobs)
        plans = [await _pruned(log, blobs, name, extent) for name in names]
    if as_json:
        told = {"dry_run": extent.dry_run, "runs": [asdict(plan) for plan in plans]}
        click.echo(json.dumps(told))
    else:
        Console().print(_table(plans, dry_run=extent.dry_run))
    for plan in plans:
        if extent.bound is not None and plan.stays > extent.bound:
            click.echo(
                f"{plan.run} still holds {plan.stays / MIB:,.1f} MiB: the rule keeps the newest"
                " and what is named elsewhere (replay/README.md, Pruned checkpoints)",
                err=True,
            )


async def _pruned(log: EventLog, blobs: BlobStore, name: str, extent: Extent) -> "Plan":
    """Plan and prune, anew where the run went on meanwhile."""
    from jimbot_stream.agents.keeping.pruning import Pruner

    for attempt in range(1, _ATTEMPTS + 1):
        journal = await StreamJournal.open(log, run_stream(name), keep_events=True)
        pruner = Pruner(TrainingRun(log, blobs, journal), log)
        plan = await extent.plan(pruner)
        if extent.dry_run:
            break
        try:
            await pruner.prune(plan)
            break
        except RunError:
            if attempt == _ATTEMPTS:
                raise
    return plan


def _table(plans: Sequence["Plan"], *, dry_run: bool) -> Table:
    shown = Table("run", "updates", "kept after every", "blobs", "MiB", "MiB that stay")
    shown.title = "Would go" if dry_run else "Pruned"
    for plan in plans:
        shown.add_row(
            plan.run,
            f"{plan.update:,}",
            str(plan.every),
            f"{len(plan.blobs):,}",
            f"{plan.size / MIB:,.1f}",
            f"{plan.stays / MIB:,.1f}",
        )
    return shown


async def _restore(letters: str) -> None:
    from jimbot_stream.agents.keeping.restoring import blobs_with

    settings = from_environment()
    blobs = BlobStore(settings.blobs)
    async with log_of(settings) as log:
        name = among_saved(await saved(log), letters)
        if blobs.has(name):
            blobs.get(name)
            click.echo(f"{name} is there")
            return
        found = await blobs_with(log, blobs, name)
        data = found.get(name) if found is not None else blobs.get(name)
    blobs.put(data)
    click.echo(f"{name} was computed again")
