"""Where games say too little about a policy, that is said instead of a number."""

import numpy as np
import pytest

from jimbot_stream.replay.whatif.estimators import Game, Games
from jimbot_stream.replay.whatif.support import LEAST_GAMES, support_of


def games(log_ratios: list[list[float]]) -> Games:
    return Games.of(
        [Game(np.array(row), np.ones(len(row)), np.zeros(len(row))) for row in log_ratios]
    )


def test_games_of_the_same_policy_support_it_fully() -> None:
    found = support_of(games([[0.0, 0.0]] * 20), 0)

    assert found.enough
    assert (found.effective, found.share, found.mean_weight) == pytest.approx((20, 0.05, 1))
    assert found.holds_for == found.steps == 2


def test_few_games_are_not_enough_however_well_they_fit() -> None:
    found = support_of(games([[0.0]] * (LEAST_GAMES - 1)), 0)

    assert not found.enough
    assert found.why_thin[0] == "games that can be weighed: 9; at least 10 must be"


def test_one_game_with_most_of_the_weight_is_found_and_located() -> None:
    rows = [[0.0, 0.0, 0.0]] * 30
    rows[4] = [0.0, 0.0, 3.5]

    found = support_of(games(rows), 0)

    assert not found.enough
    assert (found.holds_for, found.steps) == (2, 3)
    assert any("of all weight" in why for why in found.why_thin)


def test_a_policy_that_never_did_what_was_done_has_no_support() -> None:
    found = support_of(games([[0.0, -np.inf]] * 30), 0)

    assert not found.enough
    assert found.effective == 0
    assert any("mean weight is 0" in why for why in found.why_thin)


def test_weights_that_fall_in_every_game_are_found_though_all_are_equal() -> None:
    """The effective number alone is blind to it: each weighs as little as the others."""
    found = support_of(games([[-0.5] * 4] * 50), 0)

    assert found.effective == pytest.approx(50)
    assert not found.enough
    assert found.holds_for == 1


def test_games_without_weights_are_not_left_out_silently() -> None:
    assert support_of(games([[0.0]] * 40), 2).enough
    found = support_of(games([[0.0]] * 40), 3)

    assert not found.enough
    assert "games that cannot be weighed: 3 of 43" in found.why_thin[0]


def test_no_game_at_all() -> None:
    found = support_of(None, 0)

    assert not found.enough
    assert found.games == 0
