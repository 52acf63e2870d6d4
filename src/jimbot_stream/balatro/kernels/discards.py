"""Discarding cards of the hand, by the player or by The Hook."""

from typing import Any

from jimbot_stream.balatro.kernels import (
    bosses,
    cards,
    create,
    deal,
    growth,
    hands,
    jit,
    lifecycle,
    moving,
    owned,
)
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import Mark, Seal
from jimbot_stream.balatro.tables.schema import When

_DISCARDING = int(When.DISCARDING)
_DISCARDED = int(When.DISCARDED)
_DEBUFFED = int(Mark.DEBUFFED)
_PURPLE = int(Seal.PURPLE)
_TAROT = int(Kind.TAROT)
_BURNT = NUMBER["j_burnt"]
_GREEN = NUMBER["j_green_joker"]
_RAMEN = NUMBER["j_ramen"]
_TRADING = NUMBER["j_trading"]
_YORICK = NUMBER["j_yorick"]
_YORICK_CARDS = 23
_RAMEN_LOSES = 0.01
_TRADING_DOLLARS = 3


@jit
def _burn(s: Any, w: Any, mask: int) -> None:
    """Burnt Joker: the first discard of a round levels up the poker hand that it is."""
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting >= 0 and s.jokers[acting].id == _BURNT:
            w.preview = 0
            hands.read(s, w)
            hands.evaluate(w, mask)
            s.level[int(w.hand)] += 1


@jit
def _announce(s: Any, mask: int) -> None:
    """What jokers do once for a discard: Faceless Joker pays, Green Joker loses."""
    faces = 0
    for position in range(int(s.hand_count)):
        if mask >> position & 1 and cards.is_face(s, int(s.hand[position])):
            faces += 1
    growth.notify(s, _DISCARDING, faces)
    for slot in range(int(s.joker_count)):
        if s.jokers[slot].id == _GREEN and owned.source(s, slot) == slot:
            s.jokers[slot].value = max(0.0, float(s.jokers[slot].value) - 1.0)


@jit
def _count(s: Any, slot: int) -> None:
    """Yorick counts a card."""
    yorick = s.jokers[slot]
    if yorick.counter <= 1:
        yorick.counter = _YORICK_CARDS
        yorick.value += 1.0
    else:
        yorick.counter -= 1


@jit
def _each(s: Any, c: int, single: bool) -> int:
    """Let the jokers act on a discarded card: (jokers eaten) << 1 | whether it is destroyed."""
    growth.notify(s, _DISCARDED, c)
    eaten = 0
    destroyed = 0
    for slot in range(int(s.joker_count)):
        if owned.source(s, slot) != slot:
            continue
        joker = int(s.jokers[slot].id)
        if joker == _YORICK:
            _count(s, slot)
        elif joker == _RAMEN:
            if s.jokers[slot].value - _RAMEN_LOSES <= 1.0:
                eaten |= 1 << slot
            else:
                s.jokers[slot].value -= _RAMEN_LOSES
        elif joker == _TRADING and single and s.discards_used == 0:
            s.money += _TRADING_DOLLARS
            destroyed = 1
    return eaten << 1 | destroyed


@jit
def carry_out(s: Any, r: Any, w: Any, mask: int, hook: bool) -> None:
    """Discard the cards at positions of the hand; jokers and seals take notice."""
    bosses.unforce(s)
    if not hook and s.discards_used == 0:
        _burn(s, w, mask)
    single = moving.bits(mask) == 1
    eaten = 0
    destroyed = 0
    for position in range(int(s.hand_count)):
        if mask >> position & 1 == 0:
            continue
        c = int(s.hand[position])
        if s.cards[c].seal == _PURPLE and int(s.cards[c].marks) & _DEBUFFED == 0:
            lifecycle.create_consumable(s, r, _TAROT, create.SRC_8BA)
        happened = _each(s, c, single)
        eaten |= happened >> 1
        destroyed |= (happened & 1) << position
    _announce(s, mask)
    lifecycle.lose_jokers(s, eaten)
    deal.destroy_mask(s, destroyed)
    deal.discard(s, moving.without(mask & ~destroyed, destroyed))
