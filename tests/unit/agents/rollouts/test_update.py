"""An update in the simulator is a function of checkpoint, games, configuration and seed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from jimbot_stream.agents.checkpoint import from_bytes, sha256
from jimbot_stream.agents.ppo.advantages import advantages, rollout_advantages
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, from_json, rollout_ppo
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import RolloutUpdate, apply_rollouts


def applied(checkpoint: bytes, config: TrainConfig, seed: int = 5, run: int = 3) -> RolloutUpdate:
    return apply_rollouts(checkpoint, Sampler(config.rollout, run), config, seed)


def test_equal_arguments_give_equal_bytes(checkpoint: bytes, config: TrainConfig) -> None:
    one, two = applied(checkpoint, config), applied(checkpoint, config)
    assert one.checkpoint == two.checkpoint
    assert one.metrics == two.metrics
    assert one.steps == config.rollout.decisions
    assert from_bytes(one.checkpoint).update == 1


def test_threads_of_the_process_have_no_say(checkpoint: bytes, config: TrainConfig) -> None:
    expected = applied(checkpoint, config).checkpoint
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        assert applied(checkpoint, config).checkpoint == expected
    finally:
        torch.set_num_threads(threads)


def test_each_argument_has_a_say(checkpoint: bytes, config: TrainConfig) -> None:
    other = replace(config, ppo=replace(config.ppo, learning_rate=1e-5))
    results = [
        applied(checkpoint, config),
        applied(checkpoint, config, seed=6),
        applied(checkpoint, config, run=4),
        applied(checkpoint, other),
        applied(applied(checkpoint, config, seed=9).checkpoint, config),
    ]
    assert len({sha256(result.checkpoint) for result in results}) == len(results)


def test_rounds_are_told_as_they_are_learned_from(checkpoint: bytes, config: TrainConfig) -> None:
    told: list[int] = []
    apply_rollouts(checkpoint, Sampler(config.rollout, 3), config, 5, told.append)
    assert told == [config.rollout.games * config.rollout.steps] * config.rollout.rounds


@pytest.mark.parametrize("seed", range(5))
def test_advantages_in_lockstep_are_those_of_whole_games(seed: int) -> None:
    """Games that end just where the round does have the advantages that they have alone."""
    drawn = np.random.Generator(np.random.Philox(key=seed))
    ended = drawn.random((12, 4)) < 0.3
    ended[-1] = True
    rewards, values = drawn.normal(size=(12, 4)), drawn.normal(size=(13, 4))
    found = rollout_advantages(rewards, values, ended, 0.9, 0.8)
    for game in range(4):
        lengths = np.diff(np.flatnonzero(ended[:, game]), prepend=-1).tolist()
        alone = advantages(rewards[:, game], values[:-1, game], lengths, 0.9, 0.8)
        assert np.allclose(found[:, game], alone)


def test_a_game_that_goes_on_counts_what_its_next_state_is_worth() -> None:
    rewards, ended = np.array([[1.0]]), np.array([[False]])
    found = rollout_advantages(rewards, np.array([[0.5], [2.0]]), ended, 0.9, 0.8)
    assert found[0, 0] == 1.0 + 0.9 * 2.0 - 0.5


@pytest.mark.parametrize("config", [TrainConfig(), *PROFILES.values()])
def test_configurations_survive_the_record(config: TrainConfig) -> None:
    assert from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "text", ["{}", "[]", rollout_ppo().to_json(), '{"ppo": {}, "rollout": {}}']
)
def test_a_configuration_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="recorded"):
        from_json(text)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="rounds"):
        RolloutConfig(rounds=0)
    with pytest.raises(ValueError, match="no reward 'gold'"):
        RolloutConfig(reward="gold")
