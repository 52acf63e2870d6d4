"""Sampling and learning on the complete game, ours beside four peers, in turns in one run.

Every contender has a process of its own and the same games, network, epochs and batch, and
plays with as many torch threads as it is fastest with. Peers observe padded candidates, or,
in the second table, features alone with the flat codec's mask; the ratio is taken against
the best peer in the better of its modes, round by round, so that what slows the machine
slows both. What is compiled or loaded before the first turn does not count, and of a turn
only whole iterations do. Memory is that of a contender's whole tree of processes: the sum of
RSS, which the limit is held against, and of PSS, which shares out what several of them map.

About 13 minutes and, while all nine processes wait for their turns, 8 GiB by default;
``--sustained 10`` then lets ours run alone for so long. ``make peers`` installs the peers;
who is not installed is told, and how to install it.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures
from bench.contenders import report
from bench.contenders.contest import Contest, sustained
from bench.contenders.ours import task_of
from bench.contenders.process import ContenderError
from bench.contenders.registry import ENTRANTS, OURS, PEERS
from bench.contenders.task import MODES, Task

ROUNDS: Final = 5
UPDATE_ROUNDS: Final = 16
"""Batches of an update of ours while it takes turns: shorter than shipped, for turns are short."""
HEADLINES: Final = ("steps_per_s", "ratio_to_best_peer", "best_peer", "peak_tree_mib")
Pythons = dict[str, str]


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr that leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


def pythons(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> Pythons:
    """``PATH`` for every peer, then ``NAME=PATH`` for one contender.

    Raises:
        BadParameter: there is no such contender, or no path.
    """
    for_all = [path for path in given if "=" not in path]
    found = dict.fromkeys(PEERS, _absolute(for_all[-1])) if for_all else {}
    for name, _, path in (each.partition("=") for each in given if "=" in each):
        if name not in ENTRANTS or not path:
            raise click.BadParameter(f"{name}={path}: NAME is one of {', '.join(ENTRANTS)}")
        found[name] = _absolute(path)
    return found


def _absolute(path: str) -> str:
    return str(Path(path).absolute())  # and not resolved, which would leave an environment


def sized(task: Task, quick: bool, **sizes: int | None) -> Task:
    """The task with other sizes where they are given; a minibatch is no more than a batch."""
    task = replace(task, **{name: size for name, size in sizes.items() if size})
    rounds = min(task.rounds, 4) if quick else task.rounds
    return replace(task, rounds=rounds, minibatch=min(task.minibatch, task.batch))


@click.command()
@figures.options
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True,
    help="Time of each contender in each mode, all turns together.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True,
    help="Turns of each contender, after one in which threads are tried.",
)  # fmt: skip
@click.option("--sustained", "minutes", type=click.FloatRange(min=0.0), metavar="MINUTES",
    help="Then ours alone for so long; steps_per_s and peak_tree_mib are taken from it.",
)  # fmt: skip
@click.option("--peer", "peers", multiple=True, type=click.Choice([*PEERS, "none"]),
    help="Only this one; repeatable.  [default: all of them]",
)  # fmt: skip
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Only this one.")
@click.option(
    "--peer-python", "found", multiple=True, metavar="[NAME=]PATH", callback=pythons,
    help="The Python under which the peers, or this contender, are installed; repeatable.",
)  # fmt: skip
@click.option("--games", type=click.IntRange(min=1), help="Other than the shipped number.")
@click.option("--steps", type=click.IntRange(min=1), help="The same, of decisions in a batch.")
@click.option("--update-rounds", type=click.IntRange(min=1), help="The same, in an update.")
def main(
    quick: bool,
    json_file: Path | None,
    seconds: float,
    rounds: int,
    minutes: float | None,
    peers: Sequence[str],
    modes: Sequence[str],
    found: Pythons,
    games: int | None,
    steps: int | None,
    update_rounds: int | None,
) -> None:
    """Let ours and its peers sample and learn in turns, and compare."""
    task = sized(task_of(), quick, games=games, steps=steps, rounds=update_rounds)
    if quick:
        seconds, rounds = 6.0, 2
    names = [OURS, *(name for name in peers or PEERS if name != "none")]
    try:
        with progress() as bar:
            short = replace(task, rounds=min(task.rounds, UPDATE_ROUNDS))
            contest = Contest(short, found, bar)
            contest.run(names, modes or MODES, seconds, rounds)
            ours = found.get(OURS, sys.executable)
            alone = sustained(task, minutes, bar, ours) if minutes else None
    except ContenderError as error:
        raise click.ClickException(str(error)) from None
    report.show(contest, alone)
    told = report.figures_of(contest, alone)
    for name in HEADLINES:
        print(f"{name}: {told[name]}")
    figures.finish(told, json_file)


if __name__ == "__main__":
    main()
