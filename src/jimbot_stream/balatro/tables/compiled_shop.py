"""What the shop needs of vouchers, decks and tags, as read-only arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.modifiers import Edition
from jimbot_stream.balatro.tables.tags import NUMBER, TAGS

_EDITIONS = {
    NUMBER["tag_foil"]: Edition.FOIL,
    NUMBER["tag_holo"]: Edition.HOLO,
    NUMBER["tag_polychrome"]: Edition.POLYCHROME,
    NUMBER["tag_negative"]: Edition.NEGATIVE,
}


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


SPECTRAL_RATE = _frozen([0.0, *(deck.spectral_rate for deck in DECKS)], np.float64)
"""[deck]: how often Spectral cards come in the shop."""
TAG_EDITION = _frozen([int(_EDITIONS.get(tag, 0)) for tag in range(len(TAGS) + 1)], np.int64)
"""[tag]: the edition that it gives to a joker in the shop; 0 for none."""
