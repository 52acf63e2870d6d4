"""What the mask of an environment allows is what its steps accept, and nothing else."""

import copy
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro.codecs import SEGMENTS, STARTS, A
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.envs.multi import BalatroAECEnv
from jimbot_stream.balatro.envs.single import BalatroEnv
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv
from jimbot_stream.balatro.state import Phase

EVERY = 6
"""Steps of a walk between two states in which actions are tried."""


def help_along(games: Games) -> None:
    """Cheap blinds and much money: a short walk comes through all phases."""
    for index in range(len(games)):
        state = games.states[index]
        state.required = min(float(state.required), 25.0)
        state.money = max(int(state.money), 30)
        games.observe(index)


def some(mask: NDArray[np.int8], numbers: np.random.Generator) -> Iterator[int]:
    """Of every segment of the codec one legal action, and one that is not, where there are."""
    for place in range(len(SEGMENTS)):
        part = mask[STARTS[place] : STARTS[place + 1]]
        for which in (part == 1, part == 0):
            if which.any():
                yield STARTS[place] + int(numbers.choice(np.flatnonzero(which)))


def test_of_a_single_game() -> None:
    env = BalatroEnv()
    seen, _ = env.reset(seed=2)
    numbers = np.random.Generator(np.random.Philox(key=1))
    phases = set()
    for number in range(15 * EVERY):
        help_along(env.games)
        seen = env.games.observation(0)
        if number % EVERY == 0:
            phases.add(int(env.games.states["phase"][0]))
            for action in some(seen["action_mask"], numbers):
                *_, info = copy.deepcopy(env).step(np.int64(action))
                assert ("illegal" not in info) == seen["action_mask"][action], action
        env.step(numbers.choice(np.flatnonzero(seen["action_mask"])))
    assert {Phase.SELECTING_HAND, Phase.SHOP} < phases


def test_of_many_games() -> None:
    env = BalatroVectorEnv(3)
    env.reset(seed=2)
    numbers = np.random.Generator(np.random.Philox(key=1))
    for number in range(8 * EVERY):
        help_along(env.games)
        masks = env.games.masks.copy()
        if number % EVERY == 0:
            tries = [list(some(mask, numbers)) for mask in masks]
            for actions in zip(*tries, strict=False):
                *_, info = copy.deepcopy(env).step(np.array(actions))
                accepted = ~info.get("illegal", np.zeros(3, dtype=bool))
                assert (accepted == masks[range(3), actions]).all(), actions
        env.step(env.games.choose(3, number))


def test_of_two_players() -> None:
    env = BalatroAECEnv()
    env.reset(seed=2)
    numbers = np.random.Generator(np.random.Philox(key=1))
    turns = set()
    for number in range(10 * EVERY):
        help_along(env.games)
        agent = env.agent_selection
        mask = env.observe(agent)["action_mask"]
        if number % EVERY == 0:
            turns.add(agent)
            for action in some(mask, numbers):
                tried = copy.deepcopy(env)
                tried.step(np.int64(action))
                assert ("illegal" not in tried.infos[agent]) == mask[action], action
        env.step(numbers.choice(np.flatnonzero(mask)))
    assert turns == set(env.possible_agents)


@pytest.mark.parametrize("action", [-1, A])
def test_outside_of_the_codec_all_is_refused(action: int) -> None:
    env = BalatroVectorEnv(2)
    env.reset(seed=1)
    *_, info = env.step(np.array([action, action]))
    assert info["illegal"].all()
