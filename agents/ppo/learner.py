"""RLlib's PPO learner with columns instead of episodes and an order that can be repeated."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns as Names
from torch import Tensor

from jimbot_stream.agents.devices import CPU, gpus
from jimbot_stream.agents.module import ROW_ENDS, CandidateModule, module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.loss import Columns, sums
from jimbot_stream.agents.sharding import (
    Index,
    Numbers,
    ShardedSteps,
    added,
    minibatches,
    shard_threads,
)

__all__ = ["ColumnLearner", "build_learner"]


def build_learner(
    shape: Architecture, config: UpdateConfig, device: torch.device = CPU
) -> "ColumnLearner":
    """A learner in this process, on a device of ``agents.devices``.

    ``ray.init`` is never called: a Learner is an ordinary object, Ray's daemons would
    cost 600 MB and six seconds, and one learner needs no cluster.
    """
    spec = module_spec(shape)
    spaces = (spec.observation_space, spec.action_space)
    algorithm = (
        PPOConfig()
        .framework("torch", torch_skip_nan_gradients=True)  # they are refused before
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
        .learners(num_learners=0, num_gpus_per_learner=gpus(device), learner_class=ColumnLearner)
    )
    learner: ColumnLearner = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = config
    return learner


class ColumnLearner(ShardedSteps, PPOTorchLearner):  # type: ignore[misc]  # ray is untyped
    """PPO over columns; the bits do not depend on the number of cores."""

    settings: UpdateConfig

    @property
    def policy(self) -> CandidateModule:
        """The module that learns."""
        module: CandidateModule = self.module[DEFAULT_MODULE_ID]
        return module

    def learn(self, columns: Columns, order: np.random.Generator) -> Numbers:
        """Pass over the columns until the epochs are done or the policy moved too far.

        Raises:
            DivergedError: a loss or gradient is not finite.
        """
        metrics: Numbers = {}
        columns = columns.to(self.device)
        with shard_threads(self.settings.shards) as threads:
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
    ) -> Numbers:
        totals = {"entropy": 0.0, "kl": 0.0, "policy": 0.0, "value": 0.0}
        told = self.settings
        for rows in minibatches(len(columns.actions), told.minibatch * told.accumulate, order):
            terms = partial(self._terms, columns, len(rows))
            parts = self.step(rows, told.shards, threads, terms, told.minibatch)
            totals = added(totals, parts)
        return totals

    def _terms(self, whole: Columns, decisions: int, shard: Index) -> tuple[Tensor, Numbers]:
        columns = whole.part(shard)
        batch = {
            Names.OBS: {"features": columns.features, "rows": columns.rows},
            ROW_ENDS: columns.ends,
        }
        logits = self.policy.forward_train(batch)[Names.ACTION_DIST_INPUTS]
        parts = sums(logits, self.policy.compute_values(batch), columns, self.settings.clip)
        return parts.loss(self.settings, decisions), parts.numbers()
