"""Which bosses may come when, as read-only arrays by id."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.blinds import BLINDS, NUMBER

_PLAIN = ("bl_small", "bl_big")


def _frozen(values: Sequence[int]) -> NDArray[Any]:
    array = np.array(values, dtype=np.int64)
    array.setflags(write=False)
    return array


BOSS_ORDER = _frozen([NUMBER[key] for key in sorted(NUMBER) if key not in _PLAIN])
"""Ids of the bosses by key, the order in which the game draws among them."""
BOSS_ANTE = _frozen([0, *(blind.from_ante for blind in BLINDS)])
BOSS_SHOWDOWN = _frozen([0, *(int(blind.showdown) for blind in BLINDS)])
