"""The runner keeps RLlib's promises of an EnvRunner."""

import numpy as np
import pytest
from ray.rllib.core import COMPONENT_RL_MODULE, DEFAULT_MODULE_ID
from ray.rllib.env import INPUT_ENV_SINGLE_SPACES, INPUT_ENV_SPACES
from ray.rllib.env.env_runner import EnvRunner
from ray.rllib.utils.checkpoints import Checkpointable

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import Architecture, CandidateNetwork, initial_weights
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.env_runner import (
    GAMES,
    LockstepRunner,
    runner_config,
    runner_state,
)
from jimbot_stream.agents.rollouts.sampler import Sampler

SEED = 3


@pytest.fixture
def few(config: TrainConfig) -> RolloutConfig:
    return config.rollout


@pytest.fixture
def runner(few: RolloutConfig, checkpoint: bytes) -> LockstepRunner:
    read = from_bytes(checkpoint)
    made = LockstepRunner(config=runner_config(few, SEED), worker_index=1)
    made.set_state(runner_state(read.shape, read.module))
    return made


def test_it_is_one_of_rllib(runner: LockstepRunner) -> None:
    assert isinstance(runner, EnvRunner)
    assert isinstance(runner, Checkpointable)
    assert runner.config.env_runner_cls is LockstepRunner
    runner.assert_healthy()
    assert runner.ping() == "pong"
    assert {INPUT_ENV_SPACES, INPUT_ENV_SINGLE_SPACES, DEFAULT_MODULE_ID} <= set(
        runner.get_spaces()
    )


def test_a_sample_is_what_the_sampler_plays(
    runner: LockstepRunner, few: RolloutConfig, network: CandidateNetwork
) -> None:
    played = runner.sample()
    with one_thread():
        expected = Sampler(few, SEED).sample(network)
    assert played.seen is None
    for name in expected.__slots__:
        assert getattr(played.chunk, name).tobytes() == getattr(expected, name).tobytes(), name


def test_its_state_lets_another_one_go_on(runner: LockstepRunner) -> None:
    runner.sample()
    args, kwargs = runner.get_ctor_args_and_kwargs()
    other = LockstepRunner(*args, **kwargs)
    other.set_state(runner.get_state())
    assert other.get_state(GAMES) == runner.get_state(GAMES)
    assert other.sample().chunk.actions.tobytes() == runner.sample().chunk.actions.tobytes()
    assert other.num_env_steps_sampled_lifetime == runner.num_env_steps_sampled_lifetime == 60


def test_parts_of_the_state_can_be_left_out(runner: LockstepRunner) -> None:
    assert GAMES not in runner.get_state(COMPONENT_RL_MODULE)
    assert COMPONENT_RL_MODULE not in runner.get_state(not_components=[COMPONENT_RL_MODULE])


def test_weights_of_another_shape_make_another_module(runner: LockstepRunner) -> None:
    shape = Architecture(**runner.module.model_config["architecture"] | {"hidden": 16})
    weights = initial_weights(shape, np.random.Generator(np.random.Philox(key=1)))
    runner.set_state(runner_state(shape, weights))
    assert runner.get_state(COMPONENT_RL_MODULE)["architecture"]["hidden"] == 16
    assert len(runner.sample().chunk) == 30


def test_it_counts_as_rllib_counts(runner: LockstepRunner) -> None:
    runner.sample()
    metrics = runner.get_metrics()
    assert metrics["num_env_steps_sampled"].peek() == 30
    assert "num_episodes" in metrics


def test_after_its_end_there_are_no_games(runner: LockstepRunner) -> None:
    runner.stop()
    with pytest.raises(AttributeError):
        runner.sample()
