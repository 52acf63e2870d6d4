"""``jimbot-replay lineage`` as it is called: text, DOT and JSON."""

import re
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.replay.cli import main
from jimbot_stream.replay.lineage.report import _PASSIVE, FORMAT, quoted

House = Any  # of conftest.py

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_ATTRIBUTES = rf"\[label={_STRING}(?:, \w+=(?:{_STRING}|\d+))*\]"
_STATEMENT = re.compile(rf"  (?:{_STRING}(?: -> {_STRING})? {_ATTRIBUTES});")


def lineage(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["lineage", "--data", str(house.folder), *arguments])


def test_text_names_each_thing_once_with_the_event_that_says_so(house: House) -> None:
    result = lineage(house, "2@game-three")

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads[0] == "decision 2@game-three"
    assert len(heads) == len(set(heads))
    assert any(line.startswith("  learned from game one (") for line in lines)
    assert any(line.startswith("  decided by checkpoint") for line in lines)


def test_backwards_tells_what_came_of_a_game(house: House) -> None:
    result = lineage(house, "game-one", "--backwards")

    assert "  taught update run/1 [2@trainingRun-run]" in result.output
    assert "  decided game three (" in result.output


@pytest.mark.parametrize("backwards", [(), ("--backwards",)])
def test_json_edges_name_their_nodes_and_events_of_the_log(
    house: House, backwards: tuple[str, ...]
) -> None:
    found = orjson.loads(lineage(house, "game-one", "--format", "json", *backwards).stdout)
    there = {f"{e.revision}@{e.stream}" for e in house.events}

    assert found["format"] == FORMAT
    assert found["subject"] == "game:one"
    ids = {node["id"] for node in found["nodes"]}
    assert found["edges"]
    for edge in found["edges"]:
        assert {edge["later"], edge["earlier"]} <= ids
        assert {edge["first"], edge["last"]} <= there
        assert edge["relation"] in _PASSIVE


def test_dot_is_made_of_valid_statements(house: House) -> None:
    lines = lineage(house, "2@game-three", "--format", "dot").output.splitlines()

    assert (lines[0], lines[1], lines[-1]) == ("digraph lineage {", "  rankdir=LR;", "}")
    assert len(lines) > 10
    for line in lines[3:-1]:
        assert _STATEMENT.fullmatch(line), line


@given(st.text())
def test_any_name_is_one_quoted_string(text: str) -> None:
    told = quoted(text)

    assert re.fullmatch(_STRING, told, re.DOTALL)
    assert "\n" not in told
    unescaped = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], told[1:-1], flags=re.S)
    assert unescaped == text


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("nobody", "the log tells of no 'nobody'"),
        ("1@game-one", "is a StateObserved, not a decision"),
        ("999@game-one", "no event at revision 999"),
    ],
)
def test_what_is_nowhere_is_refused_with_what_to_give(
    house: House, address: str, wanted: str
) -> None:
    result = lineage(house, address)

    assert result.exit_code == 2
    assert wanted in result.output
