"""The live page on loopback: the numbers of the run, as HTML and as JSON."""

import html
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import accumulate
from typing import Any

import orjson
from aiohttp import web

from jimbot_stream import live
from jimbot_stream.charting import svg
from jimbot_stream.charting.chart import Chart, Line

Numbers = Mapping[str, Any]

REFRESH_S = 1.0
FOOT = '<p>The same as <a href="/status.json">JSON</a>.</p>\n'

LINES = (
    ("stage", "Stage"),
    ("seed", "Seed"),
    ("games", "Games"),
    ("won", "Won"),
    ("decisions", "Decisions"),
    ("updates", "Updates taken into service"),
)
LATENCIES = (
    ("round_trip_ms", "Request to reply"),
    ("bus_ms", "Bus, one hop"),
    ("decide_ms", "Decide"),
    ("append_ms", "Append to the log"),
)
COLUMNS = (
    ("generation", "Generation"),
    ("games", "Games"),
    ("won", "Won"),
    ("mean_score", "Mean best round"),
    ("mean_ante", "Mean ante"),
    ("mean_round", "Mean round"),
    ("decisions", "Decisions"),
    ("checkpoint", "Checkpoint"),
)

CURVES = (("mean_ante", "Mean ante"), ("mean_score", "Mean best round"))
AXIS = "decisions learned from"

DECIMALS = {"mean_score": 1, "mean_ante": 2, "mean_round": 2}


def numbers_html(numbers: Numbers) -> str:
    """The numbers as a piece of HTML; everything in it is escaped."""
    planned = max(int(numbers["games_planned"]), 1)
    lines = [(title, _value(numbers, name)) for name, title in LINES if name in numbers]
    latencies = [
        (title, *(_fixed(numbers[name][part], 1) for part in ("p50", "p95")))
        for name, title in LATENCIES
    ]
    generations = [
        tuple(_shown(name, row[name]) for name, _ in COLUMNS) for row in numbers["generations"]
    ]
    return (
        f'<progress value="{int(numbers["games"])}" max="{planned}"'
        ' aria-label="games played"></progress>'
        f"<table>{_rows(lines)}</table>"
        "<h2>Learning curve</h2>"
        f"{svg.element(curves(numbers))}"
        "<h2>Games by checkpoint</h2>"
        f"{_numbers_table([title for _, title in COLUMNS], generations)}"
        "<h2>Latency in milliseconds</h2>"
        f"{_numbers_table(['', 'p50', 'p95'], latencies)}"
    )


def curves(numbers: Numbers) -> list[Chart]:
    """How the games went by generation, over the decisions that were learned from before it."""
    rows = numbers["generations"]
    learned = list(accumulate((row["decisions"] for row in rows), initial=0))[: len(rows)]
    x = tuple(map(float, learned))
    name = f"run {numbers['seed']}" if "seed" in numbers else "this run"
    return [
        Chart(title, AXIS, (Line(name, x, tuple(float(row[key]) for row in rows)),))
        for key, title in CURVES
    ]


def page_html(numbers: Numbers) -> str:
    """The whole page."""
    return live.page(
        f"jimbot_stream: {numbers['stage']}",
        numbers_html(numbers),
        heading="jimbot_stream",
        foot=FOOT,
        refresh_s=REFRESH_S,
    )


def serve(numbers: Callable[[], Numbers], port: int) -> AbstractAsyncContextManager[str]:
    """Serve the page while the context lasts; yields its address."""
    answers = _Answers(numbers)
    paths = {"/": answers.page, live.PIECE: answers.piece, "/status.json": answers.status}
    return live.serve(paths, port)


class _Answers:
    def __init__(self, numbers: Callable[[], Numbers]) -> None:
        self._numbers = numbers

    async def page(self, _: web.Request) -> web.Response:
        return live.answer_html(page_html(self._numbers()))

    async def piece(self, _: web.Request) -> web.Response:
        return live.answer_html(numbers_html(self._numbers()))

    async def status(self, _: web.Request) -> web.Response:
        body = orjson.dumps(self._numbers(), option=orjson.OPT_INDENT_2)
        return web.Response(body=body, content_type="application/json")


def _numbers_table(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f'<th scope="col">{_text(title)}</th>' for title in titles)
    return (
        '<div class="wide"><table class="numbers">'
        f"<thead><tr>{head}</tr></thead><tbody>{_rows(rows)}</tbody></table></div>"
    )


def _rows(rows: Sequence[Sequence[Any]]) -> str:
    return "".join(_row(*row) for row in rows)


def _row(title: Any, *cells: Any) -> str:
    rest = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{_text(title)}</th>{rest}</tr>'


def _text(cell: Any) -> str:
    return html.escape(str(cell))


def _value(numbers: Numbers, name: str) -> str:
    if name == "seed":
        return str(numbers[name])
    if f"{name}_planned" in numbers:
        return f"{numbers[name]:,} of {numbers[f'{name}_planned']:,}"
    value = numbers[name]
    return f"{value:,}" if isinstance(value, int) else str(value)


def _shown(name: str, value: Any) -> str:
    if name == "checkpoint":
        return str(value)[:12]
    return _fixed(value, DECIMALS[name]) if name in DECIMALS else f"{value:,}"


def _fixed(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}"
