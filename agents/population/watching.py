"""What a person sees of a population while it goes on: a bar, and a line for every exchange."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.rollouts.config import from_json
from jimbot_stream.agents.rollouts.training import Progress as Update
from jimbot_stream.contracts import PopulationExploited

_MIB = 1 << 20


class BarWatch:
    """Shows decisions learned from on one bar, and games of the selection on another."""

    def __init__(self, bar: Progress, steps: int | None) -> None:
        self._bar = bar
        self._learning = bar.add_task("beginning", total=steps)
        self._playing: TaskID | None = None

    def told(self, steps: int) -> None:
        """Some decisions were learned from."""
        self._bar.update(self._learning, advance=steps)

    def done(self, run: str, update: Update) -> None:
        """An update of a member was recorded."""
        rate = update.applied.steps / max(update.seconds, 1e-9)
        memory = psutil.Process().memory_info().rss / _MIB
        ante = update.applied.metrics.get("ante", float("nan"))
        text = f"{run} at {update.applied.update}: {rate:,.0f} steps/s, {memory:,.0f} MiB"
        self._bar.update(self._learning, description=f"{text}, ante {ante:.2f}")

    def failed(self, run: str, error: DivergedError) -> None:
        """An update of a member failed."""
        self._bar.console.print(f"{run}: {error}; it goes on with the next update", soft_wrap=True)

    def playing(self, run: str, games: int) -> Callable[[int], None]:
        """A member plays the selection panel."""
        if self._playing is not None:
            self._bar.remove_task(self._playing)
        task = self._playing = self._bar.add_task(f"{run} plays to be compared", total=games)
        return lambda ended: self._bar.update(task, advance=ended)

    def exchanged(self, change: PopulationExploited) -> None:
        """A member takes over another."""
        own, other = change.scores[change.run_id], change.scores[change.from_run]
        self._bar.console.print(
            f"after update {change.update}, {change.run_id} ({own:.2f} blinds beaten) goes on with"
            f" the weights of {change.from_run} ({other:.2f}), {_numbers(change)}",
            soft_wrap=True,
            highlight=False,
        )


def _numbers(change: PopulationExploited) -> str:
    config = from_json(change.config_json)
    names = sorted(config.population.ranges) if config.population is not None else ()
    return ", ".join(f"{name} {getattr(config.ppo, name):g}" for name in names)


@contextmanager
def watching(steps: int | None, console: Console) -> Iterator[BarWatch]:
    """A bar of so many decisions, or of no end."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console) as bar:
        yield BarWatch(bar, steps)
