"""Gradients accumulated over small minibatches are those of the large one."""

from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.checkpoint import Checkpoint, from_bytes
from jimbot_stream.agents.ppo.config import UpdateConfig, from_json
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import apply_rollouts

ROLLOUT = RolloutConfig(games=6, steps=5, rounds=2)
LARGE = UpdateConfig(epochs=2, minibatch=16, shards=2)


def learned(checkpoint: bytes, ppo: UpdateConfig, rollout: RolloutConfig = ROLLOUT) -> Checkpoint:
    config = TrainConfig(rollout, ppo)
    return from_bytes(apply_rollouts(checkpoint, Sampler(rollout, 3), config, 5).checkpoint)


@pytest.fixture(scope="module")
def accumulated(checkpoint: bytes) -> Checkpoint:
    return learned(checkpoint, replace(LARGE, minibatch=4, accumulate=4))


def test_shards_of_the_same_cut_give_the_same_bits(
    checkpoint: bytes, accumulated: Checkpoint
) -> None:
    """Four minibatches in two shards each are one minibatch in eight: the sums are the same."""
    assert learned(checkpoint, replace(LARGE, shards=8)).to_bytes() == accumulated.to_bytes()


def test_the_large_minibatch_differs_by_rounding_alone(checkpoint: bytes) -> None:
    """Adam's mean after one step is a tenth of the gradient, which is clipped to length 0.5."""
    rollout, ppo = replace(ROLLOUT, rounds=1), replace(LARGE, epochs=1)
    one = learned(checkpoint, replace(ppo, minibatch=30), rollout)
    other = learned(checkpoint, replace(ppo, minibatch=5, accumulate=6), rollout)
    assert one.optimizer_steps == other.optimizer_steps == 1
    for name, value in one.adam_first.items():
        assert np.allclose(value, other.adam_first[name], rtol=0, atol=1e-7), name


def test_small_steps_are_something_else(checkpoint: bytes, accumulated: Checkpoint) -> None:
    small = learned(checkpoint, replace(LARGE, minibatch=4))
    assert small.optimizer_steps > accumulated.optimizer_steps


def test_the_setting_is_recorded_and_silent_at_its_default() -> None:
    told = replace(LARGE, accumulate=4)
    assert from_json(told.to_json()) == told
    assert "accumulate" not in LARGE.to_json()
    with pytest.raises(ValueError, match="accumulate must be at least 1"):
        replace(LARGE, accumulate=0)
