"""``jimbot-learn challenge``: the game that a person played, played by baselines."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.evaluation.challenge import outcome, play_on
from jimbot_stream.agents.evaluation.players import BASELINES, RandomPlayer
from jimbot_stream.agents.evaluation.searching import LookaheadPlayer
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.kernels import rollouts
from jimbot_stream.balatro.lookahead.search import Effort
from jimbot_stream.balatro.playing import Record, Session


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "game.json"
    Session(Record("ALEEB"), lambda text: None, path).play(["select", "play 1 2"])
    return path


def challenged(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["challenge", *arguments])
    return result.exit_code, result.output


def test_everybody_plays_the_same_game(record: Path) -> None:
    code, out = challenged(str(record), "--against", "greedy", "--against", "rule")
    assert code == 0
    assert "seed ALEEB" in out
    rows = [line for line in out.splitlines() if "│" in line]
    assert [row.split()[1] for row in rows] == ["you", "greedy", "rule"]
    assert "not ended" in rows[0]
    assert "lost" in rows[1]
    assert challenged(str(record), "--against", "greedy", "--against", "rule") == (code, out)


@pytest.mark.parametrize("name", ["random", "greedy", "rule"])
def test_a_player_plays_a_run_to_its_end(name: str) -> None:
    run, again = new_run("ALEEB"), new_run("ALEEB")
    count = play_on(run, BASELINES[name]())
    assert run.over
    assert outcome(run, count).decisions == count > 0
    assert play_on(again, BASELINES[name]()) == count
    assert again.digest() == run.digest()


def test_who_looks_ahead_goes_farther_than_who_does_not() -> None:
    ahead, blindly = (new_run("ALEEB", win_ante=2) for _ in range(2))
    play_on(ahead, LookaheadPlayer(effort=Effort(((rollouts.CAPACITY, 1), (3, 2)), 1)))
    play_on(blindly, RandomPlayer(1))
    assert ahead.won
    assert not blindly.won


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    code, out = challenged(str(path))
    assert code == 1
    assert "a record has the fields" in out
