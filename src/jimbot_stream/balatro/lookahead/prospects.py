"""How far a run is likely to come, of the strength of its build and of its money.

The judgement is the expected number of antes that are still beaten. An ante is beaten with
probability ``1 / (1 + 2**(-steepness * x))``, where x is by how many doublings a round is
likely to score more than twice the ante's base, which is what most bosses ask. A round scores
its hands times the mean hand (``builds``); later antes are met with what will have been bought
by then, in doublings: a constant for each ante, money with its interest, and what jokers and
vouchers promise (``worth``).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import economy, items
from jimbot_stream.balatro.kernels.logarithm import log2
from jimbot_stream.balatro.lookahead import builds, weights, worth
from jimbot_stream.balatro.lookahead.chance import chance
from jimbot_stream.balatro.lookahead.compiling import jit
from jimbot_stream.balatro.state import Kind

_PROMISE, _INCOME, _VOUCHER = worth.PROMISE, worth.INCOME, worth.VOUCHER
_PLANET, _TAROT = int(Kind.PLANET), int(Kind.TAROT)
_GROWTH, _BEGUN = weights.GROWTH, weights.BEGUN
_DOLLAR, _RICH_DOLLAR = weights.DOLLAR, weights.RICH_DOLLAR
_STEEPNESS, _MARGIN, _HANDS = weights.STEEPNESS, weights.MARGIN, weights.HANDS
_FREE_SLOT = weights.FREE_SLOT
_OF_PLANET, _OF_TAROT, _OF_SPECTRAL = weights.PLANET, weights.TAROT, weights.SPECTRAL
_RICH = 30.0
_ROUNDS = 3.0
_MOST_SLOTS = 3
_MOST_ANTES = 2.0
"""Antes until which promises are kept."""
_BOSS_FACTOR = 2.0
_SMALL_BLIND = 1


@jit
def _bought(dollars: float, w: NDArray[np.float64]) -> float:
    """Doublings that dollars buy."""
    held = max(0.0, dollars)
    return float(w[_DOLLAR]) * min(held, _RICH) + float(w[_RICH_DOLLAR]) * max(0.0, held - _RICH)


@jit
def _promised(s: Any, w: NDArray[np.float64]) -> float:
    """Doublings that what is owned promises for an ante ahead."""
    told = float(w[_FREE_SLOT]) * min(_MOST_SLOTS, max(0, items.joker_room(s)))
    for slot in range(int(s.joker_count)):
        told += _PROMISE[int(s.jokers[slot].id)]
    for voucher in range(len(_VOUCHER)):
        if items.redeemed(s, voucher):
            told += _VOUCHER[voucher]
    for slot in range(int(s.consumable_count)):
        kind = int(s.consumables[slot].kind)
        if kind == _PLANET:
            told += w[_OF_PLANET]
        else:
            told += w[_OF_TAROT] if kind == _TAROT else w[_OF_SPECTRAL]
    return told


@jit
def _income(s: Any, dollars: float) -> float:
    """Dollars of a round beyond its reward: of jokers, and interest."""
    told = max(0.0, min(dollars // 5.0, float(economy.interest_cap(s))))
    for slot in range(int(s.joker_count)):
        told += _INCOME[int(s.jokers[slot].id)]
    return told


@jit
def judge(
    states: NDArray[Any],
    works: NDArray[Any],
    index: int,
    spare: int,
    key: np.uint64,
    w: NDArray[np.float64],
) -> float:
    """Expected antes that the run in a place still beats; uses the spare place."""
    s = states[index]
    strength = builds.power(states, works, index, spare, key, int(w[_HANDS]))
    strength += log2(float(max(1, int(s.hands)))) + w[_MARGIN]
    promise = _promised(s, w)
    dollars = float(s.money) + float(s.earned)
    income = _income(s, dollars)
    alive, told = 1.0, 0.0
    for ahead in range(max(1, int(s.win_ante) - int(s.ante) + 1)):
        asked = economy.required(int(s.ante) + ahead, _SMALL_BLIND, int(s.deck), int(s.stake))
        had = ahead + float(w[_BEGUN])
        scored = strength + w[_GROWTH] * ahead + promise * min(_MOST_ANTES, had)
        scored += _bought(dollars + _ROUNDS * ahead * income, w) * min(1.0, 2.0 * had)
        alive *= chance(w[_STEEPNESS] * (scored - log2(_BOSS_FACTOR * asked)))
        told += alive
    return float(told)
