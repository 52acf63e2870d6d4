"""The loss of DQN over some transitions, as sums: shards of a minibatch add up exactly."""

from dataclasses import dataclass
from typing import Any

import torch
from ray.rllib.algorithms.dqn.dqn_learner import QF_PREDS
from ray.rllib.core.columns import Columns
from torch import Tensor

from jimbot_stream.agents.dqn.module import QModule
from jimbot_stream.agents.module import ROW_ENDS

Observed = dict[str, Any]
"""Features, packed rows and their ends, as RLlib's modules take them."""


@dataclass(frozen=True, slots=True)
class Transitions:
    """Of B decisions; rows of all columns belong together."""

    states: Observed
    actions: Tensor  # [B] int64, which of its own rows
    rewards: Tensor  # [B] of n decisions
    discounts: Tensor  # [B] what the following state counts; 0 where the game ended
    following: Observed
    weights: Tensor  # [B] importance weights

    def to(self, device: torch.device) -> "Transitions":
        """The same where they are learned from."""
        plain = ("actions", "rewards", "discounts", "weights")
        return Transitions(
            states=_moved(self.states, device),
            following=_moved(self.following, device),
            **{name: getattr(self, name).to(device) for name in plain},
        )


@dataclass(frozen=True, slots=True)
class Estimates:
    """Of B decisions."""

    loss: Tensor
    """Weighted Huber loss, summed."""
    q: Tensor  # [B] of the actions taken
    errors: Tensor  # [B] how far they are off, without sign

    def numbers(self) -> dict[str, float]:
        """Numbers for people, each summed over the decisions."""
        loss, q, errors = (float(part.detach().sum()) for part in (self.loss, self.q, self.errors))
        return {"loss": loss, "q": q, "td_error": errors}


def observed(features: Tensor, rows: Tensor, ends: Tensor) -> Observed:
    """States as RLlib's modules take them."""
    return {Columns.OBS: {"features": features, "rows": rows}, ROW_ENDS: ends}


def _moved(states: Observed, device: torch.device) -> Observed:
    seen = {name: column.to(device) for name, column in states[Columns.OBS].items()}
    return observed(seen["features"], seen["rows"], states[ROW_ENDS])  # ends stay on the CPU


def estimates(module: QModule, told: Transitions) -> Estimates:
    """Q of what was done, and how far it is from the target."""
    every = module.compute_q_values(told.states)[QF_PREDS]
    taken = every.gather(1, told.actions.unsqueeze(1)).squeeze(1)
    wanted = targets(module, told)
    losses = torch.nn.functional.huber_loss(taken, wanted, reduction="none")
    errors = (taken - wanted).detach().abs()
    return Estimates((told.weights * losses).sum(), taken.detach(), errors)


def targets(module: QModule, told: Transitions) -> Tensor:
    """Rewards, and what the target network says of the action that the other one likes best.

    H. van Hasselt et al., Double Q-learning (2016), equation 4.
    """
    with torch.no_grad():
        liked = module.compute_q_values(told.following)[QF_PREDS].argmax(dim=1, keepdim=True)
        worth = module.forward_target(told.following)[QF_PREDS].gather(1, liked).squeeze(1)
        return told.rewards + told.discounts * worth
