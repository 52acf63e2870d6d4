"""Networks that tell what an action is worth, beside the policy of every checkpoint."""

import hashlib
from typing import Any, Final

import numpy as np
import torch
from ray.rllib.algorithms.dqn.dqn_learner import QF_PREDS
from ray.rllib.core.columns import Columns as Names
from ray.rllib.core.learner.utils import make_target_network
from ray.rllib.core.rl_module.apis import QNetAPI, TargetNetworkAPI
from torch import Tensor, nn

from jimbot_stream.agents.checkpoint import Tensors
from jimbot_stream.agents.module import CandidateModule
from jimbot_stream.agents.network import Architecture

CRITICS: Final = 2
"""The lower of their estimates counts, so that no single error is believed."""
_LAYERS: Final = ("candidate", "context", "mixed", "score")


class Critic(nn.Module):
    """Worth of one action in its state; built as the policy's scores are."""

    def __init__(self, shape: Architecture) -> None:
        """Make the layers; ``initial_critics`` fills them."""
        super().__init__()
        hidden = shape.hidden
        self.context = nn.Linear(shape.features, hidden)
        self.candidate = nn.Linear(shape.candidate_features, hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1)

    def forward(self, features: Tensor, taken: Tensor) -> Tensor:
        """Worth of the actions taken."""
        # features: [B, K], taken: [B, F] -> [B]
        hidden = torch.relu(self.candidate(taken) + self.context(features))
        return self.score(torch.relu(self.mixed(hidden))).squeeze(-1)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


class CriticModule(CandidateModule, QNetAPI, TargetNetworkAPI):  # type: ignore[misc]  # ray is untyped
    """The policy, its value, two critics, and slow copies of them as targets."""

    def setup(self) -> None:
        """Make the layers, as RLlib asks for them."""
        super().setup()
        shape = Architecture(**self.model_config["architecture"])
        self.critics = nn.ModuleList(Critic(shape) for _ in range(CRITICS))

    def make_target_networks(self) -> None:
        """Copy the critics."""
        self.targets = nn.ModuleList(make_target_network(critic) for critic in self.critics)

    def get_target_network_pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """Critics and their copies, as RLlib's learners ask for them."""
        return list(zip(self.critics, self.targets, strict=True))

    def compute_q_values(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """Estimates [CRITICS, B] of the actions taken, whose rows stand under ACTIONS."""
        features, taken = batch[Names.OBS]["features"], batch[Names.ACTIONS]
        return {QF_PREDS: torch.stack([critic(features, taken) for critic in self.critics])}

    def forward_target(self, batch: dict[str, Any]) -> Tensor:
        """The lower estimate [B] of the copies, without gradients."""
        features, taken = batch[Names.OBS]["features"], batch[Names.ACTIONS]
        with torch.no_grad():
            found = torch.stack([target(features, taken) for target in self.targets])
        return found.min(dim=0).values


def initial_critics(shape: Architecture, run_seed: int) -> Tensors:
    """Untrained critics of a run, named as the module's parameters; He-uniform, small heads."""
    key = hashlib.sha256(f"jimbot critics|{run_seed}".encode()).digest()[:16]
    drawn = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
    weights: Tensors = {}
    for number in range(CRITICS):
        for layer in _LAYERS:
            outputs, inputs = _sizes(shape)[layer]
            bound = (0.01 if outputs == 1 else 1.0) * np.sqrt(6.0 / inputs)
            values = bound * (2.0 * drawn.random((outputs, inputs)) - 1.0)
            name = f"critics.{number}.{layer}"
            weights[f"{name}.weight"] = values.astype(np.float32)
            weights[f"{name}.bias"] = np.zeros(outputs, dtype=np.float32)
    return weights


def _sizes(shape: Architecture) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of every layer of a critic."""
    hidden = shape.hidden
    return {
        "candidate": (hidden, shape.candidate_features),
        "context": (hidden, shape.features),
        "mixed": (hidden, hidden),
        "score": (1, hidden),
    }
