"""A learner's memory: taken from a checkpoint, and written into the next."""

from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from jimbot_stream.agents.checkpoint import Checkpoint, Tensors
from jimbot_stream.agents.failing import DivergedError


class Learner(Protocol):
    """What has weights, and remembers gradients."""

    @property
    def policy(self) -> nn.Module:
        """The module that learns."""
        ...

    def adam_of(self, parameter: Tensor) -> torch.optim.Optimizer:
        """The optimizer of a parameter."""
        ...


def restore(learner: Learner, checkpoint: Checkpoint) -> None:
    """Weights and Adam's memory as saved; Adam's own numbering of parameters is by name here."""
    for name, parameter in learner.policy.named_parameters():
        if name in checkpoint.module:
            with torch.no_grad():
                parameter.copy_(torch.tensor(checkpoint.module[name]))
            learner.adam_of(parameter).state[parameter] = {
                "step": torch.tensor(float(checkpoint.optimizer_steps), device=parameter.device),
                "exp_avg": torch.tensor(checkpoint.adam_first[name], device=parameter.device),
                "exp_avg_sq": torch.tensor(checkpoint.adam_second[name], device=parameter.device),
            }


def saved(learner: Learner, before: Checkpoint) -> Checkpoint:
    """The checkpoint of a learner that has gone one update beyond another.

    Raises:
        DivergedError: a weight, or what Adam remembers of it, is not finite.
    """
    module: Tensors = {}
    first: Tensors = {}
    second: Tensors = {}
    steps = before.optimizer_steps
    for name, parameter in learner.policy.named_parameters():
        if name in before.module:
            memory = learner.adam_of(parameter).state[parameter]
            module[name] = parameter.detach().cpu().numpy()
            first[name] = memory["exp_avg"].cpu().numpy()
            second[name] = memory["exp_avg_sq"].cpu().numpy()
            steps = int(memory["step"])
            for value in (module[name], first[name], second[name]):
                if not np.isfinite(value).all():
                    raise DivergedError(f"tensor {name} of the new checkpoint")
    return replace(
        before,
        update=before.update + 1,
        optimizer_steps=steps,
        module=module,
        adam_first=first,
        adam_second=second,
    )


def float32(column: NDArray[np.float64]) -> Tensor:
    """A column as the network computes."""
    return torch.from_numpy(column.astype(np.float32))
