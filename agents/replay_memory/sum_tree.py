"""Weights that can be drawn from and changed in logarithmic time.

A node is always the sum of its two children, so the tree is a function of its leaves alone:
one that is built anew from them draws the same.
"""

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
Places = NDArray[np.int64]


class SumTree:
    """A sum over weights, none of them negative."""

    def __init__(self, weights: Weights) -> None:
        """Take the weights; there is at least one."""
        self._leaves = 1 << max(len(weights) - 1, 0).bit_length()
        self._nodes = np.zeros(2 * self._leaves)
        self._nodes[self._leaves : self._leaves + len(weights)] = weights
        level = self._leaves // 2
        while level:
            below = self._nodes[2 * level : 4 * level]
            self._nodes[level : 2 * level] = below[0::2] + below[1::2]
            level //= 2

    @property
    def total(self) -> float:
        """Sum of all weights."""
        return float(self._nodes[1])

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self._nodes.nbytes

    @staticmethod
    def bytes_for(weights: int) -> int:
        """Bytes that a tree of so many weights takes."""
        return 16 << max(weights - 1, 0).bit_length()

    def __getitem__(self, places: Places) -> Weights:
        """Weights."""
        return self._nodes[self._leaves + places]

    def set(self, places: Places, weights: Weights) -> None:
        """Change weights; of a place that occurs twice the last one counts."""
        nodes = self._leaves + places
        self._nodes[nodes] = weights
        while len(nodes) and nodes[0] > 1:
            nodes = np.unique(nodes // 2)
            self._nodes[nodes] = self._nodes[2 * nodes] + self._nodes[2 * nodes + 1]

    def find(self, sums: Weights) -> Places:
        """The place at which the running sum of weights passes each of the sums.

        A sum from 0 to the total, without the total itself; what rounding makes miss every
        weight falls to the nearest one that is not 0, so that nothing without weight is drawn.
        """
        nodes, left = np.ones(len(sums), dtype=np.int64), sums.copy()
        while len(nodes) and nodes[0] < self._leaves:
            first = self._nodes[2 * nodes]
            right = (left >= first) & (self._nodes[2 * nodes + 1] > 0)
            left = np.where(right, left - first, left)
            nodes = 2 * nodes + right
        return nodes - self._leaves
