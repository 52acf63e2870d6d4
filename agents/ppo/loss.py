"""The masked PPO loss of some decisions, as sums: shards of a minibatch add up exactly."""

from dataclasses import dataclass

import torch
from torch import Tensor

from jimbot_stream.agents.ppo.config import UpdateConfig


@dataclass(frozen=True, slots=True)
class Columns:
    """Decisions as tensors; rows of all columns belong together."""

    features: Tensor  # [B, K]
    candidates: Tensor  # [B, A, F]
    mask: Tensor  # [B, A] True where legal
    actions: Tensor  # [B] int64
    log_probs: Tensor  # [B] under the policy that played
    advantages: Tensor  # [B] standardised
    returns: Tensor  # [B] what the value should have been
    weights: Tensor  # [B] 1 where the pinned policy sampled, else 0

    def rows(self, index: Tensor) -> "Columns":
        """Some of the decisions, in the order of index."""
        return Columns(*(getattr(self, name)[index] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Sums:
    """Terms of the loss, each summed over the decisions."""

    policy: Tensor
    value: Tensor
    entropy: Tensor
    kl: Tensor
    """How far the policy has moved from the one that played (never negative)."""

    def loss(self, config: UpdateConfig, decisions: int) -> Tensor:
        """The loss, as a mean over the decisions of the whole minibatch."""
        terms = self.policy + config.value_weight * self.value - config.entropy * self.entropy
        return terms / decisions

    def numbers(self) -> dict[str, float]:
        """The sums without their gradients."""
        return {name: float(getattr(self, name).detach()) for name in self.__slots__}


def sums(logits: Tensor, values: Tensor, columns: Columns, clip: float) -> Sums:
    """Terms of the clipped PPO loss."""
    # logits: [B, A] masked, values: [B]
    log_all = torch.log_softmax(logits, dim=-1)
    log_taken = log_all.gather(1, columns.actions.unsqueeze(1)).squeeze(1)
    log_ratio = log_taken - columns.log_probs
    ratio = torch.exp(log_ratio)
    clipped = torch.clamp(ratio, 1 - clip, 1 + clip)
    gain = torch.minimum(ratio * columns.advantages, clipped * columns.advantages)
    entropy = -(torch.exp(log_all) * log_all).sum(-1)
    return Sums(
        policy=-(columns.weights * gain).sum(),
        value=(values - columns.returns).square().sum(),
        entropy=(columns.weights * entropy).sum(),
        kl=(columns.weights * (ratio - 1 - log_ratio)).sum(),
    )
