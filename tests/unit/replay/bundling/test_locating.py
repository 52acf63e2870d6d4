"""A bundle that was changed: what was changed is named, and nothing is imported from it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.replay.bundling.checking import check_bundle
from jimbot_stream.replay.verdict import Divergence
from tests.support.homes import replay

House = Any  # of ../conftest.py
Lines = list[bytes]


@pytest.fixture(scope="module")
def made(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("made") / "bundle"
    assert replay("export", "--data", house.folder, "--out", target).exit_code == 0
    return target


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(made, tmp_path / "bundle"))


def faults(bundle: Path) -> list[Divergence]:
    return [found for found in check_bundle(bundle) if isinstance(found, Divergence)]


def edited(bundle: Path, edit: Callable[[Lines], Lines]) -> None:
    path = bundle / "events.jsonl"
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))


def at(lines: Lines, stream: str, revision: int) -> int:
    """Place of an event among the lines."""
    wanted = f'"stream":"{stream}","revision":{revision},'.encode()
    return next(place for place, line in enumerate(lines) if wanted in line)


def without(stream: str, revision: int) -> Callable[[Lines], Lines]:
    return lambda lines: [line for n, line in enumerate(lines) if n != at(lines, stream, revision)]


def changed(stream: str, revision: int, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    def edit(lines: Lines) -> Lines:
        place = at(lines, stream, revision)
        assert old in lines[place]
        lines[place] = lines[place].replace(old, new, 1)
        return lines

    return edit


EDITS = {
    "data": (changed("game-one", 2, b"one/0", b"one/1"), "game-one", 2, "tampering"),
    "metadata": (changed("game-one", 2, b"test", b"tesu"), "game-one", 3, "tampering"),
    "type": (changed("game-one", 1, b"StateObs", b"StateOba"), "game-one", 2, "tampering"),
    "dropped": (without("game-one", 4), "game-one", 5, "tampering"),
    "a game gone": (
        lambda lines: [line for line in lines if b'"stream":"game-two"' not in line],
        *("game-two", 0, "missing"),
    ),
    "a line cut off": (lambda lines: [*lines[:-1], lines[-1][:80]], "events.jsonl", 146, "missing"),
    "a line spoilt": (
        lambda lines: [*lines[:6], b"nonsense\n", *lines[7:]],
        *("events.jsonl", 7, "tampering"),
    ),
}
"""What was done to the events; then stream, revision or line, and cause of what locates it."""


@pytest.mark.parametrize("name", EDITS)
def test_a_changed_file_of_events_is_found_and_located(bundle: Path, name: str) -> None:
    edit, stream, place, cause = EDITS[name]
    edited(bundle, edit)

    first, *_, whole = faults(bundle)

    assert (whole.stream, whole.field) == ("events.jsonl", "sha256")
    assert (first.stream, first.revision, first.cause) == (stream, place, cause)


def test_a_stream_cut_at_its_end_is_located(bundle: Path) -> None:
    edited(bundle, lambda lines: lines[: at(lines, "trainingRun-run", 6)])

    found = {(each.stream, each.field): each for each in faults(bundle)}

    last = found["trainingRun-run", "last"]
    assert (last.expected, last.got, last.cause) == ("6", "5", "missing")


def blob(bundle: Path) -> Path:
    return next(path for path in sorted((bundle / "blobs").rglob("*")) if path.is_file())


def test_a_blob_with_one_other_bit_is_named(bundle: Path) -> None:
    path = blob(bundle)
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)

    (fault,) = faults(bundle)

    assert (fault.stream, fault.field) == (path.relative_to(bundle).as_posix(), "sha256")
    assert fault.expected == path.name


def test_a_blob_that_is_missing_is_named(bundle: Path) -> None:
    blob(bundle).unlink()

    (fault,) = faults(bundle)

    assert (fault.field, fault.cause) == ("file", "missing")
    assert fault.stream == blob_path(fault.stream)


def blob_path(path: str) -> str:
    name = path.rpartition("/")[2]
    return f"blobs/{name[:2]}/{name[2:4]}/{name}"


def test_a_file_that_nobody_listed_is_named(bundle: Path) -> None:
    (bundle / "blobs" / "more").write_text("more")

    (fault,) = faults(bundle)

    assert (fault.stream, fault.cause) == ("blobs/more", "tampering")


def test_a_text_that_was_changed_is_named(bundle: Path) -> None:
    with (bundle / "README.txt").open("a") as file:
        file.write("Trust me.")

    (fault,) = faults(bundle)

    assert (fault.stream, fault.field) == ("README.txt", "sha256")


def test_verify_says_so_with_code_1_and_goes_on_where_it_can(bundle: Path) -> None:
    (bundle / "README.txt").write_text("")

    done = replay("verify", "--bundle", bundle, "--jobs", "1", "--no-updates")

    assert done.exit_code == 1
    assert "README.txt: sha256 is" in " ".join(done.output.split())
    assert "1 bundle file not identical" in done.output
    assert "decisions" in done.output


def test_verify_ends_with_code_1_where_no_event_can_be_read(bundle: Path) -> None:
    edited(bundle, lambda lines: [*lines[:-1], lines[-1][:80]])

    done = replay("verify", "--bundle", bundle, "--jobs", "1")

    assert done.exit_code == 1
    assert "The file is cut off." in " ".join(done.output.split())


@pytest.mark.parametrize("spoil", ["{}", "[]", "nonsense", '{"format": "jimbot-bundle/9"}', None])
def test_what_is_no_bundle_is_said_so_with_code_2(bundle: Path, spoil: str | None) -> None:
    if spoil is None:
        (bundle / "manifest.json").unlink()
    else:
        (bundle / "manifest.json").write_text(spoil)

    done = replay("verify", "--bundle", bundle, "--jobs", "1")

    assert done.exit_code == 2, done.output
    assert "bundle" in done.output


def test_a_later_format_is_refused_with_the_release_that_wrote_it(bundle: Path) -> None:
    path = bundle / "manifest.json"
    path.write_text(path.read_text().replace("jimbot-bundle/1", "jimbot-bundle/2"))

    done = replay("verify", "--bundle", bundle, "--jobs", "1")

    assert done.exit_code == 2
    assert "jimbot-stream 0.1.0" in " ".join(done.output.split())


def test_nothing_is_imported_from_a_changed_bundle(bundle: Path, tmp_path: Path) -> None:
    edited(bundle, changed("game-one", 2, b"one/0", b"one/1"))

    done = replay("import", bundle, "--data", tmp_path / "home")

    assert done.exit_code == 2
    assert "2@game-one" in done.output
    assert not (tmp_path / "home").exists()
