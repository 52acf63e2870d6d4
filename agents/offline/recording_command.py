"""What ``jimbot-learn record-games`` does and shows."""

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jimbot_stream.agents.offline.recording import Recorded, Wanted, record
from jimbot_stream.agents.terminal import log_of
from jimbot_stream.config import from_environment


async def record_games(wanted: Wanted, *, as_json: bool) -> None:
    """Record games, and tell how they went.

    Raises:
        RulesDisagreeError: the rules refused what they had listed.
        ValueError: an unknown deck or stake.
    """
    console = Console(stderr=True, quiet=as_json)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with log_of(from_environment()) as log:
        with Progress(*columns, TimeElapsedColumn(), console=console, disable=as_json) as bar:
            task = bar.add_task(f"recording {wanted.player}", total=wanted.games)
            found = await record(log, wanted, lambda games: bar.update(task, advance=games))
    if as_json:
        click.echo(orjson.dumps(summary(wanted, found), option=orjson.OPT_SORT_KEYS).decode())
    else:
        show(wanted, found, Console())


def summary(wanted: Wanted, found: Recorded) -> dict[str, object]:
    """For machines; means over the games played now, none where there are none."""
    told: dict[str, object] = {
        "source": wanted.source,
        "run_seed": wanted.run_seed,
        "games": found.games,
        "known": found.known,
        "played": len(found.played),
    }
    if len(found.played):
        told["actions"] = int(found.played["steps"].sum())
        means = {name: float(found.played[name].mean()) for name in ("ante", "beaten", "won")}
        told |= means
    return told


def show(wanted: Wanted, found: Recorded, console: Console) -> None:
    """A table, and what to do next."""
    table = Table("games of", "in the log", "played now", "actions", "mean ante", "won")
    row = [wanted.source, f"{found.games:,}", f"{len(found.played):,}"]
    if len(found.played):
        played = found.played
        row += [f"{played['steps'].sum():,}", f"{played['ante'].mean():.2f}"]
        row.append(f"{played['won'].mean():.1%}")
    table.add_row(*row)
    console.print(table)
    console.print(
        "learn from them: jimbot-learn offline --run-seed N --algo bc|marwil|iql"
        f" --source {wanted.source}",
        highlight=False,
        soft_wrap=True,
    )
