"""The PettingZoo environment: two players take turns in one game and share its reward."""

from typing import Any

import numpy as np
import pytest
from pettingzoo.test import api_test, seed_test

from jimbot_stream.balatro.envs import multi
from jimbot_stream.balatro.envs.multi import HAND, SHOP
from jimbot_stream.balatro.envs.single import BalatroEnv
from jimbot_stream.balatro.state import Phase

REFUSED: list[dict[str, Any]] = [
    {"seed": 3, "options": {"seed": "A0"}},
    {"seed": 3, "options": {"seed": 5}},
    {"seed": -1},
    {"seed": 1.5},
]


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_pettingzoo_has_no_complaint() -> None:
    api_test(multi.env(), num_cycles=300)


def test_seeds_say_all() -> None:
    seed_test(multi.env, num_cycles=60)


def test_turns_follow_the_phase_and_rewards_are_shared() -> None:
    env = multi.env(render_mode="ansi")
    env.reset(seed=5)
    numbers = np.random.Generator(np.random.Philox(key=1))
    turns = set()
    for agent in env.agent_iter(max_iter=400):
        seen, _, terminated, _, _ = env.last()
        if terminated:
            env.step(None)
            continue
        phase = Phase(int(env.games.states["phase"][0]))
        assert (agent == HAND) == (phase in (Phase.SELECTING_HAND, Phase.PACK))
        other = SHOP if agent == HAND else HAND
        assert not env.observe(other)["action_mask"].any()
        turns.add(agent)
        env.step(numbers.choice(np.flatnonzero(seen["action_mask"])))
        assert env.rewards[HAND] == env.rewards[SHOP]
    assert turns == {HAND, SHOP}
    assert env.agents == []
    assert "ante" in str(env.render()).lower()


def test_an_illegal_action_is_named() -> None:
    env = multi.env()
    env.reset(options={"seed": "ALEEB"})
    env.step(np.int64(0))
    assert env.infos[SHOP] == {"game_seed": "ALEEB", "illegal": "not in this phase"}
    assert env.infos[HAND] == {"game_seed": "ALEEB"}
    assert env.agent_selection == SHOP


def test_a_game_has_the_seeds_of_the_single_environment() -> None:
    env, single = multi.env(), BalatroEnv()
    for seed in (8, None):
        env.reset(seed=seed)
        _, told = single.reset(seed=seed)
        assert [env.infos[agent] for agent in env.agents] == [told, told]


def test_after_the_most_steps_both_are_cut_off_and_step_out() -> None:
    env = multi.env(most_steps=3)
    env.reset(seed=1)
    for number in range(3):
        assert not any(env.truncations.values()), number
        env.step(np.int64(0))
    assert env.truncations == {HAND: True, SHOP: True}
    assert env.terminations == {HAND: False, SHOP: False}
    with pytest.raises(ValueError, match="None"):
        env.step(np.int64(0))
    for left in (1, 0):
        assert env.last()[3]
        env.step(None)
        assert len(env.agents) == left
    assert list(env.agent_iter()) == []
    env.reset()
    assert env.agents == [HAND, SHOP]
    assert not any(env.truncations.values())


def test_an_agent_that_is_not_done_must_choose() -> None:
    env = multi.env()
    env.reset(seed=1)
    with pytest.raises(ValueError, match="player_shop is not done"):
        env.step(None)


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refused_reset_changes_nothing(refused: dict[str, Any]) -> None:
    env = multi.env()
    env.reset(seed=5)
    before = env.games.states.tobytes() + env.games.carry.tobytes()
    with pytest.raises((TypeError, ValueError)):
        env.reset(**refused)
    assert env.games.states.tobytes() + env.games.carry.tobytes() == before
    env.reset()
    assert int(env.games.carry["episode"][0]) == 1


def test_other_options_are_passed_over_with_a_warning() -> None:
    env = multi.env()
    with pytest.warns(UserWarning, match="'deck'"):
        env.reset(options={"deck": "b_blue", "seed": "ALEEB"})
    assert env.infos[HAND]["game_seed"] == "ALEEB"
