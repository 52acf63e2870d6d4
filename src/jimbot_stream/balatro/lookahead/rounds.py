"""Candidates of a hand, judged by playing the round to its end in several worlds.

All are tried in the same worlds. After each stage only the best go on to further worlds
(sequential halving: Z. Karnin et al., ICML 2013). Where a play beats the blind at once, no
other play and no discard is tried.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import legality
from jimbot_stream.balatro.lookahead import playouts, prospects, weights
from jimbot_stream.balatro.lookahead.compiling import inlined, jit
from jimbot_stream.balatro.lookahead.places import DONE, SPARE, WORLD, carry_out, imagine
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.balatro.tables.modifiers import Mark

_GAME_OVER = int(Phase.GAME_OVER)
_SELL_JOKER = int(Verb.SELL_JOKER)
_FACE_DOWN = int(Mark.FACE_DOWN)
_CARDS = 1 << int(Verb.PLAY) | 1 << int(Verb.DISCARD)
_CLEARS = CANDIDATE.index("clears")
_WON, _LOST = weights.WON, weights.LOST
_DOLLAR, _PAUSE = weights.ROUND_DOLLAR, weights.PAUSE
_MOST_DOLLARS = 60.0
_BLINDLY = 100.0
"""What the sale of a joker that lies face down must gain: nobody knows which it is."""
_HASTE = 10.0
"""A move or a sale in the midst of a round must gain so many times more than one elsewhere."""


@jit
def _outcome(s: Any, w: NDArray[np.float64]) -> float:
    """What the end of a round is worth; of a lost one, how much of it was scored."""
    if s.phase == _GAME_OVER and s.won == 0:
        return float(w[_LOST]) * min(1.0, float(s.chips) / max(1.0, float(s.required)))
    held = min(_MOST_DOLLARS, float(s.money) + float(s.earned))
    return float(w[_WON] + w[_DOLLAR] * held + s.won)


@jit
def keep(values: NDArray[np.float64], among: NDArray[np.bool_], most: int) -> None:
    """Drop the worst of some until at most so many are left; of equals, the last."""
    left = 0
    for at in range(len(among)):
        left += 1 if among[at] else 0
    for _ in range(left - most):
        worst = -1
        for at in range(len(among)):
            if among[at] and (worst < 0 or values[at] <= values[worst]):
                worst = at
        among[worst] = False


@inlined
def _changes(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    actions: NDArray[np.int64],
    keys: NDArray[np.uint64],
    w: NDArray[np.float64],
    values: NDArray[np.float64],
) -> None:
    """What candidates other than plays and discards do to the build; of those 0."""
    base = 0.0
    judged = False
    for at in range(len(actions)):
        verb = int(actions[at]) >> 40
        values[at] = 0.0
        if 1 << verb & _CARDS:
            continue
        if not judged:
            imagine(states, rngs, keys[0], 0)
            base = prospects.judge(states, works, WORLD, SPARE, keys[1], w)
            judged = True
        if carry_out(states, rngs, works, WORLD, DONE, int(actions[at])):
            values[at] = prospects.judge(states, works, DONE, SPARE, keys[1], w) - base
        values[at] -= w[_PAUSE]
        if 1 << verb & (legality.MOVES | legality.SELLS):
            values[at] -= w[_PAUSE] * (_HASTE - 1.0)
        slot = int(actions[at]) >> 32 & 255
        if verb == _SELL_JOKER and int(states[WORLD].jokers[slot].marks) & _FACE_DOWN:
            values[at] -= _BLINDLY


@jit
def judge(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    actions: NDArray[np.int64],
    told: NDArray[np.float32],
    keys: NDArray[np.uint64],
    w: NDArray[np.float64],
    stages: NDArray[np.int64],
    listed: NDArray[np.int64],
    rows: NDArray[np.float32],
    values: NDArray[np.float64],
    among: NDArray[np.bool_],
) -> None:
    """Write values of candidates, and which of them are left at the end.

    stages[_, 2] says how many go on, and in how many worlds they are tried.
    """
    count = len(actions)
    change = np.zeros(count)
    total = np.zeros(count)
    _changes(states, rngs, works, actions, keys, w, change)
    clear = count > 0 and told[0, _CLEARS] > 0
    for at in range(count):
        of_cards = 1 << (int(actions[at]) >> 40) & _CARDS != 0
        among[at] = not (clear and of_cards) or told[at, _CLEARS] > 0
    number = 0
    for stage in range(len(stages)):
        keep(values, among, int(stages[stage, 0]))
        for _ in range(int(stages[stage, 1])):
            imagine(states, rngs, keys[0], number)
            number += 1
            for at in range(count):
                if among[at] and carry_out(states, rngs, works, WORLD, DONE, int(actions[at])):
                    playouts.finish(states, rngs, works, DONE, listed, rows)
                    total[at] += _outcome(states[DONE], w)
        for at in range(count):
            if among[at]:
                values[at] = total[at] / number + change[at]
        if clear:
            break
