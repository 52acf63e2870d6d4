"""A real log, carried elsewhere and verified there with nothing else."""

import shutil
import tarfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.replay.bundling.opening import folder_of
from tests.support.homes import Home, files_of, replay, streams_in

House = Any  # of ../conftest.py
Counts = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def carried(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the whole log, made while there was one; then the log is out of reach."""
    folder = tmp_path_factory.mktemp("carried")
    away = folder / "away"
    shutil.copytree(house.folder, away)
    done = replay("export", "--all", "--data", away, "--out", folder / "bundle")
    assert done.exit_code == 0, done.output
    shutil.rmtree(away)
    return folder / "bundle"


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without log, data folder or settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JIMBOT_DATA", raising=False)
    monkeypatch.delenv("JIMBOT_LOG", raising=False)


def counts(report: Path, *without: str) -> Counts:
    told: Counts = orjson.loads(report.read_bytes())["counts"]
    return {kind: count for kind, count in told.items() if kind not in without}


def test_a_bundle_is_verified_alone_and_so_is_what_is_imported_from_it(
    house: House, carried: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "bundle.json", tmp_path / "home.json"

    verified = replay("verify", "--bundle", carried, "--jobs", "1", "--json", first)
    imported = replay("import", carried, "--data", tmp_path / "home")
    again = replay("verify", "--data", tmp_path / "home", "--jobs", "1", "--json", second)

    assert verified.exit_code == 0, verified.output
    assert "2 updates verified: all identical" in verified.output
    assert imported.exit_code == 0, imported.output
    assert again.exit_code == 0, again.output
    assert counts(first, "file", "bundle file") == counts(second, "file", "bundle file")
    assert counts(first)["update"]["identical"] == 2


def test_what_is_imported_is_event_by_event_what_was_recorded(
    house: House, carried: Path, tmp_path: Path
) -> None:
    replay("import", carried, "--data", tmp_path / "home")

    assert Home(tmp_path / "home").events() == house.events
    assert files_of(tmp_path / "home" / "blobs") == files_of(house.folder / "blobs")


def test_equal_logs_give_equal_bytes_wherever_they_are(
    house: House, carried: Path, tmp_path: Path
) -> None:
    replay("import", carried, "--data", tmp_path / "home")

    for name, data in (("one", house.folder), ("two.tar", house.folder), ("three", "home")):
        assert replay("export", "--data", data, "--out", tmp_path / name).exit_code == 0
    replay("export", "--data", "home", "--out", "other/two.tar")

    assert files_of(tmp_path / "one") == files_of(carried) == files_of(tmp_path / "three")
    assert Path("two.tar").read_bytes() == Path("other/two.tar").read_bytes()


def test_a_tar_file_holds_the_same_and_tells_nothing_of_the_machine(
    house: House, carried: Path, tmp_path: Path
) -> None:
    replay("export", "--data", house.folder, "--out", "packed.tar")
    with tarfile.open("packed.tar") as tar:
        entries = tar.getmembers()

    with folder_of(Path("packed.tar")) as unpacked:
        assert files_of(unpacked) == files_of(carried)
    assert {(e.uid, e.gid, e.mtime, e.uname, e.mode) for e in entries} == {(0, 0, 0, "", 0o644)}
    done = replay("verify", "--bundle", "packed.tar", "--jobs", "1", "--no-updates")
    assert done.exit_code == 0, done.output


def test_one_game_without_origins_is_verified_with_its_weights(
    house: House, tmp_path: Path
) -> None:
    choice = ("--game", "three", "--no-origins", "--out", "game")
    replay("export", "--data", house.folder, *choice)

    done = replay("verify", "--bundle", "game", "--jobs", "1")

    assert done.exit_code == 0, done.output
    assert streams_in(tmp_path / "game") == {"game-three"}
    assert len(files_of(tmp_path / "game" / "blobs")) == 1


def test_every_command_reads_a_bundle_as_a_log(carried: Path) -> None:
    done = replay("show", "--log", f"bundle:{carried}", "0@trainingRun-run")

    assert done.exit_code == 0, done.output
    assert "RunStarted" in done.output


def test_the_manifest_tells_versions_counts_and_each_file(house: House, carried: Path) -> None:
    told = orjson.loads((carried / "manifest.json").read_bytes())

    assert told["format"] == "jimbot-bundle/1"
    assert told["package"].startswith("jimbot-stream ")
    assert told["events"] == len(house.events) == sum(told["types"].values())
    assert (told["first_position"], told["last_position"]) == (1, len(house.events))
    assert told["schemas"]["DecisionMade"] == 1
    assert len(told["environments"]) == 1
    assert {file["path"] for file in told["files"]} == set(files_of(carried)) - {"manifest.json"}


def test_the_bundle_says_in_words_what_to_do_with_it(carried: Path) -> None:
    text = (carried / "README.txt").read_text()

    assert "jimbot-replay verify --bundle" in text
    assert "sha256sum manifest.json" in text
