"""The policy network: an RLModule that scores the candidates of a state one by one.

Every action of the flat codec comes with a row of features, and one small network
scores each row in the light of the global features. A new kind of action is a new row,
not a new output: the weights stay.
"""

import logging
from dataclasses import asdict, dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import ValueFunctionAPI
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.core.rl_module.torch import TorchRLModule
from torch import Tensor, nn

ACTION_MASK = "action_mask"
"""Column of the legal actions; it travels beside the observation, never inside it."""
ILLEGAL_LOGIT = -1e9
"""Finite, so that entropy and gradients stay finite; exp of it is exactly 0."""

# RLlib 2.60 warns of its own use of RLModuleConfig each time that it builds a module.
logging.getLogger("ray._common.deprecation").addFilter(
    lambda record: "RLModuleConfig" not in record.getMessage()
)


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shapes that weights belong to."""

    features: int
    candidate_features: int
    actions: int
    hidden: int = 64

    def spec(self) -> RLModuleSpec:
        """What RLlib builds the module from."""
        low, high = -np.inf, np.inf
        return RLModuleSpec(
            module_class=CandidateModule,
            observation_space=gym.spaces.Dict(
                {
                    "candidates": gym.spaces.Box(
                        low, high, (self.actions, self.candidate_features), np.float32
                    ),
                    "features": gym.spaces.Box(low, high, (self.features,), np.float32),
                }
            ),
            action_space=gym.spaces.Discrete(self.actions),
            model_config={"architecture": asdict(self)},
        )


class CandidateModule(TorchRLModule, ValueFunctionAPI):  # type: ignore[misc]  # ray is untyped
    """Scores [B, A] for the candidates and a value [B] for the state."""

    def setup(self) -> None:
        """Build the layers; ``initial_weights`` fills them, never torch's own generator."""
        shape = Architecture(**self.model_config["architecture"])
        hidden = shape.hidden
        self.context = nn.Linear(shape.features, hidden)
        self.candidate = nn.Linear(shape.candidate_features, hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1)
        self.value_context = nn.Linear(shape.features, hidden)
        self.value_mixed = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, 1)

    def logits(self, features: Tensor, candidates: Tensor) -> Tensor:
        """Scores before masking."""
        # features: [B, K], candidates: [B, A, F] -> [B, A]
        context = self.context(features).unsqueeze(1)
        hidden = torch.relu(self.candidate(candidates) + context)
        return self.score(torch.relu(self.mixed(hidden))).squeeze(-1)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped

    def state_value(self, features: Tensor) -> Tensor:
        """Estimate of the return."""
        # features: [B, K] -> [B]
        hidden = torch.tanh(self.value_context(features))
        return self.value(torch.tanh(self.value_mixed(hidden))).squeeze(-1)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped

    def _forward(self, batch: dict[str, Any], **kwargs: Any) -> dict[str, Tensor]:
        observation = batch[Columns.OBS]
        logits = self.logits(observation["features"], observation["candidates"])
        illegal = ~batch[ACTION_MASK]
        return {Columns.ACTION_DIST_INPUTS: logits.masked_fill(illegal, ILLEGAL_LOGIT)}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Tensor:
        """Values for the batch, as RLlib's learners ask for them."""
        return self.state_value(batch[Columns.OBS]["features"])


def layers(shape: Architecture) -> dict[str, tuple[int, int]]:
    """Name, inputs and outputs of every linear layer."""
    return {
        "candidate": (shape.candidate_features, shape.hidden),
        "context": (shape.features, shape.hidden),
        "mixed": (shape.hidden, shape.hidden),
        "score": (shape.hidden, 1),
        "value": (shape.hidden, 1),
        "value_context": (shape.features, shape.hidden),
        "value_mixed": (shape.hidden, shape.hidden),
    }


def initial_weights(
    shape: Architecture, generator: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """Untrained weights: He-uniform layers, zero biases, heads a hundredth as large.

    Small heads make the first policy nearly uniform over what is legal. numpy draws
    them because its counter-based generator gives the same numbers everywhere.
    """
    weights: dict[str, NDArray[np.float32]] = {}
    for name, (inputs, outputs) in layers(shape).items():
        bound = (0.01 if outputs == 1 else 1.0) * np.sqrt(6.0 / inputs)
        drawn = bound * (2.0 * generator.random((outputs, inputs)) - 1.0)
        weights[f"{name}.weight"] = drawn.astype(np.float32)
        weights[f"{name}.bias"] = np.zeros(outputs, dtype=np.float32)
    return weights
