"""The simple rules of jokers outside scoring: they grow, are reset, pay, or sell for more."""

from typing import Any

from jimbot_stream.balatro.kernels import cards, jit, owned
from jimbot_stream.balatro.tables.compiled_owned import GROWTH
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Given, Then

_DEBUFFED = int(Mark.DEBUFFED)
_GLASS_CARD = int(Enhancement.GLASS)
_GROW = int(Then.GROW)
_SET = int(Then.SET)
_DOLLARS = int(Then.DOLLARS)
_SELL_VALUE = int(Then.SELL_VALUE)
_ALWAYS = int(Given.ALWAYS)
_RANKS = int(Given.RANKS)
_FACE = int(Given.FACE)
_CASTLE = int(Given.CASTLE_SUIT)
_MAIL = int(Given.MAIL_RANK)
_GLASS = int(Given.GLASS)
_FACES = int(Given.FACES_AT_LEAST)
_TRIGGERED = int(Given.BOSS_TRIGGERED)


@jit
def _holds(s: Any, given: int, arg: int, c: int) -> bool:
    """Whether a condition holds; c is the card, or the number of face cards discarded."""
    if given == _ALWAYS:
        return True
    if given == _FACES:
        return c >= arg
    if given == _TRIGGERED:
        return bool(s.boss_triggered == 1)
    if given == _GLASS:
        return int(s.cards[c].enhancement) == _GLASS_CARD
    if given == _FACE:
        return cards.is_face(s, c)
    if int(s.cards[c].marks) & _DEBUFFED:
        return False
    if given == _CASTLE:
        return cards.has_suit(s, c, int(s.castle_suit))
    rank = cards.rank_of(s, c)
    if given == _MAIL:
        return rank == int(s.mail_rank) and rank > 0
    return given == _RANKS and arg >> rank & 1 == 1


@jit
def notify(s: Any, when: int, c: int) -> None:
    """Let all live jokers act on a moment; c is the card it is about, or -1."""
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting < 0:
            continue
        joker = int(s.jokers[acting].id)
        then = int(GROWTH[joker, when, 0])
        if then == 0 or (acting != slot and then != _DOLLARS):
            continue
        if not _holds(s, int(GROWTH[joker, when, 2]), int(GROWTH[joker, when, 3]), c):
            continue
        amount = float(GROWTH[joker, when, 1])
        if then == _GROW:
            s.jokers[slot].value += amount
        elif then == _SET:
            s.jokers[slot].value = amount
        elif then == _DOLLARS:
            s.money += int(amount)
        else:
            s.jokers[slot].sell += int(amount)
