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

from jimbot_stream.agents.failing import DivergedError

Index = NDArray[np.int64]
"""Decisions, by their place in the columns."""
Gradients = tuple[Tensor, ...]
Numbers = dict[str, float]
"""Terms of a loss, each summed over decisions."""
Terms = Callable[[Index], tuple[Tensor, Numbers]]
"""The part of a minibatch's loss that some of its decisions make, and its terms."""


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


def _parts(rows: Index, size: int) -> Iterator[Index]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _summed(total: Gradients | None, shards: Sequence[Gradients]) -> Gradients:
    """The sum, one after another: the order has a say in the last bits."""
    for gradients in shards:
        if total is None:
            total = gradients
        else:
            total = tuple(one + other for one, other in zip(total, gradients, strict=True))
    assert total is not None
    return total


class ShardedSteps:
    """Mixed into an RLlib learner, before its own class."""

    module: Any
    get_parameters: Any
    get_param_ref: Any
    register_optimizer: Any
    get_optimizers_for_module: Any
    postprocess_gradients: Any
    apply_gradients: Any

    def step(
        self,
        rows: Index,
        shards: int,
        threads: ThreadPoolExecutor,
        terms: Terms,
        at_a_time: int | None = None,
    ) -> list[Numbers]:
        """One gradient step; shards are cut and summed in a fixed order, whoever computes them.

        Where no more than some decisions may be held at a time, gradients are accumulated over
        so many at a time, each cut into shards.

        Raises:
            DivergedError: a gradient is not finite.
        """
        total: Gradients | None = None
        numbers: list[Numbers] = []
        for part in _parts(rows, at_a_time or len(rows)):
            shares = [share for share in np.array_split(part, shards) if len(share)]
            found = list(threads.map(lambda share: self._gradients(*terms(share)), shares))
            total = _summed(total, [gradients for gradients, _ in found])
            numbers += [told for _, told in found]
        assert total is not None  # a step has decisions
        self.apply_gradients(self.postprocess_gradients(self._named(total)))
        return numbers

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """Register what RLlib would, Adam, but one that makes a step in one pass."""
        parameters = self.get_parameters(self.module[module_id])
        self.register_optimizer(
            module_id=module_id,
            optimizer=torch.optim.Adam(parameters, fused=True),
            params=parameters,
            lr_or_lr_schedule=config.lr,
        )

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

    def _named(self, total: Gradients) -> dict[Any, Tensor]:
        # A sum is finite where all are: one pass, and only what has diverged overflows.
        if not all(bool(torch.isfinite(gradient.sum())) for gradient in total):
            raise DivergedError("a gradient of the update")
        return {
            self.get_param_ref(parameter): gradient
            for parameter, gradient in zip(self._learned(), total, strict=True)
        }

    def _learned(self) -> list[Tensor]:
        module = self.module[DEFAULT_MODULE_ID]
        return [parameter for parameter in module.parameters() if parameter.requires_grad]
