"""Values of one policy estimated from games that another one played.

A game's decisions t = 0, 1, … earn rewards r_t; b are the probabilities of the policy that played,
p those of the one in question, both of the action taken. With ratios w_t = p_t / b_t and weights
W_t = w_0 · … · w_t, and a control V, any function of the state:

* per-decision importance sampling: sum of g^t W_t r_t
  (D. Precup, R. Sutton, S. Singh, Eligibility traces for off-policy policy evaluation, ICML 2000);
* doubly robust: D_t = V_t + w_t (r_t + g D_{t+1} - V_t)
  (N. Jiang, L. Li, Doubly robust off-policy value evaluation for reinforcement learning, ICML 2016,
  with the state's value for that of each of its actions);
* their weighted forms, in which the weights of all games at a decision are divided by their sum
  (P. Thomas, E. Brunskill, Data-efficient off-policy policy evaluation for reinforcement learning,
  ICML 2016).

The first two are unbiased wherever b > 0 where p > 0 and V does not depend on the games; the
weighted ones are consistent, and mostly closer. Everything is float64.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST: Final = 700.0
"""Largest logarithm of a weight: beyond it, float64 would hold infinity."""
_AT_ONCE: Final = 4_000_000
"""Numbers held at a time while games are drawn again."""


@dataclass(frozen=True, slots=True)
class Game:
    """T decisions of one whole game."""

    log_ratios: Floats  # [T] log(p / b) of the action taken; minus infinity where p is 0
    rewards: Floats  # [T]
    values: Floats  # [T] control, of the state decided on


@dataclass(frozen=True, slots=True)
class Games:
    """n games side by side, T being the longest; the state after the end earns nothing."""

    weights: Floats  # [n, T] W_t; after a game's end that of its last decision
    ratios: Floats  # [n, T] w_t; 1 after the end
    rewards: Floats  # [n, T] 0 after the end
    values: Floats  # [n, T] 0 after the end

    @classmethod
    def of(cls, games: Sequence[Game], horizon: int | None = None) -> Self:
        """Align games; with a horizon only so many first decisions of each.

        Raises:
            ValueError: there is no game, or the horizon is less than 1.
        """
        if not games or (horizon is not None and horizon < 1):
            raise ValueError("at least one game and one decision are needed for an estimate")
        longest = max(len(game.rewards) for game in games)
        steps = longest if horizon is None else min(longest, horizon)
        logs = _aligned([game.log_ratios for game in games], steps)
        return cls(
            weights=np.exp(np.minimum(np.cumsum(logs, axis=1), _MOST)),
            ratios=np.exp(np.minimum(logs, _MOST)),
            rewards=_aligned([game.rewards for game in games], steps),
            values=_aligned([game.values for game in games], steps),
        )

    @property
    def steps(self) -> int:
        """T."""
        return int(self.rewards.shape[1])


def _aligned(columns: Sequence[Floats], steps: int) -> Floats:
    rows = np.zeros((len(columns), steps), dtype=np.float64)
    for row, column in zip(rows, columns, strict=True):
        row[: min(len(column), steps)] = column[:steps]
    return rows


def returns(games: Games, gamma: float) -> Floats:
    """What every game brought: the sum of g^t r_t [n]."""
    return np.asarray(games.rewards @ _discounts(games, gamma))


def per_decision(games: Games, gamma: float) -> Floats:
    """Per-decision importance sampling, game by game [n]."""
    return np.asarray((games.weights * games.rewards) @ _discounts(games, gamma))


def doubly_robust(games: Games, gamma: float) -> Floats:
    """The doubly robust estimate, game by game [n]."""
    found = np.zeros(len(games.rewards))
    for step in range(games.steps - 1, -1, -1):
        value = games.values[:, step]
        target = games.rewards[:, step] + gamma * found - value
        found = value + games.ratios[:, step] * target
    return found


def weighted_per_decision(games: Games, gamma: float, counts: Floats) -> Floats:
    """The weighted form [B], every game taken counts[B, n] times."""
    totals = _totals(games, counts)
    earned = counts @ (games.weights * games.rewards)
    return np.asarray(_shares(earned, totals) @ _discounts(games, gamma))


def weighted_doubly_robust(games: Games, gamma: float, counts: Floats) -> Floats:
    """The weighted form [B], every game taken counts[B, n] times."""
    totals = _totals(games, counts)
    taken = counts @ (games.weights * (games.rewards - games.values))
    before = np.ones_like(games.weights)
    before[:, 1:] = games.weights[:, :-1]
    expected = counts @ (before * games.values)
    drawn = counts.sum(axis=1, keepdims=True)
    totals_before = np.concatenate([drawn, totals[:, :-1]], axis=1)
    parts = _shares(taken, totals) + _shares(expected, totals_before)
    return np.asarray(parts @ _discounts(games, gamma))


Weighted = Callable[[Games, float, Floats], Floats]


def drawn_again(games: int, seed: int, times: int) -> Floats:
    """How often each game is taken when as many are drawn with replacement [times, games].

    B. Efron, Bootstrap methods: another look at the jackknife, Ann. Stat. 7 (1979), 1.
    """
    chance = np.random.Generator(np.random.Philox(key=seed))
    drawn = chance.integers(0, games, size=(times, games))
    counts = np.zeros((times, games), dtype=np.float64)
    np.add.at(counts, (np.arange(times)[:, None], drawn), 1.0)
    return counts


def in_parts(
    estimate: Callable[[tuple[int, int]], Floats], seed: int, times: int, games: int
) -> Floats:
    """An estimate by seed and number of redrawn lists, so many in all, some at a time [times]."""
    part = max(1, min(times, _AT_ONCE // max(1, games)))
    starts = range(0, times, part)
    return np.concatenate([estimate((seed + at, min(part, times - at))) for at in starts])


def effective(weights: Floats) -> float:
    """How many equally weighted games tell as much: (sum W)^2 / sum W^2.

    L. Kish, Survey Sampling, Wiley 1965. 0 where nothing has weight.
    """
    largest = float(np.max(weights, initial=0.0))
    if largest <= 0.0:
        return 0.0
    scaled = weights / largest  # squares of large weights would overflow
    return float(np.sum(scaled)) ** 2 / float(np.sum(scaled**2))


def _totals(games: Games, counts: Floats) -> Floats:
    return np.asarray(counts @ games.weights)


def _shares(parts: Floats, totals: Floats) -> Floats:
    """Parts by totals; where no game has weight left, nothing is known and 0 is taken."""
    return np.divide(parts, totals, out=np.zeros_like(parts), where=totals > 0)


def _discounts(games: Games, gamma: float) -> Floats:
    return np.asarray(gamma ** np.arange(games.steps, dtype=np.float64))
