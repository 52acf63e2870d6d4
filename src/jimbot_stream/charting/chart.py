"""What a chart shows: lines, estimates with intervals, and marks on the axis."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Distances of ticks, of a power of ten."""
_SUFFIXES: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers of one origin, in the order of x."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    """Lower ends of intervals around y; empty where there are none."""
    high: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises:
            ValueError: the parts differ in length, or a number is not finite.
        """
        lengths = {len(self.x), len(self.y)} | {len(end) for end in (self.low, self.high) if end}
        if len(lengths) != 1 or bool(self.low) != bool(self.high):
            raise ValueError(f"line {self.name}: its parts differ in length")
        if not all(map(math.isfinite, (*self.x, *self.y, *self.low, *self.high))):
            raise ValueError(f"line {self.name}: a number is not finite")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at an x."""

    x: float
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines with a common title and axis; a line keeps its colour by its place."""

    title: str
    axis: str
    """What x is."""
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()

    @property
    def empty(self) -> bool:
        """True where no line has a number."""
        return not any(line.x for line in self.lines)

    def span(self) -> tuple[float, float, float, float]:
        """Least and most x, least and most y, none of them without extent; x begins at 0.

        Raises:
            ValueError: no line has a number.
        """
        if self.empty:
            raise ValueError(f"chart {self.title}: no line has a number")
        x = [value for line in self.lines for value in line.x]
        y = [value for line in self.lines for value in (*line.y, *line.low, *line.high)]
        low, high = min(y), max(y)
        if low == high:
            low, high = low - 0.5, high + 0.5
        right = max(x)
        return min(0.0, *x), right if right > 0.0 else 1.0, low, high


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most so many.

    Raises:
        ValueError: there is nothing between low and high, or fewer than 2 are allowed.
    """
    if not low < high or most < 2:
        raise ValueError(f"no ticks from {low} to {high}, {most} at most")
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (*_STEPS, *(10.0 * step for step in _STEPS)):
        step = factor * power
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= most:
            return [number * step for number in range(first, last + 1)]
    raise AssertionError("a step of ten times the extent leaves one tick")


def short(number: float) -> str:
    """A number as an axis names it: 1.5M, 20k, 0.25."""
    for size, suffix in _SUFFIXES:
        if abs(number) >= size:
            return f"{number / size:.3g}{suffix}"
    return f"{number:.3g}"


def smoothed(line: Line, over: int) -> Line:
    """The mean of every number and those before it, so many at most; intervals stay behind.

    Raises:
        ValueError: over is less than 1.
    """
    if over < 1:
        raise ValueError(f"a mean over {over} numbers: give at least 1")
    told = tuple(
        float(np.mean(line.y[max(0, at - over + 1) : at + 1])) for at in range(len(line.y))
    )
    return Line(line.name, line.x, told)


def thinned(line: Line, most: int) -> Line:
    """A line of at most so many points, each the mean of its neighbours; the last x stays.

    Intervals stay behind where points were drawn together.

    Raises:
        ValueError: most is less than 1.
    """
    if most < 1:
        raise ValueError(f"{most} points: give at least 1")
    if len(line.x) <= most:
        return line
    x, y = zip(*_means(line.x, line.y, most), strict=True)
    return Line(line.name, (*x[:-1], line.x[-1]), y)


def _means(x: Sequence[float], y: Sequence[float], most: int) -> Iterator[tuple[float, float]]:
    edges = np.linspace(0, len(x), most + 1).astype(int).tolist()
    for begin, end in pairwise(edges):
        yield float(np.mean(x[begin:end])), float(np.mean(y[begin:end]))
