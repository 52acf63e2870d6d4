"""The masked PPO loss of some decisions, as sums: shards of a minibatch add up exactly."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from jimbot_stream.agents.batch import picked
from jimbot_stream.agents.ppo.config import UpdateConfig


@dataclass(frozen=True, slots=True)
class Columns:
    """Decisions as tensors; rows of all columns belong together."""

    features: Tensor  # [B, K]
    rows: Tensor  # [R, F] candidates, packed
    ends: Tensor  # [B] int64, where the rows of each decision end; on the CPU
    actions: Tensor  # [B] int64, which of its own rows
    log_probs: Tensor  # [B] under the policy that played
    advantages: Tensor  # [B] standardised
    returns: Tensor  # [B] what the value should have been
    weights: Tensor  # [B] 1 where the pinned policy sampled, else 0

    def part(self, index: NDArray[np.int64]) -> "Columns":
        """Some of the decisions, in the order of index."""
        rows, upto = picked(self.ends.numpy(), index)
        chosen, taken = (torch.from_numpy(i).to(self.rows.device) for i in (index, rows))
        packed = {"rows": self.rows.index_select(0, taken), "ends": torch.from_numpy(upto)}
        plain = (name for name in self.__slots__ if name not in packed)
        parts = {name: getattr(self, name).index_select(0, chosen) for name in plain}
        return Columns(**packed, **parts)

    def to(self, device: torch.device) -> "Columns":
        """The same decisions where they are learned from."""
        moved = {name: getattr(self, name).to(device) for name in self.__slots__ if name != "ends"}
        return Columns(ends=self.ends, **moved)


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
    # logits: [B, W] beyond the candidates of each decision illegal, values: [B]
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
