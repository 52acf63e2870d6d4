import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import UndecidableError, decide
from jimbot_stream.decision.sampling import DecisionSeed

SAMPLE = DecisionMode.DECISION_MODE_SAMPLE
GREEDY = DecisionMode.DECISION_MODE_GREEDY
SEED = DecisionSeed(1, "game", 0)


def test_equal_arguments_give_equal_decisions(observation: Observation, policy: Any) -> None:
    assert decide(observation, policy, SEED, SAMPLE) == decide(observation, policy, SEED, SAMPLE)


def test_other_numbers_of_a_game_decide_otherwise(observation: Observation, policy: Any) -> None:
    seeds = [replace(SEED, decision_number=number) for number in range(50)]
    assert len({decide(observation, policy, s, SAMPLE).action_index for s in seeds}) > 10


def test_greedy_does_not_depend_on_the_seed(observation: Observation, policy: Any) -> None:
    seeds = [replace(SEED, decision_number=number) for number in range(20)]
    assert len({decide(observation, policy, s, GREEDY).action_index for s in seeds}) == 1


def test_an_unspecified_mode_samples_and_is_recorded_as_such(
    observation: Observation, policy: Any
) -> None:
    decision = decide(observation, policy, SEED, DecisionMode.DECISION_MODE_UNSPECIFIED)
    assert decision == decide(observation, policy, SEED, SAMPLE)
    assert decision.mode == SAMPLE


def test_deciding_changes_nothing_in_the_observation(observation: Observation, policy: Any) -> None:
    before = [a.copy() for a in (observation.features, observation.candidates, observation.mask)]
    decide(observation, policy, SEED, SAMPLE)
    after = [observation.features, observation.candidates, observation.mask]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_digests_are_of_the_bytes_that_the_contract_names(
    observation: Observation, policy: Any
) -> None:
    decision = decide(observation, policy, SEED, SAMPLE)
    seen = observation.features.tobytes() + observation.candidates.tobytes()
    masked = np.where(observation.mask, policy.logits, np.float32("-inf"))
    assert decision.observation_digest == hashlib.sha256(seen).hexdigest()
    assert decision.mask_digest == hashlib.sha256(bytes(observation.mask.tolist())).hexdigest()
    assert decision.logits_digest == hashlib.sha256(masked.tobytes()).hexdigest()


def test_a_decision_names_its_policy(observation: Observation, policy: Any) -> None:
    decision = decide(observation, policy, SEED, SAMPLE)
    assert decision.checkpoint == policy.checkpoint
    assert decision.compute_class == policy.compute_class
    assert decision.decided_by == DecisionSource.DECISION_SOURCE_POLICY
    assert decision.value == policy.value


def test_an_empty_mask_is_refused_before_the_policy_is_asked(
    observation: Observation, policy: Any
) -> None:
    stuck = replace(observation, mask=np.zeros(wire.CAPACITY, dtype=np.bool_))
    with pytest.raises(UndecidableError, match="no action is legal"):
        decide(stuck, policy, SEED, SAMPLE)
    assert policy.asked == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_logits_that_are_not_finite_are_refused(
    observation: Observation, policy: Any, bad: float
) -> None:
    policy.logits[3] = bad
    with pytest.raises(UndecidableError, match="NaN or infinity"):
        decide(observation, policy, SEED, SAMPLE)


def test_a_value_that_is_not_finite_is_refused(observation: Observation, policy: Any) -> None:
    policy.value = float("nan")
    with pytest.raises(UndecidableError, match="NaN or infinity"):
        decide(observation, policy, SEED, SAMPLE)


def test_logits_of_another_capacity_are_refused(observation: Observation, policy: Any) -> None:
    policy.logits = policy.logits[:-1]
    with pytest.raises(UndecidableError, match=str(wire.CAPACITY)):
        decide(observation, policy, SEED, SAMPLE)
