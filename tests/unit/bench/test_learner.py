"""The command with pretenders in place of contenders, whose rates are known."""

from dataclasses import replace
from pathlib import Path

import click
import orjson
import pytest
from bench import learner
from bench.contenders.ours import task_of
from bench.contenders.registry import OURS, PEERS
from click.testing import CliRunner, Result

from tests.unit.bench.conftest import BROKEN, MISSING, Pretender

NO_CONTEXT = click.Context(learner.main)
OPTION = learner.main.params[0]


def run(*arguments: str) -> Result:
    turns = ("--seconds", "0.3", "--rounds", "2")
    return CliRunner().invoke(learner.main, [*turns, *arguments])


@pytest.fixture
def among(pretender: Pretender) -> list[str]:
    """Ours twice as fast as the best peer; one peer is not installed."""
    rates = {OURS: (900, 1), "rllib": (20, 10), "sb3": (300, 450), "cleanrl": (200, 100)}
    made = {name: pretender(name, *two) for name, two in rates.items()}
    made["puffer"] = pretender("puffer", begin=MISSING)
    return [part for name, path in made.items() for part in ("--peer-python", f"{name}={path}")]


def test_the_figures_for_machines(among: list[str], tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    result = run(*among, "--json", str(file))
    assert result.exit_code == 0, result.output
    told = orjson.loads(file.read_bytes())
    assert told["steps_per_s"] == 900
    assert told["ratio_to_best_peer"] == 2.0
    assert told["best_peer"].startswith("sb3, ")
    assert told["peak_tree_mib"] > 0
    assert told["contenders"]["sb3, flat"]["threads"] == 2
    assert told["contenders"]["sb3, flat"]["trials"] == {"1": 300, "2": 450}
    assert told["contenders"]["cleanrl, candidates"]["rounds"] == [200, 200]


def test_the_table_for_people(among: list[str]) -> None:
    output = run(*among).output
    lines = {line.split("│")[1].strip(): line for line in output.splitlines() if "│" in line}
    assert "45.00 x" in lines["RLlib PPO, tuned"]
    assert "2.00 x" in lines["sb3-contrib MaskablePPO"]
    assert "ratio_to_best_peer: 2.0" in output


def test_a_peer_that_is_not_installed_is_told_with_what_to_do(
    among: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    output = run(*among, "--json", str(file)).output
    assert "not installed (acme is missing): run `make peers`" in output
    assert list(orjson.loads(file.read_bytes())["missing"]) == ["puffer"]


def test_a_peer_that_fails_fails_the_run(among: list[str], pretender: Pretender) -> None:
    result = run(*among, "--peer-python", f"sb3={pretender('sb3', begin=BROKEN)}")
    assert result.exit_code == 1
    assert "no such card" in result.output


def test_without_peers_there_is_no_ratio(among: list[str], tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    assert run(*among, "--peer", "none", "--json", str(file)).exit_code == 0
    told = orjson.loads(file.read_bytes())
    assert told["ratio_to_best_peer"] is None
    assert list(told["contenders"]) == ["ours, candidates"]


def test_the_long_run_gives_the_headline_where_there_is_one(
    among: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    arguments = ("--peer", "none", "--sustained", "0.02", "--json", str(file))
    assert run(*among, *arguments).exit_code == 0
    told = orjson.loads(file.read_bytes())
    assert told["sustained"]["minutes"] == 0.02
    assert told["peak_tree_mib"] == told["sustained"]["peak_tree_mib"]


def test_one_python_for_all_peers_and_another_for_one() -> None:
    found = learner.pythons(NO_CONTEXT, OPTION, ("puffer=/b/python", "/a/python"))
    assert found == dict.fromkeys(PEERS, "/a/python") | {"puffer": "/b/python"}


@pytest.mark.parametrize("given", ["nobody=/a/python", "sb3="])
def test_a_python_for_nobody_is_refused(given: str) -> None:
    with pytest.raises(click.BadParameter, match="NAME is one of ours, rllib"):
        learner.pythons(NO_CONTEXT, OPTION, (given,))


def test_sizes_are_changed_where_they_are_given() -> None:
    task = task_of()
    assert learner.sized(task, quick=False, games=4, steps=None, rounds=None) == replace(
        task, games=4, minibatch=4 * task.steps
    )
