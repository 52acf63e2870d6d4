"""The policy network as an RLModule, for RLlib to serve and to train."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import ValueFunctionAPI
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.core.rl_module.torch import TorchRLModule
from torch import Tensor

from jimbot_stream.agents.network import Architecture, Layers

ACTION_MASK = "action_mask"
"""Column of the legal actions; it travels beside the observation, never inside it."""
ILLEGAL_LOGIT = -1e9
"""Finite, so that entropy and gradients stay finite; exp of it is exactly 0."""

# RLlib 2.60 warns of its own use of RLModuleConfig each time that it builds a module.
logging.getLogger("ray._common.deprecation").addFilter(
    lambda record: "RLModuleConfig" not in record.getMessage()
)


def module_spec(shape: Architecture) -> RLModuleSpec:
    """What RLlib builds the module from."""
    low, high = -np.inf, np.inf
    return RLModuleSpec(
        module_class=CandidateModule,
        observation_space=gym.spaces.Dict(
            {
                "candidates": gym.spaces.Box(
                    low, high, (shape.actions, shape.candidate_features), np.float32
                ),
                "features": gym.spaces.Box(low, high, (shape.features,), np.float32),
            }
        ),
        action_space=gym.spaces.Discrete(shape.actions),
        model_config={"architecture": asdict(shape)},
    )


def build_module(
    shape: Architecture, weights: Mapping[str, NDArray[np.float32]]
) -> "CandidateModule":
    """The module with the weights of a checkpoint."""
    module: CandidateModule = module_spec(shape).build()
    module.set_state({name: np.array(value) for name, value in weights.items()})
    return module


class CandidateModule(TorchRLModule, Layers, ValueFunctionAPI):  # type: ignore[misc]  # ray is untyped
    """Scores [B, A] for the candidates and a value [B] for the state."""

    def setup(self) -> None:
        """Make the layers, as RLlib asks for them."""
        self.build(Architecture(**self.model_config["architecture"]))

    def _forward(self, batch: dict[str, Any], **kwargs: Any) -> dict[str, Tensor]:
        observation = batch[Columns.OBS]
        logits = self.logits(observation["features"], observation["candidates"])
        illegal = ~batch[ACTION_MASK]
        return {Columns.ACTION_DIST_INPUTS: logits.masked_fill(illegal, ILLEGAL_LOGIT)}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Tensor:
        """Values for the batch, as RLlib's learners ask for them."""
        return self.state_value(batch[Columns.OBS]["features"])
