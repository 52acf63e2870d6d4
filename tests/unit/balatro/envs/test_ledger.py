"""Games of the vector environment, noted in the producer's ledger, are told as they were played."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro import codecs, wire
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv
from jimbot_stream.balatro.producer import Game, Ledger
from jimbot_stream.contracts import GameState

SLOTS, STEPS = 2, 90
SETTINGS: Any = {"deck": "b_blue", "stake": 2}


@dataclass(frozen=True)
class Last:
    """How a game ended."""

    state: GameState
    digest: str


@dataclass(frozen=True)
class Played:
    ledger: Ledger
    last: dict[int, Last]
    """Of the games that ended, by their number."""


def last_of(env: BalatroVectorEnv, slot: int) -> Last:
    states, rngs = env.games.states[slot : slot + 1], env.games.rngs[slot : slot + 1]
    run = Run(env.games.game_seed(slot), states, rngs)
    return Last(wire.state_message(run), run.digest())


def chosen(env: BalatroVectorEnv, number: int) -> NDArray[np.int64]:
    """Legal actions; now and then the first slot tries what is not legal."""
    actions = env.games.choose(5, number)
    if number % 10 == 7:
        actions[0] = int(env.games.masks[0].argmin())
    return actions


@pytest.fixture(scope="module")
def played() -> Played:
    """Random play, noted as it goes: the step in which a game begins anew takes no action."""
    env = BalatroVectorEnv(SLOTS, **SETTINGS)
    ledger = Ledger(SLOTS)
    last: dict[int, Last] = {}

    def begin(slot: int, seed: str) -> None:
        ledger.begin(slot, Game(f"game-{len(ledger.games)}", seed, **SETTINGS))
        now[slot] = len(ledger.games) - 1

    now = [-1] * SLOTS
    _, info = env.reset(seed=7)
    for slot in range(SLOTS):
        begin(slot, str(info["game_seed"][slot]))
    over = np.zeros(SLOTS, dtype=bool)
    for number in range(STEPS):
        actions, anew = chosen(env, number), over
        _, _, terminated, truncated, info = env.step(actions)
        for slot in np.flatnonzero(anew).tolist():
            begin(slot, str(info["game_seed"][slot]))
        done = np.flatnonzero(~anew & ~info.get("illegal", np.zeros_like(anew)))
        ledger.add(codecs.CANONICAL[actions[done]], slots=done)
        for slot in np.flatnonzero(terminated).tolist():
            last[now[slot]] = last_of(env, slot)
        over = terminated | truncated
    return Played(ledger, last)


def test_more_games_than_slots_were_played_to_their_end(played: Played) -> None:
    assert len(played.last) > SLOTS
    assert len({game.seed for game in played.ledger.games}) == len(played.ledger.games)


def test_a_game_that_is_told_ends_as_it_was_played(played: Played) -> None:
    for number, last in played.last.items():
        events = list(played.ledger.events(number))
        assert events[-2].state_observed.state == last.state
        assert events[-1].game_ended.reason == "lost"


def test_a_game_done_again_comes_to_the_same_record(played: Played) -> None:
    for number, last in played.last.items():
        again = played.ledger.games[number].begin()
        for action in played.ledger.actions(number):
            again.step(action)
        assert again.digest() == last.digest
