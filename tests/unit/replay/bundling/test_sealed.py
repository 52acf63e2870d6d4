"""Bundles of a sealed log: seals go along whole, and judge a part of it as they judge all."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.homes import Home, files_of, replay, streams_in

House = Any  # of ../conftest.py


@pytest.fixture
def sealed(house: House, tmp_path: Path) -> Path:
    """A data folder with a sealed log, and beside it the public key and an anchor."""
    folder = tmp_path / "sealed"
    shutil.copytree(house.folder, folder)
    (tmp_path / "public").write_text(replay("keygen", tmp_path / "private").output)
    done = replay(
        *("seal", "--data", folder, "--log", f"sqlite:{folder}/events.sqlite"),
        *("--key", tmp_path / "private", "--anchor", tmp_path / "anchor"),
    )
    assert done.exit_code == 0, done.output
    return folder


def export(sealed: Path, out: Path, *choice: str) -> Path:
    done = replay("export", "--data", sealed, *choice, "--out", out)
    assert done.exit_code == 0, done.output
    return out


def fsck(bundle: Path, folder: Path) -> Any:
    trust = ("--public-key", folder / "public", "--anchor", folder / "anchor")
    return replay("fsck", "--log", f"bundle:{bundle}", *trust)


@pytest.mark.parametrize("choice", [("--all",), ("--game", "three", "--no-origins")])
def test_what_is_exported_is_still_what_was_sealed(
    sealed: Path, tmp_path: Path, choice: tuple[str, ...]
) -> None:
    bundle = export(sealed, tmp_path / "out", *choice)
    shutil.rmtree(sealed)

    examined = fsck(bundle, tmp_path)
    verified = replay("verify", "--bundle", bundle, "--jobs", "1", "--no-updates")

    assert examined.exit_code == 0, examined.output
    assert verified.exit_code == 0 or "--all" in choice, verified.output
    assert "audit-seals" in streams_in(bundle)


def test_a_game_that_a_bundle_of_everything_lacks_is_missed(sealed: Path, tmp_path: Path) -> None:
    bundle = export(sealed, tmp_path / "out", "--all")
    path = bundle / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b'"stream":"game-two"' not in line))

    done = fsck(bundle, tmp_path)

    assert done.exit_code == 1
    assert "sealed event 0@game-two" in " ".join(done.output.split())


def test_a_part_is_imported_without_its_seals_and_verifies(sealed: Path, tmp_path: Path) -> None:
    bundle = export(sealed, tmp_path / "out", "--game", "three", "--no-origins")

    done = replay("import", bundle, "--data", tmp_path / "home")
    again = replay("import", bundle, "--data", tmp_path / "home")
    verified = replay("verify", "--data", tmp_path / "home", "--jobs", "1")

    assert "1 seals stay in the bundle" in done.output
    assert "0 events and 0 blobs" in again.output
    assert verified.exit_code == 0, verified.output
    assert {event.stream for event in Home(tmp_path / "home").events()} == {"game-three"}


def test_everything_is_imported_with_its_seals(sealed: Path, tmp_path: Path) -> None:
    bundle = export(sealed, tmp_path / "out")

    replay("import", bundle, "--data", tmp_path / "home")
    replay("export", "--data", tmp_path / "home", "--out", tmp_path / "again")

    assert files_of(tmp_path / "again") == files_of(bundle)
    assert "audit-seals" in streams_in(bundle)
