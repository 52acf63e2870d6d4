"""jimbot-store verify: a changed byte is found, and told where."""

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.cli import main
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.verify import Problem, Report, verify_file, verify_log


def verified(path: Path) -> Report:
    return list(verify_file(path))[-1]


def edit(path: Path, statement: str, *given: object) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement, given)
    db.close()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*arguments])
    return result.exit_code, result.output


def test_a_sound_file_has_no_problems(recorded: Path) -> None:
    report = verified(recorded)
    assert (report.events, len(report.streams), report.unchained) == (60, 3, 0)
    assert report.problems == []
    assert (report.head, len(report.head_hash)) == (60, 64)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("data = CAST(replace(data, 'choice', 'Choice') AS BLOB)", "data"),
        ("metadata = CAST(replace(metadata, 'r3', 'r4') AS BLOB)", "metadata"),
        ("type = 'DecisionMadf'", "type"),
        ("id = zeroblob(16)", "id"),
        ("created_ns = created_ns + 1", "time"),
        ("json = 0", "changed"),
        ("chain = zeroblob(32)", "chain"),
    ],
)
def test_a_changed_column_is_located(recorded: Path, change: str, what: str) -> None:
    edit(recorded, f"UPDATE events SET {change} WHERE position = 20")
    first = verified(recorded).problems[0]
    assert (first.where, first.position) == ("7@game-0", 20)
    assert what in first.what


def test_a_deleted_event_is_located(recorded: Path) -> None:
    edit(recorded, "DELETE FROM events WHERE position = 30")
    problems = verified(recorded).problems
    assert Problem("position 30", "the event is missing", 30) in problems


def test_two_events_that_changed_places_are_found(recorded: Path) -> None:
    edit(recorded, "UPDATE events SET revision = 100 WHERE position = 7")
    edit(recorded, "UPDATE events SET revision = 2 WHERE position = 8")
    edit(recorded, "UPDATE events SET revision = 3 WHERE revision = 100")
    assert {problem.position for problem in verified(recorded).problems} >= {7, 8}


def test_a_renamed_stream_is_found(recorded: Path) -> None:
    edit(recorded, "UPDATE streams SET name = 'game-9' WHERE name = 'game-1'")
    assert len(verified(recorded).problems) >= 20


def test_a_cut_tail_shows_in_the_end_alone(recorded: Path) -> None:
    before = verified(recorded)
    edit(recorded, "DELETE FROM events WHERE position > 50")
    after = verified(recorded)
    assert after.problems == []
    assert (after.head, after.head_hash) != (before.head, before.head_hash)


def test_of_300_flipped_bits_none_changes_an_event_unseen(recorded: Path, tmp_path: Path) -> None:
    good = contents(recorded)
    size = recorded.stat().st_size
    draw = np.random.Generator(np.random.Philox(7))
    found = 0
    for n in range(300):
        path = tmp_path / f"flipped-{n}.sqlite"
        shutil.copyfile(recorded, path)
        flip(path, int(draw.integers(size * 8)))
        if problems_of(path):
            found += 1
        else:
            assert contents(path) == good
        path.unlink()
    assert found > 100  # the rest fell on unused bytes of pages


def flip(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def problems_of(path: Path) -> list[Problem]:
    try:
        return verified(path).problems
    except EventLogError as error:  # not even recognised as a log
        return [Problem("the file", str(error))]


def contents(path: Path) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    query = (
        "SELECT position, name, revision, id, type, json, created_ns, data, metadata"
        " FROM events JOIN streams ON number = stream ORDER BY position"
    )
    rows = list(db.execute(query))
    db.close()
    return rows


async def test_a_log_is_verified_through_its_protocol(recorded: Path) -> None:
    async with EmbeddedLog(recorded, read_only=True) as log:
        reports = [report async for report in verify_log(log)]
    assert (reports[-1].events, reports[-1].problems) == (60, [])


async def test_a_file_is_verified_while_its_writer_is_at_work(recorded: Path) -> None:
    async with EmbeddedLog(recorded):
        assert verified(recorded).problems == []


def test_the_command_succeeds_on_a_sound_file(recorded: Path) -> None:
    code, output = run("verify", "--db", str(recorded))
    assert code == 0
    assert "60 events in 3 streams, 0 outside their stream's chain, 0 problems" in output


def test_the_command_fails_and_locates_the_change(recorded: Path) -> None:
    edit(recorded, "UPDATE events SET data = CAST('{}' AS BLOB) WHERE position = 20")
    code, output = run("verify", "--db", str(recorded))
    assert code == 1
    assert "7@game-0 (position 20): data" in output


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough" * 40])
def test_the_command_refuses_what_is_no_log(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    code, output = run("verify", "--db", str(path))
    assert code == 1
    assert "other" in output


def test_the_read_command_prints_a_stream(recorded: Path) -> None:
    code, output = run("read", "game-1", "--db", str(recorded), "--json")
    assert code == 0
    assert len(output.splitlines()) == 20
    code, output = run("read", "--all", "--prefix", "game-2", "--db", str(recorded))
    assert len(output.splitlines()) == 20
    assert "0@game-2 StateObserved" in output


def test_the_read_command_says_what_is_not_there(recorded: Path) -> None:
    code, output = run("read", "game-9", "--db", str(recorded))
    assert code == 1
    assert "no such stream" in output
