"""The rows as read-only arrays, which kernels hold as constants.

Numba freezes such constants into compiled code; that is safe because the cache folder is
named by a digest of these files (``kernels/__init__.py``).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.blinds import ANTE_BASE, BLINDS
from jimbot_stream.balatro.tables.cards import RANKS, SHOWN_SUITS, STANDARD_DECK
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.streams import STREAMS


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


def _by_number(pairs: dict[int, int], size: int) -> list[int]:
    return [pairs.get(number, 0) for number in range(size)]


HAND_CHIPS = _frozen([hand.chips for hand in HANDS], np.int64)
HAND_MULT = _frozen([hand.mult for hand in HANDS], np.int64)
HAND_CHIPS_STEP = _frozen([hand.chips_per_level for hand in HANDS], np.int64)
HAND_MULT_STEP = _frozen([hand.mult_per_level for hand in HANDS], np.int64)

RANK_CHIPS = _frozen(_by_number({rank.number: rank.chips for rank in RANKS}, 15), np.int64)
"""Chips by rank number; 0 for a rank that is hidden or none."""
SUIT_ORDER = _frozen(_by_number({int(s): -i for i, s in enumerate(SHOWN_SUITS)}, 5), np.int64)
"""Within a rank, cards are shown by this value descending."""

DECK_RANKS = _frozen([card.rank for card in STANDARD_DECK], np.int64)
DECK_SUITS = _frozen([int(card.suit) for card in STANDARD_DECK], np.int64)

BLIND_FACTOR = _frozen([blind.factor for blind in BLINDS], np.float64)
BLIND_REWARD = _frozen([blind.reward for blind in BLINDS], np.int64)
BASE_SCORE = _frozen(ANTE_BASE, np.float64)

_LONGEST = max(len(stream.name) for stream in STREAMS)
STREAM_NAME = _frozen([[*s.name.ljust(_LONGEST).encode()] for s in STREAMS], np.uint8)
STREAM_LENGTH = _frozen([len(stream.name) for stream in STREAMS], np.int64)
STREAM_ANTE = _frozen([int(stream.ante) for stream in STREAMS], np.int64)
