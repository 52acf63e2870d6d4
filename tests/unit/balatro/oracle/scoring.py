"""A slow second opinion on scoring: the order of G.FUNCS.evaluate_play as plain Python.

This folder is written without the kernels and without the rules of the joker table, so that both
can only agree where both are right. It reads the record of a run once and then keeps to its own
objects.
"""

import math

from tests.unit.balatro.oracle import jokers
from tests.unit.balatro.oracle.effects import Effect
from tests.unit.balatro.oracle.hands import evaluate
from tests.unit.balatro.oracle.model import HAND_NAMES, HANDS, PLASMA, Card, Game

EDITION = {
    "Foil": Effect(chips=50),
    "Holo": Effect(mult=10),
    "Polychrome": Effect(xmult=1.5),
}
UNCOMMON = 2


def play(game: Game) -> None:
    """Score the hand; the run keeps what came of it."""
    evaluate(game)
    number = HAND_NAMES.index(game.hand)
    game.times[number] += 1
    game.times_now[number] += 1
    _tally(game)
    if _refused(game, number):
        for slot in range(len(game.jokers)):
            answering = jokers.asked(game, slot)
            if answering and answering[0].key == "j_matador" and game.triggered:
                game.buffer += 8
    else:
        _score(game, number)
        game.score = float(math.floor(game.chips * game.mult))
        _destroy(game)
    for joker in list(game.jokers):
        if not joker.debuffed:
            jokers.after(game, joker)


def _tally(game: Game) -> None:
    game.fields["stones"] = sum(card.enhancement == "Stone" for card in game.deck)
    game.fields["steels"] = sum(card.enhancement == "Steel" for card in game.deck)
    game.fields["enhanced"] = sum(card.enhancement != "" for card in game.deck)


def _refused(game: Game, number: int) -> bool:
    """Blind:debuff_hand; the flag that Matador asks for is taken back first."""
    game.triggered = False
    if game.boss == "bl_psychic":
        game.triggered = len(game.played) < 5
        return game.triggered
    if game.boss == "bl_eye":
        game.triggered = bool(game.fields["boss_hands"] >> number & 1)
        return game.triggered
    if game.boss == "bl_mouth":
        game.triggered = game.fields["boss_hand"] not in (0, number + 1)
        return game.triggered
    if game.boss == "bl_arm" and game.levels[number] > 1:
        game.triggered = True
        game.levels[number] -= 1
    if game.boss == "bl_ox" and game.fields["boss_most"] == number:
        game.triggered = True
        game.money = 0
    return False


def _score(game: Game, number: int) -> None:
    for slot in range(len(game.jokers)):
        answering = jokers.asked(game, slot)
        if answering:
            jokers.before(game, *answering)
    _, chips, mult, chips_more, mult_more = HANDS[number]
    grown = game.levels[number] - 1
    game.chips = float(max(chips + chips_more * grown, 0))
    game.mult = float(max(mult + mult_more * grown, 1))
    if game.boss == "bl_flint":
        game.triggered = True
        game.mult = float(max(math.floor(game.mult * 0.5 + 0.5), 1))
        game.chips = float(max(math.floor(game.chips * 0.5 + 0.5), 0))
    for card in game.scoring:
        if card.debuffed:
            game.triggered = True
        else:
            _score_card(game, card)
    for card in game.held:
        _hold_card(game, card)
    _jokers(game)
    if game.fields["deck"] == PLASMA:
        game.chips = game.mult = float(math.floor((game.chips + game.mult) / 2))


def _apply(game: Game, effect: Effect | None) -> None:
    if effect:
        game.chips += effect.chips
        game.mult += effect.mult
        game.mult *= effect.xmult


def _score_card(game: Game, card: Card) -> None:
    turns = 1 + (card.seal == "Red")
    for slot in range(len(game.jokers)):
        answering = jokers.asked(game, slot)
        turns += jokers.repeats(game, answering[0], card) if answering else 0
    for _ in range(turns):
        effects = [_own(game, card), EDITION.get(card.edition)]
        for slot in range(len(game.jokers)):
            answering = jokers.asked(game, slot)
            if answering:
                effects.append(jokers.scored(game, *answering, card))
        card.paid = False
        for effect in effects:
            _apply(game, effect)


def _own(game: Game, card: Card) -> Effect:
    """What the card itself brings."""
    effect = Effect(chips=card.chips())
    if card.enhancement == "Lucky":
        if game.chance("lucky_mult", 5):
            card.paid = True
            effect.mult = 20
    elif card.enhancement == "Mult":
        effect.mult = 4
    elif card.enhancement == "Glass":
        effect.xmult = 2
    if card.seal == "Gold":
        game.buffer += 3
    if card.enhancement == "Lucky" and game.chance("lucky_money", 15):
        card.paid = True
        game.buffer += 20
    return effect


def _hold_card(game: Game, card: Card) -> None:
    turns, turn = 1, 0
    while turn < turns:
        effects: list[Effect] = []
        if card.enhancement == "Steel" and not card.debuffed:
            effects.append(Effect(xmult=1.5))
        answers = [jokers.asked(game, slot) for slot in range(len(game.jokers))]
        for answering in answers:
            effect = jokers.held(game, answering[0], card) if answering else None
            if effect:
                effects.append(effect)
        if turn == 0 and effects:
            turns += card.seal == "Red" and not card.debuffed
            turns += sum(1 for answering in answers if answering and answering[0].key == "j_mime")
        for effect in effects:
            _apply(game, effect)
        turn += 1


def _jokers(game: Game) -> None:
    for slot, joker in enumerate(game.jokers):
        edition = None if joker.debuffed else EDITION.get(joker.edition)
        if edition and joker.edition != "Polychrome":
            _apply(game, edition)
        answering = jokers.asked(game, slot)
        if answering:
            _apply(game, jokers.main(game, *answering))
        for other in range(len(game.jokers)):
            reacting = jokers.asked(game, other)
            if reacting and reacting[0].key == "j_baseball" and joker.rarity == UNCOMMON:
                game.mult *= 1.5
        if edition and joker.edition == "Polychrome":
            _apply(game, edition)
    if game.observatory:
        for hand in game.planets:
            game.mult *= 1.5 if hand == game.hand else 1.0


def _destroy(game: Game) -> None:
    single_six = (
        len(game.played) == 1 and game.played[0].id == 6 and game.fields["hands_played"] == 0
    )
    for card in game.scoring:
        destroyed = False
        for joker in game.jokers:
            if joker.key == "j_sixth_sense" and not joker.debuffed and single_six:
                game.create("Spectral")
                destroyed = True
                break
        if card.enhancement == "Glass" and not card.debuffed and game.chance("glass", 4):
            destroyed = True
        if destroyed:
            game.destroyed.append(card)
