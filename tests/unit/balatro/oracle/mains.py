"""The jokers' own turns, after all cards."""

import math

from tests.unit.balatro.oracle.effects import Effect
from tests.unit.balatro.oracle.model import HAND_NAMES, Card, Game, Joker

CREATORS = ("j_vagabond", "j_superposition", "j_seance")
TYPED = {
    "j_jolly": ("Pair", Effect(mult=8)),
    "j_zany": ("Three of a Kind", Effect(mult=12)),
    "j_mad": ("Two Pair", Effect(mult=10)),
    "j_crazy": ("Straight", Effect(mult=12)),
    "j_droll": ("Flush", Effect(mult=10)),
    "j_sly": ("Pair", Effect(chips=50)),
    "j_wily": ("Three of a Kind", Effect(chips=100)),
    "j_clever": ("Two Pair", Effect(chips=80)),
    "j_devious": ("Straight", Effect(chips=100)),
    "j_crafty": ("Flush", Effect(chips=80)),
    "j_duo": ("Pair", Effect(xmult=2)),
    "j_trio": ("Three of a Kind", Effect(xmult=3)),
    "j_family": ("Four of a Kind", Effect(xmult=4)),
    "j_order": ("Straight", Effect(xmult=3)),
    "j_tribe": ("Flush", Effect(xmult=2)),
}
OWN_XMULT = [
    "j_constellation",
    "j_hologram",
    "j_vampire",
    "j_obelisk",
    "j_madness",
    "j_ramen",
    "j_lucky_cat",
    "j_glass",
    "j_campfire",
    "j_hit_the_road",
    "j_yorick",
    "j_caino",
]
OWN_MULT = [
    "j_ceremonial",
    "j_trousers",
    "j_ride_the_bus",
    "j_flash",
    "j_popcorn",
    "j_green_joker",
    "j_red_card",
]
OWN_CHIPS = ["j_castle", "j_square", "j_runner", "j_ice_cream", "j_wee"]
FLAT = {
    "j_joker": Effect(mult=4),
    "j_gros_michel": Effect(mult=15),
    "j_cavendish": Effect(xmult=3),
    "j_stuntman": Effect(chips=250),
}


def create(game: Game, joker: Joker) -> None:
    """Jokers that create a consumable."""
    if joker.key == "j_vagabond" and game.money <= 4:
        game.create("Tarot")
    elif joker.key == "j_superposition" and "Straight" in game.shapes:
        if any(card.id == 14 for card in game.scoring):
            game.create("Tarot")
    elif joker.key == "j_seance" and "Straight Flush" in game.shapes:
        game.create("Spectral")


def effect(game: Game, joker: Joker) -> Effect | None:
    """Chips, mult or X mult."""
    key = joker.key
    if key in FLAT:
        return FLAT[key]
    if key in TYPED:
        hand, answer = TYPED[key]
        return answer if hand in game.shapes else None
    if key in OWN_XMULT:
        return Effect(xmult=joker.value) if joker.value > 1 else None
    if key in OWN_MULT:
        return Effect(mult=joker.value)
    if key in OWN_CHIPS:
        return Effect(chips=joker.value)
    return _counting(game, joker) or _conditional(game, joker)


def _counting(game: Game, joker: Joker) -> Effect | None:
    """Jokers that count something outside themselves."""
    key, number = joker.key, HAND_NAMES.index(game.hand)
    if key == "j_abstract":
        return Effect(mult=3 * len(game.jokers))
    if key == "j_misprint":
        return Effect(mult=math.floor(game.roll("misprint") * 24))
    if key == "j_banner":
        return Effect(chips=30 * game.fields["discards_left"])
    if key == "j_supernova":
        return Effect(mult=game.times[number])
    if key == "j_blue_joker":
        return Effect(chips=2 * game.fields["draw_count"])
    if key == "j_erosion":
        return Effect(mult=4 * max(0, game.fields["starting_cards"] - len(game.deck)))
    if key == "j_fortune_teller":
        return Effect(mult=game.fields["tarots_used"])
    if key == "j_throwback":
        return Effect(xmult=1 + game.fields["skips"] * 0.25)
    if key in ("j_bull", "j_bootstraps"):
        dollars = game.money + game.buffer
        if key == "j_bull":
            return Effect(chips=2 * max(0, dollars))
        return Effect(mult=2 * max(0, dollars // 5))
    if key in ("j_stone", "j_steel_joker", "j_swashbuckler", "j_stencil"):
        return _tallied(game, joker)
    return None


def _tallied(game: Game, joker: Joker) -> Effect:
    """Jokers whose tally was taken before the hand."""
    if joker.key == "j_stone":
        return Effect(chips=25 * game.fields["stones"])
    if joker.key == "j_steel_joker":
        return Effect(xmult=1 + 0.2 * game.fields["steels"])
    if joker.key == "j_swashbuckler":
        return Effect(mult=sum(other.sells for other in game.jokers if other is not joker))
    negatives = sum(other.edition == "Negative" for other in game.jokers)
    free = game.fields["joker_slots"] + negatives - len(game.jokers)
    stencils = sum(other.key == "j_stencil" for other in game.jokers)
    return Effect(xmult=max(1, free + stencils))


def _conditional(game: Game, joker: Joker) -> Effect | None:
    """Jokers that ask something of the hand."""
    key = joker.key
    if key == "j_half" and len(game.played) <= 3:
        return Effect(mult=20)
    if key == "j_acrobat" and game.fields["hands_left"] == 0:
        return Effect(xmult=3)
    if key == "j_mystic_summit" and game.fields["discards_left"] == 0:
        return Effect(mult=15)
    if key == "j_card_sharp" and game.times_now[HAND_NAMES.index(game.hand)] > 1:
        return Effect(xmult=3)
    if key == "j_drivers_license" and game.fields["enhanced"] >= 16:
        return Effect(xmult=3)
    if key == "j_blackboard" and all(_black(game, card) for card in game.held):
        return Effect(xmult=3)
    if key == "j_flower_pot" and _all_suits(game):
        return Effect(xmult=3)
    if key == "j_seeing_double" and _club_and_other(game):
        return Effect(xmult=2)
    return None


def _black(game: Game, card: Card) -> bool:
    return any(game.is_suit_for_flush(card, suit) for suit in ("Clubs", "Spades"))


def _all_suits(game: Game) -> bool:
    seen: set[str] = set()
    for wild in (False, True):
        for card in game.scoring:
            if (card.enhancement == "Wild") is not wild:
                continue
            for suit in ("Hearts", "Diamonds", "Spades", "Clubs"):
                if suit not in seen and game.is_suit(card, suit, bypass=not wild):
                    seen.add(suit)
                    break
    return len(seen) == 4


def _club_and_other(game: Game) -> bool:
    seen: set[str] = set()
    for card in game.scoring:
        if card.enhancement != "Wild":
            seen |= {
                suit
                for suit in ("Hearts", "Diamonds", "Spades", "Clubs")
                if game.is_suit(card, suit)
            }
    for card in game.scoring:
        if card.enhancement == "Wild" and not card.debuffed:
            for suit in ("Clubs", "Diamonds", "Spades", "Hearts"):
                if suit not in seen:
                    seen.add(suit)
                    break
    return "Clubs" in seen and len(seen) > 1
