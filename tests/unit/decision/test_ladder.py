from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Evaluation, Observation
from jimbot_stream.decision.decide import UndecidableError, decide
from jimbot_stream.decision.ladder import CostEstimate, EvaluationCache, Ladder, deadline
from jimbot_stream.decision.sampling import DecisionSeed

SEED = DecisionSeed(1, "game", 0)
SAMPLE = DecisionMode.DECISION_MODE_SAMPLE
POLICY = DecisionSource.DECISION_SOURCE_POLICY
CACHED = DecisionSource.DECISION_SOURCE_CACHED
HEURISTIC = DecisionSource.DECISION_SOURCE_HEURISTIC


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def ladder(clock: FrozenClock) -> Ladder:
    return Ladder(clock, cost=CostEstimate(0.005), reserve_s=0.010)


def test_without_a_deadline_the_policy_decides(
    ladder: Ladder, observation: Observation, policy: Any
) -> None:
    assert ladder.decide(observation, policy, SEED, SAMPLE) == decide(
        observation, policy, SEED, SAMPLE
    )


def test_with_time_enough_the_policy_decides(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    until = clock.monotonic() + 0.1
    assert ladder.decide(observation, policy, SEED, SAMPLE, until).decided_by == POLICY


def test_without_time_the_rule_decides(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    until = clock.monotonic() + 0.014  # 10 ms are reserved, the policy is expected to take 5
    assert ladder.decide(observation, policy, SEED, SAMPLE, until).decided_by == HEURISTIC
    assert policy.asked == 0


def test_without_time_an_identical_state_is_remembered(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder.decide(observation, policy, DecisionSeed(1, "other game", 7), SAMPLE)
    decision = ladder.decide(observation, policy, SEED, SAMPLE, clock.monotonic())
    assert decision.decided_by == CACHED
    assert policy.asked == 1


def test_what_is_remembered_decides_as_the_policy_would(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder.decide(observation, policy, DecisionSeed(1, "other game", 7), SAMPLE)
    for number in range(20):
        seed = DecisionSeed(1, "game", number)
        cached = ladder.decide(observation, policy, seed, SAMPLE, clock.monotonic())
        afresh = decide(observation, policy, seed, SAMPLE)
        assert cached == replace(afresh, decided_by=CACHED)


def test_another_checkpoint_remembers_nothing(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder.decide(observation, policy, SEED, SAMPLE)
    policy.checkpoint = "d" * 64
    decision = ladder.decide(observation, policy, SEED, SAMPLE, clock.monotonic())
    assert decision.decided_by == HEURISTIC


def test_another_mask_is_another_state(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder.decide(observation, policy, SEED, SAMPLE)
    mask = observation.mask.copy()
    mask[0] = False
    other = replace(observation, mask=mask)
    decision = ladder.decide(other, policy, SEED, SAMPLE, clock.monotonic())
    assert decision.decided_by == HEURISTIC


def test_a_slow_policy_is_passed_over_next_time(
    clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder = Ladder(clock, cost=CostEstimate(0.001), cache=EvaluationCache(0), reserve_s=0.0)
    fast = policy.evaluate

    def slow(seen: Observation) -> Evaluation:
        clock.advance(0.2)
        evaluation: Evaluation = fast(seen)
        return evaluation

    policy.evaluate = slow
    ladder.decide(observation, policy, SEED, SAMPLE)
    until = clock.monotonic() + 0.1
    assert ladder.decide(observation, policy, SEED, SAMPLE, until).decided_by == HEURISTIC


def test_a_slow_moment_does_not_lock_the_policy_out(
    clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    ladder = Ladder(clock, cost=CostEstimate(10.0), reserve_s=0.0)
    sources = [
        ladder.decide(observation, policy, SEED, SAMPLE, clock.monotonic() + 0.1).decided_by
        for _ in range(100)
    ]
    assert sources[0] == HEURISTIC
    assert sources[-1] == POLICY


def test_an_empty_mask_is_refused_on_every_rung(
    ladder: Ladder, clock: FrozenClock, observation: Observation, policy: Any
) -> None:
    stuck = replace(observation, mask=np.zeros_like(observation.mask))
    for until in (None, clock.monotonic()):
        with pytest.raises(UndecidableError):
            ladder.decide(stuck, policy, SEED, SAMPLE, until)


def test_the_cache_forgets_what_was_used_least_recently(
    observation: Observation, policy: Any
) -> None:
    cache = EvaluationCache(capacity=2)
    seen = [
        replace(observation, features=observation.features + np.float32(number))
        for number in range(3)
    ]
    decisions = [decide(each, policy, SEED, SAMPLE) for each in seen]
    cache.put(decisions[0], policy.evaluate(seen[0]))
    cache.put(decisions[1], policy.evaluate(seen[1]))
    cache.get(policy, seen[0])
    cache.put(decisions[2], policy.evaluate(seen[2]))
    assert [cache.get(policy, each) is not None for each in seen] == [True, False, True]
    assert len(cache) == 2


def test_a_request_without_a_limit_has_no_deadline() -> None:
    assert deadline(5.0, 0) is None
    assert deadline(5.0, 250) == 5.25
