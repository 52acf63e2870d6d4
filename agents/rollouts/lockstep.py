"""Many games moved on together by canonical actions, each followed by the next of its series."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows
from jimbot_stream.agents.failing import RulesDisagreeError
from jimbot_stream.agents.rollouts.chunk import EPISODE
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import batch, rollouts
from jimbot_stream.balatro.state import plain

_OUTCOMES = tuple(name for name in EPISODE.names or () if name != "steps")
"""Fields of an episode that stand in the facts of its last state."""


def word_of(purpose: str, number: int) -> int:
    """A 64-bit seed for one purpose, of a run's seed or another number."""
    digest = hashlib.sha256(f"jimbot {purpose}|{number}".encode()).digest()
    return int.from_bytes(digest[:8], "little")


class Lockstep:
    """Begun games, and the two calls that a step of all of them takes."""

    def __init__(self, games: Games, base: int, money: int = 0) -> None:
        """Begin the games with the seeds base, base + 1 and so on.

        Each begins with some dollars beyond those of its deck.
        """
        self.games = games
        self._money = money
        self.ended = np.zeros(len(games), dtype=np.bool_)
        """Which games ended with the last step."""
        self._steps = np.zeros(len(games), dtype=np.int64)
        games.seed([base + number for number in range(len(games))])
        games.begin(np.ones(len(games), dtype=np.bool_))
        games.states["money"] += money

    def __len__(self) -> int:
        """How many games."""
        return len(self.games)

    def look(
        self,
        features: NDArray[np.float32],
        listed: NDArray[np.int64],
        rows: Rows,
        ends: NDArray[np.int64],
    ) -> int:
        """Write features[n, K] and packed candidates of all games; how many rows.

        listed[R] and rows[R, F] must have room as ``kernels.rollouts.look`` says.
        """
        games = self.games
        return rollouts.look(games.states, games.works, 0, features, listed, rows, ends)

    def refuse_idle(self, ends: NDArray[np.int64]) -> None:
        """Make sure that there is something to choose in every game.

        Raises:
            RulesDisagreeError: the rules list nothing in one.
        """
        for index in np.flatnonzero(np.diff(ends, prepend=0) == 0).tolist():
            raise _disagree(self.games, index, "no candidate is listed")

    def advance(self, actions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Carry out a canonical action in every game; the rewards.

        Raises:
            RulesDisagreeError: the rules refused what they had listed.
        """
        games = self.games
        self._steps = games.carry["steps"] + 1
        rollouts.advance(
            games.states,
            games.rngs,
            games.works,
            games.carry,
            games.settings,
            games.fresh,
            actions,
            games.before,
            games.after,
            self.ended,
        )
        for index in np.flatnonzero(games.carry["refusal"]).tolist():
            raise _disagree(games, index, games.reason(index))
        games.states["money"][self.ended] += self._money  # the next of the series has begun
        return games.reward(plain(games.before, batch.FACTS), plain(games.after, batch.FACTS))

    def outcomes(self, of: NDArray[np.bool_]) -> NDArray[Any]:
        """What came of some of the games that ended with the last step, ``chunk.EPISODE``[E]."""
        after = plain(self.games.after, batch.FACTS)
        found = np.zeros(np.count_nonzero(of), dtype=EPISODE)
        found["steps"] = self._steps[of]
        for name in _OUTCOMES:
            found[name] = after[name][of]
        return found


def _disagree(games: Games, index: int, what: str) -> RulesDisagreeError:
    return RulesDisagreeError(
        f"{games.game_seed(index)}: {what}: a defect of the engine, please report it with this"
        " seed; nothing recorded is touched"
    )
