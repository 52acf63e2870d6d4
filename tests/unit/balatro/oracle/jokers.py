"""What each joker does while a hand scores (Card:calculate_joker), one moment a function.

``slot`` is where the joker lies whose rule it is, ``copied`` whether a Blueprint or Brainstorm
asks. A joker that counts something never does so for a copy.
"""

from dataclasses import replace

from tests.unit.balatro.oracle import mains
from tests.unit.balatro.oracle.effects import Effect
from tests.unit.balatro.oracle.model import HAND_NAMES, SUITS, Card, Game, Joker

SUIT_MULT = {
    "j_greedy_joker": "Diamonds",
    "j_lusty_joker": "Hearts",
    "j_wrathful_joker": "Spades",
    "j_gluttenous_joker": "Clubs",
}


def asked(game: Game, slot: int, depth: int = 0) -> tuple[Joker, bool] | None:
    """The joker that answers for the one in slot, and whether it is copied."""
    joker = game.jokers[slot]
    if joker.debuffed or depth > len(game.jokers) + 1:
        return None
    if joker.key == "j_blueprint":
        return asked(game, slot + 1, depth + 1) if slot + 1 < len(game.jokers) else None
    if joker.key == "j_brainstorm":
        return asked(game, 0, depth + 1) if slot != 0 else None
    return joker, depth > 0


def before(game: Game, joker: Joker, copied: bool) -> None:
    """The hand is played; nothing has scored yet."""
    number = HAND_NAMES.index(game.hand)
    if joker.key == "j_space":
        if game.chance("space", 4):
            game.levels[number] += 1
    elif joker.key == "j_todo_list":
        game.buffer += 4 if joker.counter == number else 0
    elif joker.key == "j_dna":
        if game.fields["hands_played"] == 0 and len(game.played) == 1:
            copy = replace(game.played[0])
            game.held.append(copy)
            game.deck.append(copy)
            for other in game.jokers:
                if other.key == "j_hologram" and not other.debuffed:
                    other.value += 0.25
    elif not copied:
        grow_before(game, joker, number)


def grow_before(game: Game, joker: Joker, number: int) -> None:
    """Jokers that count or change cards, which copies do not."""
    faces = [card for card in game.scoring if game.is_face(card)]
    if joker.key == "j_trousers" and ("Two Pair" in game.shapes or "Full House" in game.shapes):
        joker.value += 2
    elif joker.key == "j_square" and len(game.played) == 4:
        joker.value += 4
    elif joker.key == "j_runner" and "Straight" in game.shapes:
        joker.value += 15
    elif joker.key == "j_green_joker":
        joker.value += 1
    elif joker.key == "j_ride_the_bus":
        joker.value = 0 if faces else joker.value + 1
    elif joker.key == "j_midas_mask":
        for card in faces:
            card.enhancement = "Gold"
    elif joker.key == "j_vampire":
        enhanced = [card for card in game.scoring if card.enhancement and not card.debuffed]
        for card in enhanced:
            card.enhancement = ""
            card.debuffed = game.boss_debuffs(card)
        joker.value += 0.1 * len(enhanced)
    elif joker.key == "j_obelisk":
        most = all(times < game.times[number] for n, times in enumerate(game.times) if n != number)
        joker.value = 1.0 if most else joker.value + 0.2


def repeats(game: Game, joker: Joker, card: Card) -> int:
    """How many times more a scoring card scores."""
    if joker.key == "j_sock_and_buskin":
        return int(game.is_face(card))
    if joker.key == "j_hanging_chad":
        return 2 if card is game.scoring[0] else 0
    if joker.key == "j_dusk":
        return int(game.fields["hands_left"] == 0)
    if joker.key == "j_selzer":
        return 1
    if joker.key == "j_hack":
        return int(card.id in (2, 3, 4, 5))
    return 0


def scored(game: Game, joker: Joker, copied: bool, card: Card) -> Effect | None:
    """A card scores."""
    if joker.key == "j_hiker":
        card.bonus += 5
    elif joker.key == "j_lucky_cat" and card.paid and not copied:
        joker.value += 0.25
    elif joker.key == "j_wee" and card.id == 2 and not copied:
        joker.value += 8
    elif joker.key == "j_8_ball":
        if game.room > 0 and card.id == 8 and game.chance("8ball", 4):
            game.create("Tarot")
    elif joker.key in ("j_business", "j_ticket", "j_rough_gem"):
        game.buffer += scored_dollars(game, joker, card)
    elif joker.key in ("j_photograph", "j_idol", "j_bloodstone", "j_ancient", "j_triboulet"):
        return scored_xmult(game, joker, card)
    else:
        return scored_plain(game, joker, card)
    return None


