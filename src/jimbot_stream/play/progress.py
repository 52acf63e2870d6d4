"""The progress line in the terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from jimbot_stream.play.tally import Tally

REFRESH_S = 0.25
LOG_EVERY_S = 10.0


@asynccontextmanager
async def shown(tally: Tally, console: Console) -> AsyncIterator[None]:
    """Show how the tally grows while the context lasts: a bar, or lines where no terminal is."""
    show = _bar if console.is_terminal else _lines
    task = asyncio.create_task(show(tally, console))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def sentence(tally: Tally) -> str:
    """The live numbers in one line."""
    latency = tally.round_trip
    parts = [f"{tally.decisions:,} decisions"]
    if latency.p50_ms is not None and latency.p95_ms is not None:
        parts.append(f"reply p50 {latency.p50_ms:.0f} p95 {latency.p95_ms:.0f} ms")
    rows = tally.generations()
    if rows:
        parts.append(f"mean best round {rows[-1].mean_score:.0f}")
    parts.append(f"{tally.updates}/{tally.updates_planned} updates")
    return ", ".join(parts)


async def _bar(tally: Tally, console: Console) -> None:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("games  {task.fields[numbers]}"),
        TimeElapsedColumn(),
        console=console,
        auto_refresh=False,
    )
    with progress:
        task = progress.add_task(tally.stage, total=tally.games_planned, numbers="")
        try:
            while True:
                _update(progress, task, tally)
                await asyncio.sleep(REFRESH_S)
        finally:
            _update(progress, task, tally)


def _update(progress: Progress, task: TaskID, tally: Tally) -> None:
    progress.update(
        task,
        description=tally.stage,
        completed=len(tally.results),
        numbers=sentence(tally),
    )
    progress.refresh()


async def _lines(tally: Tally, console: Console) -> None:
    shown_stage, shown_numbers = "", ""
    stage_s = waited_s = 0.0
    while True:
        if tally.stage != shown_stage:
            shown_stage, stage_s, waited_s = tally.stage, 0.0, LOG_EVERY_S
        if waited_s >= LOG_EVERY_S:
            waited_s = 0.0
            numbers = f"{len(tally.results)}/{tally.games_planned} games, {sentence(tally)}"
            told = numbers if numbers != shown_numbers or not stage_s else f"{stage_s:.0f} s so far"
            console.print(f"{tally.stage}: {told}", highlight=False, soft_wrap=True)
            shown_numbers = numbers
        await asyncio.sleep(REFRESH_S)
        stage_s += REFRESH_S
        waited_s += REFRESH_S
