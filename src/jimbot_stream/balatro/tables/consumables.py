"""Tarot, planet and spectral cards, in the game's order.

``targets`` are the fewest and most cards of the hand that must be chosen; (0, 0) for none.
Where a row does not say it all, the effect is a function in ``kernels.consumables`` and
``text`` its sentence.
"""

from dataclasses import dataclass

from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.modifiers import Enhancement, Seal

NO_SUIT = 0


@dataclass(frozen=True, slots=True)
class Tarot:
    """A tarot card."""

    key: str
    name: str
    targets: tuple[int, int] = (0, 0)
    enhance: Enhancement = Enhancement.NONE
    to_suit: Suit | int = NO_SUIT
    text: str = ""
    cost: int = 3


@dataclass(frozen=True, slots=True)
class Planet:
    """A planet card: it raises the level of its poker hand."""

    key: str
    name: str
    hand: str
    secret: bool = False
    """Only offered once its hand was played."""
    cost: int = 3


@dataclass(frozen=True, slots=True)
class Spectral:
    """A spectral card."""

    key: str
    name: str
    targets: tuple[int, int] = (0, 0)
    seal: Seal = Seal.NONE
    needs_hand: bool = False
    """Acts on the cards in hand, of which there must be at least two."""
    hidden: bool = False
    """Never drawn from a pool."""
    text: str = ""
    cost: int = 4


TAROTS = (
    Tarot(
        "c_fool", "The Fool", text="creates the last Tarot or Planet card used, The Fool excepted"
    ),
    Tarot("c_magician", "The Magician", (1, 2), enhance=Enhancement.LUCKY),
    Tarot("c_high_priestess", "The High Priestess", text="creates up to 2 Planet cards"),
    Tarot("c_empress", "The Empress", (1, 2), enhance=Enhancement.MULT),
    Tarot("c_emperor", "The Emperor", text="creates up to 2 Tarot cards"),
    Tarot("c_heirophant", "The Hierophant", (1, 2), enhance=Enhancement.BONUS),
    Tarot("c_lovers", "The Lovers", (1, 1), enhance=Enhancement.WILD),
    Tarot("c_chariot", "The Chariot", (1, 1), enhance=Enhancement.STEEL),
    Tarot("c_justice", "Justice", (1, 1), enhance=Enhancement.GLASS),
    Tarot("c_hermit", "The Hermit", text="doubles money, by $20 at most"),
    Tarot(
        "c_wheel_of_fortune",
        "The Wheel of Fortune",
        text="1 in 4: a joker without edition becomes Foil, Holographic or Polychrome",
    ),
    Tarot("c_strength", "Strength", (1, 2), text="raises the rank of up to 2 cards by 1"),
    Tarot("c_hanged_man", "The Hanged Man", (1, 2), text="destroys up to 2 cards"),
    Tarot("c_death", "Death", (2, 2), text="the left of 2 cards becomes the right one"),
    Tarot("c_temperance", "Temperance", text="pays the sell value of all jokers, at most $50"),
    Tarot("c_devil", "The Devil", (1, 1), enhance=Enhancement.GOLD),
    Tarot("c_tower", "The Tower", (1, 1), enhance=Enhancement.STONE),
    Tarot("c_star", "The Star", (1, 3), to_suit=Suit.DIAMONDS),
    Tarot("c_moon", "The Moon", (1, 3), to_suit=Suit.CLUBS),
    Tarot("c_sun", "The Sun", (1, 3), to_suit=Suit.HEARTS),
    Tarot("c_judgement", "Judgement", text="creates a joker, if there is room"),
    Tarot("c_world", "The World", (1, 3), to_suit=Suit.SPADES),
)

PLANETS = (
    Planet("c_mercury", "Mercury", "Pair"),
    Planet("c_venus", "Venus", "Three of a Kind"),
    Planet("c_earth", "Earth", "Full House"),
    Planet("c_mars", "Mars", "Four of a Kind"),
    Planet("c_jupiter", "Jupiter", "Flush"),
    Planet("c_saturn", "Saturn", "Straight"),
    Planet("c_uranus", "Uranus", "Two Pair"),
    Planet("c_neptune", "Neptune", "Straight Flush"),
    Planet("c_pluto", "Pluto", "High Card"),
    Planet("c_planet_x", "Planet X", "Five of a Kind", secret=True),
    Planet("c_ceres", "Ceres", "Flush House", secret=True),
    Planet("c_eris", "Eris", "Flush Five", secret=True),
)

SPECTRALS = (
    Spectral(
        "c_familiar",
        "Familiar",
        needs_hand=True,
        text="destroys 1 card of the hand at random and adds 3 enhanced face cards",
    ),
    Spectral(
        "c_grim",
        "Grim",
        needs_hand=True,
        text="destroys 1 card of the hand at random and adds 2 enhanced aces",
    ),
    Spectral(
        "c_incantation",
        "Incantation",
        needs_hand=True,
        text="destroys 1 card of the hand at random and adds 4 enhanced number cards",
    ),
    Spectral("c_talisman", "Talisman", (1, 1), seal=Seal.GOLD),
    Spectral(
        "c_aura",
        "Aura",
        (1, 1),
        text="gives Foil, Holographic or Polychrome to 1 card without edition",
    ),
    Spectral(
        "c_wraith", "Wraith", text="creates a Rare joker, if there is room, and sets money to $0"
    ),
    Spectral(
        "c_sigil", "Sigil", needs_hand=True, text="turns all cards in hand into one suit at random"
    ),
    Spectral(
        "c_ouija",
        "Ouija",
        needs_hand=True,
        text="turns all cards in hand into one rank at random; -1 hand size",
    ),
    Spectral(
        "c_ectoplasm",
        "Ectoplasm",
        text="a joker without edition becomes Negative; hand size falls by 1, by 1 more at every use",
    ),
    Spectral(
        "c_immolate",
        "Immolate",
        needs_hand=True,
        text="destroys 5 cards of the hand at random and pays $20",
    ),
    Spectral(
        "c_ankh",
        "Ankh",
        text="copies a joker at random, without Negative, and destroys the others unless eternal",
    ),
    Spectral("c_deja_vu", "Deja Vu", (1, 1), seal=Seal.RED),
    Spectral(
        "c_hex",
        "Hex",
        text="a joker without edition becomes Polychrome, the others are destroyed unless eternal",
    ),
    Spectral("c_trance", "Trance", (1, 1), seal=Seal.BLUE),
    Spectral("c_medium", "Medium", (1, 1), seal=Seal.PURPLE),
    Spectral("c_cryptid", "Cryptid", (1, 1), text="adds 2 copies of 1 card to the hand"),
    Spectral("c_soul", "The Soul", hidden=True, text="creates a Legendary joker, if there is room"),
    Spectral("c_black_hole", "Black Hole", hidden=True, text="raises every poker hand by 1 level"),
)

TAROT = {card.key: number for number, card in enumerate(TAROTS, start=1)}
PLANET = {card.key: number for number, card in enumerate(PLANETS, start=1)}
SPECTRAL = {card.key: number for number, card in enumerate(SPECTRALS, start=1)}
"""Ids by key."""
