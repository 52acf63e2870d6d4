"""The PettingZoo environment: two players take turns in one game and share its reward."""

import numpy as np
import pytest
from pettingzoo.test import api_test, seed_test

from jimbot_stream.balatro.envs import multi
from jimbot_stream.balatro.envs.multi import HAND, SHOP
from jimbot_stream.balatro.state import Phase


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
    assert env.infos[SHOP] == {"illegal": "not in this phase"}
    assert env.agent_selection == SHOP
