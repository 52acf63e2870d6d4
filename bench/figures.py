"""What all benchmarks share: their options, percentiles, and how figures are printed."""

import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson
import psutil
from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]

PERCENTILES = (50, 95, 99)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every benchmark takes."""
    command = click.option(
        "--json",
        "json_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the figures here, too.",
    )(command)
    return click.option("--quick", is_flag=True, help="Less of everything: under a minute.")(
        command
    )


def percentiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds; NaN of nothing."""
    if not seconds:
        return dict.fromkeys((f"p{p}" for p in PERCENTILES), float("nan"))
    values = np.percentile(np.asarray(seconds), PERCENTILES) * 1000
    return {f"p{p}": round(float(v), 2) for p, v in zip(PERCENTILES, values, strict=True)}


def mean_ms(seconds: Sequence[float]) -> float:
    """The mean in milliseconds; NaN of nothing."""
    return round(1000 * sum(seconds) / len(seconds), 2) if seconds else float("nan")


def machine() -> Figures:
    """What the figures were taken on."""
    return {
        "python": platform.python_version(),
        "processors": psutil.cpu_count(),
        "load_1m": round(psutil.getloadavg()[0], 2),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
    }


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table)


def finish(figures: Figures, json_file: Path | None) -> None:
    """Write the figures, with the machine they were taken on."""
    told = {**figures, "machine": machine()}
    if json_file is not None:
        json_file.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    load = told["machine"]["load_1m"]
    cores = told["machine"]["processors"]
    print(f"{cores} processors, load {load} at the end")


def _text(cell: Any) -> str:
    if cell is None:
        return "-"
    return f"{cell:,.2f}" if isinstance(cell, float) else str(cell)
