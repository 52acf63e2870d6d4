"""Sampling and learning on the complete game, ours beside four peers, in turns in one run.

Every contender has a process of its own and the same games, network, epochs and batch, and
plays with as many torch threads as it is fastest with. Peers observe padded candidates, or,
in the second table, features alone with the flat codec's mask; the ratio is taken against
the best peer in the better of its modes, round by round, so that what slows the machine
slows both. ``--minutes`` then lets ours run alone for so long.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures
from bench.contenders.ours import task_of
from bench.contenders.process import MIB, ContenderError, MissingError, Running
from bench.contenders.registry import ENTRANTS, OURS, PEERS
from bench.contenders.standing import Entry, Turn, best_peer, fastest, ratio
from bench.contenders.task import MODES, WIDTH, Task

ROUNDS = 5
UPDATE_ROUNDS = 16
"""Batches of an update of ours while it takes turns: shorter than shipped, for turns are short."""
SLICE_S = 30.0
"""Of the sustained run; its slowest slice is told, too."""
HEADINGS = (
    "contender", "steps/s", "lowest - highest", "threads", "ours is", "MiB (PSS)", "blinds beaten"
)  # fmt: skip
Pythons = dict[str, str]


class Contest:
    """All contenders, and what they did."""

    def __init__(self, task: Task, pythons: Pythons, bar: Progress) -> None:
        """Begin with nobody."""
        self.task = task
        self.entries: list[Entry] = []
        self.missing: dict[str, str] = {}
        self._pythons = pythons
        self._running: list[Running] = []
        self._bar = bar
        self._at = bar.add_task("starting", total=None)

    def run(self, names: Sequence[str], modes: Sequence[str], seconds: float, rounds: int) -> None:
        """Start everybody, find their threads, and let them take turns.

        Raises:
            ContenderError: one ended before its time.
        """
        with ExitStack() as stack:
            for name in names:
                self._start(stack, name, [m for m in ENTRANTS[name].modes if m in modes])
            self._bar.update(self._at, total=len(self._running) * (rounds + 1))
            each = seconds / (rounds + 1)
            pairs = list(zip(self._running, self.entries, strict=True))
            for running, entry in pairs:
                self._told(entry, "threads")
                choose_threads(running, entry, each)
            for number in range(rounds):
                for running, entry in pairs:
                    self._told(entry, f"round {number + 1}")
                    entry.turns.append(running.turn(entry.threads, each))
            for running, entry in pairs:
                entry.pss_mib, entry.rss_mib = running.peak_pss / MIB, running.peak_rss / MIB

    def _start(self, stack: ExitStack, name: str, modes: Sequence[str]) -> None:
        python = self._pythons.get(name, sys.executable)
        for mode in modes:
            self._bar.update(self._at, description=f"starting {name}, {mode}")
            try:
                running = stack.enter_context(Running(name, mode, self.task, python))
            except MissingError as error:
                self.missing[name] = str(error)
                return
            self._running.append(running)
            self.entries.append(Entry(name, mode, versions=running.versions))

    def _told(self, entry: Entry, what: str) -> None:
        self._bar.update(self._at, advance=1, description=f"{what}: {entry.name}, {entry.mode}")


def choose_threads(running: Running, entry: Entry, seconds: float) -> None:
    """Try the numbers of threads of torch that there are, and keep the fastest."""
    threads = ENTRANTS[entry.name].threads
    for number in threads:
        turn = running.turn(number, seconds / len(threads))
        entry.first = entry.first or turn
        entry.trials[number] = turn.rate
    entry.threads = fastest(entry.trials)


def sustained(task: Task, minutes: float, bar: Progress) -> dict[str, Any]:
    """Ours alone for so long, in a fresh process.

    Raises:
        ContenderError: it ended before its time.
    """
    at = bar.add_task(f"{OURS} alone", total=60 * minutes)
    turns: list[Turn] = []
    with Running(OURS, MODES[0], task) as running:
        while (passed := sum(turn.seconds for turn in turns)) < 60 * minutes:
            turns.append(running.turn(1, min(SLICE_S, 60 * minutes - passed)))
            text = f"{OURS} alone: {turns[-1].rate:,.0f} steps/s"
            bar.update(at, completed=passed + turns[-1].seconds, description=text)
    steps, seconds = sum(turn.steps for turn in turns), sum(turn.seconds for turn in turns)
    return {
        "minutes": round(seconds / 60, 2),
        "steps_per_s": round(steps / seconds),
        "slowest_slice": round(min(turn.rate for turn in turns)),
        "ante": [round(turn.ante, 3) for turn in (turns[0], turns[-1])],
        "peak_tree_mib": round(running.peak_pss / MIB),
        "peak_tree_rss_mib": round(running.peak_rss / MIB),
    }


def figures_of(contest: Contest, alone: dict[str, Any] | None) -> dict[str, Any]:
    """For machines; what could not be measured is null."""
    ours = next((entry for entry in contest.entries if entry.name == OURS), None)
    peer = best_peer(contest.entries)
    told = alone or (ours.figures() if ours else {})
    return {
        "steps_per_s": told.get("steps_per_s"),
        "ratio_to_best_peer": round(ratio(ours.rates, peer.rates), 3) if ours and peer else None,
        "best_peer": f"{peer.name}, {peer.mode}" if peer else None,
        "peak_tree_mib": told.get("peak_tree_mib"),
        "peak_tree_rss_mib": told.get("peak_tree_rss_mib"),
        "sustained": alone,
        "contenders": {f"{e.name}, {e.mode}": e.figures() for e in contest.entries},
        "missing": contest.missing,
        "padded_width": WIDTH,
        "task": asdict(contest.task),
    }


def row(entry: Entry, ours: Entry | None) -> tuple[Any, ...]:
    """A contender's line of the table."""
    times = f"{ratio(ours.rates, entry.rates):.2f} x" if ours and entry is not ours else None
    first, last = entry.first or entry.turns[0], entry.turns[-1]
    spread = f"{min(entry.rates):,.0f} - {max(entry.rates):,.0f}"
    learned = f"{first.blinds:.2f} to {last.blinds:.2f}"
    title, memory = ENTRANTS[entry.name].title, f"{entry.pss_mib:,.0f}"
    return title, f"{median(entry.rates):,.0f}", spread, entry.threads, times, memory, learned


