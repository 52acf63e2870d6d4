"""RLlib's PPO learner with columns instead of episodes and an order that can be repeated.

The stock ``Learner.update`` wants Python episodes, shuffles with numpy's global
generator and logs every minibatch; this one takes columns, a Philox generator and
fixed shards. Module, optimizer, clipping and gradient application stay RLlib's.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns as Names
from torch import Tensor

from jimbot_stream.agents.module import ROW_ENDS, CandidateModule, module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.loss import Columns, sums

Gradients = tuple[Tensor, ...]


class DivergedError(ArithmeticError):
    """The loss or a gradient is not finite; the weights before it must stay in service."""


def build_learner(shape: Architecture, config: UpdateConfig) -> "ColumnLearner":
    """A learner in this process.

    ``ray.init`` is never called: a Learner is an ordinary object, Ray's daemons would
    cost 600 MB and six seconds, and one learner needs no cluster.
    """
    spec = module_spec(shape)
    spaces = (spec.observation_space, spec.action_space)
    algorithm = (
        PPOConfig()
        .framework("torch")
        .rl_module(rl_module_spec=spec)
        .training(
            lr=config.learning_rate,
            gamma=config.gamma,
            lambda_=config.lambda_,
            clip_param=config.clip,
            entropy_coeff=config.entropy,
            vf_loss_coeff=config.value_weight,
            use_kl_loss=False,
            grad_clip=config.gradient_norm,
            grad_clip_by="global_norm",
            num_epochs=config.epochs,
            minibatch_size=config.minibatch,
        )
        .learners(num_learners=0, num_gpus_per_learner=0, learner_class=ColumnLearner)
    )
    learner: ColumnLearner = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = config
    return learner


def _threads(number: int) -> ThreadPoolExecutor:
    """Threads for shards; torch itself uses one in each, or it would cut sums by its count."""
    return ThreadPoolExecutor(number, "gradients", torch.set_num_threads, (1,))


class ColumnLearner(PPOTorchLearner):  # type: ignore[misc]  # ray is untyped
    """PPO over columns; the bits do not depend on the number of cores."""

    settings: UpdateConfig

    @property
    def policy(self) -> CandidateModule:
        """The module that learns."""
        module: CandidateModule = self.module[DEFAULT_MODULE_ID]
        return module

    @property
    def adam(self) -> torch.optim.Optimizer:
        """Its optimizer, as RLlib configured it."""
        optimizer: torch.optim.Optimizer = self.get_optimizer(DEFAULT_MODULE_ID)
        return optimizer

    def learn(self, columns: Columns, order: np.random.Generator) -> dict[str, float]:
        """Pass over the columns until the epochs are done or the policy moved too far.

        Raises:
            DivergedError: a loss or gradient is not finite.
        """
        metrics: dict[str, float] = {}
        with _threads(self.settings.shards) as threads:
            for epoch in range(self.settings.epochs):
                totals = self._epoch(columns, order, threads)
                steps = len(columns.actions)
                metrics = {name: value / steps for name, value in totals.items()}
                metrics["epochs"] = epoch + 1.0
                if metrics["kl"] > self.settings.kl_stop:
                    break
        return metrics

    def _epoch(
        self, columns: Columns, order: np.random.Generator, threads: ThreadPoolExecutor
    ) -> dict[str, float]:
        shuffled = order.permutation(len(columns.actions))
        totals = {"entropy": 0.0, "kl": 0.0, "policy": 0.0, "value": 0.0}
        for start in range(0, len(shuffled), self.settings.minibatch):
            rows = shuffled[start : start + self.settings.minibatch]
            for part in self._minibatch(columns, rows, threads):
                totals = {name: totals[name] + part[name] for name in totals}
        return totals

    def _minibatch(
        self, columns: Columns, rows: np.ndarray[Any, Any], threads: ThreadPoolExecutor
    ) -> list[dict[str, float]]:
        """One gradient step; shards are cut and summed in a fixed order, whoever computes them."""
        shards = [part for part in np.array_split(rows, self.settings.shards) if len(part)]
        parts = list(threads.map(lambda shard: self._shard(columns.part(shard), len(rows)), shards))
        gradients = self._added([gradients for gradients, _ in parts])
        self.apply_gradients(self.postprocess_gradients(gradients))
        return [numbers for _, numbers in parts]

    def _shard(self, columns: Columns, decisions: int) -> tuple[Gradients, dict[str, float]]:
        batch = {
            Names.OBS: {"features": columns.features, "rows": columns.rows},
            ROW_ENDS: columns.ends,
        }
        logits = self.policy.forward_train(batch)[Names.ACTION_DIST_INPUTS]
        parts = sums(logits, self.policy.compute_values(batch), columns, self.settings.clip)
        loss = parts.loss(self.settings, decisions)
        # grad, not backward: threads must not add into the shared .grad in a random order.
        return torch.autograd.grad(loss, self._parameters()), parts.numbers()

    def _added(self, shards: Sequence[Gradients]) -> dict[Any, Tensor]:
        added = list(shards[0])
        for gradients in shards[1:]:
            added = [one + other for one, other in zip(added, gradients, strict=True)]
        if not all(bool(torch.isfinite(gradient).all()) for gradient in added):
            raise DivergedError(
                "a gradient of the update is not finite: the weights before it stay. If it happens"
                " again, begin a run with a lower learning rate or gradient norm"
            )
        return {
            self.get_param_ref(parameter): gradient
            for parameter, gradient in zip(self._parameters(), added, strict=True)
        }

    def _parameters(self) -> list[Tensor]:
        return list(self.policy.parameters())
