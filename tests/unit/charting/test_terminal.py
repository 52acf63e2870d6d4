"""A chart in the terminal: its size, its numbers, and dots where the line is."""

import pytest

from jimbot_stream.charting import terminal
from jimbot_stream.charting.chart import Chart, Line, Mark

RISING = Line("run1", (0.0, 100.0), (1.0, 3.0))


def rows(chart: Chart, width: int = 40, height: int = 6) -> list[str]:
    return terminal.plot(chart, width, height).plain.splitlines()


def test_the_drawing_is_as_large_as_it_may_be() -> None:
    found = rows(Chart("ante", "decisions", (RISING,)))
    drawn = [row for row in found if "│" in row]
    assert len(drawn) == 6
    assert {len(row) for row in drawn} == {40}
    assert found[0] == "ante"
    assert found[7].split() == ["0", "100", "decisions"]
    assert found[8].split() == ["━", "run1"]


def test_a_rising_line_goes_from_the_foot_on_the_left_to_the_top_on_the_right() -> None:
    drawn = [row[9:] for row in rows(Chart("ante", "x", (RISING,))) if "│" in row]
    first = [len(row) - len(row.lstrip()) for row in drawn]
    assert first == sorted(first, reverse=True)
    assert drawn[0].rstrip()[-1] != " "
    assert drawn[-1][0] != " "


def test_numbers_stand_at_the_top_and_the_foot() -> None:
    drawn = [row for row in rows(Chart("ante", "x", (RISING,))) if "│" in row]
    assert [drawn[at].split()[0] for at in (0, 3, 5)] == ["3", "2", "1"]


def test_lines_have_colours_of_their_own() -> None:
    other = Line("run2", (0.0, 100.0), (3.0, 1.0))
    text = terminal.plot(Chart("ante", "x", (RISING, other)), 40, 6)
    styles = {str(span.style) for span in text.spans}
    assert {terminal.STYLES[0], terminal.STYLES[1]} <= styles


def test_marks_are_told() -> None:
    found = rows(Chart("ante", "x", (RISING,), (Mark(50.0, "stage 1: three antes"),)))
    assert found[-1].strip() == "at 50: stage 1: three antes"


def test_nothing_is_said_to_be_nothing() -> None:
    assert rows(Chart("ante", "x", (Line("run1", (), ()),))) == ["ante", "nothing to show yet"]


def test_equal_charts_give_equal_text() -> None:
    chart = Chart("ante", "x", (RISING, Line("one", (40.0,), (2.0,))))
    assert terminal.plot(chart, 60, 9).markup == terminal.plot(chart, 60, 9).markup


def test_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        terminal.plot(Chart("ante", "x", (RISING,)), 10, 6)
