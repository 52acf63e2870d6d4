"""One round of play in columns: what a sampler hands to the learner."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows

EPISODE: Final = np.dtype(
    [
        ("steps", "i8"),  # decisions
        ("ante", "f8"),  # last ante reached
        ("beaten", "f8"),  # blinds beaten
        ("won", "f8"),
        ("best_score", "f8"),  # of a round
        ("over", "f8"),  # 0 when it was given up
    ]
)
"""What came of a finished game."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """T decisions of each of N games; decision t of game n is row t * N + n of packed columns."""

    features: NDArray[np.float32]  # [T * N, K], behind them Z columns where games follow builds
    rows: Rows  # [R, F]
    ends: NDArray[np.int64]  # [T * N]
    actions: NDArray[np.int64]  # [T * N] which of its own rows
    log_probs: NDArray[np.float64]  # [T * N]
    values: NDArray[np.float64]  # [T + 1, N] as the sampling policy saw them
    rewards: NDArray[np.float64]  # [T, N]
    ended: NDArray[np.bool_]  # [T, N] the game ended with this decision
    last_features: NDArray[np.float32]  # [N, K + Z] of the states after the last decisions
    episodes: NDArray[Any]  # [E] EPISODE, in order of ending

    def __len__(self) -> int:
        """Decisions."""
        return len(self.actions)

    def env_steps(self) -> int:
        """Steps of environments, as RLlib asks for them."""
        return len(self)

    def agent_steps(self) -> int:
        """Steps of agents: there is one."""
        return len(self)
