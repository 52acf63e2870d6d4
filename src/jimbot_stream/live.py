"""Pages on loopback that keep themselves up to date, and load nothing from elsewhere."""

import asyncio
import html
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.Response]]

LOOPBACK: Final = "127.0.0.1"
PIECE: Final = "/numbers"
"""Path of what a page holds, by itself: the page asks for it again and again."""
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
$noscript<style>
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
<h1>$heading</h1>
<main id="numbers" aria-live="polite">$piece</main>
$foot$script</body>
</html>
"""
_NOSCRIPT: Final = '<noscript><meta http-equiv="refresh" content="2"></noscript>\n'
_SCRIPT: Final = """<script>
const numbers = document.getElementById("numbers");
async function refresh() {
  try {
    const answer = await fetch("$path", {cache: "no-store"});
    if (answer.ok) { numbers.innerHTML = await answer.text(); }
  } catch (gone) {
    document.title = "$heading: ended";
    clearInterval(timer);
  }
}
const timer = setInterval(refresh, $refresh_ms);
</script>
"""


def page(
    title: str, piece: str, *, heading: str, foot: str = "", refresh_s: float | None = None
) -> str:
    """A page around a piece of HTML, which it fetches anew every refresh_s; None: never.

    Title and heading are escaped; piece and foot are put in as they are.
    """
    script = noscript = ""
    if refresh_s is not None:
        script = _SCRIPT.replace("$path", PIECE).replace("$refresh_ms", f"{refresh_s * 1000:.0f}")
        noscript = _NOSCRIPT
    whole = _PAGE.replace("$noscript", noscript).replace("$script", script)
    whole = whole.replace("$title", html.escape(title)).replace("$heading", html.escape(heading))
    return whole.replace("$foot", foot).replace("$piece", piece)


@asynccontextmanager
async def serve(answers: Mapping[str, Answer], port: int) -> AsyncIterator[str]:
    """Answer at these paths while the context lasts; yields the address of the first page.

    Raises:
        OSError: the port cannot be had.
    """
    app = web.Application(middlewares=[_only_local])
    app.add_routes([web.get(path, answer) for path, answer in answers.items()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}/"
    finally:
        await asyncio.shield(runner.cleanup())


def answer_html(text: str) -> web.Response:
    """A page or a piece of one."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)


@web.middleware
async def _only_local(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse other names for this machine: a page elsewhere must not read this one."""
    name = request.host.rpartition(":")[0] or request.host
    if name not in (LOOPBACK, "localhost"):
        raise web.HTTPForbidden(text="this page answers to 127.0.0.1 only")
    response: web.StreamResponse = await handler(request)
    return response
