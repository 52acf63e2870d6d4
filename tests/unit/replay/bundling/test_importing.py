"""From a bundle to a log of its own: any bytes, once, and into no log that holds something else."""

import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.eventlog import Expected, NewEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.verify import verify_file
from jimbot_stream.replay.bundling.closure import Wanted
from jimbot_stream.replay.bundling.writing import choose
from tests.support.homes import Home, files_of, replay

STREAMS = st.sampled_from(["game-a", "game-b", "other", "audit-seals"])
WRITTEN = st.lists(st.tuples(STREAMS, st.binary(max_size=60)), min_size=1, max_size=12)


def forged(bundle: Path, edit: Callable[[list[bytes]], list[bytes]]) -> None:
    """Other events, and a manifest that vouches for them."""
    path = bundle / "events.jsonl"
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))
    manifest = orjson.loads((bundle / "manifest.json").read_bytes())
    for file in manifest["files"]:
        if file["path"] == "events.jsonl":
            content = path.read_bytes()
            file |= {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    (bundle / "manifest.json").write_bytes(orjson.dumps(manifest))


def event(number: int, data: bytes = b"{}") -> NewEvent:
    return NewEvent(UUID(int=number), "Told", data, b'{"note":"\\u00e4"}')


def carried(home: Home, target: Path) -> Path:
    done = replay("export", "--data", home.folder, "--out", target)
    assert done.exit_code == 0, done.output
    return target


@given(written=WRITTEN)
@settings(max_examples=12, deadline=None)
def test_any_bytes_and_times_come_back_in_order(written: list[tuple[str, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, other = Home(Path(folder) / "home"), Home(Path(folder) / "other")
        home.folder.mkdir()
        for number, (stream, data) in enumerate(written):
            home.append(stream, event(number, data))

        done = replay("import", carried(home, Path(folder) / "out"), "--data", other.folder)

        assert done.exit_code == 0, done.output
        assert other.events() == home.events()
        *_, report = verify_file(other.log_file)
        assert not report.problems


def test_positions_are_counted_anew_where_streams_were_left_out(home: Home, tmp_path: Path) -> None:
    for number in range(6):
        home.append("game-a" if number % 2 else "game-b", event(number))
    choice = ("--game", "a", "--no-origins", "--out", tmp_path / "out")
    replay("export", "--data", home.folder, *choice)

    replay("import", tmp_path / "out", "--data", tmp_path / "other")

    kept = [each for each in home.events() if each.stream == "game-a"]
    wanted = [replace(each, position=place) for place, each in enumerate(kept, 1)]
    assert [each.position for each in kept] == [2, 4, 6]
    assert Home(tmp_path / "other").events() == wanted


@pytest.fixture
def three(home: Home) -> Home:
    home.append("game-a", event(0), event(1))
    home.append("game-b", event(2))
    return home


def test_importing_twice_changes_nothing(three: Home, tmp_path: Path) -> None:
    bundle = carried(three, tmp_path / "out")
    replay("import", bundle, "--data", tmp_path / "other")
    before = files_of(tmp_path / "other")

    done = replay("import", bundle, "--data", tmp_path / "other")

    assert done.exit_code == 0
    assert "0 events and 0 blobs" in done.output
    assert files_of(tmp_path / "other") == before


def test_a_log_that_holds_all_of_it_and_more_is_left_as_it_is(three: Home, tmp_path: Path) -> None:
    bundle = carried(three, tmp_path / "out")
    replay("import", bundle, "--data", tmp_path / "other")
    other = Home(tmp_path / "other")
    other.append("game-c", event(3))

    done = replay("import", bundle, "--data", other.folder)

    assert done.exit_code == 0, done.output
    assert len(other.events()) == 4


def test_an_import_that_was_broken_off_is_gone_on_with(three: Home, tmp_path: Path) -> None:
    part, whole = tmp_path / "part", tmp_path / "whole"
    choice = ("--game", "a", "--no-origins", "--out", part)
    replay("export", "--data", three.folder, *choice)
    replay("import", part, "--data", tmp_path / "other")

    done = replay("import", carried(three, whole), "--data", tmp_path / "other")

    assert "1 events" in done.output
    assert Home(tmp_path / "other").events() == three.events()


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ([("game-b", 9)], "0@game-a of the bundle is not there"),
        ([("game-a", 9)], "0@game-a of the bundle has another id there"),
        ([("game-b", 2), ("game-a", 0)], "0@game-a of the bundle has another created_ns there"),
    ],
)
def test_a_log_with_something_else_is_refused_at_the_first_conflict(
    three: Home, tmp_path: Path, there: list[tuple[str, int]], named: str
) -> None:
    other = Home(tmp_path / "other")
    for stream, number in there:
        other.append(stream, event(number))
    before = other.events()

    done = replay("import", carried(three, tmp_path / "out"), "--data", other.folder)

    assert done.exit_code == 2
    assert named in " ".join(done.output.split())
    assert other.events() == before
    assert not (other.folder / "blobs").exists()


def test_a_target_that_is_there_is_not_written_over(three: Home, tmp_path: Path) -> None:
    target = carried(three, tmp_path / "out")
    before = files_of(tmp_path)

    done = replay("export", "--data", three.folder, "--out", target)

    assert done.exit_code == 2
    assert "there already" in done.output
    assert files_of(tmp_path) == before


def test_an_export_that_fails_leaves_nothing_behind(three: Home, tmp_path: Path) -> None:
    name = three.blobs.put(b"weights")
    three.append("game-a", NewEvent(UUID(int=7), "Unknown", f'{{"what":"{name}"}}'.encode()))
    three.blobs.path(name).write_bytes(b"others")

    done = replay("export", "--data", three.folder, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert f"{name} is damaged" in " ".join(done.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_blob_that_an_unknown_event_names_goes_along(three: Home, tmp_path: Path) -> None:
    name = three.blobs.put(b"a list of leaves")
    three.append("audit-seals", NewEvent(UUID(int=7), "Later", f'{{"a":[["{name}"]]}}'.encode()))

    bundle = carried(three, tmp_path / "out")
    shutil.rmtree(three.folder)
    replay("import", bundle, "--data", tmp_path / "other")

    assert Home(tmp_path / "other").blobs.get(name) == b"a list of leaves"


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda lines: [lines[0], *lines], "0@game-a of the bundle does not follow"),
        (lambda lines: [lines[1], lines[0], lines[2]], "0@game-a of the bundle does not follow"),
        (lambda lines: [line.replace(b"game-b", b"$$game-a") for line in lines], "$$game-a"),
        (lambda lines: [line.replace(b'"revision":1', b'"revision":7') for line in lines], "7@"),
    ],
    ids=["twice", "swapped", "a stream of the store's own", "a gap"],
)
def test_what_no_log_can_have_written_is_not_written_whoever_vouches_for_it(
    three: Home, tmp_path: Path, edit: Callable[[list[bytes]], list[bytes]], named: str
) -> None:
    bundle = carried(three, tmp_path / "out")
    forged(bundle, edit)

    done = replay("import", bundle, "--data", tmp_path / "other")

    assert done.exit_code == 2
    assert named in " ".join(done.output.split())
    assert Home(tmp_path / "other").events() == []


@pytest.mark.parametrize("path", ["../../secret", "/etc/hostname", "blobs/../../secret", ""])
def test_a_manifest_that_names_files_elsewhere_is_refused(
    three: Home, tmp_path: Path, path: str
) -> None:
    bundle = carried(three, tmp_path / "out")
    manifest = orjson.loads((bundle / "manifest.json").read_bytes())
    manifest["files"].append({"path": path, "sha256": "0" * 64, "bytes": 1})
    (bundle / "manifest.json").write_bytes(orjson.dumps(manifest))

    done = replay("import", bundle, "--data", tmp_path / "other")

    assert done.exit_code == 2
    assert "is not within the bundle" in " ".join(done.output.split())


def test_a_tar_file_with_paths_that_lead_out_is_refused(three: Home, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.add(three.log_file, "../../out")

    done = replay("import", tmp_path / "bad.tar", "--data", tmp_path / "other")

    assert done.exit_code == 2
    assert "is no bundle" in " ".join(done.output.split())


async def test_what_is_appended_meanwhile_is_not_in_it(three: Home) -> None:
    """The export ends where the log ended when it began."""
    async with EmbeddedLog(three.log_file) as log:
        chosen = await choose(log, Wanted())
        await log.append("game-a", [event(7)], Expected.ANY)

        assert len([each async for each in chosen.events(log)]) == 3
