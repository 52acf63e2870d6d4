"""What a playing card or joker can bear: enhancements, editions, seals, stickers."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag


class Enhancement(IntEnum):
    """Enhancements of playing cards, in the game's order."""

    NONE = 0
    BONUS = 1
    MULT = 2
    WILD = 3
    GLASS = 4
    STEEL = 5
    STONE = 6
    GOLD = 7
    LUCKY = 8


class Edition(IntEnum):
    """Editions of playing cards, jokers and consumables, in the game's order."""

    NONE = 0
    FOIL = 1
    HOLO = 2
    POLYCHROME = 3
    NEGATIVE = 4


class Seal(IntEnum):
    """Seals of playing cards, in the game's order."""

    NONE = 0
    RED = 1
    BLUE = 2
    GOLD = 3
    PURPLE = 4


class Mark(IntFlag):
    """What a card or item is besides; bits of the field ``marks``."""

    DEBUFFED = 1
    FACE_DOWN = 2
    FORCED = 4  # Cerulean Bell: this card must be among those chosen
    PLAYED_THIS_ANTE = 8  # The Pillar debuffs it
    ETERNAL = 16
    PERISHABLE = 32
    RENTAL = 64
    COUPON = 128  # free in the shop


@dataclass(frozen=True, slots=True)
class EnhancementRow:
    """An enhancement: its game key, its name and what it does."""

    key: str
    name: str
    chips: int = 0
    mult: int = 0
    xmult: float = 1.0
    held_xmult: float = 1.0
    held_dollars: int = 0
    odds: int = 0
    """Of a Lucky Card's mult; of a Glass Card's breaking."""


ENHANCEMENTS = (
    EnhancementRow("m_bonus", "Bonus Card", chips=30),
    EnhancementRow("m_mult", "Mult Card", mult=4),
    EnhancementRow("m_wild", "Wild Card"),
    EnhancementRow("m_glass", "Glass Card", xmult=2.0, odds=4),
    EnhancementRow("m_steel", "Steel Card", held_xmult=1.5),
    EnhancementRow("m_stone", "Stone Card", chips=50),
    EnhancementRow("m_gold", "Gold Card", held_dollars=3),
    EnhancementRow("m_lucky", "Lucky Card", mult=20, odds=5),
)
"""Enhancement n is row n - 1."""

LUCKY_DOLLARS = 20
LUCKY_DOLLARS_ODDS = 15
GOLD_SEAL_DOLLARS = 3


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition: its game key, what it adds to a score and to a price."""

    key: str
    name: str
    cost: int
    chips: int = 0
    mult: int = 0
    xmult: float = 1.0


EDITIONS = (
    EditionRow("e_foil", "Foil", 2, chips=50),
    EditionRow("e_holo", "Holographic", 3, mult=10),
    EditionRow("e_polychrome", "Polychrome", 5, xmult=1.5),
    EditionRow("e_negative", "Negative", 5),
)
"""Edition n is row n - 1."""

SEALS = ("Red", "Blue", "Gold", "Purple")
"""Seal n is name n - 1."""
