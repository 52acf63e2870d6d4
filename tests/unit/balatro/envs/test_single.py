"""The Gymnasium environment keeps Gymnasium's promises, and seeds say what is played."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.utils.seeding import np_random

from jimbot_stream.balatro import codecs
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.envs import VERSION
from jimbot_stream.balatro.envs.single import BalatroEnv

SELECT_BLIND = codecs.start_of(Verb.SELECT_BLIND)
CASH_OUT = codecs.start_of(Verb.CASH_OUT)


def test_gymnasium_has_no_complaint() -> None:
    env = gymnasium.make(VERSION, render_mode="ansi", disable_env_checker=True).unwrapped
    check_env(env)


def test_it_is_registered() -> None:
    env = gymnasium.make(VERSION, stake=2)
    seen, info = env.reset(seed=4)
    assert env.observation_space.contains(seen)
    assert len(info["game_seed"]) == 8


def play(env: BalatroEnv, number: int, steps: int) -> list[bytes]:
    generator, _ = np_random(number)
    seen = env.games.observation(0)
    told = []
    for _ in range(steps):
        action = generator.choice(np.flatnonzero(seen["action_mask"]))
        seen, reward, terminated, _, _ = env.step(action)
        assert env.observation_space.contains(seen)
        told.append(seen["observation"].tobytes() + np.float64(reward).tobytes())
        if terminated:
            env.reset()
            seen = env.games.observation(0)
    return told


def test_a_seed_is_one_series_of_games() -> None:
    one, other = BalatroEnv(), BalatroEnv()
    one.reset(seed=3)
    other.reset(seed=3)
    assert play(one, 1, 150) == play(other, 1, 150)
    assert int(one.games.carry["episode"][0]) > 0
    other.reset(seed=4)
    assert play(one, 1, 20) != play(other, 1, 20)


def test_a_typed_seed_is_the_game_of_that_seed() -> None:
    env = BalatroEnv()
    _, info = env.reset(options={"seed": "ALEEB"})
    assert info["game_seed"] == "ALEEB"
    run = new_run("ALEEB")
    run.step_index(SELECT_BLIND)
    env.step(np.int64(SELECT_BLIND))
    hand = run.state["hand"][: run.state["hand_count"]].tolist()
    assert env.games.states[0].hand[: len(hand)].tolist() == hand


def test_a_typed_seed_is_no_episode_of_a_series() -> None:
    env = BalatroEnv()
    series = [env.reset(seed=3)[1]["game_seed"], env.reset()[1]["game_seed"]]
    env.reset(seed=3, options={"seed": "ALEEB"})
    assert env.reset()[1]["game_seed"] == series[0]
    env.reset(options={"seed": "ALEEB"})
    assert env.reset()[1]["game_seed"] == series[1]


def test_never_seeded_it_plays_as_with_seed_0() -> None:
    one, other = BalatroEnv(), BalatroEnv()
    for seed in (0, None):
        assert one.reset()[1] == other.reset(seed=seed)[1]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"seed": 3, "options": {"seed": "A0"}}, "'0' is not one of"),
    ({"seed": 3, "options": {"seed": 5}}, "'seed'.* is 5: it must be text.*reset.seed="),
    ({"seed": 3, "options": {"sed": "ALEEB"}}, "'sed'.* only 'seed' is"),
    ({"seed": -1, "options": {"seed": "ALEEB"}}, "-1"),
]


@pytest.mark.parametrize(("refused", "said"), REFUSED)
def test_a_refused_reset_changes_nothing(refused: dict[str, Any], said: str) -> None:
    env = BalatroEnv()
    env.reset(seed=5)
    before = env.games.states.tobytes() + env.games.carry.tobytes()
    number = env.np_random_seed
    with pytest.raises((TypeError, ValueError, gymnasium.error.Error), match=said):
        env.reset(**refused)
    assert env.games.states.tobytes() + env.games.carry.tobytes() == before
    assert env.np_random_seed == number
    env.reset()
    assert int(env.games.carry["episode"][0]) == 1


@pytest.mark.parametrize(("action", "said"), [([1, 2], "2 actions for 1"), (1.5, "float64")])
def test_what_is_no_action_is_refused(action: Any, said: str) -> None:
    env = BalatroEnv()
    env.reset(seed=1)
    with pytest.raises((TypeError, ValueError), match=said):
        env.step(action)


def test_an_illegal_action_changes_nothing_and_is_named() -> None:
    env = BalatroEnv()
    env.reset(seed=1)
    before = env.games.states.tobytes()
    _, reward, terminated, truncated, info = env.step(np.int64(CASH_OUT))
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert info["illegal"] == "not in this phase"
    assert env.games.states.tobytes() == before
    *_, info = env.step(np.int64(codecs.A))
    assert "do not know" in info["illegal"]


def test_an_episode_is_cut_off_after_the_most_steps() -> None:
    env = BalatroEnv(most_steps=3)
    env.reset(seed=1)
    cut = [env.step(np.int64(CASH_OUT))[3] for _ in range(3)]
    assert cut == [False, False, True]


def test_it_can_be_read() -> None:
    env = BalatroEnv(render_mode="ansi")
    env.reset(seed=1)
    assert "ante 1" in str(env.render()).lower()
    assert BalatroEnv().render() is None
