"""Two codecs for agents: a flat ``Discrete`` and a factored ``MultiDiscrete``.

Both map one to one onto canonical actions, which alone are recorded.

Flat codec, version 2: an index below ``A``. ``SEGMENTS`` lists the runs of indices in
their order: plays and discards of ``actions.SUBSETS``, the eight leftmost cards; consumable
slots 0 to 3 and all pack slots, each without targets and then with each of the 92 subsets
of up to three of the same eight cards; wares; sales; consumables of further slots without
targets; a joker's swap with its left neighbour; bringing a card of the hand to its front,
by which a larger hand's every subset comes within reach; and the verbs that need no more.

By design it leaves out what is rarely of use, to stay small: consumables of slot 4 and on cannot
be aimed at cards (a consumable before them must be used or sold first), and consumables cannot
be rearranged. The canonical form and the factored codec have both.

Factored codec: verb (less one), source, target, and one bit for each of 24 cards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import (
    CHOICES,
    MAX_POSITIONS,
    SUBSET_MASKS,
    TARGET_CHOICES,
    VERBS,
    Verb,
)
from jimbot_stream.balatro.state import (
    MAX_CONSUMABLES,
    MAX_HAND,
    MAX_JOKERS,
    MAX_PACK,
    MAX_PACKS,
    MAX_SHOP,
    MAX_VOUCHERS,
)

CODEC_VERSION: Final = 2
USE_SLOTS: Final = 4
"""Consumable slots that the flat codec can aim at cards."""
AIMED: Final = 1 + TARGET_CHOICES
"""Indices of a slot that may take targets: without, and with each choice of them."""
BARE_VERBS: Final = (
    Verb.REROLL,
    Verb.REROLL_BOSS,
    Verb.SKIP_PACK,
    Verb.SELECT_BLIND,
    Verb.SKIP_BLIND,
    Verb.CASH_OUT,
    Verb.NEXT_ROUND,
)
"""Verbs that need no more, in the codec's order."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of indices of one verb."""

    verb: Verb
    count: int
    """Slots, or choices of cards."""
    first: int = 0
    """The first slot."""
    width: int = 1
    """Indices of each slot."""

    @property
    def size(self) -> int:
        """How many indices."""
        return self.count * self.width


SEGMENTS: Final = (
    Segment(Verb.PLAY, 1, width=CHOICES),
    Segment(Verb.DISCARD, 1, width=CHOICES),
    Segment(Verb.USE, USE_SLOTS, width=AIMED),
    Segment(Verb.PICK_PACK, MAX_PACK, width=AIMED),
    Segment(Verb.BUY_CARD, MAX_SHOP),
    Segment(Verb.BUY_AND_USE, MAX_SHOP),
    Segment(Verb.BUY_VOUCHER, MAX_VOUCHERS),
    Segment(Verb.BUY_PACK, MAX_PACKS),
    Segment(Verb.SELL_JOKER, MAX_JOKERS),
    Segment(Verb.SELL_CONSUMABLE, MAX_CONSUMABLES),
    Segment(Verb.USE, MAX_CONSUMABLES - USE_SLOTS, first=USE_SLOTS),
    Segment(Verb.REARRANGE_JOKERS, MAX_JOKERS - 1, first=1),
    Segment(Verb.REARRANGE_HAND, MAX_HAND - 1, first=1),
    *(Segment(verb, 1) for verb in BARE_VERBS),
)
STARTS: Final = tuple(
    sum(segment.size for segment in SEGMENTS[:place]) for place in range(len(SEGMENTS) + 1)
)
"""First index of each segment, and at last ``A``."""
A: Final = STARTS[-1]
"""Number of actions of the flat codec."""


def _word(segment: Segment, offset: int) -> int:
    """Canonical action at a place of a segment."""
    slot = segment.first + offset // segment.width
    choice = offset % segment.width
    cards = target = 0
    if segment.width == CHOICES:
        slot, cards = 0, int(SUBSET_MASKS[choice])
    elif segment.width == AIMED and choice > 0:
        cards = int(SUBSET_MASKS[choice - 1])
    if segment.verb == Verb.REARRANGE_JOKERS:
        target = slot - 1
    return segment.verb << 40 | slot << 32 | target << 24 | cards


CANONICAL: Final[NDArray[np.int64]] = np.array(
    [_word(segment, offset) for segment in SEGMENTS for offset in range(segment.size)],
    dtype=np.int64,
)
"""The canonical action of each index."""
CANONICAL.setflags(write=False)
_INDEX: Final = {int(action): index for index, action in enumerate(CANONICAL)}


