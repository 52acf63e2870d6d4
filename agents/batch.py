"""What an update learns from: decisions as columns, their candidates packed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Batch:
    """T decisions of some episodes, one episode after another, each in order of play.

    Most states offer far fewer candidates than there is room for, so the R rows of all
    decisions stand one after another: those of decision t end at ``ends[t]``.
    """

    lengths: tuple[int, ...]
    """Decisions per episode."""
    features: NDArray[np.float32]  # [T, K]
    rows: Rows  # [R, F] legal candidates
    ends: NDArray[np.int64]  # [T] where the rows of each decision end
    actions: NDArray[np.int64]  # [T] which of its own rows was taken
    log_probs: NDArray[np.float64]  # [T] under the policy that played
    rewards: NDArray[np.float64]  # [T]
    weights: NDArray[np.float64]  # [T] 1 where the pinned policy sampled, else 0
    known: NDArray[np.bool_] | None = None  # [T] False: another action was taken, none of its rows

    def __post_init__(self) -> None:
        """Refuse a batch whose columns do not belong together.

        Raises:
            ValueError: columns of different lengths, or an action that was not legal.
        """
        steps = sum(self.lengths)
        columns = (self.features, self.ends, self.actions)
        for column in (*columns, self.log_probs, self.rewards, self.weights):
            if len(column) != steps:
                raise ValueError(f"a column has {len(column)} rows for {steps} decisions")
        counts = np.diff(self.ends, prepend=0)
        if len(self.rows) != counts.sum() or (counts < 0).any():
            raise ValueError(f"{len(self.rows)} candidates do not end where the decisions say")
        if not ((self.actions >= 0) & (self.actions < counts)).all():
            raise ValueError("the batch holds an action that is not among its candidates")

    @property
    def steps(self) -> int:
        """Decisions in the batch."""
        return len(self.actions)


def pack(candidates: Sequence[Rows]) -> tuple[Rows, NDArray[np.int64]]:
    """Candidates [n, F] of one decision after another as rows[R, F], and where each end."""
    ends = np.cumsum([len(rows) for rows in candidates], dtype=np.int64)
    return np.concatenate(candidates), ends


def picked(
    ends: NDArray[np.int64], index: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which packed rows belong to some of the decisions, one after another, and where each end."""
    starts = np.concatenate(([0], ends[:-1]))[index]
    counts = ends[index] - starts
    upto = np.cumsum(counts)
    return np.repeat(starts - (upto - counts), counts) + np.arange(counts.sum()), upto
