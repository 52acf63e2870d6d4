"""What ``jimbot-learn curve`` does: reads the log, draws, and prints or writes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from aiohttp.web import Request, Response
from rich.console import Console

from jimbot_stream import live
from jimbot_stream.agents import listing
from jimbot_stream.agents.curves import reading
from jimbot_stream.charting import svg, terminal
from jimbot_stream.charting.chart import Chart
from jimbot_stream.eventlog import EventLog

WRITERS: Final = (".svg", ".html", ".htm")
REFRESH_S: Final = 3.0
_HEIGHT = 12


async def read(
    log: EventLog, runs: Sequence[str], numbers: Sequence[str], over: int
) -> list[Chart]:
    """The charts of some runs of the log; a population stands for all of its members.

    Raises:
        ValueError: there is no such run, or no run tells a number, or over is less than 1.
    """
    named = [await listing.courses_of(log, run) for run in dict.fromkeys(runs)]
    found = list({course.started.run_id: course for each in named for course in each}.values())
    return reading.charts(found, numbers or reading.usual(found), await reading.held_out(log), over)


def told(charts: Sequence[Chart]) -> str:
    """All numbers as JSON."""
    return json.dumps([asdict(chart) for chart in charts], indent=2)


def show(charts: Sequence[Chart], console: Console) -> None:
    """Print them, as wide as the terminal is."""
    for chart in charts:
        console.print(terminal.plot(chart, max(40, min(console.width, 120)), _HEIGHT))


def write(charts: Sequence[Chart], out: Path, title: str) -> None:
    """Write an SVG file, or a page if the name ends so.

    Raises:
        ValueError: the name says neither, or the file cannot be written.
    """
    kind = out.suffix.casefold()
    if kind not in WRITERS:
        raise ValueError(f"{out}: the name must end with one of {', '.join(WRITERS)}")
    text = svg.document(charts) if kind == ".svg" else page(charts, title)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{out} cannot be written: {error.strerror}") from error


def page(charts: Sequence[Chart], title: str, *, live_page: bool = False) -> str:
    """A page that holds the charts and loads nothing."""
    refresh_s = REFRESH_S if live_page else None
    return live.page(title, svg.element(charts), heading=title, refresh_s=refresh_s)


@asynccontextmanager
async def serve(
    charts: Callable[[], Awaitable[Sequence[Chart]]], port: int, title: str
) -> AsyncIterator[str]:
    """Serve a page that reads the charts anew as it is looked at; yields its address.

    Raises:
        ValueError: the port cannot be had.
    """

    async def whole(_: Request) -> Response:
        return live.answer_html(page(await charts(), title, live_page=True))

    async def piece(_: Request) -> Response:
        return live.answer_html(svg.element(await charts()))

    async with AsyncExitStack() as stack:
        try:
            served = live.serve({"/": whole, live.PIECE: piece}, port)
            address = await stack.enter_async_context(served)
        except OSError as error:
            raise ValueError(f"--serve {port}: {error.strerror}; give another port") from error
        yield address