def show(contest: Contest) -> None:
    """Print a table for every mode, and who is missing."""
    ours = next((entry for entry in contest.entries if entry.name == OURS), None)
    for mode, what in zip(MODES, ("candidates", "features and flat actions alone"), strict=True):
        rows = [row(entry, ours) for entry in contest.entries if entry.mode == mode]
        if mode == MODES[0]:
            gap = (None,) * (len(HEADINGS) - 2)
            rows += [(ENTRANTS[name].title, "missing", *gap) for name in contest.missing]
        if rows:
            figures.show(f"Steps a second, sampling and learning: {what}", HEADINGS, rows)
    for name, why in contest.missing.items():
        print(f"{ENTRANTS[name].title}: {why}")


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr that leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


def pythons(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> Pythons:
    """NAME=PATH, split."""
    found = dict(each.partition("=")[::2] for each in given)
    for name, path in found.items():
        if name not in ENTRANTS or not path:
            raise click.BadParameter(f"{name}={path}: NAME is one of {', '.join(ENTRANTS)}")
    return found


@click.command()
@figures.options
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True,
    help="Time of each contender in each mode, all turns together.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True)
@click.option("--minutes", type=click.FloatRange(min=0.0), help="Then ours alone for so long.")
@click.option("--peer", "peers", multiple=True, type=click.Choice([*PEERS, "none"]),
    help="Only this one; repeatable.  [default: all of them]",
)  # fmt: skip
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Only this one.")
@click.option(
    "--peer-python", "found", multiple=True, metavar="NAME=PATH", callback=pythons,
    help="The Python under which a contender is installed; repeatable.",
)  # fmt: skip
@click.option("--games", type=click.IntRange(min=1), help="Other than the shipped number.")
@click.option("--steps", type=click.IntRange(min=1), help="The same, of decisions in a batch.")
@click.option("--update-rounds", type=click.IntRange(min=1), help="The same, in an update.")
@click.option("--check", is_flag=True, help="Fail unless everybody learned.")
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
    check: bool,
) -> None:
    """Let ours and its peers sample and learn in turns, and compare."""
    sizes = {"games": games, "steps": steps, "rounds": update_rounds}
    task = replace(task_of(), **{name: size for name, size in sizes.items() if size})
    task = replace(task, minibatch=min(task.minibatch, task.batch))
    if quick:
        seconds, rounds, task = 6.0, 2, replace(task, rounds=min(task.rounds, 4))
    names = [OURS, *(name for name in peers or PEERS if name != "none")]
    try:
        with progress() as bar:
            short = replace(task, rounds=min(task.rounds, UPDATE_ROUNDS))
            contest = Contest(short, found, bar)
            contest.run(names, modes or MODES, seconds, rounds)
            alone = sustained(task, minutes, bar) if minutes else None
    except ContenderError as error:
        raise click.ClickException(str(error)) from None
    finish(contest, alone, json_file)
    if check:
        dull = [f"{entry.name}, {entry.mode}" for entry in contest.entries if not entry.learned]
        if dull:
            raise click.ClickException(f"did not learn: {'; '.join(dull)}")


def finish(contest: Contest, alone: dict[str, Any] | None, json_file: Path | None) -> None:
    """Print everything, write the figures."""
    show(contest)
    told = figures_of(contest, alone)
    if alone:
        figures.show("Ours alone", ("figure", "value"), [(k, str(v)) for k, v in alone.items()])
    for name in ("steps_per_s", "ratio_to_best_peer", "best_peer", "peak_tree_mib"):
        print(f"{name}: {told[name]}")
    figures.finish(told, json_file)


if __name__ == "__main__":
    main()
