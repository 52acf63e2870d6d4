"""Estimators against a decision process whose values are known exactly."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jimbot_stream.replay.whatif.estimators import (
    Floats,
    Game,
    Games,
    Weighted,
    doubly_robust,
    drawn_again,
    effective,
    per_decision,
    returns,
    weighted_doubly_robust,
    weighted_per_decision,
)
from jimbot_stream.replay.whatif.values import Plain, estimates

GAMMA = 0.9
STATES, ACTIONS, HORIZON = 3, 2, 5


@dataclass(frozen=True)
class Process:
    """A small process: it ends by itself, or after HORIZON decisions."""

    moves: Floats  # [S, A, S + 1] the last one is the end
    paid: Floats  # [S, A]
    played: Floats  # [S, A] policy that plays
    asked: Floats  # [S, A] policy in question

    def values(self, policy: Floats) -> Floats:
        """Of each state with so many decisions left, exactly [HORIZON + 1, S]."""
        found = np.zeros((HORIZON + 1, STATES))
        for left in range(1, HORIZON + 1):
            after = self.moves[..., :STATES] @ found[left - 1]
            found[left] = np.sum(policy * (self.paid + GAMMA * after), axis=1)
        return found

    def play(self, games: int, chance: np.random.Generator, control: Floats) -> list[Game]:
        """Games by the policy that plays, with noise in the rewards; control [HORIZON + 1, S]."""
        return [self._game(chance, control) for _ in range(games)]

    def _game(self, chance: np.random.Generator, control: Floats) -> Game:
        state, rows = 0, []
        for left in range(HORIZON, 0, -1):
            action = int(chance.random() < self.played[state, 1])
            ratio = self.asked[state, action] / self.played[state, action]
            paid = self.paid[state, action] + chance.normal(0.0, 0.1)
            rows.append((np.log(ratio), paid, control[left, state]))
            cumulated = np.cumsum(self.moves[state, action])
            state = int(np.searchsorted(cumulated, chance.random(), side="right"))
            if state >= STATES:
                break
        columns = np.array(rows)
        return Game(columns[:, 0], columns[:, 1], columns[:, 2])


def process() -> Process:
    chance = np.random.default_rng(11)
    moves = chance.dirichlet(np.ones(STATES + 1), size=(STATES, ACTIONS))
    paid = chance.uniform(-1, 1, size=(STATES, ACTIONS)) + np.array([0.0, 1.0])
    played = np.array([[0.5, 0.5], [0.4, 0.6], [0.7, 0.3]])
    asked = np.array([[0.3, 0.7], [0.25, 0.75], [0.5, 0.5]])
    return Process(moves, paid, played, asked)


TRIALS, GAMES = 100, 60


@pytest.fixture(scope="module")
def trials() -> tuple[Process, list[Games]]:
    """Many records of GAMES games each, with the exact values as control."""
    one = process()
    chance = np.random.default_rng(5)
    control = one.values(one.asked)
    return one, [Games.of(one.play(GAMES, chance, control)) for _ in range(TRIALS)]


def _off(found: NDArray[np.float64], truth: float) -> float:
    """How many standard errors a mean lies from the truth."""
    return float(abs(found.mean() - truth) / (found.std(ddof=1) / np.sqrt(len(found))))


@pytest.mark.parametrize("of", [per_decision, doubly_robust])
def test_the_plain_estimators_are_unbiased(of: Plain, trials: tuple[Process, list[Games]]) -> None:
    one, records = trials
    truth = one.values(one.asked)[HORIZON, 0]

    found = np.concatenate([of(games, GAMMA) for games in records])

    assert _off(found, truth) < 4


def test_what_was_played_has_the_value_of_who_played(trials: tuple[Process, list[Games]]) -> None:
    one, records = trials
    found = np.concatenate([returns(games, GAMMA) for games in records])

    assert _off(found, one.values(one.played)[HORIZON, 0]) < 4
    assert _off(found, one.values(one.asked)[HORIZON, 0]) > 8  # the two can be told apart


def test_a_good_control_takes_variance_away(trials: tuple[Process, list[Games]]) -> None:
    _, records = trials
    by_weights = np.var(np.concatenate([per_decision(games, GAMMA) for games in records]))
    robust = np.var(np.concatenate([doubly_robust(games, GAMMA) for games in records]))

    assert robust < 0.7 * by_weights


def test_a_bad_control_brings_no_bias() -> None:
    one = process()
    wrong = np.full((HORIZON + 1, STATES), 3.0)
    games = Games.of(one.play(6000, np.random.default_rng(8), wrong))

    assert _off(doubly_robust(games, GAMMA), one.values(one.asked)[HORIZON, 0]) < 4


@pytest.mark.parametrize("of", [weighted_per_decision, weighted_doubly_robust])
def test_the_weighted_estimators_come_to_the_truth_with_many_games(of: Weighted) -> None:
    one = process()
    games = Games.of(one.play(8000, np.random.default_rng(3), one.values(one.asked)))
    counts = drawn_again(8000, 1, 40)

    found = of(games, GAMMA, np.ones((1, 8000)))[0]
    spread = np.std(of(games, GAMMA, counts))

    assert abs(found - one.values(one.asked)[HORIZON, 0]) < 4 * spread
    assert spread < 0.1


def test_nineteen_of_twenty_intervals_hold_the_true_difference(
    trials: tuple[Process, list[Games]],
) -> None:
    one, records = trials
    truth = one.values(one.asked)[HORIZON, 0] - one.values(one.played)[HORIZON, 0]
    held = np.zeros(4)
    for seed, games in enumerate(records):
        for place, each in enumerate(estimates(games, None, GAMMA, seed)):
            held[place] += each.difference.low <= truth <= each.difference.high

    assert (held / TRIALS > 0.88).all(), held / TRIALS
    assert (held / TRIALS < 1).all(), held / TRIALS


def test_two_policies_are_compared_over_the_same_games() -> None:
    one = process()
    chance = np.random.default_rng(2)
    asked = Games.of(one.play(400, chance, one.values(one.asked)))

    for each in estimates(asked, asked, GAMMA, 1):
        assert each.difference.estimate == pytest.approx(0.0, abs=1e-12)
        assert each.difference.low == pytest.approx(0.0, abs=1e-12)


lists = st.lists(
    st.tuples(st.floats(-2, 2), st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=6
)


@given(st.lists(lists, min_size=2, max_size=6), st.floats(0, 1))
def test_the_doubly_robust_sum_is_the_recursion_written_out(
    rows: list[list[tuple[float, float, float]]], gamma: float
) -> None:
    """Thomas and Brunskill, 2016: sampled rewards less what the control sampled, plus control."""
    games = Games.of([Game(*np.array(game, dtype=np.float64).T) for game in rows])
    before = np.ones_like(games.weights)
    before[:, 1:] = games.weights[:, :-1]
    discounts = gamma ** np.arange(games.steps)
    written_out = (
        games.weights * (games.rewards - games.values) + before * games.values
    ) @ discounts

    assert doubly_robust(games, gamma) == pytest.approx(written_out, rel=1e-9, abs=1e-9)


@given(st.lists(lists, min_size=2, max_size=6), st.floats(0, 1))
def test_asking_who_played_gives_what_was_played(
    rows: list[list[tuple[float, float, float]]], gamma: float
) -> None:
    same = [(0.0, *row[1:]) for game in rows for row in game]
    games = Games.of([Game(*np.array(same, dtype=np.float64).T)] * 2)
    once = np.ones((1, 2))

    brought = returns(games, gamma)
    for plain in (per_decision, doubly_robust):
        assert plain(games, gamma) == pytest.approx(brought)
    for weighted in (weighted_per_decision, weighted_doubly_robust):
        assert weighted(games, gamma, once) == pytest.approx([brought.mean()])


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=30))
def test_the_effective_number_lies_between_one_and_all(weights: list[float]) -> None:
    size = effective(np.array(weights))

    assert size == 0 if not any(weights) else 1 - 1e-9 <= size <= len(weights) + 1e-9


def test_a_horizon_counts_the_first_decisions_only() -> None:
    game = Game(np.array([0.0, 0.0, -np.inf]), np.array([1.0, 2.0, 4.0]), np.zeros(3))

    assert per_decision(Games.of([game] * 2, 2), 1.0) == pytest.approx([3.0, 3.0])
    assert per_decision(Games.of([game] * 2), 1.0) == pytest.approx([3.0, 3.0])
    assert returns(Games.of([game] * 2), 1.0) == pytest.approx([7.0, 7.0])
    with pytest.raises(ValueError, match="one decision"):
        Games.of([game], 0)
