"""What enhancements and editions add to a score, as read-only arrays by number."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS, Enhancement


def _frozen(values: Sequence[Any]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


ENHANCED_CHIPS = _frozen([0, *(row.chips for row in ENHANCEMENTS)])
ENHANCED_MULT = _frozen(
    [
        0,
        *(
            0 if number == Enhancement.LUCKY else row.mult
            for number, row in enumerate(ENHANCEMENTS, start=1)
        ),
    ]
)
"""A Lucky Card's mult is left out: it comes by chance."""
ENHANCED_XMULT = _frozen([1, *(row.xmult for row in ENHANCEMENTS)])

EDITION_CHIPS = _frozen([0, *(row.chips for row in EDITIONS)])
EDITION_MULT = _frozen([0, *(row.mult for row in EDITIONS)])
EDITION_XMULT = _frozen([1, *(row.xmult for row in EDITIONS)])
