"""What is rare is seen in the games' states and facts."""

import numpy as np
import pytest

from jimbot_stream.agents.replay_memory.rarity import Rare, Witness
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels.batch import FACTS
from jimbot_stream.balatro.state import STATE, Phase, plain
from jimbot_stream.balatro.tables.blinds import NUMBER
from jimbot_stream.balatro.tables.jokers import JOKERS

PERKEO = 1 + next(at for at, row in enumerate(JOKERS) if row.key == "j_perkeo")


@pytest.fixture
def games() -> Games:
    """Two games that play against the bosses of the first and the eighth ante."""
    games = Games(2)
    games.reset(np.ones(2, dtype=np.bool_), [1, 2])
    states = plain(games.states, STATE)
    states["blind"], states["phase"] = 2, int(Phase.SELECTING_HAND)
    states["boss"] = NUMBER["bl_hook"], NUMBER["bl_final_leaf"]
    return games


def seen(games: Games) -> list[Rare]:
    witness = Witness()
    witness.before(games)
    witness.after(games)
    return [Rare(bits) for bits in witness.seen.tolist()]


def test_a_finisher_is_rare_by_itself(games: Games) -> None:
    assert seen(games) == [Rare(0), Rare.FINISHER]


def test_a_boss_that_is_beaten(games: Games) -> None:
    plain(games.after, FACTS)["beaten"] = plain(games.before, FACTS)["beaten"] + 1
    assert seen(games) == [Rare.BOSS, Rare.BOSS | Rare.FINISHER]
    plain(games.states, STATE)["blind"] = 1
    assert seen(games) == [Rare(0), Rare(0)]


def test_a_win(games: Games) -> None:
    plain(games.after, FACTS)["won"][0] = 1
    assert seen(games)[0] == Rare.WIN


def test_a_legendary_joker_that_came(games: Games) -> None:
    witness = Witness()
    witness.before(games)
    states = plain(games.states, STATE)
    states["jokers"]["id"][0, 0], states["joker_count"][0] = PERKEO, 1
    states["jokers"]["id"][1, 0] = PERKEO  # beyond the count: not held
    witness.after(games)
    witness.before(games)
    witness.after(games)
    assert witness.seen.tolist() == [Rare.LEGENDARY, Rare.FINISHER, 0, Rare.FINISHER]
