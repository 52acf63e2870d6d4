"""The vector environment plays what single ones play, and begins anew by itself."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from jimbot_stream.balatro.envs import VERSION
from jimbot_stream.balatro.envs.single import BalatroEnv
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv

ENVS = 3
STEPS = 120


def test_it_is_registered() -> None:
    env = gymnasium.make_vec(VERSION, ENVS, vectorization_mode="vector_entry_point")
    seen, _ = env.reset(seed=2)
    assert env.observation_space.contains(seen)
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_it_equals_single_environments(mode: AutoresetMode) -> None:
    env = BalatroVectorEnv(ENVS, autoreset_mode=mode)
    singles = [BalatroEnv() for _ in range(ENVS)]
    seen, _ = env.reset(seed=11)
    for index, single in enumerate(singles):
        single.reset(seed=11 + index)
    over = np.zeros(ENVS, dtype=bool)
    episodes = 0
    for number in range(STEPS):
        chosen = env.games.choose(5, number)
        seen, rewards, ended, _, info = env.step(chosen)
        for index, single in enumerate(singles):
            if over[index]:
                expected, reward = single.reset()[0], 0.0
                over[index] = False
            else:
                expected, reward, over[index], _, _ = single.step(chosen[index])
                assert ended[index] == over[index]
            if over[index] and mode is AutoresetMode.SAME_STEP:
                final = info["final_obs"][index]
                assert all((final[name] == expected[name]).all() for name in final)
                expected = single.reset()[0]
                over[index] = False
            episodes += int(ended[index])
            assert rewards[index] == reward
            for name, told in expected.items():
                assert (seen[name][index] == told).all()
    assert episodes >= ENVS


def test_without_autoreset_games_are_begun_by_mask() -> None:
    env = BalatroVectorEnv(2, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=1)
    first = [env.games.game_seed(0), env.games.game_seed(1)]
    for number in range(10):
        env.step(env.games.choose(1, number))
    env.reset(options={"reset_mask": np.array([False, True])})
    assert env.games.game_seed(0) == first[0]
    assert env.games.game_seed(1) != first[1]
    assert int(env.games.carry["steps"][1]) == 0


def test_seeds_say_all() -> None:
    one, other = BalatroVectorEnv(ENVS), BalatroVectorEnv(ENVS, copy=False)
    one.reset(seed=3)
    other.reset(seed=[3, 4, 5])
    for number in range(STEPS):
        chosen = one.games.choose(2, number)
        told, expected = one.step(chosen), other.step(chosen)
        assert told[0]["observation"].tobytes() == expected[0]["observation"].tobytes()
        assert (told[1] == expected[1]).all()
    assert one.games.states.tobytes() == other.games.states.tobytes()


def test_random_choices_are_legal_and_reach_all_legal_actions() -> None:
    env = BalatroVectorEnv(1)
    seen, _ = env.reset(seed=1)
    legal = set(np.flatnonzero(seen["action_mask"][0]).tolist())
    assert {int(env.games.choose(1, number)[0]) for number in range(80)} == legal


def test_illegal_actions_are_told() -> None:
    env = BalatroVectorEnv(2)
    env.reset(seed=1)
    legal = env.games.choose(1, 0)
    *_, info = env.step(np.array([env.single_action_space.n - 2, legal[1]]))
    assert info["illegal"].tolist() == [True, False]
