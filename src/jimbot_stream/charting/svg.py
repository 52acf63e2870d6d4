"""Charts as SVG: for a file of its own, or for a page that holds it."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.charting.chart import Chart, Line, short, thinned, ticks

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""By place of a line; told apart by the colour-blind (Okabe and Ito, 2008)."""
DASHES: Final = ("", "6 3", "2 3")
"""By how often the colours were used up."""
WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 30, 40
_LEGEND = 20
_MOST_POINTS = 400
_X_TICKS, _Y_TICKS = 7, 6


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where numbers of a chart lie in its drawing."""

    left: float
    right: float
    low: float
    high: float

    def x(self, value: float) -> float:
        share = (value - self.left) / (self.right - self.left)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def element(charts: Sequence[Chart]) -> str:
    """An ``svg`` element of charts one below the other, to be put into an HTML page.

    Colours follow the page's text; a chart without numbers says so.
    """
    return _whole(charts, "")


def document(charts: Sequence[Chart]) -> str:
    """The same as a file of its own."""
    return _whole(charts, ' xmlns="http://www.w3.org/2000/svg"') + "\n"


def _whole(charts: Sequence[Chart], extra: str) -> str:
    names = list(dict.fromkeys(line.name for chart in charts for line in chart.lines))
    height = HEIGHT * len(charts) + _LEGEND
    title = html.escape(", ".join(chart.title for chart in charts))
    parts = [
        f'<g transform="translate(0 {HEIGHT * place})">{"".join(_chart(chart, names))}</g>'
        for place, chart in enumerate(charts)
    ]
    return (
        f'<svg{extra} viewBox="0 0 {WIDTH} {height}" width="100%" role="img"'
        f' font-family="system-ui, sans-serif" font-size="12" fill="currentColor">'
        f"<title>{title}</title>{''.join(parts)}"
        f'<g transform="translate(0 {HEIGHT * len(charts)})">{"".join(_legend(names))}</g></svg>'
    )


def _chart(chart: Chart, names: Sequence[str]) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="18" font-weight="600">{html.escape(chart.title)}</text>'
    if chart.empty:
        yield f'<text x="{_LEFT}" y="{HEIGHT // 2}">nothing to show yet</text>'
        return
    frame = _Frame(*chart.span())
    yield from _axes(chart, frame)
    for mark in chart.marks:
        x, top, foot = frame.x(mark.x), _TOP, HEIGHT - _BOTTOM
        yield (
            f'<path d="M{x:.1f} {top}V{foot}" stroke="currentColor" stroke-opacity=".5"'
            f' stroke-dasharray="3 3"><title>{html.escape(mark.name)}</title></path>'
        )
    for line in chart.lines:
        if line.x:
            yield _line(thinned(line, _MOST_POINTS), frame, names.index(line.name))


def _axes(chart: Chart, frame: _Frame) -> Iterator[str]:
    foot, end = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    for value in ticks(frame.low, frame.high, _Y_TICKS):
        y = frame.y(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{end}" stroke="currentColor" stroke-opacity=".15"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{short(value)}</text>'
    for value in ticks(frame.left, frame.right, _X_TICKS):
        x = frame.x(value)
        yield f'<text x="{x:.1f}" y="{foot + 16}" text-anchor="middle">{short(value)}</text>'
    yield f'<path d="M{_LEFT} {foot}H{end}" stroke="currentColor" stroke-opacity=".5"/>'
    yield f'<text x="{end}" y="{foot + 32}" text-anchor="end">{html.escape(chart.axis)}</text>'


def _line(line: Line, frame: _Frame, place: int) -> str:
    name = f"<title>{html.escape(line.name)}</title>"
    colour = COLOURS[place % len(COLOURS)]
    points = [(frame.x(x), frame.y(y)) for x, y in zip(line.x, line.y, strict=True)]
    if len(points) == 1 or line.low:
        return f'<g stroke="{colour}" fill="{colour}">{name}{"".join(_points(line, frame))}</g>'
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.8"'
        f' stroke-linejoin="round"{_dash(place)}>{name}</polyline>'
    )


def _points(line: Line, frame: _Frame) -> Iterator[str]:
    """Every number by itself, with its interval."""
    for x, y in zip(line.x, line.y, strict=True):
        yield f'<circle cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="3"/>'
    for x, low, high in zip(line.x, line.low, line.high, strict=False):
        yield f'<path d="M{frame.x(x):.1f} {frame.y(low):.1f}V{frame.y(high):.1f}"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(names))
    for place, name in enumerate(names):
        x = _LEFT + place * room
        colour = COLOURS[place % len(COLOURS)]
        yield (
            f'<path d="M{x:.1f} 6h18" stroke="{colour}" stroke-width="2.5"{_dash(place)}/>'
            f'<text x="{x + 24:.1f}" y="10">{html.escape(name)}</text>'
        )


def _dash(place: int) -> str:
    dash = DASHES[place // len(COLOURS) % len(DASHES)]
    return f' stroke-dasharray="{dash}"' if dash else ""