def scored_dollars(game: Game, joker: Joker, card: Card) -> int:
    """Dollars for a scoring card."""
    if joker.key == "j_business":
        return 2 if game.is_face(card) and game.chance("business", 2) else 0
    if joker.key == "j_ticket":
        return 4 if card.enhancement == "Gold" else 0
    return 1 if game.is_suit(card, "Diamonds") else 0


def scored_xmult(game: Game, joker: Joker, card: Card) -> Effect | None:
    """X mult for a scoring card."""
    if joker.key == "j_photograph":
        first = next((other for other in game.scoring if game.is_face(other)), None)
        return Effect(xmult=2.0) if card is first else None
    if joker.key == "j_idol":
        suit = SUITS[game.fields["idol_suit"]]
        hit = card.id == game.fields["idol_rank"] and game.is_suit(card, suit)
        return Effect(xmult=2.0) if hit else None
    if joker.key == "j_bloodstone":
        hit = game.is_suit(card, "Hearts") and game.chance("bloodstone", 2)
        return Effect(xmult=1.5) if hit else None
    if joker.key == "j_ancient":
        hit = game.is_suit(card, SUITS[game.fields["ancient_suit"]])
        return Effect(xmult=1.5) if hit else None
    return Effect(xmult=2.0) if card.id in (12, 13) else None


def scored_plain(game: Game, joker: Joker, card: Card) -> Effect | None:
    """Chips and mult for a scoring card."""
    key, rank = joker.key, card.id
    if key == "j_scary_face" and game.is_face(card):
        return Effect(chips=30)
    if key == "j_smiley" and game.is_face(card):
        return Effect(mult=5)
    if key == "j_scholar" and rank == 14:
        return Effect(chips=20, mult=4)
    if key == "j_walkie_talkie" and rank in (4, 10):
        return Effect(chips=10, mult=4)
    if key == "j_fibonacci" and rank in (2, 3, 5, 8, 14):
        return Effect(mult=8)
    if key == "j_even_steven" and 0 <= rank <= 10 and rank % 2 == 0:
        return Effect(mult=4)
    if key == "j_odd_todd" and ((0 <= rank <= 10 and rank % 2 == 1) or rank == 14):
        return Effect(chips=31)
    if key in SUIT_MULT and game.is_suit(card, SUIT_MULT[key]):
        return Effect(mult=3)
    if key == "j_onyx_agate" and game.is_suit(card, "Clubs"):
        return Effect(mult=7)
    if key == "j_arrowhead" and game.is_suit(card, "Spades"):
        return Effect(chips=50)
    return None


def held(game: Game, joker: Joker, card: Card) -> Effect | None:
    """A card held in hand has its turn; an empty effect is a mere message."""
    effect = None
    if joker.key == "j_shoot_the_moon" and card.id == 12:
        effect = Effect(mult=13)
    elif joker.key == "j_baron" and card.id == 13:
        effect = Effect(xmult=1.5)
    elif joker.key == "j_raised_fist":
        lowest = None
        for other in game.held:
            if other.enhancement != "Stone" and (lowest is None or other.rank <= lowest.rank):
                lowest = other
        effect = Effect(mult=2 * card.nominal) if card is lowest else None
    elif joker.key == "j_reserved_parking" and game.is_face(card) and game.chance("parking", 2):
        game.buffer += 1
        effect = Effect()
    return Effect() if effect and card.debuffed else effect


def main(game: Game, joker: Joker, copied: bool) -> Effect | None:
    """The joker's own turn."""
    if joker.key == "j_loyalty_card":
        left = (4 - (game.fields["hands_total"] - joker.counter)) % 6
        return Effect(xmult=4.0) if left == 5 else None
    if joker.key in mains.CREATORS:
        mains.create(game, joker)
        return None
    if joker.key == "j_matador":
        game.buffer += 8 if game.triggered else 0
        return None
    return mains.effect(game, joker)


def after(game: Game, joker: Joker) -> None:
    """The hand has scored."""
    if joker.key == "j_ice_cream":
        joker.value -= 5
        if joker.value <= 0:
            game.jokers.remove(joker)
    elif joker.key == "j_selzer":
        joker.counter -= 1
        if joker.counter <= 0:
            game.jokers.remove(joker)
