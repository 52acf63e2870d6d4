"""A round played to its end by a rule, in a copy of the run.

The rule plays the best hand while that keeps the pace which the blind asks for, and else
throws away what does not belong to the best that it holds.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import candidates, transition
from jimbot_stream.balatro.lookahead.compiling import inlined, jit
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.columns import CANDIDATE

_at = CANDIDATE.index
_PLAY, _DISCARD = _at("play"), _at("discard")
_CLEARS, _PACE = _at("clears"), _at("pace")
_KEPT, _CARDS = _at("kept_score_log"), _at("cards")
_SELECTING_HAND = int(Phase.SELECTING_HAND)
MOST = 64
"""Most actions of a round."""


@jit
def _rule(rows: NDArray[np.float32], count: int) -> int:
    """Which candidate the rule takes; -1 for none."""
    if count == 0:
        return -1
    if rows[0, _PLAY] > 0 and (rows[0, _CLEARS] > 0 or rows[0, _PACE] >= 1.0):
        return 0
    best = -1
    most = -1.0
    for at in range(count):
        if rows[at, _DISCARD] > 0:
            told = float(rows[at, _KEPT]) + 0.01 * float(rows[at, _CARDS])
            if told > most:
                best = at
                most = told
    if best >= 0:
        return best
    return 0 if rows[0, _PLAY] > 0 else -1


@inlined
def finish(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    index: int,
    listed: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> None:
    """Play on until the round is over."""
    for _ in range(MOST):
        s = states[index]
        if s.phase != _SELECTING_HAND:
            return
        chosen = _rule(rows, candidates.fill(s, works[index], listed, rows))
        if chosen < 0:
            return
        if transition.step(states, rngs, works, index, int(listed[chosen])) != 0:
            return
