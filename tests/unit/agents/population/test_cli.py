"""``jimbot-learn population``, and what other commands make of its name, as they are typed."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.population.cli import Asked
from jimbot_stream.agents.population.membership import Membership, PopulationConfig, population_name
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog.embedded import EmbeddedLog
from tests.support.populations import SEED, SIZE, Witness, grown

NAME = population_name(SEED)
NAMES = [f"{NAME}.{member}" for member in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log and the blobs of a population of three updates, compared after the second."""
    found = tmp_path_factory.mktemp("population")

    async def record() -> None:
        async with EmbeddedLog(found / "events.sqlite") as log:
            await grown(log, BlobStore(found / "blobs"), 3)

    asyncio.run(record())
    return found


@pytest.fixture(autouse=True)
def data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIMBOT_DATA", str(folder))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{folder / 'events.sqlite'}")
    monkeypatch.setenv("COLUMNS", "80")


def typed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout


def test_where_it_stands_is_told_as_a_table() -> None:
    code, out = typed("show", NAME)
    assert code == 0
    assert f"{NAME}: compared on 12 games after update 2" in out
    assert all(f"│ {member}      │" in out for member in range(3))
    assert re.search(r"│ [012] after 2 ", out)
    assert "…" not in out
    assert "the best of them on held-out games: jimbot-learn evaluate --checkpoint" in out


def test_the_command_goes_on_and_tells_it_as_json() -> None:
    code, out = typed("population", "--run-seed", str(SEED), "--updates", "3", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["population"], told["generation"], told["every"]) == (NAME, 1, 2)
    assert sorted(member["run"] for member in told["members"]) == NAMES
    assert {member["update"] for member in told["members"]} == {3}
    means = [member["score"]["blinds"][0] for member in told["members"]]
    assert means == sorted(means, reverse=True)
    (exchange,) = told["members"][-1]["exchanges"]
    assert exchange["from"] == told["members"][0]["run"]
    assert sorted(exchange["scores"].values(), reverse=True) == means


def test_another_size_is_refused() -> None:
    result = CliRunner().invoke(main, ["population", "--run-seed", str(SEED), "--members", "8"])
    assert result.exit_code == 1
    assert "was begun as one of 3 members" in result.stderr


def test_its_name_stands_for_all_members_where_they_are_drawn() -> None:
    code, out = typed("curve", NAME, NAMES[1], "--json", "--number", "entropy")
    assert code == 0
    assert [line["name"] for line in json.loads(out)[0]["lines"]] == NAMES


@pytest.mark.parametrize("command", ["show", "curve"])
def test_one_that_is_not_there_is_told(command: str) -> None:
    result = CliRunner().invoke(main, [command, "population9"])
    assert result.exit_code == 1
    assert "no population 'population9' in the log" in result.stderr


def test_a_member_is_shown_with_what_it_took_over() -> None:
    shown = [" ".join(typed("show", name)[1].split()) for name in NAMES]
    assert sum("after update" in out for out in shown) == 1


def test_the_recorded_size_holds_where_nothing_else_is_asked_for() -> None:
    nothing = Asked(None, None, None)
    assert nothing.size(None) == PopulationConfig()
    assert Asked(2, None, 9).size(None) == PopulationConfig(members=2, games=9)
    begun = Membership.all(SIZE, SEED)[0]
    assert nothing.size(begun) == SIZE
    assert Asked(None, 7, None).size(begun) == replace(SIZE, every=7)


async def test_the_witness_is_asked_before_anything_is_done(folder: Path) -> None:
    seen = Witness(enough=lambda witness: True)
    async with EmbeddedLog(folder / "events.sqlite") as log:
        before = [event async for event in log.read_all()]
        await grown(log, BlobStore(folder / "blobs"), 9, seen)
        assert [event async for event in log.read_all()] == before
    assert (seen.updates, seen.played, seen.exchanges) == ([], [], [])
