"""The live page on loopback: the numbers of the run, as HTML and as JSON."""

import asyncio
import html
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

from jimbot_stream.play.ports import LOOPBACK

Numbers = Mapping[str, Any]

REFRESH_S = 1
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>jimbot_stream: $stage</title>
<noscript><meta http-equiv="refresh" content="2"></noscript>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; }
th, td { padding: .2rem 1.5rem .2rem 0; text-align: left; border-bottom: 1px solid #8884; }
th { font-weight: 600; }
table.numbers td, table.numbers thead th { text-align: right; }
table.numbers th:first-child { text-align: left; }
td { font-variant-numeric: tabular-nums; }
progress { width: 100%; margin-bottom: .5rem; }
.wide { overflow-x: auto; }
</style>
</head>
<body>
<h1>jimbot_stream</h1>
<main id="numbers" aria-live="polite">$numbers</main>
<p>The same as <a href="/status.json">JSON</a>.</p>
<script>
const numbers = document.getElementById("numbers");
async function refresh() {
  try {
    const answer = await fetch("/numbers", {cache: "no-store"});
    if (answer.ok) { numbers.innerHTML = await answer.text(); }
  } catch (gone) {
    document.title = "jimbot_stream: ended";
    clearInterval(timer);
  }
}
const timer = setInterval(refresh, $refresh_ms);
</script>
</body>
</html>
"""

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
        "<h2>Games by checkpoint</h2>"
        f"{_numbers_table([title for _, title in COLUMNS], generations)}"
        "<h2>Latency in milliseconds</h2>"
        f"{_numbers_table(['', 'p50', 'p95'], latencies)}"
    )


def page_html(numbers: Numbers) -> str:
    """The whole page."""
    return (
        PAGE.replace("$stage", html.escape(str(numbers["stage"])))
        .replace("$refresh_ms", str(REFRESH_S * 1000))
        .replace("$numbers", numbers_html(numbers))
    )


@asynccontextmanager
async def serve(numbers: Callable[[], Numbers], port: int) -> AsyncIterator[str]:
    """Serve the page while the context lasts; yields its address."""
    app = web.Application(middlewares=[_only_local])
    answers = _Answers(numbers)
    app.add_routes(
        [
            web.get("/", answers.page),
            web.get("/numbers", answers.piece),
            web.get("/status.json", answers.status),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield f"http://{LOOPBACK}:{port}/"
    finally:
        await asyncio.shield(runner.cleanup())


@web.middleware
async def _only_local(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse other names for this machine: a page elsewhere must not read this one."""
    name = request.host.rpartition(":")[0] or request.host
    if name not in (LOOPBACK, "localhost"):
        raise web.HTTPForbidden(text="this page answers to 127.0.0.1 only")
    response: web.StreamResponse = await handler(request)
    return response


class _Answers:
    def __init__(self, numbers: Callable[[], Numbers]) -> None:
        self._numbers = numbers

    async def page(self, _: web.Request) -> web.Response:
        return _html(page_html(self._numbers()))

    async def piece(self, _: web.Request) -> web.Response:
        return _html(numbers_html(self._numbers()))

    async def status(self, _: web.Request) -> web.Response:
        body = orjson.dumps(self._numbers(), option=orjson.OPT_INDENT_2)
        return web.Response(body=body, content_type="application/json")


def _html(text: str) -> web.Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)


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
