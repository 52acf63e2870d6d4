"""Names and seeds of a run's games."""

import pytest

from jimbot_stream.agents import training_run
from jimbot_stream.play import plan


def test_a_plan_is_a_function_of_its_numbers() -> None:
    assert plan.generations(7, 20, 6) == plan.generations(7, 20, 6)
    assert plan.generations(7, 20, 6) != plan.generations(8, 20, 6)


def test_a_longer_run_begins_with_the_same_games() -> None:
    short, long = plan.generations(7, 10, 5), plan.generations(7, 30, 5)
    assert long[:2] == short


def test_the_last_generation_takes_the_rest() -> None:
    sizes = [len(games) for games in plan.generations(7, 20, 6)]
    assert sizes == [6, 6, 6, 2]


def test_games_differ_in_name_and_seed() -> None:
    games = [game for group in plan.generations(7, 300, 50) for game in group]
    assert len({game.game_id for game in games}) == 300
    assert len({game.seed for game in games}) == 300


def test_every_game_names_the_update_that_decides_it() -> None:
    groups = plan.generations(7, 9, 3)
    assert [{game.generation for game in group} for group in groups] == [{0}, {1}, {2}]


@pytest.mark.parametrize(("games", "size"), [(0, 5), (5, 0)])
def test_an_empty_run_is_refused(games: int, size: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        plan.generations(7, games, size)


def test_the_learner_calls_the_run_by_the_same_name() -> None:
    assert plan.run_id(7) == training_run.run_id(7)
