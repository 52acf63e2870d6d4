"""An update pays for what is new, and hands on what it has seen."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from jimbot_stream.agents.checkpoint import CheckpointError, from_bytes
from jimbot_stream.agents.exploration.explorer import COUNTS, Explorer
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import RolloutUpdate, apply_rollouts
from tests.support.held import round_of

SEED = 3


def applied(checkpoint: bytes, config: TrainConfig) -> RolloutUpdate:
    return apply_rollouts(checkpoint, Sampler(config.rollout, SEED), config, 5)


def test_nothing_is_paid_where_nobody_asks(checkpoint: bytes, config: TrainConfig) -> None:
    plain = replace(config, combinations=None)
    before, chunk = from_bytes(checkpoint), round_of([[(), (3,)]])
    explorer = Explorer(plain, before)
    assert explorer.paid(chunk) is chunk
    assert explorer.kept(before) is before
    assert not explorer.metrics()


def test_rewards_come_on_top(checkpoint: bytes, config: TrainConfig) -> None:
    chunk = replace(round_of([[(), (3,), (3,)]]), rewards=np.array([[1.0], [-0.5]]))
    paid = Explorer(config, from_bytes(checkpoint)).paid(chunk)
    assert paid.rewards.tolist() == [[1.1], [-0.5]]
    assert chunk.rewards.tolist() == [[1.0], [-0.5]]


def test_a_checkpoint_keeps_the_counts(checkpoint: bytes, config: TrainConfig) -> None:
    first = applied(checkpoint, config)
    table = from_bytes(first.checkpoint).extra[COUNTS]
    assert table.nbytes == 4 << 10
    assert np.count_nonzero(table) == first.metrics["combinations"] > 0
    assert first.metrics["bonus_decisions"] > 0
    second = from_bytes(applied(first.checkpoint, config).checkpoint).extra[COUNTS]
    assert second.sum() > table.sum()


def test_it_has_a_say_in_the_weights(checkpoint: bytes, config: TrainConfig) -> None:
    plain, paid = (
        applied(checkpoint, replace(config, combinations=None)),
        applied(checkpoint, config),
    )
    assert not from_bytes(plain.checkpoint).extra
    one, two = (from_bytes(each.checkpoint).module for each in (plain, paid))
    assert any(one[name].tobytes() != two[name].tobytes() for name in one)


def test_equal_arguments_give_equal_bytes(checkpoint: bytes, config: TrainConfig) -> None:
    expected = applied(checkpoint, config)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        again = applied(checkpoint, config)
    finally:
        torch.set_num_threads(threads)
    assert again.checkpoint == expected.checkpoint
    assert again.metrics == expected.metrics


def test_a_table_of_another_size_is_refused(checkpoint: bytes, config: TrainConfig) -> None:
    read = from_bytes(checkpoint)
    kept = replace(read, extra={COUNTS: np.zeros(16, dtype=np.float32)})
    with pytest.raises(CheckpointError, match=r"combinations\.counts is \(16,\).* \(1024,\)"):
        Explorer(config, kept)


def test_the_configuration_survives_the_record(config: TrainConfig) -> None:
    assert from_json(config.to_json()) == config
    assert "combinations" not in replace(config, combinations=None).to_json()


def test_a_recorded_configuration_of_other_fields_is_refused(config: TrainConfig) -> None:
    with pytest.raises(ValueError, match=r"unknown \['gamma'\]"):
        from_json(config.to_json().replace('"beta"', '"gamma"'))
