"""Whether recorded games can say anything about a policy that did not play them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jimbot_stream.replay.whatif.estimators import Floats, Games, effective

LEAST_GAMES: Final = 10
"""Fewer tell no interval that could be believed."""
LEAST_EFFECTIVE: Final = 10.0
"""Fewer equally weighted games than that are a handful of games that happened to go one way."""
MOST_SHARE: Final = 0.25
"""More of all weight in one game makes the estimate a report on that game."""
MEAN_WEIGHT: Final = (0.5, 2.0)
"""The mean weight is 1 but for chance; far from it, chance has not shown the games that matter."""
MOST_LEFT_OUT: Final = 0.05
"""More games than this share without a weight, and those that are left are a selection."""


@dataclass(frozen=True, slots=True)
class Support:
    """How well games support an estimate."""

    games: int
    """Games with weights."""
    left_out: int
    """Games without: unfinished, not obeyed, or decided by who would never have done otherwise."""
    effective: float
    """Effective number of games at the last decision."""
    share: float
    """Largest share of one game in all weight there."""
    mean_weight: float
    steps: int
    """Decisions of the longest game, or the horizon."""
    holds_for: int
    """First decisions for which the weights pass; less than steps where support is too thin."""
    why_thin: tuple[str, ...]
    """Rules that are broken, in words; empty where an estimate may be told."""

    @property
    def enough(self) -> bool:
        """Whether an estimate may be told."""
        return not self.why_thin


def support_of(games: Games | None, left_out: int) -> Support:
    """Judge the weights of games; None where no game has weights."""
    if games is None:
        why = _about_games(0, left_out)
        return Support(0, left_out, 0.0, 0.0, 0.0, 0, 0, tuple(why))
    by_step = [_judged(games.weights[:, step]) for step in range(games.steps)]
    fails = (step for step, judged in enumerate(by_step) if judged.why)
    last = by_step[-1]
    count = len(games.weights)
    return Support(
        games=count,
        left_out=left_out,
        effective=last.effective,
        share=last.share,
        mean_weight=last.mean,
        steps=games.steps,
        holds_for=next(fails, games.steps),
        why_thin=(*_about_games(count, left_out), *_worst(by_step)),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    effective: float
    share: float
    mean: float
    why: tuple[str, ...]


def _judged(weights: Floats) -> _Judged:
    total = float(np.sum(weights))
    share = float(np.max(weights)) / total if total > 0 else 0.0
    size, mean = effective(weights), total / len(weights)
    why = []
    if size < LEAST_EFFECTIVE:
        why.append(f"the games weigh as much as {size:.1f}; at least {LEAST_EFFECTIVE:g} must")
    if share > MOST_SHARE:
        why.append(f"one game has {share:.0%} of all weight; at most {MOST_SHARE:.0%} may be")
    if not MEAN_WEIGHT[0] <= mean <= MEAN_WEIGHT[1]:
        wanted = f"{MEAN_WEIGHT[0]:g} to {MEAN_WEIGHT[1]:g}"
        why.append(f"the mean weight is {mean:.3g}; it must be about 1 ({wanted})")
    return _Judged(size, share, mean, tuple(why))


def _worst(by_step: list[_Judged]) -> tuple[str, ...]:
    """What is wrong at the last decision; if nothing, at the first one where something is."""
    return by_step[-1].why or next((judged.why for judged in by_step if judged.why), ())


def _about_games(count: int, left_out: int) -> list[str]:
    why = []
    if count < LEAST_GAMES:
        why.append(f"games that can be weighed: {count}; at least {LEAST_GAMES} must be")
    if left_out > MOST_LEFT_OUT * (count + left_out):
        why.append(
            f"games that cannot be weighed: {left_out} of {count + left_out}; they are unfinished,"
            " not obeyed, or decided without a draw, and what is left would be a selection"
        )
    return why
