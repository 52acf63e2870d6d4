"""Charts as text: four rows and two columns of dots to a character of Braille."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from jimbot_stream.charting.chart import Chart, Line, short, thinned

STYLES: Final = ("blue", "red", "green", "magenta", "yellow", "cyan")
"""By place of a line."""
_ACROSS, _DOWN = 2, 4
_DOTS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""Bits of the dots of a character, [row, column] (Unicode, chapter 21.1)."""
_BLANK = 0x2800
_MARGIN = 9
"""Columns left of the drawing, for numbers of y."""

Dots = NDArray[np.bool_]


def plot(chart: Chart, width: int = 80, height: int = 12) -> Text:
    """A chart of so many columns, its drawing of so many rows.

    Raises:
        ValueError: there is no room for a drawing.
    """
    if width < 2 * _MARGIN or height < 2:
        raise ValueError(f"{width} x {height} characters are no room: give at least 18 x 2")
    text = Text.assemble((f"{chart.title}\n", "bold"))
    if chart.empty:
        return text.append("nothing to show yet\n")
    left, right, low, high = chart.span()
    across = width - _MARGIN
    layers = [_dots(line, (left, right, low, high), (height, across)) for line in chart.lines]
    for row in range(height):
        text.append(_named(row, height, (low, high)))
        _draw(text, layers, row)
        text.append("\n")
    begin, end = short(left), f"{short(right)} {chart.axis}"
    text.append(" " * _MARGIN + begin + end.rjust(across - len(begin)) + "\n")
    return _legend(text, chart)


def _dots(line: Line, span: tuple[float, float, float, float], size: tuple[int, int]) -> Dots:
    """Which dots a line touches, [height * 4, across * 2], the highest y first."""
    rows, columns = size[0] * _DOWN, size[1] * _ACROSS
    dots = np.zeros((rows, columns), dtype=np.bool_)
    if not line.x:
        return dots
    left, right, low, high = span
    few = thinned(line, columns)
    x = (np.array(few.x) - left) / (right - left) * (columns - 1)
    y = (high - np.array(few.y)) / (high - low) * (rows - 1)
    for begin in range(max(1, len(x) - 1)):
        end = min(begin + 1, len(x) - 1)
        count = int(max(abs(x[end] - x[begin]), abs(y[end] - y[begin]))) + 2
        across = np.rint(np.linspace(x[begin], x[end], count)).astype(int)
        down = np.rint(np.linspace(y[begin], y[end], count)).astype(int)
        dots[down, across] = True
    return dots


def _draw(text: Text, layers: list[Dots], row: int) -> None:
    """One row of characters; where lines meet, the colour is the last one's."""
    parts = [layer[row * _DOWN : (row + 1) * _DOWN] for layer in layers]
    for column in range(parts[0].shape[1] // _ACROSS):
        here = slice(column * _ACROSS, (column + 1) * _ACROSS)
        bits, style = 0, ""
        for place, part in enumerate(parts):
            own = int(_DOTS[part[:, here]].sum())
            if own:
                bits, style = bits | own, STYLES[place % len(STYLES)]
        text.append(chr(_BLANK | bits) if bits else " ", style=style)


def _named(row: int, height: int, y: tuple[float, float]) -> str:
    """What stands left of a row: its number, at the top, in the middle and at the foot."""
    low, high = y
    told = {0: high, height // 2: (low + high) / 2, height - 1: low}
    return f"{short(told[row]) if row in told else '':>{_MARGIN - 2}} │"


def _legend(text: Text, chart: Chart) -> Text:
    for place, line in enumerate(chart.lines):
        text.append(" " * _MARGIN if place == 0 else "   ")
        text.append(f"━ {line.name}", style=STYLES[place % len(STYLES)])
    for mark in chart.marks:
        text.append(f"\n{' ' * _MARGIN}at {short(mark.x)}: {mark.name}")
    return text.append("\n")
