"""Actions: the canonical form that alone is recorded, and the flat codec of 440 indices.

Canonical: one int64, ``verb << 40 | source << 32 | target << 24 | cards``, where cards is
a bit mask of positions in the hand (bit 0 is leftmost) and source and target are slots.

Flat codec, version 1: an index below ``A`` = 440 for every action that a player of this
storey can need.

===========  ==========================================================
index        action
===========  ==========================================================
0 … 217      play ``SUBSETS[index]``
218 … 435    discard ``SUBSETS[index - 218]``
436          select the blind
437          cash out
438          next round
439          skip the blind
===========  ==========================================================

``SUBSETS`` are the 218 ways to choose one to five of the eight leftmost cards: fewer
cards first, then in lexicographic order of positions: (0), (1), … (7), (0, 1), (0, 2), …
Cards beyond the first eight of a larger hand are out of this codec's reach; the
canonical form reaches them.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

CODEC_VERSION: Final = 1
REACH: Final = 8
"""Cards of the hand that the flat codec reaches."""
MOST_CARDS: Final = 5
"""Most cards of one play or discard."""
MAX_POSITIONS: Final = 24
"""Positions in the hand that the canonical form can name."""


class Verb(IntEnum):
    """What can be done, numbered as in the contract; these rules know the first six."""

    PLAY = 1
    DISCARD = 2
    SELECT_BLIND = 3
    SKIP_BLIND = 4
    CASH_OUT = 5
    NEXT_ROUND = 6


SUBSETS: Final[tuple[tuple[int, ...], ...]] = tuple(
    cards for size in range(1, MOST_CARDS + 1) for cards in combinations(range(REACH), size)
)
"""Positions of each choice of cards, in the codec's order."""

CHOICES: Final = len(SUBSETS)
DISCARDS_FROM: Final = CHOICES
BARE_FROM: Final = 2 * CHOICES
BARE_VERBS: Final = (Verb.SELECT_BLIND, Verb.CASH_OUT, Verb.NEXT_ROUND, Verb.SKIP_BLIND)
"""Verbs without cards, in the codec's order."""
A: Final = BARE_FROM + len(BARE_VERBS)
"""Number of actions of the flat codec."""

SUBSET_MASKS: Final[NDArray[np.int64]] = np.array(
    [sum(1 << position for position in cards) for cards in SUBSETS], dtype=np.int64
)
"""The same choices as bit masks."""
SUBSET_MASKS.setflags(write=False)
SUBSET_SIZES: Final[NDArray[np.int64]] = np.array(list(map(len, SUBSETS)), dtype=np.int64)
SUBSET_SIZES.setflags(write=False)

_SUBSET_NUMBER = {cards: number for number, cards in enumerate(SUBSETS)}
_BARE_INDEX = {verb: BARE_FROM + place for place, verb in enumerate(BARE_VERBS)}


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


def index_of(verb: int, cards: Sequence[int] = ()) -> int:
    """Index of an action in the flat codec; the order of cards does not matter.

    Raises:
        ValueError: the codec has no such action.
    """
    if verb in (Verb.PLAY, Verb.DISCARD):
        number = _SUBSET_NUMBER.get(tuple(sorted(cards)))
        if number is not None:
            return number + (DISCARDS_FROM if verb == Verb.DISCARD else 0)
    elif verb in _BARE_INDEX and not cards:
        return _BARE_INDEX[Verb(verb)]
    raise ValueError(f"codec {CODEC_VERSION} has no verb {verb} with cards {list(cards)}")


def action_at(index: int) -> tuple[Verb, tuple[int, ...]]:
    """Verb and card positions of an index of the flat codec.

    Raises:
        ValueError: the index is outside the codec.
    """
    if not 0 <= index < A:
        raise ValueError(f"action index {index} is not in 0..{A - 1}")
    if index >= BARE_FROM:
        return BARE_VERBS[index - BARE_FROM], ()
    verb = Verb.PLAY if index < DISCARDS_FROM else Verb.DISCARD
    return verb, SUBSETS[index % CHOICES]


def canonical(index: int) -> int:
    """The canonical form of an index of the flat codec."""
    verb, cards = action_at(index)
    return pack(verb, cards)


def subsets_within(
    fewest: int, most: int, selectable: Iterable[int], forced: Iterable[int] = ()
) -> NDArray[np.bool_]:
    """Which of ``SUBSETS`` have an allowed size, only selectable cards and all forced ones.

    The same few families come again and again: the array is shared, and cannot be written.
    """
    return _subsets_within(fewest, most, tuple(selectable), tuple(forced))


@lru_cache(maxsize=4096)
def _subsets_within(
    fewest: int, most: int, selectable: tuple[int, ...], forced: tuple[int, ...]
) -> NDArray[np.bool_]:
    must_be = set(forced)
    if not must_be <= set(range(REACH)):
        return _frozen(np.zeros(CHOICES, dtype=np.bool_))
    may = sum(1 << position for position in set(selectable) if 0 <= position < REACH)
    must = sum(1 << position for position in must_be)
    fits = (fewest <= SUBSET_SIZES) & (most >= SUBSET_SIZES)
    allowed = (SUBSET_MASKS & ~may) == 0
    return _frozen(fits & allowed & ((SUBSET_MASKS & must) == must))


def _frozen(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    chosen.setflags(write=False)
    return chosen
