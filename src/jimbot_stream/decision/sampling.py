"""From logits to an action: masked softmax, one derived uniform, inverse CDF.

Everything is float64 and runs in index order, so the result depends on the logits'
bits, the mask and the seed, and on nothing else.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]  # [A]
Mask = NDArray[np.bool_]  # [A] True where legal
Weights = NDArray[np.float64]  # [A] exp(logit - best legal logit); 0 where illegal


@dataclass(frozen=True, slots=True)
class DecisionSeed:
    """What the one random number of a decision is derived from."""

    run_seed: int
    game_id: str
    decision_number: int

    def key(self) -> int:
        """128-bit Philox key: the first 16 bytes of a sha256, little-endian.

        Both numbers are free of "|", so no two seeds share a text.
        """
        text = f"jimbot decision|{self.run_seed}|{self.game_id}|{self.decision_number}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")


def uniform(seed: DecisionSeed) -> float:
    """One number in [0, 1) with 53 random bits.

    The raw Philox output is used because numpy promises it across versions, which it
    does not for the distributions of ``Generator``.
    """
    raw = int(np.random.Philox(key=seed.key()).random_raw())
    return (raw >> 11) * 2.0**-53


def softmax_weights(logits: Logits, mask: Mask) -> Weights:
    """Unnormalised probabilities; the best legal action has weight 1."""
    legal = np.flatnonzero(mask)
    exact = logits[legal].astype(np.float64)
    weights = np.zeros(mask.shape, dtype=np.float64)
    weights[legal] = np.exp(exact - exact.max())
    return weights


def sample(weights: Weights, u: float) -> int:
    """Inverse CDF in index order: the first index whose cumulated weight exceeds u's share."""
    cumulated = np.cumsum(weights)
    index = int(np.searchsorted(cumulated, u * cumulated[-1], side="right"))
    # u < 1 keeps the product below the total except by rounding; the last index with weight then.
    return min(index, int(np.flatnonzero(weights)[-1]))


def greedy(logits: Logits, mask: Mask) -> int:
    """Legal index with the highest logit; the lowest index wins a tie."""
    legal = np.flatnonzero(mask)
    return int(legal[np.argmax(logits[legal])])


def log_probability(weights: Weights, logits: Logits, index: int) -> float:
    """Natural logarithm of the probability of index, exact even where its weight underflows."""
    best = float(logits[np.flatnonzero(weights == 1.0)[0]])
    return float(logits[index]) - best - math.log(float(np.cumsum(weights)[-1]))
