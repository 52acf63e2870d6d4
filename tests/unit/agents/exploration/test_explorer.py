"""An update pays for what is new and for progress of builds, and hands on what it has seen."""

from dataclasses import replace
from functools import cache

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


def update(checkpoint: bytes, config: TrainConfig) -> RolloutUpdate:
    return apply_rollouts(checkpoint, Sampler(config.rollout, SEED), config, 5)


applied = cache(update)
"""What several tests look at is computed once."""


def test_nothing_is_done_where_nobody_asks(checkpoint: bytes, plain: TrainConfig) -> None:
    before, chunk = from_bytes(checkpoint), round_of([[(), (3,)]])
    explorer = Explorer(plain, before)
    assert explorer.begun is before
    assert explorer.paid(chunk) is chunk
    assert explorer.kept(before) is before
    assert not explorer.metrics()


def test_rewards_come_on_top(checkpoint: bytes, jokers: TrainConfig) -> None:
    chunk = replace(round_of([[(), (3,), (3,)]]), rewards=np.array([[1.0], [-0.5]]))
    paid = Explorer(jokers, from_bytes(checkpoint)).paid(chunk)
    assert paid.rewards.tolist() == [[1.1], [-0.5]]
    assert chunk.rewards.tolist() == [[1.0], [-0.5]]


def test_a_checkpoint_keeps_the_counts(checkpoint: bytes, jokers: TrainConfig) -> None:
    first = applied(checkpoint, jokers)
    table = from_bytes(first.checkpoint).extra[COUNTS]
    assert table.nbytes == 4 << 10
    assert np.count_nonzero(table) == first.metrics["combinations"] > 0
    assert first.metrics["bonus_decisions"] > 0
    second = from_bytes(applied(first.checkpoint, jokers).checkpoint).extra[COUNTS]
    assert second.sum() > table.sum()


def test_a_checkpoint_keeps_what_was_learned_of_builds(
    checkpoint: bytes, builds: TrainConfig
) -> None:
    before = from_bytes(checkpoint)
    made = applied(checkpoint, builds)
    first = from_bytes(made.checkpoint)
    assert first.shape == before.shape  # decided with as any other
    assert all(value.any() for value in first.extra.values())
    second = from_bytes(applied(made.checkpoint, builds).checkpoint)
    for name, value in first.extra.items():
        assert second.extra[name].shape == value.shape == (before.shape.hidden, 4)
        assert second.extra[name].tobytes() != value.tobytes()


def test_people_are_told_of_builds(checkpoint: bytes, builds: TrainConfig) -> None:
    told = applied(checkpoint, builds).metrics
    shares = [told[f"build_{name}"] for name in ("pairs", "kinds", "straights", "flushes")]
    assert all(0 <= share < 1 for share in shares)
    assert 0.2 < sum(shares) < 0.8  # half of the games, by chance more or fewer
    assert told["build_bonus"] != 0


def test_every_way_has_a_say_in_the_weights(
    checkpoint: bytes, plain: TrainConfig, jokers: TrainConfig, builds: TrainConfig
) -> None:
    weights = {
        b"".join(value.tobytes() for value in from_bytes(made.checkpoint).module.values())
        for made in (applied(checkpoint, each) for each in (plain, jokers, builds))
    }
    assert len(weights) == 3


def test_equal_arguments_give_equal_bytes(checkpoint: bytes, config: TrainConfig) -> None:
    expected = applied(checkpoint, config)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        again = update(checkpoint, config)
    finally:
        torch.set_num_threads(threads)
    assert again.checkpoint == expected.checkpoint
    assert again.metrics == expected.metrics


def test_a_table_of_another_size_is_refused(checkpoint: bytes, jokers: TrainConfig) -> None:
    read = from_bytes(checkpoint)
    kept = replace(read, extra={COUNTS: np.zeros(16, dtype=np.float32)})
    with pytest.raises(CheckpointError, match=r"combinations\.counts is \(16,\).* \(1024,\)"):
        Explorer(jokers, kept)


def test_what_another_way_keeps_is_refused(
    checkpoint: bytes, jokers: TrainConfig, builds: TrainConfig
) -> None:
    kept = from_bytes(applied(checkpoint, jokers).checkpoint)
    with pytest.raises(CheckpointError, match="made by another algorithm"):
        Explorer(builds, kept)


def test_the_configuration_survives_the_record(config: TrainConfig, plain: TrainConfig) -> None:
    assert from_json(config.to_json()) == config
    assert "combinations" not in plain.to_json()


def test_a_recorded_configuration_of_other_fields_is_refused(config: TrainConfig) -> None:
    with pytest.raises(ValueError, match=r"unknown \['gamma'\]"):
        from_json(config.to_json().replace('"beta"', '"gamma"'))
