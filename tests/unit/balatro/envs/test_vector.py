"""The vector environment plays what single ones play, and begins anew by itself."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList

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
                assert info["final_info"]["game_seed"][index] == single.games.game_seed(0)
                expected = single.reset()[0]
                over[index] = False
            episodes += int(ended[index])
            assert rewards[index] == reward
            assert info["game_seed"][index] == single.games.game_seed(0)
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
    assert "illegal" not in env.reset(options={"reset_mask": [False, True]})[1]


def series(env: BalatroVectorEnv) -> list[tuple[int, int]]:
    """Seed and episode of every game."""
    carry = env.games.carry
    return list(zip(carry["seed"].tolist(), carry["episode"].tolist(), strict=True))


def test_infos_are_those_of_single_environments() -> None:
    env = DictInfoToList(BalatroVectorEnv(2))
    _, infos = env.reset(seed=4)
    assert infos == [BalatroEnv().reset(seed=seed)[1] for seed in (4, 5)]


@pytest.mark.parametrize("number", [0, 2, 9])
def test_there_is_one_action_for_each_game(number: int) -> None:
    env = BalatroVectorEnv(4)
    env.reset(seed=1)
    before = env.games.carry.tobytes()
    with pytest.raises(ValueError, match=f"^{number} actions for 4 games$"):
        env.step(np.zeros(number, dtype=np.int64))
    assert env.games.carry.tobytes() == before


def test_actions_are_a_row_of_whole_numbers() -> None:
    env = BalatroVectorEnv(4)
    env.reset(seed=1)
    with pytest.raises(ValueError, match=r"4 actions for 4 games, of shape \(2, 2\)"):
        env.step(np.zeros((2, 2), dtype=np.int64))
    with pytest.raises(TypeError, match="float64"):
        env.step(np.full(4, 0.7))


def test_never_seeded_games_are_those_of_seed_0() -> None:
    one, other = BalatroVectorEnv(3), BalatroVectorEnv(3)
    for seed in (0, None):
        told, expected = one.reset()[1]["game_seed"], other.reset(seed=seed)[1]["game_seed"]
        assert told.tolist() == expected.tolist()
        assert len(set(told)) == 3


def test_a_list_of_seeds_may_leave_games_their_own() -> None:
    env = BalatroVectorEnv(4)
    env.reset(seed=10)
    env.reset(seed=[1, None, 2, 3])
    assert series(env) == [(1, 0), (11, 1), (2, 0), (3, 0)]
    env.reset(seed=np.array([7, 8, 9, 10]))  # type: ignore[arg-type]  # a sequence by behaviour
    assert series(env) == [(7, 0), (8, 0), (9, 0), (10, 0)]


def test_only_games_that_begin_anew_get_seeds() -> None:
    env = BalatroVectorEnv(3)
    _, info = env.reset(seed=10)
    first = info["game_seed"]
    _, info = env.reset(seed=20, options={"reset_mask": np.array([False, True, False])})
    assert series(env) == [(10, 0), (21, 0), (12, 0)]
    assert (info["game_seed"] == first).tolist() == [True, False, True]
    env.reset()
    assert series(env) == [(10, 1), (21, 1), (12, 1)]


def test_a_game_that_was_never_begun_cannot_go_on() -> None:
    env = BalatroVectorEnv(2)
    env.reset(options={"reset_mask": np.array([True, False])})
    with pytest.raises(ResetNeeded, match=r"games \[1\] were never begun"):
        env.step(np.zeros(2, dtype=np.int64))
    env.reset(options={"reset_mask": np.array([False, True])})
    assert series(env) == [(0, 0), (1, 0)]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"seed": [1, 2, 3]}, "3 seeds for 2 games"),
    ({"seed": [1, -2]}, r"seed\[1\] is -2"),
    ({"seed": -2}, "seed is -2"),
    ({"seed": "AB"}, r"seed\[0\] is 'A'"),
    ({"options": {"seed": "ALEEB"}}, "'seed'.*BalatroEnv"),
    ({"options": {"mask": [True, True]}}, "only 'reset_mask' is"),
    ({"seed": 3, "options": {"reset_mask": [True]}}, r"reset_mask.*shape \(1,\) for 2 games"),
    ({"seed": 3, "options": {"reset_mask": [0, 1]}}, "reset_mask.*booleans"),
]


@pytest.mark.parametrize(("refused", "said"), REFUSED)
def test_a_refused_reset_changes_nothing(refused: dict[str, Any], said: str) -> None:
    env = BalatroVectorEnv(2)
    env.reset(seed=5)
    before = env.games.states.tobytes() + env.games.carry.tobytes()
    with pytest.raises((TypeError, ValueError), match=said):
        env.reset(**refused)
    assert env.games.states.tobytes() + env.games.carry.tobytes() == before
