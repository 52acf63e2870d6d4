"""A run as one structured record, and beside it the state of its random streams.

No rules here. A snapshot is the bytes of both, a digest the hash of those bytes.
Field names avoid the names of ndarray methods (``round``, ``sort``, …), so that the
records also work as ``np.recarray`` when the kernels run uncompiled.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_CARDS = 96
"""Most playing cards of a run."""
MAX_HAND = 24
"""Most cards in hand: the width of the card mask of a canonical action."""
MAX_STREAMS = 64
"""Room for random streams; these rules use 17 at most: one, and two for each of eight antes."""
MAX_SEED = 8
"""Longest seed."""
POKER_HANDS = 12


class Phase(IntEnum):
    """Where a run stands, numbered as in the contract."""

    MENU = 1
    BLIND_SELECT = 2
    SELECTING_HAND = 3
    ROUND_EVAL = 4
    SHOP = 5
    PACK = 6
    GAME_OVER = 7
    TRANSITION = 8


CARD = np.dtype([("rank", "i2"), ("suit", "i2")], align=True)
"""A playing card: rank 2-14, suit as in ``tables.cards.Suit``."""

STATE = np.dtype(
    [
        ("money", "i8"),  # dollars
        ("steps", "i8"),  # actions carried out
        ("chips", "f8"),  # score in this round
        ("required", "f8"),  # score that the blind at hand, or on offer, asks
        ("best_score", "f8"),  # best score of one round
        ("phase", "i4"),
        ("ante", "i4"),
        ("win_ante", "i4"),  # beating its boss wins
        ("blind", "i4"),  # 0 small, 1 big, 2 boss: at hand, or on offer
        ("rounds", "i4"),  # rounds begun
        ("won", "i4"),
        ("hand_size", "i4"),
        ("hands", "i4"),  # hands per round
        ("discards", "i4"),  # discards per round
        ("hands_left", "i4"),
        ("discards_left", "i4"),
        ("hands_played", "i4"),  # in this round
        ("card_count", "i4"),
        ("draw_count", "i4"),
        ("hand_count", "i4"),
        ("gone_count", "i4"),
        ("level", "i4", (POKER_HANDS,)),
        ("played", "i4", (POKER_HANDS,)),  # times each poker hand was played
        ("cards", CARD, (MAX_CARDS,)),  # in order of creation
        ("draw", "i2", (MAX_CARDS,)),  # indices of cards; the last one is drawn next
        ("hand", "i2", (MAX_HAND,)),  # indices of cards, in the order shown
        ("gone", "i2", (MAX_CARDS,)),  # played or discarded in this round
    ],
    align=True,
)
"""One run."""

STREAMS = np.dtype(
    [
        ("hashed_seed", "f8"),
        ("values", "f8", (MAX_STREAMS,)),
        ("keys", "i4", (MAX_STREAMS,)),  # 0 is free; open addressing
        ("seed_length", "i4"),
        ("seed", "u1", (MAX_SEED,)),
    ],
    align=True,
)
"""The random streams of one run: where each that was used stands."""

VIEW = np.dtype(
    [
        ("money", "i8"),
        ("chips", "f8"),
        ("required", "f8"),
        ("phase", "i4"),
        ("ante", "i4"),
        ("blind", "i4"),
        ("rounds", "i4"),
        ("hand_size", "i4"),
        ("hands_left", "i4"),
        ("discards_left", "i4"),
        ("hands_played", "i4"),
        ("jokers", "i4"),
        ("consumables", "i4"),
        ("hand_count", "i4"),
        ("rank", "i4", (MAX_HAND,)),  # of the cards in hand; 0 where hidden
        ("suit", "i4", (MAX_HAND,)),  # 0 where hidden
        ("scores", "i4", (MAX_HAND,)),  # 0 where debuffed
        ("draw_count", "i4"),
        ("draw_ranks", "i4", (15,)),  # cards left in the draw pile, by rank
        ("draw_suits", "i4", (5,)),  # and by suit
        ("level", "i4", (POKER_HANDS,)),
        ("hand_chips", "f8", (POKER_HANDS,)),
        ("hand_mult", "f8", (POKER_HANDS,)),
    ],
    align=True,
)
"""What a player sees of a run, and so all that an observation can be made of."""


def blank(kind: np.dtype[np.void], count: int = 1) -> NDArray[Any]:
    """Records of a kind, all zero, with fields as attributes."""
    return np.zeros(count, dtype=kind).view(np.recarray)


def plain(records: NDArray[Any], kind: np.dtype[np.void]) -> NDArray[Any]:
    """The same memory with fields as items: quicker to read outside of kernels."""
    return records.view(np.ndarray).view(kind)
