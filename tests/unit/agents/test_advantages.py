import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.ppo.advantages import advantages, standardised

GAMMA, LAMBDA = 0.9, 0.8


def direct(rewards: list[float], values: list[float]) -> list[float]:
    """The definition: discounted sum of surprises to the end of the episode."""
    ends = [*values[1:], 0.0]
    surprises = [r + GAMMA * e - v for r, v, e in zip(rewards, values, ends, strict=True)]
    return [
        sum((GAMMA * LAMBDA) ** k * later for k, later in enumerate(surprises[start:]))
        for start in range(len(rewards))
    ]


@given(
    st.lists(
        st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    )
)
def test_every_episode_stands_alone(episodes: list[list[tuple[float, float]]]) -> None:
    rewards = np.array([reward for episode in episodes for reward, _ in episode])
    values = np.array([value for episode in episodes for _, value in episode])
    expected = [x for episode in episodes for x in direct(*map(list, zip(*episode, strict=True)))]
    lengths = [len(episode) for episode in episodes]
    assert advantages(rewards, values, lengths, GAMMA, LAMBDA) == pytest.approx(expected)


def test_standardising_looks_at_what_counts_only() -> None:
    scaled = standardised(np.array([1.0, 3.0, 1e9]), np.array([1.0, 1.0, 0.0]))
    assert scaled[:2] == pytest.approx([-1.0, 1.0])


def test_nothing_that_counts_gives_no_advantage() -> None:
    assert standardised(np.array([5.0, 7.0]), np.zeros(2)).tolist() == [0.0, 0.0]
