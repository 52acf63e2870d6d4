"""Hyperparameters of members: drawn at first, varied when a member takes over another's."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from jimbot_stream.agents.population.membership import Membership, seed_of
from jimbot_stream.agents.ppo.config import UpdateConfig

Ranges = Mapping[str, tuple[float, float]]
FACTORS: Final = (0.8, 1.25)
"""One of which a hyperparameter is multiplied by."""
RESAMPLED: Final = 0.25
"""Probability that a hyperparameter is drawn anew rather than multiplied (arXiv:1711.09846)."""


def generator_of(seed: int) -> np.random.Generator:
    """Counter-based random numbers: the same everywhere."""
    return np.random.Generator(np.random.Philox(key=seed))


def initial(config: UpdateConfig, membership: Membership) -> UpdateConfig:
    """What a member begins with: the first one with the given numbers, others with drawn ones."""
    if membership.member == 0:
        return config
    draws = generator_of(seed_of("beginning", membership.seed, membership.member))
    ranges = membership.ranges
    return _replaced(config, {name: _drawn(ranges[name], draws) for name in sorted(ranges)})


def varied(config: UpdateConfig, ranges: Ranges, draws: np.random.Generator) -> UpdateConfig:
    """Each of the hyperparameters multiplied by one of ``FACTORS``, or drawn anew."""
    found = {name: _varied(getattr(config, name), ranges[name], draws) for name in sorted(ranges)}
    return _replaced(config, found)


def _replaced(config: UpdateConfig, numbers: dict[str, Any]) -> UpdateConfig:
    return replace(config, **numbers)


def _varied(value: float, between: tuple[float, float], draws: np.random.Generator) -> float:
    if draws.random() < RESAMPLED:
        return _drawn(between, draws)
    low, high = between
    return _short(min(high, max(low, value * FACTORS[int(draws.integers(len(FACTORS)))])))


def _drawn(between: tuple[float, float], draws: np.random.Generator) -> float:
    low, high = map(math.log, between)
    return _short(math.exp(low + (high - low) * draws.random()))


def _short(value: float) -> float:
    """Five digits: people can read them, and no library's last bit has a say."""
    return float(f"{value:.5g}")
