"""All contenders in turns, and ours alone for as long as one likes."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

from bench.contenders.process import MIB, MissingError, Running
from bench.contenders.registry import ENTRANTS, OURS
from bench.contenders.standing import Entry, Turn, fastest
from bench.contenders.task import MODES, Task
from rich.progress import Progress

SLICE_S: Final = 30.0
"""Of the sustained run; its slowest slice is told, too."""


class Contest:
    """All contenders, and what they did."""

    def __init__(self, task: Task, pythons: Mapping[str, str], bar: Progress) -> None:
        """Begin with nobody; ``pythons`` are those of contenders that have their own."""
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
                self._start(stack, name, [mode for mode in ENTRANTS[name].modes if mode in modes])
            self._bar.update(self._at, total=len(self._running) * (rounds + 1))
            self._take_turns(seconds / (rounds + 1), rounds)

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

    def _take_turns(self, each: float, rounds: int) -> None:
        pairs = list(zip(self._running, self.entries, strict=True))
        for running, entry in pairs:
            self._told(entry, "threads")
            choose_threads(running, entry, each)
        for number in range(rounds):
            for running, entry in pairs:
                self._told(entry, f"round {number + 1}")
                entry.turns.append(running.turn(entry.threads, each))
        for running, entry in pairs:
            entry.rss_mib, entry.pss_mib = running.peak_rss / MIB, running.peak_pss / MIB

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


def sustained(
    task: Task, minutes: float, bar: Progress, python: str = sys.executable
) -> dict[str, Any]:
    """Ours alone for so long, in a fresh process.

    Raises:
        ContenderError: it ended before its time.
    """
    at = bar.add_task(f"{OURS} alone", total=60 * minutes)
    turns: list[Turn] = []
    with Running(OURS, MODES[0], task, python) as running:
        while (passed := sum(turn.seconds for turn in turns)) < 60 * minutes:
            turns.append(running.turn(1, min(SLICE_S, 60 * minutes - passed)))
            text = f"{OURS} alone: {turns[-1].rate:,.0f} steps/s"
            bar.update(at, completed=passed + turns[-1].seconds, description=text)
    return summed(turns) | {
        "peak_tree_mib": round(running.peak_rss / MIB),
        "peak_tree_pss_mib": round(running.peak_pss / MIB),
    }


def summed(turns: Sequence[Turn]) -> dict[str, Any]:
    """Slices of one long run as one figure each."""
    steps, seconds = sum(turn.steps for turn in turns), sum(turn.seconds for turn in turns)
    return {
        "minutes": round(seconds / 60, 2),
        "steps_per_s": round(steps / seconds),
        "slowest_slice": round(min(turn.rate for turn in turns)),
        "ante": [round(turn.ante, 3) for turn in (turns[0], turns[-1])],
    }
