"""Runs that take over the weights of another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.agents.beginning import refuse_unlike, to_begin_from
from jimbot_stream.agents.checkpoint import QHead, from_bytes, taken_over, untrained
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence

CONFIG = TrainConfig(RolloutConfig(games=4, steps=3, rounds=1))


async def trained(log: EmbeddedLog, blobs: BlobStore, seed: int, begun_from: str = "") -> str:
    """The checkpoint after an update of a run."""
    run = await TrainingRun.begin(log, blobs, seed, CONFIG, ALGORITHM, begun_from=begun_from)
    training = Training(run, FrozenClock())
    await training.train(lambda: run.update >= 1, lambda steps: None, lambda done: None)
    return run.checkpoint


def test_weights_are_taken_over_and_the_optimizer_begins_anew() -> None:
    source = replace(from_bytes(untrained(1)), update=7, optimizer_steps=70)
    begun = from_bytes(taken_over(2, source.to_bytes()))
    assert (begun.run_seed, begun.update, begun.optimizer_steps) == (2, 0, 0)
    for name, value in source.module.items():
        np.testing.assert_array_equal(begun.module[name], value)
        assert not begun.adam_first[name].any()


async def test_such_a_run_repeats_bit_for_bit(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        source = await trained(log, blobs, 1)
        named = await to_begin_from(log, blobs, "run1", ALGORITHM)
        assert named == source == await to_begin_from(log, blobs, source[:12], ALGORITHM)
        await trained(log, blobs, 2, named)
        verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
        begun = await TrainingRun.begin(log, blobs, 2, CONFIG, ALGORITHM)  # goes on
        assert begun.started.begun_from == source
    assert not [each for each in verdicts if isinstance(each, Divergence)]


async def test_a_run_keeps_what_it_began_with(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        source = await trained(log, blobs, 1)
        with pytest.raises(RunError, match="run1 began untrained, not with those of"):
            await trained(log, blobs, 1, source)


async def test_a_checkpoint_of_another_kind_or_of_other_rules_is_refused() -> None:
    q = replace(from_bytes(untrained(1)), update=3, q=QHead(0.1))
    with pytest.raises(RunError, match="estimates Q, as those of DQN do; a run of ppo-rollouts"):
        refuse_unlike("ab" * 32, q.to_bytes(), ALGORITHM)
    refuse_unlike("ab" * 32, q.to_bytes(), dqn.ALGORITHM)
    policy = replace(from_bytes(untrained(1)), update=3)
    with pytest.raises(RunError, match="gives a policy's logits; a run of dqn"):
        refuse_unlike("ab" * 32, policy.to_bytes(), dqn.ALGORITHM)
    other = replace(policy, rules_version="0")
    with pytest.raises(RunError, match="rules_version: it was made for the rules 0"):
        refuse_unlike("ab" * 32, other.to_bytes(), ALGORITHM)
