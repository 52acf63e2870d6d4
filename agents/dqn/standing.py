"""Where a DQN learner stands: taken from a checkpoint, and written into the next."""

from dataclasses import replace
from typing import Final

import numpy as np
import torch

from jimbot_stream.agents.checkpoint import Checkpoint, CheckpointError, QHead, extra_tensors
from jimbot_stream.agents.dqn.learner import QLearner
from jimbot_stream.agents.ppo import memory as adam

TARGET: Final = "target."
"""Prefix of the target network's tensors among those that a checkpoint holds besides."""


def restore(learner: QLearner, checkpoint: Checkpoint) -> None:
    """Weights, target network and Adam's memory as saved.

    An untrained checkpoint belongs to no algorithm yet; its target network is itself.

    Raises:
        CheckpointError: it was trained by another algorithm and does not estimate Q, or it
            does and has no target network.
    """
    if checkpoint.q is None and checkpoint.update:
        raise CheckpointError(
            "the checkpoint gives a policy's logits, DQN goes on with estimates of Q:"
            " give it a checkpoint of its own algorithm, or an untrained one"
        )
    shapes = {f"{TARGET}{name}": value.shape for name, value in checkpoint.module.items()}
    kept = extra_tensors(checkpoint, shapes)
    if checkpoint.q is not None and kept is None:
        raise CheckpointError("the checkpoint estimates Q, but has no target network")
    adam.restore(learner, checkpoint)
    with torch.no_grad():
        for name, parameter in learner.policy.target.named_parameters():
            value = checkpoint.module[name] if kept is None else kept[f"{TARGET}{name}"]
            parameter.copy_(torch.tensor(value))
    learner.gradient_steps = checkpoint.optimizer_steps


def saved(learner: QLearner, before: Checkpoint) -> Checkpoint:
    """The checkpoint of a learner that has gone one update beyond another."""
    target = {
        f"{TARGET}{name}": np.array(parameter.cpu().numpy())
        for name, parameter in learner.policy.target.named_parameters()
    }
    after = adam.saved(learner, before)
    return replace(after, q=QHead(learner.settings.temperature), extra=target)
