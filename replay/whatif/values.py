"""How much more one policy would have been worth than what was played, or than another one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from jimbot_stream.agents.evaluation.intervals import Interval, mean
from jimbot_stream.replay.whatif.estimators import (
    Floats,
    Games,
    Weighted,
    doubly_robust,
    drawn_again,
    in_parts,
    per_decision,
    returns,
    weighted_doubly_robust,
    weighted_per_decision,
)

TIMES: Final = 2000
"""Lists of games that are drawn again for an interval of a weighted estimate."""
_ENDS: Final = (2.5, 97.5)
"""Percentiles between which 95 of 100 lie."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimator's word."""

    estimator: str
    interval: str
    """How the interval was found."""
    value: float
    """Of the policy in question: what a game brings, discounted."""
    difference: Interval
    """To what was played, or to the other policy."""


Plain = Callable[[Games, float], Floats]
_PLAIN: Final[dict[str, Plain]] = {
    "per-decision importance sampling": per_decision,
    "doubly robust": doubly_robust,
}
_WEIGHTED: Final[dict[str, Weighted]] = {
    "the same, weighted": weighted_per_decision,
    "doubly robust, weighted": weighted_doubly_robust,
}


def estimates(games: Games, against: Games | None, gamma: float, seed: int) -> list[Estimate]:
    """All estimators, over at least two games; against None: what was played.

    Games and those that they are compared with are the same in the same order, so differences are
    taken game by game: luck that both share cancels out.

    Raises:
        ValueError: fewer than two games.
    """
    plain = [_plainly(name, of, games, against, gamma) for name, of in _PLAIN.items()]
    weighted = [_weighted(name, of, games, against, gamma, seed) for name, of in _WEIGHTED.items()]
    return [plain[0], weighted[0], plain[1], weighted[1]]


def _plainly(name: str, of: Plain, games: Games, against: Games | None, gamma: float) -> Estimate:
    values = of(games, gamma)
    other = returns(games, gamma) if against is None else of(against, gamma)
    return Estimate(name, "Student", float(np.mean(values)), mean(values - other))


def _weighted(
    name: str, of: Weighted, games: Games, against: Games | None, gamma: float, seed: int
) -> Estimate:
    def difference(counts: Floats) -> Floats:
        if against is None:
            played = (counts @ returns(games, gamma)) / counts.sum(axis=1)
        else:
            played = of(against, gamma, counts)
        return np.asarray(of(games, gamma, counts) - played)

    count = len(games.rewards)
    all_once = np.ones((1, count))
    again = in_parts(lambda part: difference(drawn_again(count, *part)), seed, TIMES, count)
    low, high = np.percentile(again, _ENDS)
    middle = float(difference(all_once)[0])
    value = float(of(games, gamma, all_once)[0])
    return Estimate(name, "bootstrap", value, Interval(middle, float(low), float(high)))
