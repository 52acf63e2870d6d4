"""Which poker hands cards contain, and which of them score (evaluate_poker_hand)."""

from tests.unit.balatro.oracle.model import HAND_NAMES, Card, Game

Parts = list[list[Card]]


def _same(number: int, cards: list[Card]) -> Parts:
    """Groups of exactly so many cards of a rank, highest first."""
    groups = []
    for rank in range(14, 1, -1):
        group = [card for card in cards if card.id == rank]
        if len(group) == number:
            groups.append(group)
    return groups


def _flush(game: Game, cards: list[Card], needed: int) -> Parts:
    for suit in ("Spades", "Hearts", "Clubs", "Diamonds"):
        group = [card for card in cards if game.is_suit_for_flush(card, suit)]
        if len(group) >= needed:
            return [group]
    return []


def _straight(game: Game, cards: list[Card], needed: int) -> Parts:
    if len(cards) < needed:
        return []
    found: list[Card] = []
    length, straight, skipped = 0, False, False
    for rank in range(1, 15):
        of_rank = [card for card in cards if card.id == (14 if rank == 1 else rank)]
        if of_rank:
            length, skipped = length + 1, False
            found += of_rank
        elif game.has("j_shortcut") and not skipped and rank != 14:
            skipped = True
        else:
            length, skipped = 0, False
            if straight:
                break
            found = []
        straight = straight or length >= needed
    return [found] if straight else []


def _highest(cards: list[Card]) -> Parts:
    order = {"Spades": 0.04, "Hearts": 0.03, "Clubs": 0.02, "Diamonds": 0.01}

    def nominal(card: Card) -> float:
        face = {11: 0.1, 12: 0.2, 13: 0.3, 14: 0.4}.get(card.rank, 0.0)
        weight = -1000 if card.enhancement == "Stone" else 1
        return card.nominal + face + order[card.suit] * weight

    return [[max(cards, key=nominal)]]


def shapes(game: Game, cards: list[Card]) -> dict[str, list[Card]]:
    """The scoring cards of every poker hand that the cards contain."""
    needed = 4 if game.has("j_four_fingers") else 5
    five, four, three, two = (_same(number, cards) for number in (5, 4, 3, 2))
    flush, straight = _flush(game, cards, needed), _straight(game, cards, needed)
    found: dict[str, list[Card]] = {}
    if five and flush:
        found["Flush Five"] = five[0]
    if three and two:
        found["Full House"] = three[0] + two[0]
        if flush:
            found["Flush House"] = three[0] + two[0]
    if five:
        found["Five of a Kind"] = five[0]
    if flush and straight:
        rest = [card for card in straight[0] if card not in flush[0]]
        found["Straight Flush"] = flush[0] + rest
    if flush:
        found["Flush"] = flush[0]
    if straight:
        found["Straight"] = straight[0]
    if five or four:
        found["Four of a Kind"] = (five + four)[0]
    if five or four or three:
        found["Three of a Kind"] = (five + four + three)[0]
    if len(two) == 2 or (three and two):
        found["Two Pair"] = two[0] + (two + three)[1]
    if five or four or three or two:
        found["Pair"] = (two + three + four + five)[0]
    found["High Card"] = _highest(cards)[0]
    return found


def evaluate(game: Game) -> None:
    """Find poker hand and scoring cards, left to right; Stone Cards always score."""
    game.shapes = shapes(game, game.played)
    game.hand = next(name for name in HAND_NAMES if name in game.shapes)
    scoring = game.shapes[game.hand]
    game.scoring = [
        card
        for card in game.played
        if card in scoring or card.enhancement == "Stone" or game.has("j_splash")
    ]
