"""The baseline that carries candidates out in copies of the game before it chooses.

It is given the states whole, hidden cards included, and uses no more than its player sees: it
searches in worlds that ``balatro.lookahead`` deals anew.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead


class LookaheadPlayer:
    """One-step lookahead by the judgement of ``balatro.lookahead``."""

    def __init__(self, seed: int = 0, effort: Effort | None = None) -> None:
        """Take the seed from which the worlds derive."""
        self._search = Lookahead(seed, effort)

    def choose_in(
        self,
        states: NDArray[Any],
        listed: NDArray[np.int64],
        rows: Rows,
        ends: NDArray[np.int64],
        wanted: NDArray[np.bool_],
        counter: int,
    ) -> NDArray[np.int64]:
        """Game by game; in games that are not wanted the first row."""
        chosen = np.concatenate(([0], ends[:-1]))
        for index in np.flatnonzero(wanted).tolist():
            start, end = int(chosen[index]), int(ends[index])
            told = (listed[start:end], rows[start:end])
            chosen[index] += self._search.choose(states, index, *told, counter)
        return chosen
