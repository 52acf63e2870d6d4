"""Decks: what a run starts with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck: its game key, its sentence, and the numbers of a run that it sets."""

    key: str
    name: str
    text: str
    money: int = 4
    hands: int = 4
    discards: int = 3
    hand_size: int = 8
    joker_slots: int = 5
    consumable_slots: int = 2
    vouchers: tuple[str, ...] = ()
    consumables: tuple[str, ...] = ()
    dollars_per_hand: int = 1
    dollars_per_discard: int = 0
    interest: bool = True
    spectral_rate: float = 0.0
    faces: bool = True
    two_suits: bool = False
    """26 Spades and 26 Hearts."""
    erratic: bool = False
    balanced: bool = False
    """Chips and Mult are balanced when a hand scores."""
    scaling: float = 1.0
    double_tag: bool = False
    """A Double Tag for every boss beaten."""


DECKS = (
    Deck("b_red", "Red Deck", "+1 discard", discards=4),
    Deck("b_blue", "Blue Deck", "+1 hand", hands=5),
    Deck("b_yellow", "Yellow Deck", "starts with $10 more", money=14),
    Deck(
        "b_green",
        "Green Deck",
        "$2 per hand left, $1 per discard left, no interest",
        dollars_per_hand=2,
        dollars_per_discard=1,
        interest=False,
    ),
    Deck("b_black", "Black Deck", "+1 joker slot, -1 hand", hands=3, joker_slots=6),
    Deck(
        "b_magic",
        "Magic Deck",
        "Crystal Ball and 2 copies of The Fool",
        vouchers=("v_crystal_ball",),
        consumables=("c_fool", "c_fool"),
    ),
    Deck(
        "b_nebula",
        "Nebula Deck",
        "Telescope, -1 consumable slot",
        consumable_slots=1,
        vouchers=("v_telescope",),
    ),
    Deck(
        "b_ghost",
        "Ghost Deck",
        "Spectral cards in the shop, starts with Hex",
        spectral_rate=2.0,
        consumables=("c_hex",),
    ),
    Deck("b_abandoned", "Abandoned Deck", "no face cards", faces=False),
    Deck("b_checkered", "Checkered Deck", "26 Spades and 26 Hearts", two_suits=True),
    Deck(
        "b_zodiac",
        "Zodiac Deck",
        "Tarot Merchant, Planet Merchant and Overstock",
        vouchers=("v_tarot_merchant", "v_planet_merchant", "v_overstock_norm"),
    ),
    Deck("b_painted", "Painted Deck", "+2 hand size, -1 joker slot", hand_size=10, joker_slots=4),
    Deck("b_anaglyph", "Anaglyph Deck", "a Double Tag after every boss", double_tag=True),
    Deck(
        "b_plasma",
        "Plasma Deck",
        "chips and mult are balanced, blinds ask twice as much",
        balanced=True,
        scaling=2.0,
    ),
    Deck("b_erratic", "Erratic Deck", "all ranks and suits are random", erratic=True),
)
"""Deck n is row n - 1."""

NUMBER = {deck.key: number for number, deck in enumerate(DECKS, start=1)}
