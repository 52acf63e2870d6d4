"""Candidates outside a round, judged by what they make of the run.

What chance decides is tried in several worlds. After a reroll, a sale or an opened pack, the
best that could be taken next is part of the judgement; the way on is worth what there is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import candidates, legality
from jimbot_stream.balatro.lookahead import prospects, weights, worth
from jimbot_stream.balatro.lookahead.compiling import inlined, jit
from jimbot_stream.balatro.lookahead.places import (
    DONE,
    NEXT,
    SPARE,
    TRUE,
    WORLD,
    carry_out,
    imagine,
)

_ON = (
    1 << int(Verb.SELECT_BLIND)
    | 1 << int(Verb.CASH_OUT)
    | 1 << int(Verb.NEXT_ROUND)
    | 1 << int(Verb.SKIP_PACK)
)
"""The way on."""
_CHANCE = (
    1 << int(Verb.REROLL)
    | 1 << int(Verb.BUY_PACK)
    | 1 << int(Verb.USE)
    | 1 << int(Verb.PICK_PACK)
    | 1 << int(Verb.BUY_AND_USE)
)
_TAKES = 1 << int(Verb.BUY_CARD) | 1 << int(Verb.PICK_PACK)
_FOLLOWS = np.zeros(max(Verb) + 1, dtype=np.int64)
"""By verb: bit set of those that may follow it in the judgement."""
_FOLLOWS[[Verb.REROLL, Verb.SELL_JOKER]] = _TAKES
_FOLLOWS[Verb.BUY_PACK] = 1 << int(Verb.PICK_PACK)
_FOLLOWS[Verb.BUY_CARD] = 1 << int(Verb.USE)
_FOLLOWS.setflags(write=False)
_SKIP_BLIND = int(Verb.SKIP_BLIND)
_TARGETS = 3
"""Choices of cards that are looked at for one item of an opened pack."""
_TAG_WORTH = worth.TAG
_TAG, _BLIND, _PAUSE = weights.TAG, weights.BLIND, weights.PAUSE
_IDLE = 2.0
"""A move must gain so many times more than anything else."""


@inlined
def _followed(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    verbs: int,
    key: np.uint64,
    w: NDArray[np.float64],
    listed: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> float:
    """The best that one more action of some verbs makes of what was done; below 0 for none."""
    most = -1.0
    last, same = -1, 0
    for at in range(candidates.fill(states[DONE], works[DONE], listed, rows)):
        action = int(listed[at])
        if 1 << (action >> 40) & verbs == 0:
            continue
        item = action >> 32
        same = same + 1 if item == last else 0
        last = item
        if same < _TARGETS and carry_out(states, rngs, works, DONE, NEXT, action):
            most = max(most, prospects.judge(states, works, NEXT, SPARE, key, w))
    return most


@jit
def _cost(s: Any, verb: int, w: NDArray[np.float64]) -> float:
    """What is taken off an action's judgement."""
    if verb == _SKIP_BLIND:
        return float(w[_BLIND] - w[_TAG] * _TAG_WORTH[int(s.offers[int(s.blind)].id)])
    return float(w[_PAUSE]) * (_IDLE if 1 << verb & legality.MOVES else 1.0)


@jit
def judge(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    actions: NDArray[np.int64],
    keys: NDArray[np.uint64],
    w: NDArray[np.float64],
    tries: int,
    listed: NDArray[np.int64],
    rows: NDArray[np.float32],
    values: NDArray[np.float64],
) -> None:
    """Write values of candidates; tries is the number of worlds where chance has a say."""
    imagine(states, rngs, keys[0], 0)
    base = prospects.judge(states, works, WORLD, SPARE, keys[1], w)
    for at in range(len(actions)):
        verb = int(actions[at]) >> 40
        if 1 << verb & _ON:
            values[at] = base
            continue
        worlds = tries if 1 << verb & _CHANCE else 1
        verbs = int(_FOLLOWS[verb])
        total = 0.0
        for number in range(worlds):
            imagine(states, rngs, keys[0], number)
            if not carry_out(states, rngs, works, WORLD, DONE, int(actions[at])):
                continue
            told = prospects.judge(states, works, DONE, SPARE, keys[1], w)
            if verbs != 0:
                next_ = _followed(states, rngs, works, verbs, keys[1], w, listed, rows)
                told = max(told, next_)
            total += told
        values[at] = total / worlds - _cost(states[TRUE], verb, w)
