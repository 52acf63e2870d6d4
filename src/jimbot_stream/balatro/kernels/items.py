"""Jokers, consumables and wares: what they cost, the room for them, gaining and losing them."""

import math
from typing import Any

from jimbot_stream.balatro.kernels import jit, owned
from jimbot_stream.balatro.state import MAX_CONSUMABLES, MAX_JOKERS, Kind
from jimbot_stream.balatro.tables.compiled_owned import BASE_COST, EDITION_COST, IS_CELESTIAL
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.tables.vouchers import NUMBER, VOUCHERS

_NEGATIVE = int(Edition.NEGATIVE)
_DEBUFFED = int(Mark.DEBUFFED)
_RENTAL = int(Mark.RENTAL)
_COUPON = int(Mark.COUPON)
_FACE_DOWN = int(Mark.FACE_DOWN)
_PLANET = int(Kind.PLANET)
_PACK = int(Kind.PACK)
_ASTRONOMER = int(Then.ASTRONOMER)
_CLEARANCE = NUMBER["v_clearance_sale"]
_LIQUIDATION = NUMBER["v_liquidation"]
_CLEARANCE_PERCENT = int(VOUCHERS[_CLEARANCE - 1].amount)
_LIQUIDATION_PERCENT = int(VOUCHERS[_LIQUIDATION - 1].amount)


@jit
def redeemed(s: Any, voucher: int) -> bool:
    """Whether a voucher was redeemed in this run."""
    return int(s.vouchers) >> voucher & 1 == 1


@jit
def discount(s: Any) -> int:
    """Percent off everything."""
    if redeemed(s, _LIQUIDATION):
        return _LIQUIDATION_PERCENT
    return _CLEARANCE_PERCENT if redeemed(s, _CLEARANCE) else 0


@jit
def _full_price(s: Any, item: Any) -> int:
    """Price without coupon (Card:set_cost)."""
    kind = int(item.kind)
    free = kind == _PLANET or (kind == _PACK and IS_CELESTIAL[int(item.id)] == 1)
    if free and owned.has(s, _ASTRONOMER) > 0:
        return 0
    if int(item.marks) & _RENTAL:
        return 1
    row = int(item.id) if int(item.id) > 0 else 0
    whole = BASE_COST[kind, row] + EDITION_COST[int(item.edition)] + 0.5
    cost: int = math.floor(whole * (100 - discount(s)) / 100)
    return max(1, cost)


@jit
def price(s: Any, item: Any) -> int:
    """Dollars that a ware costs."""
    return 0 if int(item.marks) & _COUPON else _full_price(s, item)


@jit
def sell_value(s: Any, item: Any) -> int:
    """Dollars that an owned item sells for."""
    return max(1, _full_price(s, item) // 2) + int(item.sell)


@jit
def joker_room(s: Any) -> int:
    """Free joker slots; a Negative joker brings its own."""
    room = int(s.joker_slots) - int(s.joker_count)
    for slot in range(int(s.joker_count)):
        if int(s.jokers[slot].edition) == _NEGATIVE:
            room += 1
    return room


@jit
def consumable_room(s: Any) -> int:
    """Free consumable slots; a Negative consumable brings its own."""
    room = int(s.consumable_slots) - int(s.consumable_count)
    for slot in range(int(s.consumable_count)):
        if int(s.consumables[slot].edition) == _NEGATIVE:
            room += 1
    return room


@jit
def next_birth(s: Any) -> int:
    """Number of the next card or item that the run creates, from 1."""
    s.births += 1
    return int(s.births)


@jit
def copy(target: Any, source: Any) -> None:
    """Make target the same item as source."""
    target.kind = source.kind
    target.edition = source.edition
    target.marks = source.marks
    target.perish = source.perish
    target.id = source.id
    target.rank = source.rank
    target.suit = source.suit
    target.enhancement = source.enhancement
    target.seal = source.seal
    target.counter = source.counter
    target.sell = source.sell
    target.birth = source.birth
    target.value = source.value


@jit
def duplicate(target: Any, source: Any) -> None:
    """Make target a new card like source: face up, and not Negative (copy_card)."""
    copy(target, source)
    target.birth = 0
    target.marks = int(target.marks) & ~_FACE_DOWN & 255
    if target.edition == _NEGATIVE:
        target.edition = 0


@jit
def clear(target: Any) -> None:
    """Make target no item."""
    target.kind = 0
    target.edition = 0
    target.marks = 0
    target.perish = 0
    target.id = 0
    target.rank = 0
    target.suit = 0
    target.enhancement = 0
    target.seal = 0
    target.counter = 0
    target.sell = 0
    target.birth = 0
    target.value = 0.0


@jit
def remove(row: Any, count: int, slot: int) -> None:
    """Close the gap at slot in a row of count items; the last place becomes empty."""
    for at in range(slot, count - 1):
        copy(row[at], row[at + 1])
    clear(row[count - 1])


@jit
def gain_joker(s: Any, item: Any) -> int:
    """Add a copy of a joker at the right and its passive effects; its slot, or -1 if full."""
    slot = int(s.joker_count)
    if slot >= MAX_JOKERS:
        return -1
    copy(s.jokers[slot], item)
    joker = s.jokers[slot]
    joker.marks = int(joker.marks) & ~_COUPON & 255
    if joker.birth == 0:
        joker.birth = next_birth(s)
    s.joker_count += 1
    if int(joker.marks) & _DEBUFFED == 0:
        owned.apply(s, joker, 1)
    return slot


@jit
def lose_joker(s: Any, slot: int) -> None:
    """Remove a joker and its passive effects."""
    if int(s.jokers[slot].marks) & _DEBUFFED == 0:
        owned.apply(s, s.jokers[slot], -1)
    remove(s.jokers, int(s.joker_count), slot)
    s.joker_count -= 1


@jit
def debuff_joker(s: Any, slot: int, on: bool) -> None:
    """Take a joker's effect away, or give it back."""
    joker = s.jokers[slot]
    was = int(joker.marks) & _DEBUFFED != 0
    if was == on:
        return
    if on:
        owned.apply(s, joker, -1)
        joker.marks = int(joker.marks) | _DEBUFFED
    else:
        joker.marks = int(joker.marks) & ~_DEBUFFED & 255
        owned.apply(s, joker, 1)


@jit
def gain_consumable(s: Any, item: Any) -> int:
    """Add a copy of a consumable at the right; its slot, or -1 if full."""
    slot = int(s.consumable_count)
    if slot >= MAX_CONSUMABLES:
        return -1
    copy(s.consumables[slot], item)
    consumable = s.consumables[slot]
    consumable.marks = int(consumable.marks) & ~_COUPON & 255
    if consumable.birth == 0:
        consumable.birth = next_birth(s)
    s.consumable_count += 1
    return slot


@jit
def lose_consumable(s: Any, slot: int) -> None:
    """Remove a consumable."""
    remove(s.consumables, int(s.consumable_count), slot)
    s.consumable_count -= 1
