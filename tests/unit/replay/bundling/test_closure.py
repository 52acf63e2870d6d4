"""What goes along with a selection: each part of the rule, on a log made for it."""

from pathlib import Path

import pytest

from jimbot_stream.contracts import (
    CheckpointPromoted,
    CheckpointSaved,
    DecisionMade,
    EpisodeReference,
    EpisodeRejected,
    EvaluationStarted,
    GameStarted,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from tests.support.homes import Home, replay, streams_in

FIRST, SECOND, ALONE, FOREIGN = ("12" * 32, "34" * 32, "56" * 32, "78" * 32)
SEALED = ("audit-seals", GameStarted(seed="stands for a seal"))


@pytest.fixture
def told(home: Home) -> Home:
    """Runs a and b, b begun from a's weights; games of both, one that nobody learned from."""
    games = [EpisodeReference(game_id=name) for name in ("learned", "tried", "spoilt")]
    home.tell(
        ("checkpoint-" + FIRST, CheckpointSaved(checkpoint=FIRST, run_id="a")),
        ("trainingRun-a", RunStarted(run_id="a", checkpoint=FIRST)),
        ("trainingRun-a", CheckpointSaved(checkpoint=FIRST, run_id="a")),
        ("game-learned", DecisionMade(checkpoint=FIRST)),
        ("game-free", DecisionMade(checkpoint=FIRST)),
        ("game-tried", GameStarted()),
        ("game-spoilt", GameStarted()),
        ("trainingRun-a", EpisodeRejected(run_id="a", episode=games[2])),
        ("trainingRun-a", UpdateRejected(run_id="a", episodes=games[1:2], evaluation_id="e0")),
        ("evaluation-e0", EvaluationStarted(player="rule")),
        ("evaluation-e1", EvaluationStarted(checkpoint=FIRST)),
        ("evaluation-e2", EvaluationStarted(player="greedy")),
        ("trainingRun-a", UpdateApplied(run_id="a", checkpoint_in=FIRST, episodes=games[:1])),
        ("trainingRun-b", RunStarted(run_id="b", checkpoint=SECOND, begun_from=FIRST)),
        ("trainingRun-b", CheckpointSaved(checkpoint=SECOND, run_id="b")),
        ("checkpoint-" + ALONE, CheckpointSaved(checkpoint=ALONE)),
        ("game-alone", DecisionMade(checkpoint=ALONE)),
        ("game-foreign", DecisionMade(checkpoint=FOREIGN)),
        SEALED,
    )
    return home


A = {
    *("trainingRun-a", "checkpoint-" + FIRST, "game-learned", "game-tried", "game-spoilt"),
    *("evaluation-e0", "evaluation-e1", "audit-seals"),
}
B = {"trainingRun-b", *A}
CASES = {
    "--run a": A,
    "--run b": B,  # the run whose weights it began with
    "--game free": {"game-free", *A},
    "--game alone": {"game-alone", "checkpoint-" + ALONE, "audit-seals"},
    "--game foreign": {"game-foreign", "audit-seals"},
    "--game free --no-origins": {"game-free", "audit-seals"},
    "--game free --game alone --no-origins": {"game-free", "game-alone", "audit-seals"},
    f"--checkpoint {SECOND[:4]}": B,
    f"--checkpoint {ALONE[:4]}": {"checkpoint-" + ALONE, "audit-seals"},
    "--evaluation e1": A,
    "--evaluation e2": {"evaluation-e2", "audit-seals"},
}


@pytest.mark.parametrize("selection", CASES)
def test_a_selection_takes_what_verifying_it_needs(
    told: Home, tmp_path: Path, selection: str
) -> None:
    done = replay("export", "--data", told.folder, *selection.split(), "--out", tmp_path / "out")

    assert done.exit_code == 0, done.output
    assert streams_in(tmp_path / "out") == CASES[selection]


def test_what_was_in_service_goes_with_its_runs_and_takes_the_others(
    told: Home, tmp_path: Path
) -> None:
    told.tell(
        ("service-policy", CheckpointPromoted(checkpoint=FIRST, run_id="a", by="a")),
        ("service-policy", CheckpointPromoted(checkpoint=SECOND, run_id="b", by="somebody")),
    )

    replay("export", "--data", told.folder, "--run", "a", "--out", tmp_path / "a")
    replay("export", "--data", told.folder, "--game", "alone", "--out", tmp_path / "alone")

    assert streams_in(tmp_path / "a") == {"service-policy", *B}
    assert streams_in(tmp_path / "alone") == CASES["--game alone"]


def test_members_of_a_population_go_together(home: Home, tmp_path: Path) -> None:
    runs = ["population3.0", "population3.1", "population4.0", "lender"]
    home.tell(
        *((f"trainingRun-{run}", RunStarted(run_id=run)) for run in runs),
        ("trainingRun-population4.0", PopulationExploited(from_run="lender")),
    )

    for run in runs:
        replay("export", "--data", home.folder, "--run", run, "--out", tmp_path / run)

    both = {"trainingRun-population3.0", "trainingRun-population3.1"}
    assert streams_in(tmp_path / "population3.1") == both
    assert streams_in(tmp_path / "population4.0") == {
        "trainingRun-population4.0",
        "trainingRun-lender",
    }


def test_a_stream_that_is_named_and_not_there_is_told(home: Home, tmp_path: Path) -> None:
    lost = EpisodeReference(game_id="lost")
    home.tell(
        ("trainingRun-a", RunStarted(run_id="a")),
        ("trainingRun-a", UpdateApplied(run_id="a", episodes=[lost])),
    )

    replay("export", "--data", home.folder, "--run", "a", "--out", tmp_path / "out")

    assert '"game-lost"' in (tmp_path / "out" / "manifest.json").read_text()


@pytest.mark.parametrize(
    "selection",
    ["--game none", "--run none", "--evaluation none", "--checkpoint ffff", "--checkpoint zz"],
)
def test_what_is_not_there_is_refused_by_name(told: Home, tmp_path: Path, selection: str) -> None:
    done = replay("export", "--data", told.folder, *selection.split(), "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert selection.split()[1] in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("choice", ["--no-origins", "--run a --no-origins", "--all --game free"])
def test_choices_that_contradict_each_other_are_refused(
    told: Home, tmp_path: Path, choice: str
) -> None:
    done = replay("export", "--data", told.folder, *choice.split(), "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "Usage" in done.output
