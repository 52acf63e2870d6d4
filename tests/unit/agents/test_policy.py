"""A policy's bits depend on weights and observation, and on nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimbot_stream.agents.checkpoint import CheckpointError, sha256
from jimbot_stream.agents.machine import compute_class
from jimbot_stream.agents.policy import load_for_reading, load_policy
from jimbot_stream.decision import Observation, Policy

SHARED = [HealthCheck.function_scoped_fixture]  # neither fixture is changed by an example


def bits(policy: Policy, observation: Observation) -> tuple[bytes, float]:
    evaluation = policy.evaluate(observation)
    return evaluation.logits.tobytes(), evaluation.value


def stranger(observation: Observation, key: int) -> Observation:
    drawn = np.random.Generator(np.random.Philox(key=key))
    return replace(
        observation,
        features=drawn.normal(size=observation.features.shape).astype(np.float32),
        candidates=drawn.normal(size=observation.candidates.shape).astype(np.float32),
    )


def test_a_policy_is_named_by_its_bytes(policy: Policy, checkpoint: bytes) -> None:
    assert policy.checkpoint == sha256(checkpoint)
    assert policy.compute_class == compute_class()


def test_there_is_a_logit_for_every_action(policy: Policy, observation: Observation) -> None:
    evaluation = policy.evaluate(observation)
    assert evaluation.logits.shape == observation.mask.shape
    assert evaluation.logits.dtype == np.float32
    assert np.isfinite(evaluation.logits).all()


def test_the_same_checkpoint_loaded_again_gives_the_same_bits(
    policy: Policy, checkpoint: bytes, observation: Observation
) -> None:
    assert bits(load_policy(checkpoint), observation) == bits(policy, observation)


@settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
@given(keys=st.lists(st.integers(0, 2**32), max_size=4))
def test_other_requests_change_no_bit(
    policy: Policy, observation: Observation, keys: list[int]
) -> None:
    alone = bits(policy, observation)
    for key in keys:
        policy.evaluate(stranger(observation, key))
    assert bits(policy, observation) == alone


def test_requests_at_the_same_time_change_no_bit(policy: Policy, observation: Observation) -> None:
    seen = [stranger(observation, key) for key in range(24)]
    alone = [bits(policy, each) for each in seen]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda each: bits(policy, each), seen)) == alone


def test_the_number_of_threads_of_the_process_changes_no_bit(
    policy: Policy, observation: Observation
) -> None:
    alone = bits(policy, observation)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        assert bits(policy, observation) == alone
    finally:
        torch.set_num_threads(threads)


def test_the_place_of_the_arrays_in_memory_changes_no_bit(
    policy: Policy, observation: Observation
) -> None:
    shifted = np.empty(observation.candidates.size + 1, dtype=np.float32)[1:]
    shifted[:] = observation.candidates.ravel()
    moved = replace(observation, candidates=shifted.reshape(observation.candidates.shape))
    assert bits(policy, moved) == bits(policy, observation)


@settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
@given(key=st.integers(0, 2**32))
def test_read_without_rllib_a_policy_has_the_same_bits(
    policy: Policy, checkpoint: bytes, observation: Observation, key: int
) -> None:
    reading = load_for_reading(checkpoint)
    seen = stranger(observation, key)

    assert bits(reading, observation) == bits(policy, observation)
    assert bits(reading, seen) == bits(policy, seen)
    assert (reading.checkpoint, reading.compute_class) == (policy.checkpoint, policy.compute_class)


def test_an_observation_of_another_shape_is_refused(
    policy: Policy, observation: Observation
) -> None:
    with pytest.raises(ValueError, match="shapes"):
        policy.evaluate(replace(observation, features=observation.features[1:]))


def test_damaged_bytes_are_refused(checkpoint: bytes) -> None:
    with pytest.raises(CheckpointError):
        load_policy(checkpoint[:-1])
