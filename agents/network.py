"""The policy network, in torch alone: whoever only reads decisions needs no RLlib.

Every action that the rules list comes with a row of features, and one small network
scores each row in the light of the global features. A new kind of action is a new row,
not a new output: the weights stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from jimbot_stream.agents.scoring import linear, scores


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shapes that weights belong to."""

    features: int
    candidate_features: int
    actions: int
    hidden: int = 64


class Layers:
    """What the network computes; mixed into a torch module, which keeps the weights."""

    def build(self, shape: Architecture) -> None:
        """Make the layers; ``initial_weights`` fills them, never torch's own generator."""
        hidden = shape.hidden
        self.context = nn.Linear(shape.features, hidden)
        self.candidate = nn.Linear(shape.candidate_features, hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1)
        self.value_context = nn.Linear(shape.features, hidden)
        self.value_mixed = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, 1)

    def logits(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        """Scores of packed candidates; owners tells whose each row is."""
        # features: [B, K], rows: [R, F], owners: [R] -> [R]
        context = linear(self.context, features)
        return scores(context, rows, owners, self.candidate, self.mixed, self.score)

    def state_value(self, features: Tensor) -> Tensor:
        """Estimate of the return."""
        # features: [B, K] -> [B]
        hidden = torch.tanh(linear(self.value_context, features))
        return self.value(torch.tanh(self.value_mixed(hidden))).squeeze(-1)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


def owners_of(ends: Tensor) -> Tensor:
    """Whose each packed row is, of decisions whose rows end[B] there: owners[R]."""
    counts = torch.diff(ends, prepend=ends.new_zeros(1))
    return torch.repeat_interleave(torch.arange(len(ends)), counts)


class CandidateNetwork(nn.Module, Layers):
    """The network by itself."""

    def __init__(self, shape: Architecture, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Take the weights of a checkpoint."""
        super().__init__()
        self.build(shape)
        self.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})


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
