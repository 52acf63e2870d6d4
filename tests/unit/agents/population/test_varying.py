"""Hyperparameters are drawn and varied within their ranges, by a seed alone."""

import math

from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.population.membership import RANGES, Membership
from jimbot_stream.agents.population.varying import FACTORS, generator_of, initial, varied
from jimbot_stream.agents.rollouts.config import rollout_ppo

SEEDS = st.integers(0, 2**63 - 1)


@given(SEEDS)
def test_equal_seeds_vary_equally(seed: int) -> None:
    config = rollout_ppo()
    once, again = (varied(config, RANGES, generator_of(seed)) for _ in range(2))
    assert once == again


@given(SEEDS)
def test_what_is_varied_stays_in_its_range_and_the_rest_stays(seed: int) -> None:
    config = rollout_ppo()
    found = varied(config, RANGES, generator_of(seed))
    for name in config.__slots__:
        if name in RANGES:
            low, high = RANGES[name]
            assert low <= getattr(found, name) <= high
        else:
            assert getattr(found, name) == getattr(config, name)


def test_most_are_multiplied_and_some_drawn_anew() -> None:
    config, steps = rollout_ppo(), set(FACTORS)
    found = [varied(config, RANGES, generator_of(seed)) for seed in range(200)]
    ratios = [each.learning_rate / config.learning_rate for each in found]
    multiplied = [r for r in ratios if any(math.isclose(r, step, rel_tol=1e-4) for step in steps)]
    assert {min(steps, key=lambda step: abs(step - ratio)) for ratio in multiplied} == steps
    assert 0.6 < len(multiplied) / len(ratios) < 0.9


@given(SEEDS, st.integers(0, 7))
def test_members_begin_with_numbers_of_their_own(seed: int, member: int) -> None:
    config, membership = rollout_ppo(), Membership(members=8, seed=seed, member=member)
    found = initial(config, membership)
    assert found == initial(config, membership)
    assert (found == config) == (member == 0)
    others = [initial(config, Membership(members=8, seed=seed, member=other)) for other in range(8)]
    assert others.count(found) == 1
