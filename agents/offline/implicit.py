"""Implicit Q-learning on RLlib's learner, over packed candidates.

IQL and not CQL, because IQL never asks what an action is worth that nobody took: its critics
see one row a decision instead of all, and what comes out is a policy over the candidates, with
probabilities, which goes into service as any other. CQL would push down the worth of every
candidate that was not taken, and leave a greedy rule over worths.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms.dqn.dqn_learner import QF_PREDS
from ray.rllib.algorithms.iql import IQLConfig as StockConfig
from ray.rllib.algorithms.iql.torch.iql_torch_learner import IQLTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns as Names
from ray.rllib.core.learner.utils import update_target_network
from torch import Tensor, nn

from jimbot_stream.agents.batch import Batch, picked
from jimbot_stream.agents.checkpoint import Checkpoint, Tensors, extra_tensors
from jimbot_stream.agents.module import ROW_ENDS, module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.offline.config import ImplicitConfig
from jimbot_stream.agents.offline.critics import CriticModule, initial_critics
from jimbot_stream.agents.ppo.memory import float32
from jimbot_stream.agents.sharding import (
    Index,
    Numbers,
    ShardedSteps,
    added,
    minibatches,
    shard_threads,
)

_FIRST, _SECOND = "adam_first.", "adam_second."
_GROUPS = ("policy", "qf", "qf_twin", "value")
"""Names of the optimizers, as RLlib's IQL has them: each clips its own gradients."""


@dataclass(frozen=True, slots=True)
class Transitions:
    """Decisions as tensors, and what they led to."""

    features: Tensor  # [B, K]
    following: Tensor  # [B, K] features of the next known decision; those of its own at the end
    rows: Tensor  # [R, F] candidates, packed
    ends: Tensor  # [B] int64
    actions: Tensor  # [B] int64, which of its own rows
    rewards: Tensor  # [B] until the following state
    discounts: Tensor  # [B] what counts of the following state; 0 where the game ended
    known: Tensor  # [B] 1 where the action is one of the candidates, else 0
    weights: Tensor  # [B] 1 where the action is also to be imitated, else 0

    def observed(self) -> dict[str, Any]:
        """As the module takes them; an action is told by its row."""
        starts = torch.cat((self.ends.new_zeros(1), self.ends[:-1]))
        return {
            Names.OBS: {"features": self.features, "rows": self.rows},
            Names.ACTIONS: self.rows[starts + self.actions],
            ROW_ENDS: self.ends,
        }


class Episodes:
    """A batch, of which minibatches of transitions are cut.

    Whoever decided: critics and values learn from every action that is one of the candidates, and
    what others brought is told by the decision before.
    """

    def __init__(self, batch: Batch, gamma: float) -> None:
        """Note what follows what."""
        self._batch = batch
        known = np.ones(batch.steps, dtype=np.bool_) if batch.known is None else batch.known
        self._known = known.astype(np.float64)
        self._rewards, self._discounts, self._nexts = led_to(batch, known, gamma)

    def __len__(self) -> int:
        """Decisions."""
        return self._batch.steps

    def part(self, index: Index) -> Transitions:
        """Some of the decisions, in the order of index."""
        batch = self._batch
        rows, upto = picked(batch.ends, index)
        return Transitions(
            features=torch.from_numpy(batch.features[index]),
            following=torch.from_numpy(batch.features[self._nexts[index]]),
            rows=torch.from_numpy(batch.rows[rows]),
            ends=torch.from_numpy(upto),
            actions=torch.from_numpy(batch.actions[index]),
            rewards=float32(self._rewards[index]),
            discounts=float32(self._discounts[index]),
            known=float32(self._known[index]),
            weights=float32(batch.weights[index]),
        )

    def counted(self, index: Index) -> tuple[float, float]:
        """How many actions are imitated, and how many known; at least 1."""
        imitated = float(self._batch.weights[index].sum())
        return max(imitated, 1.0), max(float(self._known[index].sum()), 1.0)


