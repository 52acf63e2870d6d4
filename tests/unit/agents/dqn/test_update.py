"""An update is a function of checkpoint, games, memory, configuration and seed."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from jimbot_stream.agents.checkpoint import CheckpointError, from_bytes, sha256, untrained
from jimbot_stream.agents.dqn.config import PROFILES, DqnConfig, DqnTrainConfig, from_json
from jimbot_stream.agents.dqn.update import apply_dqn, empty_memory
from jimbot_stream.agents.policy import load_for_reading, load_policy
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import RolloutUpdate, apply_rollouts
from jimbot_stream.decision import Observation


def applied(
    checkpoint: bytes, config: DqnTrainConfig, seed: int = 5, run: int = 3
) -> tuple[RolloutUpdate, str]:
    """The update, and the name of the memory that it leaves."""
    memory = empty_memory(config)
    update = apply_dqn(checkpoint, Sampler(config.rollout, run), memory, config, seed)
    return update, sha256(manifest.to_bytes(memory))


@pytest.fixture(scope="module")
def trained(config: DqnTrainConfig) -> bytes:
    return applied(untrained(7), config)[0].checkpoint


def test_equal_arguments_give_equal_bytes(checkpoint: bytes, config: DqnTrainConfig) -> None:
    (one, kept), (two, kept_too) = applied(checkpoint, config), applied(checkpoint, config)
    assert one.checkpoint == two.checkpoint
    assert one.metrics == two.metrics
    assert kept == kept_too
    assert one.steps == config.rollout.decisions
    assert one.metrics["memory_transitions"] == one.steps


def test_threads_of_the_process_have_no_say(checkpoint: bytes, config: DqnTrainConfig) -> None:
    expected = applied(checkpoint, config)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        found = applied(checkpoint, config)
    finally:
        torch.set_num_threads(threads)
    assert (found[0].checkpoint, found[1]) == (expected[0].checkpoint, expected[1])


def test_each_argument_has_a_say(checkpoint: bytes, trained: bytes, config: DqnTrainConfig) -> None:
    other = replace(config, dqn=replace(config.dqn, learning_rate=1e-5))
    rarer = replace(config, memory=replace(config.memory, alpha=0.1))
    results = [
        applied(checkpoint, config),
        applied(checkpoint, config, seed=6),
        applied(checkpoint, config, run=4),
        applied(checkpoint, other),
        applied(checkpoint, rarer),
        applied(trained, config),
    ]
    assert len({sha256(update.checkpoint) for update, _ in results}) == len(results)


def test_the_checkpoint_tells_of_q_and_keeps_the_target(trained: bytes) -> None:
    read = from_bytes(trained)
    assert read.to_bytes() == trained
    assert read.temperature == DqnConfig().temperature
    assert {name.removeprefix("target.") for name in read.extra} == set(read.module)
    assert any((read.extra[f"target.{n}"] != value).any() for n, value in read.module.items())


def test_a_policy_in_service_divides_q_by_the_temperature(
    trained: bytes, observation: Observation
) -> None:
    plain = replace(from_bytes(trained), q=None).to_bytes()
    by_q, by_logits = load_policy(trained), load_policy(plain)
    found, expected = by_q.evaluate(observation), by_logits.evaluate(observation)
    assert found.logits.tolist() == (expected.logits / torch.tensor(0.05).numpy()).tolist()
    assert found.value == expected.value
    read = load_for_reading(trained).evaluate(observation)
    assert read.logits.tobytes() == found.logits.tobytes()


def test_learners_refuse_checkpoints_of_the_other_kind(
    checkpoint: bytes, trained: bytes, config: DqnTrainConfig
) -> None:
    few = TrainConfig(RolloutConfig(games=2, steps=2, rounds=1))
    ppo = apply_rollouts(checkpoint, Sampler(few.rollout, 1), few, 1).checkpoint
    with pytest.raises(CheckpointError, match="gives a policy's logits"):
        applied(ppo, config)
    with pytest.raises(CheckpointError, match="estimates Q"):
        apply_rollouts(trained, Sampler(few.rollout, 1), few, 1)
    headless = replace(from_bytes(trained), extra={}).to_bytes()
    with pytest.raises(CheckpointError, match="target network"):
        applied(headless, config)


def test_a_temperature_that_is_none_is_refused(trained: bytes) -> None:
    read = from_bytes(trained)
    assert read.q is not None
    spoilt = replace(read, q=replace(read.q, temperature=0.0)).to_bytes()
    with pytest.raises(CheckpointError, match=r"q\.temperature"):
        from_bytes(spoilt)


@pytest.mark.parametrize("config", [DqnTrainConfig(), *PROFILES.values()])
def test_configurations_survive_the_record(config: DqnTrainConfig) -> None:
    assert from_json(config.to_json()) == config


def test_a_configuration_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="recorded"):
        from_json(TrainConfig().to_json())


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_step", 0), ("gamma", 1.5), ("tau", 0), ("temperature", 0.0), ("epsilon", -0.1)],
)
def test_impossible_numbers_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"dqn.{name}"):
        replace(DqnConfig(), **{name: value})
