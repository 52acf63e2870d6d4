"""A checkpoint in service: evaluates one observation at a time, always the same way."""

from typing import Protocol, Self

import torch
from torch import Tensor

from jimbot_stream.agents import checkpoint as checkpoints
from jimbot_stream.agents.machine import compute_class
from jimbot_stream.agents.network import Architecture, CandidateNetwork
from jimbot_stream.decision import Evaluation, Observation, Policy


class Network(Protocol):
    """What a policy asks of a module, be it RLlib's or torch's."""

    def logits(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        """Scores of packed candidates."""
        ...

    def state_value(self, features: Tensor) -> Tensor:
        """Estimate of the return."""
        ...

    def eval(self) -> Self:
        """The module, frozen."""
        ...


def load_policy(data: bytes) -> Policy:
    """Put the bytes of a checkpoint into service, as an RLModule.

    Raises:
        CheckpointError: the bytes are damaged or of another format.
    """
    from jimbot_stream.agents.module import build_module  # seconds, which a reader can spare

    read = checkpoints.from_bytes(data)
    module = build_module(read.shape, read.module)
    return ModulePolicy(checkpoints.sha256(data), read.shape, module, read.temperature)


def load_for_reading(data: bytes) -> Policy:
    """The same policy, bit for bit, without RLlib: for those who repeat decisions.

    Raises:
        CheckpointError: the bytes are damaged or of another format.
    """
    read = checkpoints.from_bytes(data)
    network = CandidateNetwork(read.shape, read.module)
    return ModulePolicy(checkpoints.sha256(data), read.shape, network, read.temperature)


class ModulePolicy:
    """A Policy over a frozen module.

    Rows are never batched: matrix kernels differ by batch size, and with them the last
    bits, so a decision would depend on who else asks. Every call has the same shape.
    """

    def __init__(
        self, checkpoint: str, shape: Architecture, module: Network, temperature: float = 1.0
    ) -> None:
        """Serve a module whose outputs, divided by the temperature, are logits.

        A dueling Q differs from the scores of candidates by a number for the whole state,
        which no draw and no maximum notices.
        """
        self._temperature = temperature
        self._checkpoint = checkpoint
        self._shape = shape
        self._module = module.eval()
        self._owners = torch.zeros(shape.actions, dtype=torch.int64)

    @property
    def checkpoint(self) -> str:
        """sha256 of the checkpoint's bytes, in hex."""
        return self._checkpoint

    @property
    def compute_class(self) -> str:
        """Class of processor and library."""
        return compute_class()

    def evaluate(self, observation: Observation) -> Evaluation:
        """Logits and value of one observation.

        Raises:
            ValueError: the observation was made for another architecture.
        """
        self._refuse_misfit(observation)
        _use_one_thread()
        features = torch.tensor(observation.features).unsqueeze(0)
        candidates = torch.tensor(observation.candidates)
        with torch.inference_mode():
            logits = self._module.logits(features, candidates, self._owners)
            value = self._module.state_value(features)[0]
        return Evaluation(logits=(logits / self._temperature).numpy(), value=float(value))

    def _refuse_misfit(self, observation: Observation) -> None:
        shape = self._shape
        wanted = ((shape.features,), (shape.actions, shape.candidate_features))
        got = (observation.features.shape, observation.candidates.shape)
        if got != wanted:
            raise ValueError(
                f"checkpoint {self._checkpoint} looks at shapes {wanted}, the observation has {got}"
            )


def _use_one_thread() -> None:
    """Let torch cut its sums the same way on every machine; one row gains nothing from more.

    OpenMP keeps the number per thread, so the thread that evaluates must see to it.
    """
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