def led_to(
    batch: Batch, known: NDArray[np.bool_], gamma: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], Index]:
    """Rewards until the next known decision of the game, its discount, and its place: [T] each.

    Where the game ended first, the discount is 0 and the place its own.
    """
    rewards, nexts = batch.rewards.copy(), np.arange(batch.steps)
    discounts = np.zeros(batch.steps)
    ends = set((np.cumsum(batch.lengths) - 1).tolist())
    for place in range(batch.steps - 2, -1, -1):
        if place in ends:
            continue
        if known[place + 1]:
            discounts[place], nexts[place] = gamma, place + 1
            continue
        rewards[place] += gamma * rewards[place + 1]
        discounts[place] = gamma * discounts[place + 1]
        nexts[place] = nexts[place + 1] if discounts[place] else place
    return rewards, discounts, nexts


@dataclass(frozen=True, slots=True)
class Losses:
    """Terms of the loss, each summed over the decisions that count for it."""

    value: Tensor
    policy: Tensor
    critic: Tensor

    def total(self, imitated: float, known: float) -> Tensor:
        """What is differentiated, as means: every term reaches parameters of its own alone."""
        return self.policy / imitated + (self.value + self.critic) / known

    def numbers(self) -> Numbers:
        """The sums without their gradients."""
        return {name: float(getattr(self, name).detach()) for name in self.__slots__}


def expectile_loss(surprise: Tensor, expectile: float) -> Tensor:
    """Squares that weigh expectile above 0 and 1 - expectile below (Kostrikov et al., eq. 5)."""
    weight = torch.where(surprise > 0, expectile, 1 - expectile)
    return weight * surprise.square()


def losses(
    log_probs: Tensor,
    values: Tensor,
    estimates: Tensor,
    targets: Tensor,
    following: Tensor,
    transitions: Transitions,
    config: ImplicitConfig,
) -> Losses:
    """Terms of IQL; RLlib's, with weights: of the policy, what is imitated, else what is known.

    log_probs, values, targets and following are [B], estimates [CRITICS, B]; following are
    the values of the next states.
    """
    known = transitions.known
    surprise = targets - values
    told = transitions.rewards + transitions.discounts * following.detach()
    scale = torch.exp(config.beta * surprise.detach()).clamp(max=config.most_weight)
    errors = (told - estimates).square().mean(dim=0)
    return Losses(
        value=(known * expectile_loss(surprise, config.expectile)).sum(),
        policy=-(transitions.weights * scale * log_probs).sum(),
        critic=(known * errors).sum(),
    )


def build_implicit(shape: Architecture, config: ImplicitConfig) -> "ImplicitLearner":
    """A learner in this process, without Ray's daemons."""
    spec = module_spec(shape)
    spec.module_class = CriticModule
    spaces = (spec.observation_space, spec.action_space)
    rate = config.learning_rate
    algorithm = (
        StockConfig()
        .framework("torch")
        .rl_module(rl_module_spec=spec)
        .training(
            actor_lr=rate,
            critic_lr=rate,
            value_lr=rate,
            gamma=config.gamma,
            beta=config.beta,
            expectile=config.expectile,
            tau=config.tau,
            twin_q=True,
            grad_clip=config.gradient_norm,
            grad_clip_by="global_norm",
        )
        .learners(num_learners=0, num_gpus_per_learner=0, learner_class=ImplicitLearner)
    )
    learner: ImplicitLearner = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = config
    return learner


