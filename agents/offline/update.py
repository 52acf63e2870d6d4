"""One update from recorded games as a pure function: a run applies it, a replay repeats it."""

from dataclasses import replace

import numpy as np

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.checkpoint import Checkpoint, from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.offline.config import ImplicitConfig, Learning, MarwilConfig
from jimbot_stream.agents.ppo.memory import restore, saved
from jimbot_stream.agents.sharding import Numbers
from jimbot_stream.agents.update import Update


def apply_offline(checkpoint: bytes, batch: Batch, config: Learning, shuffle_seed: int) -> Update:
    """Learn from the batch; equal arguments give equal bytes on machines of one class.

    Raises:
        CheckpointError: the checkpoint is damaged, of another format or of another algorithm.
        ValueError: the batch is empty.
        DivergedError: a gradient is not finite.
    """
    if not batch.steps:
        raise ValueError("an update needs at least one decision")
    before = from_bytes(checkpoint)
    order = np.random.Generator(np.random.Philox(key=shuffle_seed))
    with one_thread():
        learn = _implicit if isinstance(config, ImplicitConfig) else _imitate
        after, metrics = learn(before, batch, config, order)
    metrics["learned"] = float(batch.weights.sum())
    metrics["reward_per_episode"] = float(batch.rewards.sum()) / max(len(batch.lengths), 1)
    return Update(after.to_bytes(), metrics)


def _imitate(
    before: Checkpoint, batch: Batch, config: Learning, order: np.random.Generator
) -> tuple[Checkpoint, Numbers]:
    from jimbot_stream.agents.offline.imitation import build_imitator, columns_of

    learner = build_imitator(before.shape, config)
    restore(learner, before)
    learner.restore_extra(before)
    gamma = config.gamma if isinstance(config, MarwilConfig) else 0.0
    metrics = learner.learn(columns_of(batch, gamma), order)
    return replace(saved(learner, before), extra=learner.extra()), metrics


def _implicit(
    before: Checkpoint, batch: Batch, config: Learning, order: np.random.Generator
) -> tuple[Checkpoint, Numbers]:
    from jimbot_stream.agents.offline.implicit import Episodes, build_implicit

    assert isinstance(config, ImplicitConfig)
    learner = build_implicit(before.shape, config)
    restore(learner, before)
    learner.restore_extra(before)
    metrics = learner.learn(Episodes(batch, config.gamma), order)
    return replace(saved(learner, before), extra=learner.extra()), metrics
