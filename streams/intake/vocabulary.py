"""The words of foreign formats for suits, ranks, decks, stakes and states, and ours.

English names stand here only where the game uses them as identifiers, whatever
language it shows; text that is shown to people is never read.
"""

from collections.abc import Mapping

from jimbot_stream.contracts import Phase, Suit

SUITS: Mapping[str, Suit] = {
    letter: suit
    for suit, letters in (
        (Suit.SUIT_CLUBS, ("C", "Clubs", "CLUBS")),
        (Suit.SUIT_DIAMONDS, ("D", "Diamonds", "DIAMONDS")),
        (Suit.SUIT_HEARTS, ("H", "Hearts", "HEARTS")),
        (Suit.SUIT_SPADES, ("S", "Spades", "SPADES")),
    )
    for letter in letters
}

_FACES = (
    (11, ("J", "Jack", "11")),
    (12, ("Q", "Queen", "12")),
    (13, ("K", "King", "13")),
    (14, ("A", "Ace", "14")),
)
RANKS: Mapping[str, int] = {
    **{str(rank): rank for rank in range(2, 11)},
    "T": 10,
    **{name: rank for rank, names in _FACES for name in names},
}

_DECKS = [
    "red",
    "blue",
    "yellow",
    "green",
    "black",
    "magic",
    "nebula",
    "ghost",
    "abandoned",
    "checkered",
    "zodiac",
    "painted",
    "anaglyph",
    "plasma",
    "erratic",
    "challenge",
]
DECKS: Mapping[str, str] = {
    word: f"b_{deck}"
    for deck in _DECKS
    for word in (deck.upper(), f"b_{deck}", f"{deck.capitalize()} Deck")
}

_STAKES = ("white", "red", "green", "black", "blue", "purple", "orange", "gold")
STAKES: Mapping[str, int] = {
    word: number
    for number, stake in enumerate(_STAKES, 1)
    for word in (stake.upper(), f"stake_{stake}", f"{stake.capitalize()} Stake", str(number))
}

_ENHANCEMENTS = ("bonus", "mult", "wild", "glass", "steel", "stone", "gold", "lucky")
ENHANCEMENTS: Mapping[str, str] = {
    word: f"m_{kind}"
    for kind in _ENHANCEMENTS
    for word in (kind.upper(), f"m_{kind}", f"{kind.capitalize()} Card")
}
STONE = "m_stone"

_EDITIONS = ("foil", "holo", "polychrome", "negative")
EDITIONS: Mapping[str, str] = {
    word: f"e_{edition}"
    for edition in _EDITIONS
    for word in (edition.upper(), f"e_{edition}", edition)
}

SEALS: Mapping[str, str] = {
    word: seal for seal in ("Red", "Blue", "Gold", "Purple") for word in (seal, seal.upper())
}

_BOSSES = [
    "Arm",
    "Club",
    "Eye",
    "Fish",
    "Flint",
    "Goad",
    "Head",
    "Hook",
    "House",
    "Manacle",
    "Mark",
    "Mouth",
    "Needle",
    "Ox",
    "Pillar",
    "Plant",
    "Psychic",
    "Serpent",
    "Tooth",
    "Wall",
    "Water",
    "Wheel",
    "Window",
]
BLINDS: Mapping[str, str] = {
    "Small Blind": "bl_small",
    "Big Blind": "bl_big",
    **{f"The {boss}": f"bl_{boss.lower()}" for boss in _BOSSES},
    "Amber Acorn": "bl_final_acorn",
    "Cerulean Bell": "bl_final_bell",
    "Crimson Heart": "bl_final_heart",
    "Verdant Leaf": "bl_final_leaf",
    "Violet Vessel": "bl_final_vessel",
}
"""The game's own name of a blind to its key; a translated name is not in it."""

_STATES = (
    ("SELECTING_HAND", Phase.PHASE_SELECTING_HAND),
    ("HAND_PLAYED", Phase.PHASE_TRANSITION),
    ("DRAW_TO_HAND", Phase.PHASE_TRANSITION),
    ("GAME_OVER", Phase.PHASE_GAME_OVER),
    ("SHOP", Phase.PHASE_SHOP),
    ("PLAY_TAROT", Phase.PHASE_TRANSITION),
    ("BLIND_SELECT", Phase.PHASE_BLIND_SELECT),
    ("ROUND_EVAL", Phase.PHASE_ROUND_EVAL),
    ("TAROT_PACK", Phase.PHASE_PACK),
    ("PLANET_PACK", Phase.PHASE_PACK),
    ("MENU", Phase.PHASE_MENU),
    ("TUTORIAL", Phase.PHASE_TRANSITION),
    ("SPLASH", Phase.PHASE_MENU),
    ("SANDBOX", Phase.PHASE_MENU),
    ("SPECTRAL_PACK", Phase.PHASE_PACK),
    ("DEMO_CTA", Phase.PHASE_MENU),
    ("STANDARD_PACK", Phase.PHASE_PACK),
    ("BUFFOON_PACK", Phase.PHASE_PACK),
    ("NEW_ROUND", Phase.PHASE_TRANSITION),
)
STATE_NUMBERS: Mapping[int, Phase] = {number: phase for number, (_, phase) in enumerate(_STATES, 1)}
"""The game's own numbers of its states (``G.STATES``)."""

STATE_NAMES: Mapping[str, Phase] = {
    **dict(_STATES),
    "SMODS_BOOSTER_OPENED": Phase.PHASE_PACK,
    "BOOSTER_PACK": Phase.PHASE_PACK,
    "SMODS_REDEEM_VOUCHER": Phase.PHASE_TRANSITION,
    "PLAYING": Phase.PHASE_SELECTING_HAND,
}


def phase_of(state: str) -> Phase:
    """The phase of a state's name; one that nobody documented is a transition.

    ``UNKNOWN_STATE_5`` is how BalatroMCP spells a state whose number it has no name for.
    """
    number = state.removeprefix("UNKNOWN_STATE_")
    if number != state and number.isascii() and number.isdigit():
        return STATE_NUMBERS.get(int(number[:9]), Phase.PHASE_TRANSITION)
    return STATE_NAMES.get(state, Phase.PHASE_TRANSITION)
