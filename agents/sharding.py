"""Gradient steps of an RLlib learner over columns, cut into shards that any thread may compute.

The stock ``Learner.update`` wants Python episodes, shuffles with numpy's global generator and
logs every minibatch. Here a minibatch is a choice of decisions, cut into a fixed number of
shards whose gradients are summed in a fixed order: the bits do not depend on the number of
cores. Module, optimizers, clipping and the step itself stay RLlib's.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.core import DEFAULT_MODULE_ID
from torch import Tensor

Index = NDArray[np.int64]
"""Decisions, by their place in the columns."""
Gradients = tuple[Tensor, ...]
Numbers = dict[str, float]
"""Terms of a loss, each summed over decisions."""
Terms = Callable[[Index], tuple[Tensor, Numbers]]
"""The part of a minibatch's loss that some of its decisions make, and its terms."""


class DivergedError(ArithmeticError):
    """The loss or a gradient is not finite; the weights before it must stay in service."""


def shard_threads(number: int) -> ThreadPoolExecutor:
    """Threads for shards; torch itself uses one in each, or it would cut sums by its count."""
    return ThreadPoolExecutor(number, "gradients", torch.set_num_threads, (1,))


def minibatches(decisions: int, size: int, order: np.random.Generator) -> Iterator[Index]:
    """One pass over the decisions in a drawn order."""
    shuffled = order.permutation(decisions)
    for start in range(0, decisions, size):
        yield shuffled[start : start + size]


def added(totals: Numbers, parts: Sequence[Numbers]) -> Numbers:
    """Sums of terms, in the order of the parts."""
    for part in parts:
        totals = {name: totals.get(name, 0.0) + value for name, value in part.items()}
    return totals


class ShardedSteps:
    """Mixed into an RLlib learner, before its own class."""

    module: Any
    get_param_ref: Any
    get_optimizers_for_module: Any
    postprocess_gradients: Any
    apply_gradients: Any

    def step(
        self, rows: Index, shards: int, threads: ThreadPoolExecutor, terms: Terms
    ) -> list[Numbers]:
        """One gradient step; shards are cut and summed in a fixed order, whoever computes them.

        Raises:
            DivergedError: a gradient is not finite.
        """
        parts = [part for part in np.array_split(rows, shards) if len(part)]
        found = list(threads.map(lambda part: self._gradients(*terms(part)), parts))
        gradients = self._summed([gradients for gradients, _ in found])
        self.apply_gradients(self.postprocess_gradients(gradients))
        return [numbers for _, numbers in found]

    def adam_of(self, parameter: Tensor) -> torch.optim.Optimizer:
        """The optimizer that RLlib gave the parameter to.

        Raises:
            LookupError: none has it.
        """
        for _, optimizer in self.get_optimizers_for_module(DEFAULT_MODULE_ID):
            for group in optimizer.param_groups:
                if any(parameter is each for each in group["params"]):
                    found: torch.optim.Optimizer = optimizer
                    return found
        raise LookupError("a parameter that no optimizer moves")

    def _gradients(self, loss: Tensor, numbers: Numbers) -> tuple[Gradients, Numbers]:
        # grad, not backward: threads must not add into the shared .grad in a random order.
        # Parameters that a loss does not touch get zeros, which move nothing.
        return torch.autograd.grad(loss, self._learned(), materialize_grads=True), numbers

    def _summed(self, shards: Sequence[Gradients]) -> dict[Any, Tensor]:
        total = list(shards[0])
        for gradients in shards[1:]:
            total = [one + other for one, other in zip(total, gradients, strict=True)]
        if not all(bool(torch.isfinite(gradient).all()) for gradient in total):
            raise DivergedError("a gradient of the update is not finite")
        return {
            self.get_param_ref(parameter): gradient
            for parameter, gradient in zip(self._learned(), total, strict=True)
        }

    def _learned(self) -> list[Tensor]:
        module = self.module[DEFAULT_MODULE_ID]
        return [parameter for parameter in module.parameters() if parameter.requires_grad]