class ImplicitLearner(ShardedSteps, IQLTorchLearner):  # type: ignore[misc]  # ray is untyped
    """IQL over columns."""

    settings: ImplicitConfig

    @property
    def policy(self) -> CriticModule:
        """The module that learns."""
        module: CriticModule = self.module[DEFAULT_MODULE_ID]
        return module

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """One Adam for each network, as RLlib's IQL has them, over this module's layers."""
        groups: dict[str, list[nn.Parameter]] = {name: [] for name in _GROUPS}
        for name, parameter in self._module[module_id].named_parameters():
            if parameter.requires_grad:
                groups[_group(name)].append(parameter)
        for name, parameters in groups.items():
            self.register_optimizer(
                module_id=module_id,
                optimizer_name=name,
                optimizer=torch.optim.Adam(parameters),
                params=parameters,
                lr_or_lr_schedule=config.critic_lr,
            )

    def learn(self, episodes: Episodes, order: np.random.Generator) -> Numbers:
        """Pass over the decisions; the terms of the loss in the last pass.

        Raises:
            DivergedError: a gradient is not finite.
        """
        totals: Numbers = {}
        with shard_threads(self.settings.shards) as threads:
            for _ in range(self.settings.epochs):
                totals = self._epoch(episodes, order, threads)
        imitated, known = episodes.counted(np.arange(len(episodes)))
        parts = {"value": known, "critic": known}
        return {name: value / parts.get(name, imitated) for name, value in totals.items()}

    def _epoch(
        self, episodes: Episodes, order: np.random.Generator, threads: ThreadPoolExecutor
    ) -> Numbers:
        totals: Numbers = {}
        for rows in minibatches(len(episodes), self.settings.minibatch, order):
            terms = partial(self._terms, episodes, episodes.counted(rows))
            totals = added(totals, self.step(rows, self.settings.shards, threads, terms))
            for critic, target in self.policy.get_target_network_pairs():
                update_target_network(main_net=critic, target_net=target, tau=self.settings.tau)
        return totals

    def _terms(
        self, episodes: Episodes, counted: tuple[float, float], shard: Index
    ) -> tuple[Tensor, Numbers]:
        transitions, module = episodes.part(shard), self.policy
        batch = transitions.observed()
        log_all = torch.log_softmax(module.forward_train(batch)[Names.ACTION_DIST_INPUTS], dim=-1)
        log_taken = log_all.gather(1, transitions.actions.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            following = module.state_value(transitions.following)
        found = losses(
            log_taken,
            module.compute_values(batch),
            module.compute_q_values(batch)[QF_PREDS],
            module.forward_target(batch),
            following,
            transitions,
            self.settings,
        )
        agreed = transitions.weights * (log_all.argmax(-1) == transitions.actions)
        return found.total(*counted), found.numbers() | {"agreement": float(agreed.sum())}

    def restore_extra(self, checkpoint: Checkpoint) -> None:
        """Critics, targets and Adam's memory of the critics, as saved or as the run begins.

        Raises:
            CheckpointError: the checkpoint is of another algorithm.
        """
        shapes = {name: value.shape for name, value in self.extra().items()}
        kept = extra_tensors(checkpoint, shapes) or _begun(checkpoint)
        with torch.no_grad():
            for name, tensor in self._networks():
                tensor.copy_(torch.tensor(kept[name]))
        for name, parameter in self._critics():
            self.adam_of(parameter).state[parameter] = {
                "step": torch.tensor(float(checkpoint.optimizer_steps)),
                "exp_avg": torch.tensor(kept[_FIRST + name]),
                "exp_avg_sq": torch.tensor(kept[_SECOND + name]),
            }

    def extra(self) -> Tensors:
        """What a checkpoint must hold besides the policy."""
        found = {name: tensor.detach().numpy() for name, tensor in self._networks()}
        for name, parameter in self._critics():
            memory = self.adam_of(parameter).state[parameter]
            for prefix, key in ((_FIRST, "exp_avg"), (_SECOND, "exp_avg_sq")):
                none = torch.zeros_like(parameter)
                found[prefix + name] = memory.get(key, none).detach().numpy()
        return found

    def _critics(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.policy.named_parameters():
            if name.startswith("critics."):
                yield name, parameter

    def _networks(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.policy.named_parameters():
            if name.startswith(("critics.", "targets.")):
                yield name, parameter


def _group(name: str) -> str:
    """Whose parameter it is."""
    if name.startswith("critics."):
        return "qf" if name.startswith("critics.0.") else "qf_twin"
    return "value" if name.startswith("value") else "policy"


def _begun(checkpoint: Checkpoint) -> Tensors:
    """What a run's first update begins with: targets equal critics, and nothing remembered."""
    critics = initial_critics(checkpoint.shape, checkpoint.run_seed)
    targets = {name.replace("critics", "targets"): value for name, value in critics.items()}
    memory = {
        prefix + name: np.zeros_like(value)
        for prefix in (_FIRST, _SECOND)
        for name, value in critics.items()
    }
    return critics | targets | memory
