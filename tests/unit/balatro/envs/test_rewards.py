"""Rewards by the facts before and after a step."""

import numpy as np
import pytest

from jimbot_stream.balatro.envs.rewards import REWARDS, Facts, reward_named
from jimbot_stream.balatro.kernels.batch import FACTS


def facts(**told: float) -> Facts:
    row = np.zeros(1, dtype=FACTS)
    row["required"] = 300
    for name, value in told.items():
        row[name] = value
    return row


PLAYING = facts(playing=1, chips=100, best_score=0)
CASES = [
    ("progress", PLAYING, facts(playing=1, chips=150), 50 / 300),
    ("progress", PLAYING, facts(beaten=1, chips=900), 1 - 100 / 300),
    ("progress", PLAYING, facts(over=1, chips=240), 140 / 300),
    ("progress", facts(beaten=1, chips=900), facts(beaten=1), 0),
    ("progress", PLAYING, facts(beaten=24, over=1, won=1, chips=400), 24 - 100 / 300),
    ("blinds", PLAYING, facts(beaten=1), 1),
    ("blinds", PLAYING, facts(over=1), 0),
    ("win", PLAYING, facts(won=1), 1),
    ("win", facts(won=1), facts(won=1), 0),
    ("best_score", facts(best_score=1), facts(best_score=3), 1),
]


@pytest.mark.parametrize(("name", "before", "after", "expected"), CASES)
def test_what_a_reward_pays(name: str, before: Facts, after: Facts, expected: float) -> None:
    assert REWARDS[name](before, after)[0] == pytest.approx(expected)


def test_rewards_go_by_name_or_are_functions() -> None:
    for name, reward in REWARDS.items():
        assert reward_named(name) is reward
        assert reward_named(reward) is reward
    with pytest.raises(ValueError, match="praise"):
        reward_named("praise")
