"""Playing cards: ranks, suits, and the standard deck in the order in which the game makes it."""

from dataclasses import dataclass
from enum import IntEnum


class Suit(IntEnum):
    """Suits, numbered as in the contract."""

    CLUBS = 1
    DIAMONDS = 2
    HEARTS = 3
    SPADES = 4


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank: its number, the letter in its game key, and the chips it scores."""

    number: int
    letter: str
    chips: int


RANKS = (
    *(Rank(number, str(number), number) for number in range(2, 10)),
    Rank(10, "T", 10),
    Rank(11, "J", 10),
    Rank(12, "Q", 10),
    Rank(13, "K", 10),
    Rank(14, "A", 11),
)

SHOWN_SUITS = (Suit.SPADES, Suit.HEARTS, Suit.CLUBS, Suit.DIAMONDS)
"""Within one rank the hand shows its cards in this order, left to right."""


@dataclass(frozen=True, slots=True)
class PlayingCard:
    """A card of the standard deck."""

    key: str
    suit: Suit
    rank: int


def _standard() -> tuple[PlayingCard, ...]:
    cards = [
        PlayingCard(f"{suit.name[0]}_{rank.letter}", suit, rank.number)
        for suit in Suit
        for rank in RANKS
    ]
    return tuple(sorted(cards, key=lambda card: card.key))


STANDARD_DECK = _standard()
"""The 52 cards in order of creation: by game key, so ``C_2 … C_9 C_A C_J C_K C_Q C_T D_2 …``."""
