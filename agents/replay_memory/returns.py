"""Returns of n decisions: what was earned on the way, and the state from which the rest is told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Returns:
    """Of B decisions."""

    rewards: NDArray[np.float64]  # [B] sum of gamma**k * reward of the k-th decision
    discounts: NDArray[np.float64]  # [B] what the state after them counts; 0 where the game ended
    following: Places  # [B] places of those states; where the game ended, of its last decision


@dataclass(frozen=True, slots=True)
class Course:
    """Decisions of games, as they follow one another: segments of S decisions each."""

    rewards: NDArray[np.float32]  # [P]
    ended: NDArray[np.uint8]  # [P] 1 where the game ended with the decision
    successors: NDArray[np.int64]  # [P / S] segment that goes on with the same game; -1: none

    def following(self, places: Places) -> Places:
        """Places of the next decisions of the same games; -1 where they are not there."""
        steps = len(self.rewards) // len(self.successors)
        next_segment = self.successors[places // steps]
        crossing = np.where(next_segment >= 0, next_segment * steps, -1)
        return np.where(places % steps < steps - 1, places + 1, crossing)

    def returns(self, places: Places, steps: int, gamma: float) -> Returns:
        """Returns of up to so many decisions: fewer where the game or what is kept of it ends.

        R. S. Sutton, Machine Learning 3 (1988), 9. Every place must be one whose game ended
        with it, or whose following state is there.
        """
        total, discount = np.zeros(len(places)), np.ones(len(places))
        at, over = places, np.zeros(len(places), dtype=np.bool_)
        under_way = ~over
        for _ in range(steps):
            ends, following = self.ended[at] != 0, self.following(at)
            taken = under_way & (ends | (following >= 0))
            total += np.where(taken, discount * self.rewards[at], 0.0)
            discount = np.where(taken, discount * gamma, discount)
            over |= taken & ends
            under_way = taken & ~ends
            at = np.where(under_way, following, at)
        return Returns(total, np.where(over, 0.0, discount), at)
