"""What an update learns from: the decisions of finished games, as columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Batch:
    """T decisions of some episodes, one episode after another, each in order of play."""

    lengths: tuple[int, ...]
    """Decisions per episode."""
    features: NDArray[np.float32]  # [T, K]
    candidates: NDArray[np.float32]  # [T, A, F]
    mask: NDArray[np.bool_]  # [T, A]
    actions: NDArray[np.int64]  # [T] index among the candidates
    log_probs: NDArray[np.float64]  # [T] under the policy that played
    rewards: NDArray[np.float64]  # [T]
    weights: NDArray[np.float64]  # [T] 1 where the pinned policy sampled, else 0

    def __post_init__(self) -> None:
        """Refuse a batch whose columns do not belong together.

        Raises:
            ValueError: columns of different lengths, or an action that was not legal.
        """
        steps = sum(self.lengths)
        columns = (self.features, self.candidates, self.mask, self.actions)
        for column in (*columns, self.log_probs, self.rewards, self.weights):
            if len(column) != steps:
                raise ValueError(f"a column has {len(column)} rows for {steps} decisions")
        if steps and not self.mask[np.arange(steps), self.actions].all():
            raise ValueError("the batch holds an action that its mask forbids")

    @property
    def steps(self) -> int:
        """Decisions in the batch."""
        return len(self.actions)
