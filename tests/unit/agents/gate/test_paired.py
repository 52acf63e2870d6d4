"""The gate's test: right about equal and unequal players, and the same everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.gate.paired import DRAWS, Comparison, compare

GAMES = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=60
)  # blinds that both beat


def reached(games: list[tuple[int, int]]) -> tuple["np.typing.NDArray[np.float64]", ...]:
    return tuple(np.array(column, dtype=np.float64) for column in zip(*games, strict=True))


@given(GAMES, st.integers(0, 2**64 - 1))
def test_a_probability_comes_out_and_comes_out_again(
    games: list[tuple[int, int]], seed: int
) -> None:
    first, second = reached(games)
    found = compare(first, second, seed)
    assert 0 < found.p_value <= 1
    assert found.difference == pytest.approx(float(np.mean(first - second)))
    assert compare(first, second, seed) == found


@given(GAMES)
def test_games_that_came_out_alike_have_no_say_in_the_probability(
    games: list[tuple[int, int]],
) -> None:
    first, second = reached(games)
    more = np.append(first, [3.0, 5.0]), np.append(second, [3.0, 5.0])
    assert compare(*more, 1).p_value == compare(first, second, 1).p_value


def test_equal_results_are_not_worse() -> None:
    same = np.array([1.0, 2.0, 0.0])
    assert compare(same, same, 1) == Comparison(0.0, 1.0)


def test_the_probability_is_that_of_all_signs() -> None:
    """Five games lost by one blind each: one of the 32 ways to set the signs is as low."""
    first, second = np.zeros(5), np.ones(5)
    assert compare(first, second, 1).p_value == pytest.approx(1 / 32, abs=0.006)
    assert compare(second, first, 1).p_value == 1.0


def test_a_clear_difference_has_the_lowest_probability_that_can_be_told() -> None:
    found = compare(np.zeros(100), np.full(100, 2.0), 1)
    assert found.p_value == 1 / (1 + DRAWS)
    assert found.worse(0.05)
    assert not compare(np.full(100, 2.0), np.zeros(100), 1).worse(0.999)


def test_equally_good_players_are_refused_as_often_as_the_level_says() -> None:
    drawn = np.random.Generator(np.random.Philox(key=5))
    played = drawn.poisson(4.0, (400, 2, 50)).astype(np.float64)
    refused = sum(compare(first, second, 1).worse(0.1) for first, second in played)
    assert 20 <= refused <= 60  # 40 are expected, the deviation is 6


@pytest.mark.parametrize(("first", "second"), [((), ()), ((1.0,), (1.0, 2.0))])
def test_games_that_are_not_paired_are_refused(
    first: tuple[float, ...], second: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(np.array(first), np.array(second), 1)
