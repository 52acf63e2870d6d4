"""BC and MARWIL on RLlib's learner: imitate what was done, the more the better it turned out.

RLlib's BC is its MARWIL with beta 0, and so it is here. What differs from the stock loss: an
action that is not learned from weighs nothing, no decision weighs more than ``most_weight``,
and the running mean of squared advantages moves once a minibatch, before its shards are cut.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms.marwil import MARWILConfig as StockConfig
from ray.rllib.algorithms.marwil.torch.marwil_torch_learner import MARWILTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns as Names
from torch import Tensor

from jimbot_stream.agents.batch import Batch, picked
from jimbot_stream.agents.checkpoint import Checkpoint, Tensors, extra_tensors
from jimbot_stream.agents.module import ROW_ENDS, CandidateModule, module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.offline.config import CloningConfig, Learning, MarwilConfig
from jimbot_stream.agents.offline.returns import discounted
from jimbot_stream.agents.ppo.memory import float32
from jimbot_stream.agents.sharding import (
    Index,
    Numbers,
    ShardedSteps,
    added,
    minibatches,
    shard_threads,
)

NORM: Final = "marwil.squared_advantage"
"""Extra tensor [1]: the running mean of squared advantages."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Decisions as tensors."""

    features: Tensor  # [B, K]
    rows: Tensor  # [R, F] candidates, packed
    ends: Tensor  # [B] int64
    actions: Tensor  # [B] int64, which of its own rows
    returns: Tensor  # [B] discounted
    weights: Tensor  # [B] 1 where the action is learned from, else 0

    def part(self, index: Index) -> "Columns":
        """Some of the decisions, in the order of index."""
        rows, upto = picked(self.ends.numpy(), index)
        chosen = torch.from_numpy(index)
        return Columns(
            features=self.features[chosen],
            rows=self.rows.index_select(0, torch.from_numpy(rows)),
            ends=torch.from_numpy(upto),
            actions=self.actions[chosen],
            returns=self.returns[chosen],
            weights=self.weights[chosen],
        )

    def observed(self) -> dict[str, object]:
        """As the module takes them."""
        return {Names.OBS: {"features": self.features, "rows": self.rows}, ROW_ENDS: self.ends}


def columns_of(batch: Batch, gamma: float) -> Columns:
    """A batch as this learner takes it."""
    return Columns(
        features=torch.from_numpy(batch.features),
        rows=torch.from_numpy(batch.rows),
        ends=torch.from_numpy(batch.ends),
        actions=torch.from_numpy(batch.actions),
        returns=float32(discounted(batch.rewards, batch.lengths, gamma)),
        weights=float32(batch.weights),
    )


def build_imitator(shape: Architecture, config: Learning) -> "Imitator":
    """A learner in this process, without Ray's daemons."""
    told = config if isinstance(config, MarwilConfig) else _as_marwil(config)
    spec = module_spec(shape)
    spaces = (spec.observation_space, spec.action_space)
    algorithm = (
        StockConfig()
        .framework("torch")
        .rl_module(rl_module_spec=spec)
        .training(
            lr=told.learning_rate,
            beta=told.beta,
            vf_coeff=told.value_weight,
            grad_clip=told.gradient_norm,
            grad_clip_by="global_norm",
            moving_average_sqd_adv_norm_start=told.norm_start,
            moving_average_sqd_adv_norm_update_rate=told.norm_rate,
        )
        .learners(num_learners=0, num_gpus_per_learner=0, learner_class=Imitator)
    )
    learner: Imitator = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = told
    learner.norm = told.norm_start
    return learner


def _as_marwil(config: Learning) -> MarwilConfig:
    if not isinstance(config, CloningConfig):
        raise TypeError(f"{type(config).__name__} is no configuration of an imitator")
    common = {name: getattr(config, name) for name in Learning.__slots__}
    return MarwilConfig(**common, beta=0.0)


