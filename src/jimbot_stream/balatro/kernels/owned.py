"""What owned jokers change merely by being there, and whose rules a copier acts by."""

from typing import Any

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.compiled_owned import OWNS
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.schema import Then

DEBUFFED = int(Mark.DEBUFFED)
_HAND_SIZE = int(Then.HAND_SIZE)
_DISCARDS = int(Then.DISCARDS)
_HANDS = int(Then.HANDS)
_DEBT = int(Then.DEBT)
_FREE_REROLLS = int(Then.FREE_REROLLS)
_DOUBLE_ODDS = int(Then.DOUBLE_ODDS)
_COPY_RIGHT = int(Then.COPY_RIGHT)
_COPY_LEFTMOST = int(Then.COPY_LEFTMOST)
_TURTLE_BEAN = NUMBER["j_turtle_bean"]


@jit
def has(s: Any, then: int) -> int:
    """How many live jokers have a passive rule; its amounts added up."""
    amount = 0
    for slot in range(int(s.joker_count)):
        if int(s.jokers[slot].marks) & DEBUFFED == 0:
            amount += int(OWNS[int(s.jokers[slot].id), then])
    return amount


@jit
def odds(s: Any) -> float:
    """What listed probabilities are multiplied by: 2 for every Oops! All 6s."""
    return float(1 << has(s, _DOUBLE_ODDS))


@jit
def debt(s: Any) -> int:
    """Dollars that may be owed."""
    return has(s, _DEBT)


@jit
def apply(s: Any, item: Any, sign: int) -> None:
    """Add (1) or take away (-1) the passive numbers of one joker."""
    joker = int(item.id)
    s.hand_size += sign * int(OWNS[joker, _HAND_SIZE])
    s.hands += sign * int(OWNS[joker, _HANDS])
    discards = sign * int(OWNS[joker, _DISCARDS])
    s.discards += discards
    s.discards_left = max(0, int(s.discards_left) + discards)
    s.free_rerolls = max(0, int(s.free_rerolls) + sign * int(OWNS[joker, _FREE_REROLLS]))
    if joker == _TURTLE_BEAN:
        s.hand_size += sign * int(item.value)


@jit
def source(s: Any, slot: int) -> int:
    """Slot of the joker by whose rules the one in slot acts; -1 when it does nothing.

    Blueprint copies its right neighbour, Brainstorm the leftmost joker; chains are followed
    for as many links as there are jokers, as the game does.
    """
    count = int(s.joker_count)
    at = slot
    for _ in range(count + 2):
        if int(s.jokers[at].marks) & DEBUFFED != 0:
            return -1
        joker = int(s.jokers[at].id)
        if OWNS[joker, _COPY_RIGHT] != 0:
            onto = at + 1
        elif OWNS[joker, _COPY_LEFTMOST] != 0:
            onto = 0
        else:
            return at
        if onto >= count or onto == at:
            return -1
        at = onto
    return -1
