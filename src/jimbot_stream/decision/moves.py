"""Moves of cards, which the most probable action must not be for ever.

What is most probable in a state is so again when the state comes back, and moves bring it back:
jokers put in one order are put in another, and in the first again. A draw gets out of that, an
argmax does not. So where nothing is drawn, a move is taken only where nothing else is legal: every
decision is a function of the visible state, and brings the game forwards.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.columns import CANDIDATE

_MOVES: Final = [CANDIDATE.index(f"rearrange_{what}") for what in ("hand", "jokers", "consumables")]


def moves(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which candidates[n, F] only move cards about."""
    marked: NDArray[np.bool_] = rows[:, _MOVES].max(axis=1, initial=0.0) > 0
    return marked


def standing(rows: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask[A] of candidates[A, F] without moves, or as it is where nothing else is legal."""
    others: NDArray[np.bool_] = mask & ~moves(rows)
    return others if others.any() else mask
