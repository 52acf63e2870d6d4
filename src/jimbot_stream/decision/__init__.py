"""The decision path: from a visible state to an action, as a pure function.

``decide`` (in ``decide.py``) uses nothing but its arguments: the same observation,
weights, seed and mode give the same action and the same bits, whoever else is asking.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Observation:
    """What a policy may look at; made by ``balatro.wire.encode`` from a visible state.

    A is the same for every state; a state with fewer candidates leaves rows empty.
    """

    features: NDArray[np.float32]  # [K] global features
    candidates: NDArray[np.float32]  # [A, F] one row per action that the rules list
    mask: NDArray[np.bool_]  # [A] True where listed and allowed
    actions: NDArray[np.int64]  # [A] the actions in canonical form; 0 where none is listed


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a policy thinks of an observation."""

    logits: NDArray[np.float32]  # [A] before masking
    value: float


class Policy(Protocol):
    """A frozen policy: evaluating changes nothing in it."""

    @property
    def checkpoint(self) -> str:
        """sha256 of the checkpoint's bytes, in hex."""
        ...

    @property
    def compute_class(self) -> str:
        """Class of processor and library: equal classes give equal bits."""
        ...

    def evaluate(self, observation: Observation) -> Evaluation:
        """Logits and value; bits depend on observation and weights alone."""
        ...
