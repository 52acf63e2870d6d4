"""Actions in their canonical form, which alone is recorded.

One int64, ``verb << 40 | source << 32 | target << 24 | cards``, where cards is a bit mask
of positions in the hand (bit 0 is leftmost) and source and target are slots.

``SUBSETS`` are the 218 ways to choose one to five of the eight leftmost cards: fewer
cards first, then in lexicographic order of positions: (0), (1), … (7), (0, 1), (0, 2), …
"""

from collections.abc import Iterable
from enum import IntEnum
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

REACH: Final = 8
"""Leftmost cards of the hand among which ``SUBSETS`` choose."""
MOST_CARDS: Final = 5
"""Most cards of one play or discard."""
MOST_TARGETS: Final = 3
"""Most cards that a consumable acts on."""
MAX_POSITIONS: Final = 24
"""Positions in the hand that the canonical form can name."""


class Verb(IntEnum):
    """What can be done, numbered as in the contract."""

    PLAY = 1
    DISCARD = 2
    SELECT_BLIND = 3
    SKIP_BLIND = 4
    CASH_OUT = 5
    NEXT_ROUND = 6
    BUY_CARD = 7
    BUY_VOUCHER = 8
    BUY_PACK = 9
    BUY_AND_USE = 10
    PICK_PACK = 11
    SKIP_PACK = 12
    SELL_JOKER = 13
    SELL_CONSUMABLE = 14
    USE = 15
    REROLL = 16
    REROLL_BOSS = 17
    REARRANGE_HAND = 18
    REARRANGE_JOKERS = 19
    REARRANGE_CONSUMABLES = 20


VERBS: Final = max(Verb)
"""How many verbs there are."""

SUBSETS: Final[tuple[tuple[int, ...], ...]] = tuple(
    cards for size in range(1, MOST_CARDS + 1) for cards in combinations(range(REACH), size)
)
"""Positions of each choice of cards."""

CHOICES: Final = len(SUBSETS)
TARGET_CHOICES: Final = sum(len(cards) <= MOST_TARGETS for cards in SUBSETS)
"""The first so many of ``SUBSETS`` can be targets of a consumable."""

SUBSET_MASKS: Final[NDArray[np.int64]] = np.array(
    [sum(1 << position for position in cards) for cards in SUBSETS], dtype=np.int64
)
"""The same choices as bit masks."""
SUBSET_MASKS.setflags(write=False)
SUBSET_SIZES: Final[NDArray[np.int64]] = np.array(list(map(len, SUBSETS)), dtype=np.int64)
SUBSET_SIZES.setflags(write=False)


def pack(verb: int, cards: Iterable[int] = (), source: int = 0, target: int = 0) -> int:
    """The canonical form of an action.

    Raises:
        ValueError: a number does not fit its field, or a card is named twice.
    """
    mask = 0
    for position in cards:
        if not 0 <= position < MAX_POSITIONS:
            raise ValueError(f"card position {position} is not in 0..{MAX_POSITIONS - 1}")
        if mask >> position & 1:
            raise ValueError(f"card position {position} is named twice")
        mask |= 1 << position
    for name, value in (("verb", verb), ("source", source), ("target", target)):
        if not 0 <= value < 256:
            raise ValueError(f"{name} {value} is not in 0..255")
    return verb << 40 | source << 32 | target << 24 | mask


def unpack(action: int) -> tuple[int, tuple[int, ...], int, int]:
    """Verb, card positions (ascending), source and target of a canonical action."""
    cards = tuple(position for position in range(MAX_POSITIONS) if action >> position & 1)
    return action >> 40, cards, action >> 32 & 255, action >> 24 & 255
