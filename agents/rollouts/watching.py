"""What a person sees of a training run: a bar while it goes on, a table of where it got to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
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
from rich.table import Table

from jimbot_stream.agents.rollouts.training import Progress as Update

_LINES = 12
"""Most rows of the table at the end."""
_MIB = 1 << 20
_OWN = {
    "entropy": ("entropy", ".2f"),
    "epsilon": ("epsilon", ".2f"),
    "td_error": ("TD error", ".2f"),
    "memory_transitions": ("transitions kept", ",.0f"),
    "memory_mib": ("in MiB", ",.2f"),
    "memory_ratio": ("compressed", ".2f"),
    "bonus": ("bonus", ".4f"),
    "combinations": ("combinations", ",.0f"),
    "build_bonus": ("bonus of builds", ".4f"),
}
"""Numbers that algorithms tell, some of them: their titles, and how they are written."""


@dataclass(slots=True)
class Watch:
    """Gathers what updates tell, and shows it."""

    bar: Progress
    task: TaskID
    updates: list[Update] = field(default_factory=list)

    def told(self, steps: int) -> None:
        """Some decisions were learned from."""
        self.bar.update(self.task, advance=steps)

    def done(self, update: Update) -> None:
        """An update was recorded."""
        self.updates.append(update)
        rate = update.applied.steps / max(update.seconds, 1e-9)
        memory = psutil.Process().memory_info().rss / _MIB
        ante = update.applied.metrics.get("ante", float("nan"))
        text = f"{rate:,.0f} steps/s, {memory:,.0f} MiB, mean ante {ante:.2f}"
        kept = update.applied.metrics.get("memory_transitions")
        if kept is not None:
            text += f", {kept:,.0f} transitions kept"
        self.bar.update(self.task, description=text)

    def table(self) -> Table:
        """The course of the run; of many updates, some."""
        numbers = self.updates[-1].applied.metrics if self.updates else {}
        own = {name: told for name, told in _OWN.items() if name in numbers}
        titles = (title for title, _ in own.values())
        table = Table("update", "steps/s", "games", "mean ante", "blinds beaten", "won", *titles)
        places = np.unique(np.linspace(0, len(self.updates) - 1, _LINES).astype(int))
        for place in places.tolist() if self.updates else []:
            update = self.updates[place]
            numbers = update.applied.metrics
            table.add_row(
                str(update.applied.update),
                f"{update.applied.steps / max(update.seconds, 1e-9):,.0f}",
                f"{numbers.get('episodes', 0):,.0f}",
                *(f"{numbers.get(name, float('nan')):.2f}" for name in ("ante", "blinds")),
                f"{numbers.get('won', 0):.1%}",
                *(f"{numbers.get(name, float('nan')):{form}}" for name, (_, form) in own.items()),
            )
        return table


@contextmanager
def watching(steps: int | None) -> Iterator[Watch]:
    """A bar of so many decisions, or of no end; the table when it is left."""
    console = Console()
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console) as bar:
        watch = Watch(bar, bar.add_task("beginning", total=steps))
        yield watch
    if watch.updates:
        console.print(watch.table())
