"""What a build server is told: the counts of the report, and every place that differs."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.cli import main
from jimbot_stream.replay.junit import to_junit
from jimbot_stream.replay.report import Report
from jimbot_stream.replay.verdict import Divergence, Match, Tolerated

House = Any  # of conftest.py


def told(report: Report) -> ET.Element:
    return ET.fromstring(to_junit(report))


def test_there_is_a_test_for_every_kind_in_every_stream_and_counts_agree() -> None:
    report = Report()
    for revision in range(3):
        report.add(Match("decision", "game-a", revision))
    report.add(Match("decision", "game-b", 0))
    report.add(Tolerated("update", "trainingRun-1", 2, "there", "here", 1e-6, 1e-4))
    suites = told(report)

    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in suites] == [
        ("decisions", "2", "0"),
        ("updates", "1", "0"),
    ]
    cases = [(c.get("classname"), c.get("name")) for c in suites.iter("testcase")]
    assert cases[0] == ("game-a", "3 decisions")
    assert "tolerance" in (suites.findtext(".//system-out") or "")


def test_every_place_that_differs_is_told_with_its_cause() -> None:
    report = Report()
    for revision in (4, 7):
        why = "control \x00 and <tags> &"
        found = Divergence("decision", "game-a", revision, "mask", "1", "2", "mask", why, revision)
        report.add(found)
    (failure,) = told(report).iter("failure")

    assert failure.get("type") == "mask"
    assert (failure.text or "").count("game-a: mask is 2") == 2
    assert "control \N{REPLACEMENT CHARACTER} and <tags> &" in (failure.text or "")


def test_parts_that_were_verified_apart_add_up() -> None:
    one, other = Report(), Report()
    for report in (one, other):
        report.add(Match("decision", "game-a", 0))
        report.add(Divergence("decision", "game-a", 1, "mask", "1", "2", "mask"))
    one.merge(other)

    (case,) = told(one).iter("testcase")
    assert case.get("name") == "4 decisions"


def test_the_command_writes_it(house: House, tmp_path: Path) -> None:
    game = [event for event in house.events if event.stream == "game-one"]
    game[4] = replace(game[4], data=game[4].data + b" ")
    Bundle(game).save(tmp_path / "log.jsonl")
    arguments = ["verify", "--log", f"jsonl:{tmp_path / 'log.jsonl'}", "--data", str(house.folder)]
    result = CliRunner().invoke(main, [*arguments, "--junit", str(tmp_path / "junit.xml")])

    suites = ET.parse(tmp_path / "junit.xml").getroot()
    assert result.exit_code == 1
    assert int(suites.get("failures", "0")) == len(list(suites.iter("failure"))) > 0
    assert {case.get("classname") for case in suites.iter("testcase")} >= {"game-one"}
