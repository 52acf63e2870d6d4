"""The rows of the consumables as read-only arrays, by kind and id."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.hands import NUMBER

_TAROT, _PLANET, _SPECTRAL = int(Kind.TAROT), int(Kind.PLANET), int(Kind.SPECTRAL)
_SHAPE = (len(Kind), 1 + max(len(TAROTS), len(PLANETS), len(SPECTRALS)))

_fewest = np.zeros(_SHAPE, dtype=np.int64)
_most = np.zeros(_SHAPE, dtype=np.int64)
for _kind, _targets in (
    (_TAROT, [tarot.targets for tarot in TAROTS]),
    (_SPECTRAL, [spectral.targets for spectral in SPECTRALS]),
):
    for _id, _bounds in enumerate(_targets, start=1):
        _fewest[_kind, _id], _most[_kind, _id] = _bounds


def _by_id(values: list[Any]) -> NDArray[Any]:
    array = np.array([0, *values], dtype=np.int64)
    array.setflags(write=False)
    return array


FEWEST_TARGETS = _fewest
"""By kind and id: fewest cards of the hand that must be chosen; 0 for none."""
FEWEST_TARGETS.setflags(write=False)
MOST_TARGETS = _most
MOST_TARGETS.setflags(write=False)

TAROT_ENHANCES = _by_id([int(row.enhance) for row in TAROTS])
TAROT_SUIT = _by_id([int(row.to_suit) for row in TAROTS])
PLANET_HAND = _by_id([NUMBER[row.hand] for row in PLANETS])
"""By id of the planet: the poker hand that it raises."""
SPECTRAL_SEAL = _by_id([int(row.seal) for row in SPECTRALS])
SPECTRAL_NEEDS_HAND = _by_id([int(row.needs_hand) for row in SPECTRALS])
