"""Decks: what a run starts with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck: its game key and the numbers of a run that it sets."""

    key: str
    money: int = 4
    hands: int = 4
    discards: int = 3
    hand_size: int = 8
    joker_slots: int = 5
    consumable_slots: int = 2


DECKS = (Deck("b_red", discards=4),)

WHITE_STAKE = 1
"""The lowest of eight stakes: it changes nothing."""
