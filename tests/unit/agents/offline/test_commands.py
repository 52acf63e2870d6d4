"""``jimbot-learn offline`` and ``jimbot-learn export-games`` as they are typed."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jimbot_stream.agents.cli import main
from jimbot_stream.eventlog.embedded import EmbeddedLog
from tests.support.rule_games import record

SMALL = ("--held-out", "0.5", "--games", "2", "--epochs", "1")


async def _record(folder: Path) -> None:
    async with EmbeddedLog(folder / "events.sqlite") as log:
        for number in range(4):
            await record(log, number)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    asyncio.run(_record(tmp_path))
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path / 'events.sqlite'}")
    return tmp_path


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("data")
def test_a_run_is_begun_gone_on_with_and_told() -> None:
    begun = typed("offline", "--run-seed", "7", "--algo", "marwil", *SMALL, "--updates", "1")
    assert begun.exit_code == 0, begun.output
    assert "run7: update 1, checkpoint" in begun.output
    assert "3 games held out" in begun.output
    again = typed("offline", "--run-seed", "7", "--algo", "marwil", "--passes", "3", "--json")
    assert again.exit_code == 0, again.output
    told = json.loads(again.stdout)
    assert (told["update"], told["games"], told["held_out"]) == (3, 1, 3)
    assert [each["update"] for each in told["updates"]] == [2, 3]
    measured = told["measured"]
    assert measured["trained"]["log_likelihood"] > measured["untrained"]["log_likelihood"]
    listed = typed("list")
    assert "marwil" in listed.output
    assert typed("show", "run7").exit_code == 0


@pytest.mark.usefixtures("data")
def test_what_cannot_be_meant_is_said() -> None:
    told = typed("offline", "--run-seed", "1", "--algo", "bc", "--beta", "1")
    assert "--beta goes with --algo marwil or iql" in told.output
    none = typed("offline", "--run-seed", "1", "--algo", "bc", "--source", "nobody")
    assert none.exit_code == 1
    assert "no game to learn from: 0 held out, refused: 4 not asked for" in none.output
    assert typed("offline", "--run-seed", "1", "--algo", "bc", *SMALL).exit_code == 0  # not begun
    other = typed("offline", "--run-seed", "1", "--algo", "iql")
    assert other.exit_code == 1
    assert "bc" in other.output


def test_games_are_exported(data: Path) -> None:
    out = data / "games.parquet"
    told = typed("export-games", "--format", "parquet", "--out", str(out), "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["games"] == 4
    again = typed("export-games", "--format", "parquet", "--out", str(out))
    assert "exists; name another" in again.output
    shown = typed("export-games", "--format", "minari", "--out", str(data / "games"))
    assert shown.exit_code == 0, shown.output
    assert "written to" in shown.output


def test_without_minari_it_is_said_what_to_install(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "minari.dataset.minari_storage", None)
    monkeypatch.delitem(sys.modules, "jimbot_stream.agents.offline.minari", raising=False)
    told = typed("export-games", "--format", "minari", "--out", str(data / "games"))
    assert told.exit_code == 1
    assert "pip install 'jimbot-stream[minari]'" in told.output
    assert "--format parquet needs nothing else" in told.output
    assert [path.name for path in data.iterdir() if "games" in path.name] == []


def test_games_of_a_baseline_are_recorded_and_told(data: Path) -> None:
    words = ("record-games", "--player", "greedy", "--run-seed", "3", "--games", "2")
    first = typed(*words)
    assert first.exit_code == 0, first.output
    assert "--source player-greedy" in first.output
    again = json.loads(typed(*words, "--json").stdout)
    assert (again["known"], again["played"], again["source"]) == (2, 0, "player-greedy")
    other = typed(*words, "--deck", "b_none")
    assert other.exit_code == 1
    assert "b_none" in other.output
