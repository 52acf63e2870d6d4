"""The policy of a checkpoint as a file for other programs: TorchScript, or ONNX.

    features[B, K] float32   what the player sees of each of B states
    rows[R, F] float32       legal candidates of all states, one state after another
    ends[B] int64            where the candidates of each state end; the last is R
    -> logits[R] float32     scores; a softmax over the candidates of a state gives probabilities
    -> value[B] float32      estimate of the return; of a DQN checkpoint the part V of Q = V + A

K and F are those of ``docs/reference/observation.md``. B and R may be any numbers.
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.network import CandidateNetwork

INPUTS: Final = ("features", "rows", "ends")
OUTPUTS: Final = ("logits", "value")


class ExportError(ValueError):
    """The policy cannot be written; the message says what is missing."""


class ExportedPolicy(nn.Module):
    """``CandidateNetwork`` in operations that every format has."""

    def __init__(self, network: CandidateNetwork, temperature: float) -> None:
        """Take the layers of a network, whose outputs divided by the temperature are logits."""
        super().__init__()
        self.temperature = temperature
        self.context, self.candidate = network.context, network.candidate
        self.mixed, self.score = network.mixed, network.score
        self.value_context, self.value_mixed = network.value_context, network.value_mixed
        self.value = network.value

    def forward(self, features: Tensor, rows: Tensor, ends: Tensor) -> tuple[Tensor, Tensor]:
        """Logits[R] and value[B]."""
        # A row belongs to the state before whose end it stands: R * B comparisons, in exchange
        # for an operation that depends on no value.
        places = torch.arange(rows.shape[0]).unsqueeze(1)
        owners = (places >= ends.unsqueeze(0)).sum(dim=1)
        context = self.context(features).index_select(0, owners)
        hidden = torch.relu(self.candidate(rows) + context)
        logits = self.score(torch.relu(self.mixed(hidden))).squeeze(-1) / self.temperature
        seen = torch.tanh(self.value_mixed(torch.tanh(self.value_context(features))))
        return logits, self.value(seen).squeeze(-1)


def write(checkpoint: bytes, kind: str, out: Path) -> None:
    """Write the policy to a file.

    Raises:
        CheckpointError: the bytes are damaged or of another format.
        ExportError: the packages of the format are not installed, or there is no such format.
    """
    if kind not in _WRITERS:
        raise ExportError(f"format {kind!r}: give {' or '.join(_WRITERS)}")
    read = from_bytes(checkpoint)
    policy = ExportedPolicy(CandidateNetwork(read.shape, read.module), read.temperature).eval()
    shapes = ((2, read.shape.features), (5, read.shape.candidate_features))
    example = (torch.zeros(shapes[0]), torch.zeros(shapes[1]), torch.tensor([2, 5]))
    out.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of its own parts
        _WRITERS[kind](policy, example, out)


def _torchscript(policy: nn.Module, example: tuple[Tensor, ...], out: Path) -> None:
    torch.jit.save(torch.jit.script(policy), str(out))


def _onnx(policy: nn.Module, example: tuple[Tensor, ...], out: Path) -> None:
    try:
        import onnxscript  # noqa: F401 - torch.onnx imports it late and fails obscurely
    except ImportError as error:
        raise ExportError(
            f"ONNX needs packages that are not installed ({error}):"
            " pip install 'jimbot-stream[onnx]'"
        ) from error
    states, rows = torch.export.Dim("B", min=1), torch.export.Dim("R", min=1)
    dynamic = {"features": {0: states}, "rows": {0: rows}, "ends": {0: states}}
    torch.onnx.export(
        policy,
        example,
        str(out),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_shapes=dynamic,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


_WRITERS: Final[dict[str, Callable[[nn.Module, tuple[Tensor, ...], Path], None]]] = {
    "torchscript": _torchscript,
    "onnx": _onnx,
}
