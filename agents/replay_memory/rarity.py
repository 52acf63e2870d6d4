"""Rare events of play, from the games' states before and after a step.

Games as long as a full run are few at first, and what decides them is a handful of decisions:
a memory that draws all decisions alike would hardly ever learn from those.
"""

from enum import IntFlag
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels.batch import FACTS
from jimbot_stream.balatro.state import STATE, Phase, plain
from jimbot_stream.balatro.tables.compiled_offers import BOSS_SHOWDOWN
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity

_BOSS_BLIND: Final = 2
_LEGENDARY: Final = np.array([False, *(row.rarity == Rarity.LEGENDARY for row in JOKERS)])
"""By id of the joker."""


class Rare(IntFlag):
    """What makes a decision rare."""

    BOSS = 1
    """It beat a boss blind."""
    FINISHER = 2
    """It was made in a round against the boss of ante 8, 16 and so on."""
    LEGENDARY = 4
    """It brought a legendary joker."""
    WIN = 8
    """It won the game."""


class Witness:
    """Sees the games of a round before and after every step."""

    def __init__(self) -> None:
        """See nothing yet."""
        self._steps: list[NDArray[np.uint8]] = []
        self._boss = self._finisher = np.zeros(0, dtype=np.bool_)
        self._legends = np.zeros(0, dtype=np.int64)

    def before(self, games: Games) -> None:
        """Take down how the games stand."""
        states = plain(games.states, STATE)
        self._boss = states["blind"] == _BOSS_BLIND
        playing = states["phase"] == int(Phase.SELECTING_HAND)
        self._finisher = self._boss & playing & BOSS_SHOWDOWN[states["boss"]].astype(np.bool_)
        self._legends = _legends(states)

    def after(self, games: Games) -> None:
        """Tell what the step brought; a game that ended has begun anew meanwhile."""
        then, now = plain(games.before, FACTS), plain(games.after, FACTS)
        bits = Rare.BOSS * (self._boss & (now["beaten"] > then["beaten"]))
        bits = bits | Rare.FINISHER * self._finisher
        bits = bits | Rare.LEGENDARY * (_legends(plain(games.states, STATE)) > self._legends)
        self._steps.append((bits | Rare.WIN * (now["won"] > then["won"])).astype(np.uint8))

    @property
    def seen(self) -> NDArray[np.uint8]:
        """Bits of every step of every game: [T * N], step after step."""
        return np.concatenate(self._steps)


def weights(config: MemoryConfig) -> NDArray[np.float64]:
    """How much more often decisions are drawn, by their bits: the largest weight counts."""
    own = {
        Rare.BOSS: config.boss,
        Rare.FINISHER: config.finisher,
        Rare.LEGENDARY: config.legendary,
        Rare.WIN: config.win,
    }
    every = range(1 << len(own))
    return np.array([max([1.0, *(own[bit] for bit in own if bit & bits)]) for bits in every])


def _legends(states: NDArray[Any]) -> NDArray[np.int64]:
    """Legendary jokers held."""
    jokers = states["jokers"]["id"]
    held = np.arange(jokers.shape[1]) < states["joker_count"][:, None]
    return np.asarray((_LEGENDARY[jokers] & held).sum(axis=1))
