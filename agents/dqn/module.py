"""The network as an RLModule that estimates Q, with a second one that lags behind it.

Dueling: Q(s, a) = V(s) + A(s, a) - mean over the legal candidates of A(s, .), where V is the
value head and A scores the candidates (Z. Wang et al., 2016, equation 9). Candidates are packed,
so no number for an illegal action is ever computed.
"""

from typing import Any

import torch
from ray.rllib.algorithms.dqn.dqn_learner import QF_PREDS
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import QNetAPI, TargetNetworkAPI
from torch import Tensor, nn

from jimbot_stream.agents.module import ROW_ENDS, CandidateModule, packing, unpacked
from jimbot_stream.agents.network import Architecture, CandidateNetwork, Layers

NO_ACTION = -torch.inf
"""Q of what is no candidate: no maximum ever falls on it."""


def dueling(network: Layers, features: Tensor, rows: Tensor, ends: Tensor) -> Tensor:
    """Q of packed candidates as [B, W], W the most candidates of a decision."""
    # features: [B, K], rows: [R, F], ends: [B] on the CPU
    owners, places = packing(ends)
    whose = owners.to(features.device)
    scores = network.logits(features, rows, whose)
    counts = torch.diff(ends, prepend=ends.new_zeros(1)).to(scores)
    means = scores.new_zeros(len(ends)).index_add(0, whose, scores) / counts
    base = network.state_value(features) - means
    return unpacked(scores + base[whose], whose, places, len(ends), NO_ACTION)


class QModule(CandidateModule, QNetAPI, TargetNetworkAPI):  # type: ignore[misc]  # ray is untyped
    """Q [B, W] for the candidates of B states."""

    def setup(self) -> None:
        """Make the layers, as RLlib asks for them."""
        super().setup()
        # In a list, for torch must count it neither among the parameters nor in the state.
        self._target: list[CandidateNetwork] = []

    @property
    def architecture(self) -> Architecture:
        """Its shapes."""
        return Architecture(**self.model_config["architecture"])

    @property
    def target(self) -> CandidateNetwork:
        """The network that tells what later states are worth."""
        return self._target[0]

    def make_target_networks(self) -> None:
        """Make the target network, with the weights of this one."""
        weights = {name: value.detach().cpu().numpy() for name, value in self.named_parameters()}
        target = CandidateNetwork(self.architecture, weights).requires_grad_(False)
        self._target[:] = [target.to(next(self.parameters()).device)]

    def get_target_network_pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """Layers, each with the one that follows it."""
        return [(layer, getattr(self.target, name)) for name, layer in self.named_children()]

    def compute_q_values(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """Q as [B, W]."""
        return _estimated(self, batch)

    def forward_target(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """The same by the target network."""
        return _estimated(self.target, batch)


def _estimated(network: Layers, batch: dict[str, Any]) -> dict[str, Tensor]:
    seen = batch[Columns.OBS]
    return {QF_PREDS: dueling(network, seen["features"], seen["rows"], batch[ROW_ENDS])}
