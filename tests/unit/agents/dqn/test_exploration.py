"""Epsilon-greedy play is drawn by a counter."""

import numpy as np
import pytest

from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.exploration import EpsilonGreedy

GAMES = 400
SCORES = np.tile(np.array([0.0, 3.0, 1.0, 2.0], dtype=np.float32), GAMES)
ENDS = np.arange(1, GAMES + 1) * 4


def chosen(epsilon: float, counter: int = 0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    taken, log_probs = np.empty(GAMES, dtype=np.int64), np.empty(GAMES)
    EpsilonGreedy(seed, epsilon).choose(SCORES, ENDS, counter, taken, log_probs)
    return taken - (ENDS - 4), log_probs


def test_without_epsilon_the_best_is_taken() -> None:
    taken, log_probs = chosen(0.0)
    assert (taken == 1).all()
    assert (log_probs == 0).all()


def test_with_all_of_it_every_candidate_is_as_likely() -> None:
    taken, log_probs = chosen(1.0)
    assert np.bincount(taken, minlength=4).min() > GAMES / 8
    assert np.allclose(log_probs, np.log(0.25))


def test_in_between_it_is_both() -> None:
    taken, log_probs = chosen(0.4)
    assert np.mean(taken == 1) == pytest.approx(0.6 + 0.4 / 4, abs=0.07)
    assert np.allclose(np.exp(log_probs), np.where(taken == 1, 0.7, 0.1))


def test_draws_are_those_of_seed_and_counter() -> None:
    assert (chosen(0.5)[0] == chosen(0.5)[0]).all()
    assert (chosen(0.5)[0] != chosen(0.5, counter=1)[0]).any()
    assert (chosen(0.5)[0] != chosen(0.5, seed=2)[0]).any()


def test_whether_to_explore_is_drawn_anew_for_every_game_and_step() -> None:
    """No game meets another one's luck, at this step or a later one."""
    steps = np.array([chosen(0.5, counter)[0] != 1 for counter in range(40)])
    share = steps.mean()
    for later in range(1, 4):
        for over in range(9):
            same = steps[:-later, over:] == steps[later:, : GAMES - over]
            assert same.mean() == pytest.approx(share**2 + (1 - share) ** 2, abs=0.03)


def test_epsilon_falls_from_round_to_round_and_then_stays() -> None:
    config = DqnConfig(epsilon=1.0, epsilon_last=0.2, epsilon_updates=4.0)
    found = [config.epsilon_of(update) for update in (0, 1.5, 4, 9)]
    assert found == pytest.approx([1.0, 0.7, 0.2, 0.2])
