"""The search: what every candidate of a state is worth, and which is best."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import batch, candidates
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.lookahead import places, rounds, shops
from jimbot_stream.balatro.lookahead.weights import Weights
from jimbot_stream.balatro.state import STATE, STREAMS, Phase, blank, plain

_WORD = (1 << 64) - 1
_BUILDS = np.uint64(0x6275696C6473)
"""Key of the hands by which builds are compared: the same in every decision, so that a judgement
does not waver and nothing is moved back and forth."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried."""

    stages: tuple[tuple[int, int], ...] = (
        (candidates.CAPACITY, 2),
        (12, 6),
        (5, 14),
        (2, 20),
    )
    """In a round: how many candidates go on, and in how many further worlds they are tried."""
    worlds: int = 3
    """Elsewhere: worlds in which is tried what chance decides."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: there is no stage, or nothing is tried in one.
        """
        if not self.stages or min(min(stage) for stage in self.stages) < 1 or self.worlds < 1:
            raise ValueError("effort: at least one stage, candidate and world must be tried")


class Lookahead:
    """A searcher with scratch of its own; equal seeds and counters give equal choices."""

    def __init__(
        self, seed: int = 0, effort: Effort | None = None, weights: Weights | None = None
    ) -> None:
        """Take a seed, from which the worlds derive."""
        self._seed = np.uint64(seed & _WORD)
        effort = effort or Effort()
        self._stages = np.array(effort.stages, dtype=np.int64)
        self._tries = effort.worlds
        self._weights = (weights or Weights()).array()
        self._states = blank(STATE, places.COUNT)
        self._rngs = blank(STREAMS, places.COUNT)
        self._works = works(places.COUNT)
        self._listed = np.zeros(candidates.CAPACITY, dtype=np.int64)
        shape = (candidates.CAPACITY, candidates.CANDIDATE_FEATURES)
        self._rows = np.zeros(shape, dtype=np.float32)

    def choose(
        self,
        states: NDArray[Any],
        index: int,
        actions: NDArray[np.int64],
        rows: NDArray[np.float32],
        counter: int,
    ) -> int:
        """Which of the candidates is best; of equal ones the first.

        actions[n] and rows[n, F] are those that the rules list in the state at an index;
        counter numbers decisions, so that each is made in other worlds. Of the random
        streams nothing is asked, and of the state no more than its player sees.

        Raises:
            ValueError: there is no candidate.
        """
        if not len(actions):
            raise ValueError("no candidate is listed: there is nothing to choose")
        return self.best(*self.values(states, index, actions, rows, counter))

    @staticmethod
    def best(values: NDArray[np.float64], among: NDArray[np.bool_]) -> int:
        """The highest of those that were tried to the end; of equal ones the first."""
        return int(np.argmax(np.where(among, values, -np.inf)))

    def values(
        self,
        states: NDArray[Any],
        index: int,
        actions: NDArray[np.int64],
        rows: NDArray[np.float32],
        counter: int,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """What each candidate is worth, in antes, and which were tried to the end."""
        plain(self._states, STATE)[places.TRUE] = plain(states, STATE)[index]
        key = batch.splitmix64(self._seed, np.uint64(counter))
        keys = np.array([key, _BUILDS], dtype=np.uint64)
        values = np.full(len(actions), -np.inf)
        among = np.ones(len(actions), dtype=np.bool_)
        scratch = (self._states, self._rngs, self._works)
        sheets = (self._listed, self._rows)
        if int(plain(self._states, STATE)["phase"][places.TRUE]) == Phase.SELECTING_HAND:
            tried = (self._weights, self._stages)
            rounds.judge(*scratch, actions, rows, keys, *tried, *sheets, values, among)
        else:
            shops.judge(*scratch, actions, keys, self._weights, self._tries, *sheets, values)
        return values, among
