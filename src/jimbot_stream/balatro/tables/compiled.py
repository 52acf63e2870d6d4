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
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRAL, TAROT
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER


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

PLANET_OF_HAND = _frozen(
    _by_number({HAND[planet.hand]: i for i, planet in enumerate(PLANETS, start=1)}, len(HANDS)),
    np.int64,
)
"""[poker hand]: id of the planet that raises it."""

# Decks and stakes by id; row 0 is none.
DECK_MONEY = _frozen([0, *(deck.money for deck in DECKS)], np.int64)
DECK_HANDS = _frozen([0, *(deck.hands for deck in DECKS)], np.int64)
DECK_DISCARDS = _frozen([0, *(deck.discards for deck in DECKS)], np.int64)
DECK_HAND_SIZE = _frozen([0, *(deck.hand_size for deck in DECKS)], np.int64)
DECK_JOKER_SLOTS = _frozen([0, *(deck.joker_slots for deck in DECKS)], np.int64)
DECK_CONSUMABLE_SLOTS = _frozen([0, *(deck.consumable_slots for deck in DECKS)], np.int64)
DECK_DOLLARS_PER_HAND = _frozen([0, *(deck.dollars_per_hand for deck in DECKS)], np.int64)
DECK_DOLLARS_PER_DISCARD = _frozen([0, *(deck.dollars_per_discard for deck in DECKS)], np.int64)
DECK_INTEREST = _frozen([0, *(int(deck.interest) for deck in DECKS)], np.int64)
DECK_FACES = _frozen([0, *(int(deck.faces) for deck in DECKS)], np.int64)
DECK_TWO_SUITS = _frozen([0, *(int(deck.two_suits) for deck in DECKS)], np.int64)
DECK_ERRATIC = _frozen([0, *(int(deck.erratic) for deck in DECKS)], np.int64)
DECK_SCALING = _frozen([0, *(deck.scaling for deck in DECKS)], np.float64)
DECK_DOUBLE_TAG = _frozen([0, *(int(deck.double_tag) for deck in DECKS)], np.int64)
DECK_VOUCHERS = _frozen(
    [0, *(sum(1 << VOUCHER[key] for key in deck.vouchers) for deck in DECKS)], np.int64
)
"""Vouchers that a deck starts with, a bit set by id."""

MOST_CONSUMABLES_OF_DECK = max(len(deck.consumables) for deck in DECKS)


def _consumables(keys: tuple[str, ...]) -> list[tuple[int, int]]:
    found = [(2, TAROT[key]) if key in TAROT else (4, SPECTRAL[key]) for key in keys]
    return found + [(0, 0)] * (MOST_CONSUMABLES_OF_DECK - len(found))


DECK_CONSUMABLES = _frozen(
    [_consumables(()), *(_consumables(d.consumables) for d in DECKS)], np.int64
)
"""[deck, place]: ``state.Kind`` and id of a consumable that a deck starts with; 0 for none."""

STAKE_SMALL_PAYS = _frozen([0, *(int(stake.small_blind_pays) for stake in STAKES)], np.int64)
STAKE_SCALING = _frozen([0, *(stake.scaling for stake in STAKES)], np.int64)
STAKE_DISCARDS = _frozen([0, *(stake.discards for stake in STAKES)], np.int64)
