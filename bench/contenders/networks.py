"""The network of our policy for padded candidates, and its likeness for flat actions.

Layers, sizes and first weights are those of ``agents/network.py``. Of padded rows only
those that hold a candidate are computed: three quarters do not, and peers that computed them
all were about half as fast. Peers compute them in torch's operations, as anybody would write it.
"""

from typing import Any

import numpy as np
import torch
from bench.contenders.task import WIDTH, Task
from torch import Tensor, nn

from jimbot_stream.agents.network import Architecture, Layers, initial_weights
from jimbot_stream.balatro.codecs import A
from jimbot_stream.balatro.kernels import candidates

ILLEGAL = -1e9
Observed = dict[str, Tensor]


class PaddedNetwork(nn.Module, Layers):
    """Scores [B, WIDTH] of padded candidates, and values [B]."""

    def __init__(self, task: Task) -> None:
        """Begin with the weights that ours begins with."""
        super().__init__()
        features, rows = candidates.FEATURES, candidates.CANDIDATE_FEATURES
        shape = Architecture(features, rows, candidates.CAPACITY, task.hidden)
        self.build(shape)
        weights = initial_weights(shape, np.random.Generator(np.random.Philox(key=task.seed)))
        self.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})

    def forward(self, observed: Observed) -> tuple[Tensor, Tensor]:
        """Logits, ``ILLEGAL`` where there is no candidate, and values."""
        return self.policy(observed), self.values(observed)

    def policy(self, observed: Observed) -> Tensor:
        """The logits alone."""
        mask = observed["mask"].bool()
        owners, places = mask.nonzero(as_tuple=True)
        context = self.context(observed["features"])[owners]
        hidden = torch.relu(self.candidate(observed["rows"][owners, places]) + context)
        scores = self.score(torch.relu(self.mixed(hidden))).squeeze(-1)
        return torch.as_tensor(
            scores.new_full(mask.shape, ILLEGAL).index_put((owners, places), scores)
        )

    def values(self, observed: Observed) -> Tensor:
        """The values alone."""
        hidden = torch.tanh(self.value_context(observed["features"]))
        return torch.as_tensor(self.value(torch.tanh(self.value_mixed(hidden)))).squeeze(-1)


class FlatNetwork(nn.Module):
    """The same sizes with one logit for every action of the flat codec."""

    def __init__(self, task: Task) -> None:
        """Begin with heads a hundredth as large as the other layers."""
        super().__init__()
        hidden, features = task.hidden, candidates.FEATURES
        self.pi = nn.Sequential(
            _layer(features, hidden), nn.ReLU(), _layer(hidden, hidden), nn.ReLU()
        )
        self.score = _layer(hidden, A, 0.01)
        self.vf = nn.Sequential(
            _layer(features, hidden), nn.Tanh(), _layer(hidden, hidden), nn.Tanh()
        )
        self.value = _layer(hidden, 1, 0.01)

    def forward(self, observed: Observed) -> tuple[Tensor, Tensor]:
        """Logits, ``ILLEGAL`` where an action is, and values."""
        return self.policy(observed), self.values(observed)

    def policy(self, observed: Observed) -> Tensor:
        """The logits alone."""
        logits = self.score(self.pi(observed["observation"]))
        return torch.where(observed["action_mask"].bool(), logits, logits.new_tensor(ILLEGAL))

    def values(self, observed: Observed) -> Tensor:
        """The values alone."""
        return torch.as_tensor(self.value(self.vf(observed["observation"]))).squeeze(-1)


def _layer(inputs: int, outputs: int, gain: float = 1.0) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    with torch.no_grad():
        layer.weight *= gain
    nn.init.zeros_(layer.bias)
    return layer


def network(task: Task, mode: str) -> Any:
    """The network of a mode."""
    torch.manual_seed(task.seed)
    return (PaddedNetwork if mode == "candidates" else FlatNetwork)(task)


def actions(mode: str) -> int:
    """Discrete actions of a mode."""
    return WIDTH if mode == "candidates" else A
