"""``seal``, ``prove``, ``check-proof``, ``keygen`` and ``fsck`` as they are called."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from jimbot_stream.replay.cli import main

House = Any  # of conftest.py


def replay(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def home(house: House, tmp_path: Path) -> Path:
    """A data folder of its own, with a sealed log; its key is auditor.key."""
    folder = tmp_path / "home"
    shutil.copytree(house.folder, folder)
    key = tmp_path / "auditor.key"
    (tmp_path / "public").write_text(replay("keygen", key, "--name", "auditor").output)
    result = seal(folder, "--key", key)
    assert result.exit_code == 0, result.output
    return folder


def seal(folder: Path, *more: str | Path) -> Result:
    return replay("seal", "--data", folder, "--log", f"sqlite:{folder / 'events.sqlite'}", *more)


def test_sealing_tells_the_root_and_keeps_it_outside(home: Path, house: House) -> None:
    anchor = (home / "newest.seal").read_text()
    again = seal(home)

    assert f"{len(house.events)} events under " in again.output
    assert "0 of them new" in again.output
    assert "signed by auditor" in again.output
    assert anchor.splitlines()[1] == str(len(house.events))
    assert "auditor" in anchor.splitlines()[-1]


def test_a_proof_is_believed_by_key_or_by_anchor_and_not_without(
    home: Path, tmp_path: Path
) -> None:
    proof, public = tmp_path / "proof.json", tmp_path / "public"
    made = replay("prove", "4@game-one", "--data", home, "--out", proof)
    shutil.move(home, tmp_path / "away")  # it holds without log and blobs
    anchor = tmp_path / "away" / "newest.seal"

    assert made.exit_code == 0, made.output
    assert replay("check-proof", proof, "--public-key", public).exit_code == 0
    assert replay("check-proof", proof, "--public-key", public.read_text()).exit_code == 0
    assert replay("check-proof", proof, "--anchor", anchor).exit_code == 0
    alone = replay("check-proof", proof)
    assert (alone.exit_code, "whether to believe it" in alone.output) == (2, True)


def test_a_proof_that_was_changed_or_signed_by_another_does_not_hold(
    home: Path, tmp_path: Path
) -> None:
    proof = tmp_path / "proof.json"
    replay("prove", "4@game-one", "--data", home, "--out", proof)
    other = replay("keygen", tmp_path / "other.key", "--name", "auditor").output

    assert replay("check-proof", proof, "--public-key", other).exit_code == 1
    told = orjson.loads(proof.read_bytes())
    told["event"]["data"] += " "
    proof.write_bytes(orjson.dumps(told))
    result = replay("check-proof", proof, "--public-key", tmp_path / "public")
    assert (result.exit_code, "it was changed" in result.output) == (1, True)


def test_a_seal_is_proved_to_go_on_from_an_older_one(home: Path, tmp_path: Path) -> None:
    another = tmp_path / "another.key"
    replay("keygen", another, "--name", "another")
    assert seal(home, "--key", another).exit_code == 0  # nothing is new, but the signature
    result = replay("prove", "0..1", "--data", home, "--out", tmp_path / "proof.json")

    assert result.exit_code == 0, result.output
    assert (
        replay("check-proof", tmp_path / "proof.json", "--anchor", home / "newest.seal").exit_code
        == 0
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("game-one", "is not REVISION@STREAM"),
        ("0..5", "no seals 0 and 5"),
        ("0@game-none", "game-none"),
        ("99999@game-one", "no event at revision"),
    ],
)
def test_what_cannot_be_proved_is_said_so(
    address: str, told: str, home: Path, tmp_path: Path
) -> None:
    result = replay("prove", address, "--data", home, "--out", tmp_path / "proof.json")

    assert (result.exit_code, told in result.output) == (2, True), result.output
    assert not (tmp_path / "proof.json").exists()


def test_fsck_finds_nothing_in_what_was_left_alone(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = replay("fsck", "--data", home, "--public-key", tmp_path / "public", "--json", report)

    assert result.exit_code == 0, result.output
    assert "Everything is as it was written" in result.output
    counts = orjson.loads(report.read_bytes())["counts"]
    assert counts["sealed event"]["identical"] == counts["event"]["identical"] - 1
    assert counts["blob"]["identical"] == 4
    assert counts["file"]["identical"] == 1


def test_fsck_locates_a_changed_byte_of_the_file(home: Path, house: House) -> None:
    event = next(e for e in house.events if (e.stream, e.revision) == ("game-one", 4))
    with sqlite3.connect(home / "events.sqlite") as db:
        changed = (event.data + b" ", event.position)
        db.execute("UPDATE events SET data = ? WHERE position = ?", changed)
    result = replay("fsck", "--data", home)

    assert result.exit_code == 1
    assert "event 4@game-one: data is" in result.output.replace("\n", " ")
    assert "sealed event 4@game-one" in result.output.replace("\n", " ")


def test_fsck_says_what_it_cannot_see(house: House, tmp_path: Path) -> None:
    shutil.copytree(house.folder, tmp_path / "home")
    result = replay("fsck", "--data", tmp_path / "home")

    assert (result.exit_code, "Nothing is sealed" in result.output) == (0, True)
    missing = replay("fsck", "--data", tmp_path / "home", "--anchor", tmp_path / "none")
    assert (missing.exit_code, "there is no anchor" in missing.output) == (2, True)


def test_verify_counts_seals_and_what_stands_under_them(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ("verify", "--no-updates", "--jobs", "1", "--data", home, "--json", report)
    result = replay(*arguments)

    assert result.exit_code == 0, result.output
    counts = orjson.loads(report.read_bytes())["counts"]
    assert counts["seal"]["identical"] == 1
    assert counts["sealed event"]["identical"] > 100


def test_an_anchor_that_vouches_for_more_is_not_overwritten(home: Path, house: House) -> None:
    shutil.copy(house.log_file, home / "events.sqlite")  # an older copy of the log was put back
    with sqlite3.connect(home / "events.sqlite") as db:
        db.execute("DELETE FROM events WHERE position > 40")
    kept = (home / "newest.seal").read_text()
    result = seal(home)

    assert (result.exit_code, "was left as it is" in result.output) == (2, True), result.output
    assert (home / "newest.seal").read_text() == kept
