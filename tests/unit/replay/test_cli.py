"""``jimbot-replay`` as it is called: on a file, with and without its server."""

import asyncio
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from jimbot_stream.agents.policy import ModulePolicy
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.cli import main

House = Any  # of conftest.py
Events = list[RecordedEvent]


def replay(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def lines(house: House, tmp_path: Path) -> Path:
    """The log as a file of lines."""
    path = tmp_path / "log.jsonl"
    Bundle(house.events).save(path)
    return path


def decisions(house: House) -> int:
    return sum(event.type == "DecisionMade" for event in house.events)


def test_verify_ends_with_the_sentence_and_code_0_when_all_is_identical(house: House) -> None:
    result = replay("verify", "--data", house.folder, "--jobs", "1")

    assert result.exit_code == 0, result.output
    last = result.output.strip().splitlines()[-1]
    assert last == f"{decisions(house)} decisions and 2 updates verified: all identical"


@pytest.mark.parametrize("command", [("verify",), ("show", "game-x"), ("export", "--out", "out")])
def test_a_folder_without_a_log_is_not_taken_for_the_server_of_this_machine(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    result = replay(*command, "--data", tmp_path)

    assert result.exit_code == 2
    assert f"no log at {tmp_path / 'events.sqlite'}" in result.output


def test_several_processes_come_to_the_same_counts(house: House, tmp_path: Path) -> None:
    alone, together = tmp_path / "1.json", tmp_path / "2.json"

    assert replay("verify", "--data", house.folder, "--jobs", "1", "--json", alone).exit_code == 0
    assert (
        replay("verify", "--data", house.folder, "--jobs", "2", "--json", together).exit_code == 0
    )

    reports = [orjson.loads(path.read_bytes()) for path in (alone, together)]
    assert reports[0]["counts"] == reports[1]["counts"]
    assert reports[0]["counts"]["update"] == {"identical": 2, "tolerated": 0, "diverged": 0}


async def test_the_file_is_verified_while_its_writer_holds_it(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "held"
    shutil.copytree(house.folder, folder)
    async with EmbeddedLog(folder / "events.sqlite", FrozenClock()):
        result = await asyncio.to_thread(replay, "verify", "--data", folder, "--jobs", "1")

    assert result.exit_code == 0, result.output


def test_a_flipped_byte_in_the_file_is_located_and_fails(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(house.folder, folder)
    with sqlite3.connect(folder / "events.sqlite") as db:
        [(position, data)] = db.execute(
            "SELECT position, data FROM events WHERE type = 'DecisionMade' LIMIT 1"
        )
        edited = data.replace(b"one/0", b"one/1")
        db.execute("UPDATE events SET data = ? WHERE position = ?", (edited, position))
    db.close()

    result = replay("verify", "--data", folder, "--jobs", "1", "--json", tmp_path / "report.json")

    assert result.exit_code == 1
    output = " ".join(result.output.split())
    assert "First divergence: event 2@game-one: data is" in output
    assert "not identical" in output
    [first, *_] = orjson.loads((tmp_path / "report.json").read_bytes())["divergences"]
    assert (first["stream"], first["revision"], first["cause"]) == ("game-one", 2, "tampering")


def test_a_game_that_was_deleted_whole_is_noticed_by_the_file(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(house.folder, folder)
    with sqlite3.connect(folder / "events.sqlite") as db:
        [(number,)] = db.execute("SELECT number FROM streams WHERE name = 'game-two'")
        db.execute("DELETE FROM events WHERE stream = ?", (number,))
    db.close()

    result = replay(
        *("verify", "--data", folder, "--jobs", "1", "--no-updates"),
        *("--json", tmp_path / "report.json"),
    )

    assert result.exit_code == 1
    report = orjson.loads((tmp_path / "report.json").read_bytes())
    assert report["counts"]["file"]["diverged"] >= 1
    assert report["divergences"][0]["kind"] == "file"


def test_a_changed_time_is_noticed_by_the_file(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(house.folder, folder)
    with sqlite3.connect(folder / "events.sqlite") as db:
        db.execute("UPDATE events SET created_ns = created_ns + 1 WHERE position = 5")
    db.close()

    result = replay("verify", "--data", folder, "--jobs", "1", "--no-updates")

    assert result.exit_code == 1
    assert "First divergence: file 4@game-one: row" in " ".join(result.output.split())


def test_a_file_of_lines_is_verified_as_a_log_is(house: House, lines: Path) -> None:
    result = replay("verify", "--log", f"jsonl:{lines}", "--data", house.folder, "--jobs", "1")

    assert result.exit_code == 0, result.output


def test_selected_games_are_verified_without_updates(house: House, lines: Path) -> None:
    result = replay(
        *("verify", "--log", f"jsonl:{lines}", "--data", house.folder, "--jobs", "1"),
        *("--game", "one"),
    )

    mine = sum(e.type == "DecisionMade" and e.stream == "game-one" for e in house.events)
    assert f"{mine} decisions and 0 updates verified: all identical" in result.output


def test_an_unknown_game_fails(house: House, lines: Path) -> None:
    result = replay(
        "verify", "--log", f"jsonl:{lines}", "--data", house.folder, "--jobs", "1", "--game", "x"
    )

    assert result.exit_code == 1
    assert "game-x" in result.output


def test_an_empty_log_is_said_so_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()

    result = replay(
        "verify", "--log", f"jsonl:{tmp_path}/empty.jsonl", "--data", tmp_path, "--jobs", "1"
    )

    assert result.exit_code == 2
    assert "Nothing verified" in result.output


def test_another_class_of_machine_is_said_so_with_code_3(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jimbot_stream.agents.policy.compute_class", lambda: "elsewhere")
    monkeypatch.setattr("jimbot_stream.agents.policy.ModulePolicy.evaluate", _nearly())
    Bundle([e for e in house.events if e.stream == "game-one"]).save(tmp_path / "log.jsonl")
    shutil.copytree(house.folder / "blobs", tmp_path / "blobs")

    result = replay(
        "verify", "--log", f"jsonl:{tmp_path}/log.jsonl", "--data", tmp_path, "--jobs", "1"
    )

    assert result.exit_code == 3, result.output
    output = " ".join(result.output.split())
    assert "repeated on elsewhere" in output
    assert "equal only within the tolerance" in output


def _nearly() -> Any:
    exact = ModulePolicy.evaluate

    def evaluate(self: ModulePolicy, observation: Any) -> Any:
        evaluation = exact(self, observation)
        return replace(evaluation, value=evaluation.value + 1e-7)

    return evaluate


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    result = replay("verify", "--log", f"sqlite:{tmp_path}/none.sqlite", "--data", tmp_path)

    assert result.exit_code == 2
    assert "none.sqlite" in result.output


def test_lines_of_a_game_are_verified_with_the_blobs_of_its_log(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "one.jsonl"

    exported = replay(
        *("export", "--data", house.folder, "--game", "one", "--no-origins"),
        *("--view", "lines", "--out", file),
    )
    verified = replay(
        *("verify", "--log", f"jsonl:{file}", "--data", house.folder, "--jobs", "1"),
    )

    assert exported.exit_code == 0, exported.output
    assert verified.exit_code == 0, verified.output
    assert {event.stream for event in Bundle.load(file).events} == {"game-one"}


def test_show_lists_a_stream(house: House, lines: Path) -> None:
    result = replay("show", "--log", f"jsonl:{lines}", "game-one")

    rows = result.output.splitlines()
    assert len(rows) == sum(e.stream == "game-one" for e in house.events)
    assert "GameStarted" in rows[0]


def test_show_prints_one_event_in_full(house: House, lines: Path) -> None:
    result = replay("show", "--log", f"jsonl:{lines}", "2@game-one", "--json")

    event = orjson.loads(result.output)
    assert (event["revision"], event["type"]) == (2, "DecisionMade")
    assert event["data"]["request_id"] == "one/0"
    text = replay("show", "--log", f"jsonl:{lines}", "2@game-one").output
    assert '"request_id": "one/0"' in text


@pytest.mark.parametrize("address", ["999@game-one", "x@game-one", "game-none", "0@game-none"])
def test_show_names_what_is_not_there(lines: Path, address: str) -> None:
    result = replay("show", "--log", f"jsonl:{lines}", address)

    assert result.exit_code == 2
    assert "game-" in result.output
