"""Returns of n decisions, against numbers computed by hand."""

import numpy as np
import pytest

from jimbot_stream.agents.replay_memory.returns import Course

# Segments of three decisions; the first game goes on in segment 2, the second one is lost sight of.
REWARDS = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256], dtype=np.float32)
ENDED = np.array([0, 0, 0, 0, 1, 0, 0, 0, 1], dtype=np.uint8)
COURSE = Course(REWARDS, ENDED, np.array([2, -1, -1]))
GAMMA = 0.5


@pytest.mark.parametrize(
    ("place", "steps", "reward", "discount", "following"),
    [
        (0, 1, 1.0, 0.5, 1),
        (0, 2, 1 + 0.5 * 2, 0.25, 2),
        (1, 3, 2 + 0.5 * 4 + 0.25 * 64, 0.125, 7),  # on into the next segment
        (2, 1, 4.0, 0.5, 6),
        (3, 5, 8 + 0.5 * 16, 0.0, 4),  # the game ends: nothing comes after
        (4, 3, 16.0, 0.0, 4),
        (7, 3, 128 + 0.5 * 256, 0.0, 8),
    ],
)
def test_by_hand(place: int, steps: int, reward: float, discount: float, following: int) -> None:
    found = COURSE.returns(np.array([place]), steps, GAMMA)
    assert found.rewards.tolist() == [reward]
    assert found.discounts.tolist() == [discount]
    assert found.following.tolist() == [following]


def test_where_the_next_state_is_gone_the_last_one_there_tells_the_rest() -> None:
    """Of five decisions only one can be counted: what follows place 2 of segment 1 is gone."""
    course = Course(REWARDS, np.zeros(9, dtype=np.uint8), np.array([-1, -1, -1]))
    found = course.returns(np.array([3, 4]), 5, GAMMA)
    assert found.rewards.tolist() == [8 + 0.5 * 16, 16.0]
    assert found.discounts.tolist() == [0.25, 0.5]
    assert found.following.tolist() == [5, 5]


def test_many_at_once_are_as_each_alone() -> None:
    places = np.array([0, 1, 2, 3, 4, 6, 7, 8])
    together = COURSE.returns(places, 4, 0.9)
    for at, place in enumerate(places):
        alone = COURSE.returns(np.array([place]), 4, 0.9)
        assert together.rewards[at] == alone.rewards[0]
        assert together.following[at] == alone.following[0]
