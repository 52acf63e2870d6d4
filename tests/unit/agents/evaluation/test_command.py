"""``jimbot-learn evaluate``, and the intervals that it prints."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats  # type: ignore[import-untyped]  # no stubs

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.cli import main
from jimbot_stream.agents.evaluation import PLAYERS, intervals
from jimbot_stream.agents.evaluation.players import BASELINES
from jimbot_stream.checkpoints import BlobStore


@pytest.fixture
def data(tmp_path: Path, checkpoint: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path}/events.sqlite")
    BlobStore(tmp_path / "blobs").put(checkpoint)
    return tmp_path


def told(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["evaluate", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_names_of_baselines_are_those_that_there_are() -> None:
    assert tuple(BASELINES) == PLAYERS


def test_checkpoints_and_baselines_stand_side_by_side(data: Path, checkpoint: bytes) -> None:
    name = sha256(checkpoint)
    arguments = ("--checkpoint", name[:8], "--player", "random", "--games", "4", "--json")
    code, out, _ = told(*arguments)
    assert code == 0
    found = json.loads(out)
    assert list(found) == ["random", name[:12]]
    assert found["random"]["games"] == 4
    assert told(*arguments)[1] == out


def test_what_stands_in_the_log_is_shown_and_not_played(data: Path, checkpoint: bytes) -> None:
    arguments = ("--checkpoint", sha256(checkpoint), "--games", "3", "--json")
    _, first, said = told(*arguments)
    assert "stands in the log" not in said
    code, second, said = told(*arguments)
    assert (code, second) == (0, first)
    assert "stands in the log and was not played" in said
    code, again, said = told(*arguments, "--again")
    assert (code, again) == (0, first)
    assert "stands in the log" not in said


def test_without_a_record_no_log_is_opened(data: Path) -> None:
    code, _, _ = told("--player", "greedy", "--games", "3", "--no-record")
    assert code == 0
    assert not (data / "events.sqlite").exists()


def test_a_table_is_printed(data: Path) -> None:
    code, out, _ = told("--player", "greedy", "--games", "4")
    assert code == 0
    assert "greedy" in out


@pytest.mark.parametrize(
    ("letters", "says"), [("ffffffff0", "no checkpoint"), ("*", "sha256 in hex")]
)
def test_checkpoints_that_are_not_there_are_told(data: Path, letters: str, says: str) -> None:
    code, _, err = told("--checkpoint", letters)
    assert code == 1
    assert says in err


def test_what_is_no_checkpoint_is_told(data: Path) -> None:
    name = BlobStore(data / "blobs").put(b"something else")
    code, _, err = told("--checkpoint", name)
    assert code == 1
    assert "not a checkpoint" in err


def test_intervals_hold_the_truth_in_95_of_100_panels() -> None:
    drawn = np.random.Generator(np.random.Philox(key=1))
    panels = drawn.normal(3.0, 2.0, (2000, 200))
    held = [found.low <= 3.0 <= found.high for found in map(intervals.mean, panels)]
    assert 0.93 < np.mean(held) < 0.97
    hits = drawn.binomial(500, 0.02, 2000).tolist()
    shares = [intervals.share(count, 500) for count in hits]
    assert 0.92 < np.mean([found.low <= 0.02 <= found.high for found in shares]) < 0.98


@pytest.mark.parametrize("games", [2, 3, 8, 15, 16, 17, 31, 100, 1000])
def test_intervals_of_few_games_are_those_of_student(games: int) -> None:
    values = np.arange(games, dtype=np.float64) ** 2
    found = intervals.mean(values)
    told = stats.t.interval(0.95, games - 1, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(told, rel=1e-5)


def test_shares_at_the_ends_have_intervals() -> None:
    none, all_of_them = intervals.share(0, 100), intervals.share(100, 100)
    assert (none.estimate, none.low) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert 0.03 < none.high < 0.04
    assert (all_of_them.estimate, all_of_them.high) == pytest.approx((1.0, 1.0))


def test_too_little_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        intervals.mean(np.ones(1))
    with pytest.raises(ValueError, match="nothing"):
        intervals.share(0, 0)
