"""``jimbot-learn curve``."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from jimbot_stream.agents.terminal import log_of, perform
from jimbot_stream.charting.chart import Chart
from jimbot_stream.config import from_environment


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    help="What to draw: ante, blinds, won, steps_per_s, or any number of an update; repeatable."
    "  [default: ante, blinds, steps_per_s]",
)
@click.option(
    "--mean-of",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Draw means over so many updates: one update's games are few.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an SVG file, or a page if the name ends with .html, instead of printing.",
)
@click.option(
    "--serve",
    "port",
    type=click.IntRange(0, 65535),
    help="Serve a page on this port of 127.0.0.1 that grows with the runs (0: any), until Ctrl-C.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers for machines.")
def curve(
    runs: Sequence[str],
    numbers: Sequence[str],
    mean_of: int,
    out: Path | None,
    port: int | None,
    as_json: bool,
) -> None:
    """Draw how RUN learned, over the decisions that it learned from; several runs side by side.

    The name of a population, such as population1, stands for all of its members.

    Evaluations of its checkpoints on held-out games, where the log has them, are drawn with their
    intervals.
    """
    if sum((out is not None, port is not None, as_json)) > 1:
        raise click.UsageError("give one of --out, --serve and --json")
    perform(_curve(runs, numbers, mean_of, out, port, as_json))


async def _curve(
    runs: Sequence[str],
    numbers: Sequence[str],
    over: int,
    out: Path | None,
    port: int | None,
    as_json: bool,
) -> None:
    from jimbot_stream.agents.curves import command

    title = f"Learning curve: {', '.join(dict.fromkeys(runs))}"
    async with log_of(from_environment()) as log:

        async def charts() -> Sequence[Chart]:
            return await command.read(log, runs, numbers, over)

        found = await charts()
        if port is not None:
            async with command.serve(charts, port, title) as address:
                click.echo(f"live page: {address}")
                await asyncio.Event().wait()
        elif out is not None:
            command.write(found, out, title)
            click.echo(f"drawn in {out}")
        elif as_json:
            click.echo(command.told(found))
        else:
            command.show(found, Console())
