"""Rewards by the facts before and after a step."""

import numpy as np
import pytest

from jimbot_stream.balatro.actions import Verb, pack
from jimbot_stream.balatro.codecs import index_of
from jimbot_stream.balatro.envs.rewards import REWARDS, Facts, reward_named
from jimbot_stream.balatro.envs.single import BalatroEnv
from jimbot_stream.balatro.kernels.batch import FACTS


def facts(**told: float) -> Facts:
    row = np.zeros(1, dtype=FACTS)
    row["required"] = 300
    for name, value in told.items():
        row[name] = value
    return row


INFINITE = float("inf")
PLAYING = facts(playing=1, chips=100, best_score=0)
ENDLESS = facts(playing=1, required=INFINITE, won=1)
CASES = [
    ("progress", PLAYING, facts(playing=1, chips=150), 50 / 300),
    ("progress", PLAYING, facts(beaten=1, chips=900), 1 - 100 / 300),
    ("progress", PLAYING, facts(over=1, lost=1, chips=240), 140 / 300),
    ("progress", PLAYING, facts(over=1, lost=1, won=1, chips=240), 140 / 300),
    ("progress", facts(over=1, lost=1, chips=240), facts(over=1, lost=1, chips=240), 0),
    ("progress", facts(beaten=1, chips=900), facts(beaten=1), 0),
    ("progress", PLAYING, facts(beaten=24, over=1, won=1, chips=400), 24 - 100 / 300),
    ("blinds", PLAYING, facts(beaten=1), 1),
    ("blinds", PLAYING, facts(over=1), 0),
    ("win", PLAYING, facts(won=1), 1),
    ("win", facts(won=1), facts(won=1), 0),
    ("best_score", facts(best_score=1), facts(best_score=3), 1),
    ("progress", PLAYING, facts(playing=1, chips=INFINITE), 1 - 100 / 300),
    ("progress", PLAYING, facts(beaten=1, chips=INFINITE, required=INFINITE), 1 - 100 / 300),
    ("progress", ENDLESS, facts(playing=1, chips=INFINITE, required=INFINITE), 1),
    ("progress", ENDLESS, facts(over=1, lost=1, won=1, chips=1e300, required=INFINITE), 0),
    ("best_score", facts(best_score=1), facts(best_score=INFINITE), 1023),
    ("best_score", facts(best_score=INFINITE), facts(best_score=INFINITE), 0),
]


@pytest.mark.parametrize(("name", "before", "after", "expected"), CASES)
def test_what_a_reward_pays(name: str, before: Facts, after: Facts, expected: float) -> None:
    assert REWARDS[name](before, after)[0] == pytest.approx(expected, abs=1e-7)


def test_rewards_go_by_name_or_are_functions() -> None:
    for name, reward in REWARDS.items():
        assert reward_named(name) is reward
        assert reward_named(reward) is reward
    with pytest.raises(ValueError, match="praise"):
        reward_named("praise")


def lose_endless_round(reward: str) -> float:
    """The reward of the last hand of a round that is lost after the run was won."""
    env = BalatroEnv(endless=True, reward=reward)
    env.reset(seed=3)
    env.step(np.int64(index_of(pack(Verb.SELECT_BLIND))))
    state = env.games.states[0]
    state.won, state.hands_left, state.required = 1, 1, 1e6
    _, paid, terminated, _, _ = env.step(np.int64(index_of(pack(Verb.PLAY, (0,)))))
    assert terminated
    assert int(state.won) == 1
    return paid


def test_a_round_lost_in_endless_play_is_no_blind_beaten() -> None:
    assert lose_endless_round("blinds") == 0
    assert 0 < lose_endless_round("progress") < 1e-3
    assert lose_endless_round("win") == 0