class Imitator(ShardedSteps, MARWILTorchLearner):  # type: ignore[misc]  # ray is untyped
    """MARWIL over columns; with beta 0 behaviour cloning, which leaves the value head alone."""

    settings: MarwilConfig
    norm: float
    """Running mean of squared advantages."""

    @property
    def policy(self) -> CandidateModule:
        """The module that learns."""
        module: CandidateModule = self.module[DEFAULT_MODULE_ID]
        return module

    def restore_extra(self, checkpoint: Checkpoint) -> None:
        """Take up the running mean where a checkpoint has one.

        Raises:
            CheckpointError: the checkpoint is of another algorithm.
        """
        kept = extra_tensors(checkpoint, {NORM: (1,)} if self.settings.beta else {})
        if kept is not None:
            self.norm = float(kept[NORM][0])

    def extra(self) -> Tensors:
        """What a checkpoint must hold besides weights."""
        if not self.settings.beta:
            return {}
        return {NORM: np.array([self.norm], dtype=np.float32)}

    def learn(self, columns: Columns, order: np.random.Generator) -> Numbers:
        """Pass over the columns; the terms of the loss in the last pass.

        Raises:
            DivergedError: a gradient is not finite.
        """
        totals: Numbers = {}
        with shard_threads(self.settings.shards) as threads:
            for _ in range(self.settings.epochs):
                totals = self._epoch(columns, order, threads)
        counted, steps = max(float(columns.weights.sum()), 1.0), len(columns.actions)
        found = {name: totals[name] / counted for name in ("policy", "entropy", "agreement")}
        if self.settings.beta:
            found |= {"value": totals["value"] / steps, "squared_advantage": self.norm}
        return found

    def _epoch(
        self, columns: Columns, order: np.random.Generator, threads: ThreadPoolExecutor
    ) -> Numbers:
        totals: Numbers = {}
        for rows in minibatches(len(columns.actions), self.settings.minibatch, order):
            scales = self._scales(columns, rows)
            terms = partial(self._terms, columns, scales, _shares(columns, rows))
            totals = added(totals, self.step(rows, self.settings.shards, threads, terms))
        return totals

    def _scales(self, columns: Columns, rows: Index) -> Tensor:
        """How much every decision counts [T]; 0 for those that are not of the minibatch."""
        scales = torch.zeros(len(columns.actions))
        chosen = torch.from_numpy(rows)
        weights = columns.weights[chosen]
        if self.settings.beta:
            with torch.no_grad():
                values = self.policy.state_value(columns.features[chosen])
            surprise = (columns.returns[chosen] - values).numpy().astype(np.float64)
            self._follow(surprise)
            weights = weights * float32(self._exponential(surprise))
        scales[chosen] = weights
        return scales

    def _follow(self, surprise: NDArray[np.float64]) -> None:
        self.norm += self.settings.norm_rate * (float(np.mean(surprise**2)) - self.norm)

    def _exponential(self, surprise: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled = self.settings.beta * surprise / (1e-8 + np.sqrt(self.norm))
        found: NDArray[np.float64] = np.minimum(np.exp(scaled), self.settings.most_weight)
        return found

    def _terms(
        self, whole: Columns, scales: Tensor, shares: tuple[float, float], shard: Index
    ) -> tuple[Tensor, Numbers]:
        columns, scale = whole.part(shard), scales[torch.from_numpy(shard)]
        batch = columns.observed()
        logits = self.policy.forward_train(batch)[Names.ACTION_DIST_INPUTS]
        log_all = torch.log_softmax(logits, dim=-1)
        log_taken = log_all.gather(1, columns.actions.unsqueeze(1)).squeeze(1)
        policy = -(scale * log_taken).sum()
        loss = policy / shares[0]
        with torch.no_grad():
            entropy = -(log_all.exp() * log_all).sum(-1)
        numbers = {
            "agreement": float((columns.weights * (logits.argmax(-1) == columns.actions)).sum()),
            "entropy": float((columns.weights * entropy).sum()),
            "policy": float(policy.detach()),
        }
        if self.settings.beta:
            surprise = columns.returns - self.policy.compute_values(batch)
            value = 0.5 * surprise.square().sum()
            loss = loss + self.settings.value_weight * value / shares[1]
            numbers["value"] = float(value.detach())
        return loss, numbers


def _shares(columns: Columns, rows: Index) -> tuple[float, float]:
    """By what the sums of a minibatch are divided: actions that count, and states."""
    counted = float(columns.weights[torch.from_numpy(rows)].sum())
    return max(counted, 1.0), float(len(rows))
