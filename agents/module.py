"""The policy network as an RLModule, for RLlib to serve and to train."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import ValueFunctionAPI
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.core.rl_module.torch import TorchRLModule
from torch import Tensor

from jimbot_stream.agents.network import Architecture, Layers, owners_of

ROW_ENDS = "row_ends"
"""Column of where the packed candidates of each decision end; only legal ones are packed."""
ILLEGAL_LOGIT = -1e9
"""Finite, so that entropy and gradients stay finite; exp of it is exactly 0."""

# RLlib 2.60 warns of its own use of RLModuleConfig each time that it builds a module.
logging.getLogger("ray._common.deprecation").addFilter(
    lambda record: "RLModuleConfig" not in record.getMessage()
)


def module_spec(
    shape: Architecture, module_class: "type[CandidateModule] | None" = None
) -> RLModuleSpec:
    """What RLlib builds a module from; it is the policy's where no class is given."""
    low, high = -np.inf, np.inf
    return RLModuleSpec(
        module_class=module_class or CandidateModule,
        observation_space=gym.spaces.Dict(
            {
                "rows": gym.spaces.Box(
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


def packing(ends: Tensor) -> tuple[Tensor, Tensor]:
    """Whose each packed row is, and which of its owner's: owners[R], places[R].

    All of them on the CPU, where the lengths of columns must be known.
    """
    owners, starts = owners_of(ends), torch.cat((ends.new_zeros(1), ends[:-1]))
    return owners, torch.arange(len(owners)) - starts[owners]


def unpacked(
    packed: Tensor, owners: Tensor, places: Tensor, decisions: int, illegal: float = ILLEGAL_LOGIT
) -> Tensor:
    """Logits[R] as [B, W], W the most rows of a decision; what is no row is illegal."""
    width = int(places.max()) + 1 if len(places) else 1
    blank = packed.new_full((decisions, width), illegal)
    return blank.index_put((owners.to(packed.device), places.to(packed.device)), packed)


class CandidateModule(TorchRLModule, Layers, ValueFunctionAPI):  # type: ignore[misc]  # ray is untyped
    """Scores [B, W] for the candidates and a value [B] for the state."""

    def setup(self) -> None:
        """Make the layers, as RLlib asks for them."""
        self.build(Architecture(**self.model_config["architecture"]))

    def _forward(self, batch: dict[str, Any], **kwargs: Any) -> dict[str, Tensor]:
        observation, ends = batch[Columns.OBS], batch[ROW_ENDS]
        owners, places = packing(ends)
        features = observation["features"]
        logits = self.logits(features, observation["rows"], owners.to(features.device))
        return {Columns.ACTION_DIST_INPUTS: unpacked(logits, owners, places, len(ends))}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Tensor:
        """Values for the batch, as RLlib's learners ask for them."""
        return self.state_value(batch[Columns.OBS]["features"])
