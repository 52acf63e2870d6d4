"""``jimbot-replay lineage``."""

import asyncio
from pathlib import Path

import click

from jimbot_stream.eventlog import EventLogError
from jimbot_stream.replay.lineage.addressing import subject_of
from jimbot_stream.replay.lineage.index import read_index
from jimbot_stream.replay.lineage.report import as_text, to_dot, to_json
from jimbot_stream.replay.lineage.summary import Summary, summarised
from jimbot_stream.replay.lineage.tracing import trace
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.showing import AddressError
from jimbot_stream.replay.sources import DATA, LOG, CannotError, source_of


@click.command()
@LOG
@DATA
@click.argument("address", metavar="REVISION@game-ID|game-ID|RUN|EVALUATION|CHECKPOINT")
@click.option("--backwards", is_flag=True, help="What came of it, not what it came from.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "dot", "json"]),
    default="text",
    show_default=True,
    help="dot is for Graphviz.",
)
@click.option("--all", "everything", is_flag=True, help="Draw nothing together, however many.")
def lineage(
    log: str | None, data: Path | None, address: str, backwards: bool, form: str, everything: bool
) -> None:
    """Tell what a decision, game, run, evaluation or checkpoint came from, back to the beginning.

    A decision leads to its checkpoint, the update that made it, the run and its configuration, the
    games that were learned from and who decided those, and so on. --backwards goes the other way:
    games lead to updates, checkpoints, decisions, evaluations, promotions and runs. Each step names
    the event that says so.
    """
    try:
        found, unreadable = asyncio.run(
            _traced(source_of(log, data).log, address, backwards, everything)
        )
    except (AddressError, BundleError, EventLogError) as error:
        raise CannotError(str(error)) from error
    if unreadable:
        click.echo(
            f"{unreadable:,} events cannot be understood; jimbot-replay verify names them", err=True
        )
    if form == "json":
        click.echo(to_json(found, unreadable=unreadable))
    else:
        click.echo("\n".join(as_text(found) if form == "text" else to_dot(found)))


async def _traced(log: str, address: str, backwards: bool, everything: bool) -> tuple[Summary, int]:
    async with open_reader(log) as reader:
        index = await read_index(reader)
        subject = await subject_of(reader, index.graph, address)
    traced = trace(index.graph, subject, forwards=backwards)
    return summarised(index.graph, traced, everything=everything), index.unreadable
