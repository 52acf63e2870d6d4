"""A panel of seeds, each played once by the player that is evaluated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows
from jimbot_stream.agents.evaluation.players import Packed, Player, SearchingPlayer
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.rollouts.chunk import EPISODE
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.lockstep import Lockstep, word_of
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import rollouts

HELD_OUT: Final = "held-out"
GATE: Final = "gate"
SELECTION: Final = "selection"
RECORDED: Final = "recorded"
_PURPOSES: Final = {
    HELD_OUT: "panel",
    GATE: "panel of the gate",
    SELECTION: "panel of selection",
    RECORDED: "games to learn from",
}
"""Purpose of a panel to that of its seeds; those of training are others again."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Games whose seeds derive from a purpose and a number."""

    number: int = 1
    games: int = 500
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = 8
    most_steps: int = RolloutConfig().most_steps
    purpose: str = HELD_OUT

    def __post_init__(self) -> None:
        """Refuse an unknown purpose; the rest is checked where the games are made.

        Raises:
            ValueError: there is no such purpose.
        """
        if self.purpose not in _PURPOSES:
            raise ValueError(f"purpose {self.purpose!r}: give {', '.join(_PURPOSES)}")

    def begun(self) -> Lockstep:
        """All games at their beginning.

        Raises:
            ValueError: an unknown deck, stake or ante, or no game at all.
        """
        games = Games(
            self.games,
            deck=self.deck,
            stake=self.stake,
            win_ante=self.win_ante,
            most_steps=self.most_steps,
        )
        return Lockstep(games, word_of(_PURPOSES[self.purpose], self.number))


Told = Callable[[int], None]
"""Hears how many more games have ended."""
Noted = Callable[[NDArray[np.int64], NDArray[np.bool_]], None]
"""Hears of every step: a canonical action for each game, and which games go on with it."""


def evaluate(
    player: Player | SearchingPlayer,
    panel: Panel,
    told: Told = lambda games: None,
    noted: Noted = lambda actions, going_on: None,
) -> NDArray[Any]:
    """What came of every game of the panel, ``chunk.EPISODE``[games] in the panel's order.

    Raises:
        RulesDisagreeError: the rules refused what they had listed.
    """
    with one_thread():
        return _Evaluation(player, panel, told, noted).run()


class _Evaluation:
    """Plays on until every game has ended once; those that ended sooner just play another."""

    def __init__(
        self, player: Player | SearchingPlayer, panel: Panel, told: Told, noted: Noted
    ) -> None:
        self._player = player
        self._told = told
        self._noted = noted
        self._games = panel.begun()
        count = panel.games
        self._results = np.zeros(count, dtype=EPISODE)
        self._open = np.ones(count, dtype=np.bool_)
        room = count * rollouts.CAPACITY + rollouts.CAPACITY
        self._features = np.empty((count, wire.FEATURES), dtype=np.float32)
        self._listed = np.empty(room, dtype=np.int64)
        self._rows: Rows = np.empty((room, wire.CANDIDATE_FEATURES), dtype=np.float32)
        self._ends: Packed = np.empty(count, dtype=np.int64)

    def run(self) -> NDArray[Any]:
        counter = 0
        while self._open.any():
            self._step(counter)
            counter += 1
        return self._results

    def _step(self, counter: int) -> None:
        games = self._games
        upto = games.look(self._features, self._listed, self._rows, self._ends)
        games.refuse_idle(self._ends)
        actions = self._listed[self._chosen(upto, counter)]
        self._noted(actions, self._open)
        games.advance(actions)
        closed = games.ended & self._open
        self._results[closed] = games.outcomes(closed)
        self._open &= ~closed
        self._told(int(np.count_nonzero(closed)))

    def _chosen(self, upto: int, counter: int) -> Packed:
        player, rows, ends = self._player, self._rows[:upto], self._ends
        if isinstance(player, SearchingPlayer):
            told = (self._games.games.states, self._listed[:upto], rows, ends, self._open)
            return player.choose_in(*told, counter)
        return player.choose(self._features, rows, ends, counter)
