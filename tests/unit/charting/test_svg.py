"""The SVG is well formed, tells lines apart, and shows every number in its place."""

import re
from xml.etree import ElementTree as ET

import pytest

from jimbot_stream.charting import svg
from jimbot_stream.charting.chart import Chart, Line, Mark

RISING = Line("run1", (10.0, 20.0, 30.0), (1.0, 2.0, 4.0))
FALLING = Line("run<2>", (10.0, 30.0), (3.0, 1.5))
SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def chart() -> Chart:
    return Chart("mean ante & more", "decisions", (RISING, FALLING), (Mark(20.0, "stage 1"),))


def test_a_document_is_well_formed_and_names_what_it_shows(chart: Chart) -> None:
    root = ET.fromstring(svg.document([chart, chart]))
    assert root.tag == f"{SPACE}svg"
    texts = ["".join(element.itertext()) for element in root.iter()]
    for wanted in ("mean ante & more", "run<2>", "stage 1", "decisions", "10"):
        assert wanted in texts
    assert len(root.findall(f".//{SPACE}polyline")) == 4


def test_what_goes_up_goes_up(chart: Chart) -> None:
    rising, falling = re.findall(r'points="([^"]+)"', svg.element([chart]))
    heights = [[float(point.split(",")[1]) for point in way.split()] for way in (rising, falling)]
    assert heights[0] == sorted(heights[0], reverse=True)
    assert heights[1] == sorted(heights[1])
    assert 0 < min(map(min, heights)) < max(map(max, heights)) < svg.HEIGHT


def test_lines_keep_their_colour_from_chart_to_chart(chart: Chart) -> None:
    alone = Chart("blinds", "decisions", (FALLING,))
    found = re.findall(r'<polyline [^>]*stroke="(#\w+)"', svg.element([chart, alone]))
    assert found == [svg.COLOURS[0], svg.COLOURS[1], svg.COLOURS[1]]


def test_more_lines_than_colours_are_told_apart_by_dashes() -> None:
    lines = tuple(Line(f"run{n}", (0.0, 1.0), (0.0, float(n))) for n in range(8))
    drawn = re.findall(r"<polyline [^>]*>", svg.element([Chart("t", "x", lines)]))
    assert len({re.sub(r'points="[^"]*"', "", line) for line in drawn}) == 8


def test_a_piece_for_a_page_loads_nothing(chart: Chart) -> None:
    text = svg.element([chart])
    assert "://" not in text
    assert "href" not in text


def test_intervals_are_drawn_around_their_points() -> None:
    line = Line("held out", (10.0, 20.0), (2.0, 3.0), (1.0, 2.5), (3.0, 3.5))
    root = ET.fromstring(svg.document([Chart("ante", "x", (line,))]))
    circles = [float(circle.attrib["cy"]) for circle in root.iter(f"{SPACE}circle")]
    ends = re.findall(r'd="M[\d.]+ ([\d.]+)V([\d.]+)"', svg.element([Chart("ante", "x", (line,))]))
    assert len(circles) == len(ends) == 2
    for middle, (low, high) in zip(circles, ends, strict=True):
        assert float(high) < middle < float(low)


def test_nothing_is_said_to_be_nothing() -> None:
    assert "nothing to show yet" in svg.element([Chart("t", "x", (Line("run1", (), ()),))])


def test_one_number_is_a_point() -> None:
    assert "<circle" in svg.element([Chart("t", "x", (Line("run1", (3.0,), (1.0,)),))])


def test_a_long_line_is_thinned() -> None:
    many = tuple(map(float, range(5000)))
    (way,) = re.findall(
        r'points="([^"]+)"', svg.element([Chart("t", "x", (Line("a", many, many),))])
    )
    assert len(way.split()) <= 400
