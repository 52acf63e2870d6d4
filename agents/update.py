"""One update of the learner as a pure function: the learner applies it, a replay repeats it."""

from dataclasses import dataclass

import numpy as np
import torch

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.ppo.advantages import advantages, standardised
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import ColumnLearner, build_learner
from jimbot_stream.agents.ppo.loss import Columns
from jimbot_stream.agents.ppo.memory import float32, restore, saved


@dataclass(frozen=True, slots=True)
class Update:
    """What an update makes."""

    checkpoint: bytes
    metrics: dict[str, float]
    """For people; a replay compares them where the checkpoints are equal."""


def apply_update(
    checkpoint: bytes, batch: Batch, config: UpdateConfig, shuffle_seed: int
) -> Update:
    """Learn from the batch; equal arguments give equal bytes on machines of one class.

    Raises:
        CheckpointError: the checkpoint is damaged or of another format, or estimates Q.
        ValueError: the batch is empty.
        DivergedError: a gradient is not finite.
    """
    if not batch.steps:
        raise ValueError("an update needs at least one decision")
    before = from_bytes(checkpoint)
    before.refuse_q()
    with one_thread():
        learner = build_learner(before.shape, config)
        restore(learner, before)
        columns = _columns(learner, batch, config)
        order = np.random.Generator(np.random.Philox(key=shuffle_seed))
        metrics = learner.learn(columns, order)
        after = saved(learner, before)
    metrics["reward_per_episode"] = float(batch.rewards.sum()) / max(len(batch.lengths), 1)
    return Update(after.to_bytes(), metrics)


def _columns(learner: ColumnLearner, batch: Batch, config: UpdateConfig) -> Columns:
    features = torch.from_numpy(batch.features)
    with torch.inference_mode():
        values = learner.policy.state_value(features).numpy().astype(np.float64)
    raw = advantages(batch.rewards, values, batch.lengths, config.gamma, config.lambda_)
    return Columns(
        features=features,
        rows=torch.from_numpy(batch.rows),
        ends=torch.from_numpy(batch.ends),
        actions=torch.from_numpy(batch.actions),
        log_probs=float32(batch.log_probs),
        advantages=float32(standardised(raw, batch.weights)),
        returns=float32(raw + values),
        weights=float32(batch.weights),
    )
