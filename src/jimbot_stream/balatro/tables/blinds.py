"""Blinds: how much they ask, what they pay, what bosses do; and the antes' base scores."""

from dataclasses import dataclass

from jimbot_stream.balatro.tables.cards import Suit


@dataclass(frozen=True, slots=True)
class BlindRow:
    """A blind: game key, factor on the ante's base score, reward in dollars, from which ante."""

    key: str
    name: str
    factor: float = 2.0
    reward: int = 5
    from_ante: int = 1
    showdown: bool = False
    debuffs: Suit | int = 0
    """The suit that it debuffs."""
    text: str = ""
    """What it does, where it is no debuffed suit; the effect is in ``kernels.bosses``."""


BLINDS = (
    BlindRow("bl_small", "Small Blind", 1.0, 3),
    BlindRow("bl_big", "Big Blind", 1.5, 4),
    BlindRow("bl_hook", "The Hook", text="discards 2 cards of the hand at random after every play"),
    BlindRow("bl_ox", "The Ox", from_ante=6, text="playing the most played hand sets money to $0"),
    BlindRow("bl_house", "The House", from_ante=2, text="the first hand is drawn face down"),
    BlindRow("bl_wall", "The Wall", 4.0, from_ante=2, text="asks twice as much"),
    BlindRow("bl_wheel", "The Wheel", from_ante=2, text="1 in 7 cards is drawn face down"),
    BlindRow("bl_arm", "The Arm", from_ante=2, text="lowers the level of the played hand"),
    BlindRow("bl_club", "The Club", debuffs=Suit.CLUBS),
    BlindRow("bl_fish", "The Fish", from_ante=2, text="cards drawn after a play are face down"),
    BlindRow("bl_psychic", "The Psychic", text="5 cards must be played"),
    BlindRow("bl_goad", "The Goad", debuffs=Suit.SPADES),
    BlindRow("bl_water", "The Water", from_ante=2, text="starts with 0 discards"),
    BlindRow("bl_window", "The Window", debuffs=Suit.DIAMONDS),
    BlindRow("bl_manacle", "The Manacle", text="-1 hand size"),
    BlindRow("bl_eye", "The Eye", from_ante=3, text="no poker hand may be repeated"),
    BlindRow("bl_mouth", "The Mouth", from_ante=2, text="only one poker hand may be played"),
    BlindRow("bl_plant", "The Plant", from_ante=4, text="debuffs all face cards"),
    BlindRow(
        "bl_serpent", "The Serpent", from_ante=5, text="after a play or discard, always draws 3"
    ),
    BlindRow("bl_pillar", "The Pillar", text="debuffs cards that were played in this ante"),
    BlindRow("bl_needle", "The Needle", 1.0, from_ante=2, text="only 1 hand"),
    BlindRow("bl_head", "The Head", debuffs=Suit.HEARTS),
    BlindRow("bl_tooth", "The Tooth", from_ante=3, text="$1 is lost for every card played"),
    BlindRow("bl_flint", "The Flint", from_ante=2, text="base chips and mult are halved"),
    BlindRow("bl_mark", "The Mark", from_ante=2, text="face cards are drawn face down"),
    BlindRow(
        "bl_final_acorn", "Amber Acorn", 2.0, 8, 10, True, text="flips and shuffles the jokers"
    ),
    BlindRow(
        "bl_final_leaf",
        "Verdant Leaf",
        2.0,
        8,
        10,
        True,
        text="debuffs all cards until a joker is sold",
    ),
    BlindRow("bl_final_vessel", "Violet Vessel", 6.0, 8, 10, True, text="asks three times as much"),
    BlindRow(
        "bl_final_heart",
        "Crimson Heart",
        2.0,
        8,
        10,
        True,
        text="debuffs a joker at random every hand",
    ),
    BlindRow(
        "bl_final_bell",
        "Cerulean Bell",
        2.0,
        8,
        10,
        True,
        text="forces a card to be among those chosen",
    ),
)
"""All blinds in the game's order; the id of a blind in a run's record is its place here plus one."""

NUMBER = {blind.key: number for number, blind in enumerate(BLINDS, start=1)}

ANTE_BASE = (
    (300, 800, 2000, 5000, 11000, 20000, 35000, 50000),
    (300, 900, 2600, 8000, 20000, 36000, 60000, 100000),
    (300, 1000, 3200, 9000, 25000, 60000, 110000, 200000),
)
"""Base score of antes 1 to 8, by scaling: white, green and purple stake."""
