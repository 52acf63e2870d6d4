"""One update of the learner as a pure function: the learner applies it, a replay repeats it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.checkpoint import Checkpoint, Tensors, from_bytes
from jimbot_stream.agents.ppo.advantages import advantages, standardised
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import ColumnLearner, build_learner
from jimbot_stream.agents.ppo.loss import Columns


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
        CheckpointError: the checkpoint is damaged or of another format.
        ValueError: the batch is empty.
        DivergedError: a gradient is not finite.
    """
    if not batch.steps:
        raise ValueError("an update needs at least one decision")
    before = from_bytes(checkpoint)
    with _one_thread():
        learner = build_learner(before.shape, config)
        _restore(learner, before)
        columns = _columns(learner, batch, config)
        order = np.random.Generator(np.random.Philox(key=shuffle_seed))
        metrics = learner.learn(columns, order)
        after = _saved(learner, before)
    metrics["reward_per_episode"] = float(batch.rewards.sum()) / max(len(batch.lengths), 1)
    return Update(after.to_bytes(), metrics)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Torch cuts sums by its thread count, which must therefore not be the machine's."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _columns(learner: ColumnLearner, batch: Batch, config: UpdateConfig) -> Columns:
    features = torch.from_numpy(batch.features)
    with torch.inference_mode():
        values = learner.policy.state_value(features).numpy().astype(np.float64)
    raw = advantages(batch.rewards, values, batch.lengths, config.gamma, config.lambda_)
    return Columns(
        features=features,
        candidates=torch.from_numpy(batch.candidates),
        mask=torch.from_numpy(batch.mask),
        actions=torch.from_numpy(batch.actions),
        log_probs=_float32(batch.log_probs),
        advantages=_float32(standardised(raw, batch.weights)),
        returns=_float32(raw + values),
        weights=_float32(batch.weights),
    )


def _float32(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Tensor:
    return torch.from_numpy(column.astype(np.float32))


def _restore(learner: ColumnLearner, checkpoint: Checkpoint) -> None:
    """Weights and Adam's memory as saved; Adam's own numbering of parameters is by name here."""
    optimizer = learner.adam
    with torch.no_grad():
        for name, parameter in learner.policy.named_parameters():
            parameter.copy_(torch.tensor(checkpoint.module[name]))
            optimizer.state[parameter] = {
                "step": torch.tensor(float(checkpoint.optimizer_steps)),
                "exp_avg": torch.tensor(checkpoint.adam_first[name]),
                "exp_avg_sq": torch.tensor(checkpoint.adam_second[name]),
            }


def _saved(learner: ColumnLearner, before: Checkpoint) -> Checkpoint:
    module: Tensors = {}
    first: Tensors = {}
    second: Tensors = {}
    steps = before.optimizer_steps
    for name, parameter in learner.policy.named_parameters():
        memory = learner.adam.state[parameter]
        module[name] = parameter.detach().numpy()
        first[name] = memory["exp_avg"].numpy()
        second[name] = memory["exp_avg_sq"].numpy()
        steps = int(memory["step"])
    return replace(
        before,
        update=before.update + 1,
        optimizer_steps=steps,
        module=module,
        adam_first=first,
        adam_second=second,
    )