def canonical(index: int) -> int:
    """The canonical form of an index of the flat codec.

    Raises:
        ValueError: the index is outside the codec.
    """
    if not 0 <= index < A:
        raise ValueError(f"action index {index} is not in 0..{A - 1}")
    return int(CANONICAL[index])


def index_of(action: int) -> int:
    """Index of a canonical action in the flat codec.

    Raises:
        ValueError: the codec has no such action.
    """
    index = _INDEX.get(action)
    if index is None:
        raise ValueError(f"codec {CODEC_VERSION} has no action {action:#x}")
    return index


def start_of(verb: Verb, first: int = 0) -> int:
    """First index of the segment of a verb that begins with a slot."""
    for segment, start in zip(SEGMENTS, STARTS, strict=False):
        if segment.verb == verb and segment.first == first:
            return start
    raise ValueError(f"codec {CODEC_VERSION} has no segment of {verb.name} from slot {first}")


# --- factored --------------------------------------------------------------------------

SOURCES: Final = max(MAX_JOKERS, MAX_CONSUMABLES, MAX_HAND)
NVEC: Final = (VERBS, SOURCES, SOURCES, *(2,) * MAX_POSITIONS)
"""Sizes of the ``MultiDiscrete``."""
_VERB, _FEWEST, _MOST, _SELECTABLE, _FORCED, _SLOTS, _TARGETS = range(7)
# Columns of ``kernels.legality.families``.


def join(vector: Sequence[int] | NDArray[np.integer]) -> int:
    """The canonical action of a factored one.

    Raises:
        ValueError: it has not the right length, or a number is out of range.
    """
    if len(vector) != len(NVEC):
        raise ValueError(f"a factored action has {len(NVEC)} numbers, this one {len(vector)}")
    for place, (number, size) in enumerate(zip(vector, NVEC, strict=True)):
        if not 0 <= number < size:
            raise ValueError(f"number {place} of the action is {number}, not in 0..{size - 1}")
    verb, source, target, *chosen = (int(number) for number in vector)
    cards = sum(bit << position for position, bit in enumerate(chosen))
    return (verb + 1) << 40 | source << 32 | target << 24 | cards


def split(action: int) -> NDArray[np.int64]:
    """The factored form of a canonical action.

    Raises:
        ValueError: it has none.
    """
    verb, source, target = action >> 40, action >> 32 & 255, action >> 24 & 255
    if not (1 <= verb <= VERBS and source < SOURCES and target < SOURCES):
        raise ValueError(f"action {action:#x} has no factored form")
    chosen = [action >> position & 1 for position in range(MAX_POSITIONS)]
    return np.array([verb - 1, source, target, *chosen], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Choices:
    """Which cards may be chosen once verb and source are."""

    fewest: int
    most: int
    selectable: NDArray[np.bool_]
    forced: NDArray[np.bool_]


def _bits(mask: int, size: int) -> NDArray[np.bool_]:
    return np.array([mask >> place & 1 for place in range(size)], dtype=np.bool_)


def _slots(row: NDArray[np.int64]) -> int:
    return int(row[_SLOTS]) or 1  # a verb without slots has source 0


def verb_mask(families: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which verbs may be chosen, of the rows of ``kernels.legality.families``."""
    mask = np.zeros(VERBS, dtype=np.bool_)
    mask[families[:, _VERB] - 1] = True
    return mask


def source_mask(families: NDArray[np.int64], verb: int) -> NDArray[np.bool_]:
    """Which sources may be chosen after a verb (less one)."""
    mask = 0
    for row in families[families[:, _VERB] == verb + 1]:
        mask |= _slots(row)
    return _bits(mask, SOURCES)


def _family(families: NDArray[np.int64], verb: int, source: int) -> NDArray[np.int64]:
    row: NDArray[np.int64]
    for row in families[families[:, _VERB] == verb + 1]:
        if _slots(row) >> source & 1:
            return row
    raise ValueError(f"verb {verb} with source {source} is not legal")


def target_mask(families: NDArray[np.int64], verb: int, source: int) -> NDArray[np.bool_]:
    """Which targets may be chosen after verb and source."""
    targets = int(_family(families, verb, source)[_TARGETS])
    return _bits(targets & ~(1 << source) if targets else 1, SOURCES)


def card_choices(families: NDArray[np.int64], verb: int, source: int) -> Choices:
    """Which cards may be chosen after verb and source."""
    row = _family(families, verb, source)
    return Choices(
        int(row[_FEWEST]),
        int(row[_MOST]),
        _bits(int(row[_SELECTABLE]), MAX_POSITIONS),
        _bits(int(row[_FORCED]), MAX_POSITIONS),
    )
