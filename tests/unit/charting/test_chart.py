"""Ticks are round and few; means and thinning keep what a line tells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.charting.chart import Chart, Line, short, smoothed, thinned, ticks

FINITE = st.floats(-1e9, 1e9)
LINES = st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=60).map(
    lambda points: Line("a", *zip(*points, strict=True))
)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_lie_within_and_are_few(low: float, extent: float, most: int) -> None:
    found = ticks(low, low + extent, most)
    slack = 1e-9 * (abs(low) + extent)
    assert len(found) <= most
    assert all(low - slack <= tick <= low + extent + slack for tick in found)
    steps = np.diff(found)
    assert np.allclose(steps, steps[:1], rtol=1e-6)


def test_ticks_are_round() -> None:
    assert ticks(0.0, 49_200.0, 7) == [0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0]
    assert ticks(1.0, 4.6, 6) == [1.0, 2.0, 3.0, 4.0]
    assert ticks(-0.3, 0.3, 4) == pytest.approx([-0.2, 0.0, 0.2])


@pytest.mark.parametrize(("low", "high", "most"), [(1.0, 1.0, 5), (2.0, 1.0, 5), (0.0, 1.0, 1)])
def test_ticks_of_nothing_are_refused(low: float, high: float, most: int) -> None:
    with pytest.raises(ValueError, match="no ticks"):
        ticks(low, high, most)


def test_numbers_of_an_axis_are_short() -> None:
    numbers = (0.0, 0.25, 12.0, 20_000.0, 1.5e6, -2e9)
    assert [short(number) for number in numbers] == ["0", "0.25", "12", "20k", "1.5M", "-2G"]


@given(LINES, st.integers(1, 70))
def test_a_mean_over_some_lies_between_them(line: Line, over: int) -> None:
    found = smoothed(line, over)
    assert found.x == line.x
    for at, mean in enumerate(found.y):
        window = line.y[max(0, at - over + 1) : at + 1]
        assert min(window) - 1e-3 <= mean <= max(window) + 1e-3


def test_a_mean_is_of_what_came_before() -> None:
    line = Line("a", (1.0, 2.0, 3.0, 4.0), (0.0, 2.0, 4.0, 6.0))
    assert smoothed(line, 2).y == (0.0, 1.0, 3.0, 5.0)
    assert smoothed(line, 1) == line


@given(LINES, st.integers(1, 70))
def test_a_thinned_line_has_the_mean_and_the_end_of_the_whole(line: Line, most: int) -> None:
    found = thinned(line, most)
    assert len(found.x) == min(most, len(line.x))
    assert found.x[-1] == line.x[-1]
    if len(line.x) % len(found.x) == 0:
        assert np.mean(found.y) == pytest.approx(np.mean(line.y), rel=1e-9, abs=1e-3)


def test_the_span_has_an_extent() -> None:
    chart = Chart("t", "x", (Line("a", (5.0,), (2.0,)), Line("b", (), ())))
    assert chart.span() == (0.0, 5.0, 1.5, 2.5)
    assert Chart("t", "x", (Line("a", (0.0,), (2.0,)),)).span() == (0.0, 1.0, 1.5, 2.5)
    ends = Line("a", (1.0,), (2.0,), (1.0,), (4.0,))
    assert Chart("t", "x", (ends,)).span() == (0.0, 1.0, 1.0, 4.0)


def test_what_cannot_be_drawn_is_refused() -> None:
    for parts in (((1.0,), ()), ((1.0,), (2.0,), (1.0,)), ((1.0,), (2.0,), (1.0, 1.0), (1.0, 1.0))):
        with pytest.raises(ValueError, match="line a: its parts differ"):
            Line("a", *parts)
    with pytest.raises(ValueError, match="not finite"):
        Line("a", (1.0,), (float("nan"),))
    with pytest.raises(ValueError, match="no line has a number"):
        Chart("t", "x", ()).span()
    line = Line("a", (1.0,), (1.0,))
    with pytest.raises(ValueError, match="at least 1"):
        smoothed(line, 0)
    with pytest.raises(ValueError, match="at least 1"):
        thinned(line, 0)
