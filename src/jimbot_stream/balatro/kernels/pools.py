"""Pools of cards with holes: what is owned, on display, locked or not yet possible is not drawn.

The game lists a pool in its order and leaves a hole for every entry that is out; a draw that
falls on a hole is made again on a stream of its own (common_events.lua, get_current_pool).
"""

import math
from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import items, jit, owned
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.compiled_pools import (
    FALLBACK,
    HIDDEN,
    JOKER_GATE,
    JOKER_POOL,
    POOL_SIZE,
    SECRET_HAND,
    TAG_ANTE,
    TAG_KIND,
)
from jimbot_stream.balatro.tables.jokers import NUMBER, Rarity
from jimbot_stream.balatro.tables.schema import Then

JOKER = int(Kind.JOKER)
TAROT = int(Kind.TAROT)
PLANET = int(Kind.PLANET)
SPECTRAL = int(Kind.SPECTRAL)
VOUCHER = int(Kind.VOUCHER)
TAG = int(TAG_KIND)
_SHOWMAN = int(Then.SHOWMAN)
_LEGENDARY = int(Rarity.LEGENDARY)
_GROS_MICHEL = NUMBER["j_gros_michel"]
_CAVENDISH = NUMBER["j_cavendish"]


@jit
def _among(row: Any, count: int, kind: int, number: int) -> bool:
    at = 0
    while at < count and (row[at].id != number or row[at].kind != kind):
        at += 1
    return at < count


@jit
def taken(s: Any, kind: int, number: int) -> bool:
    """Whether such a joker or consumable is owned or on display, and no Showman is there."""
    found = (
        _among(s.jokers, int(s.joker_count), kind, number)
        or _among(s.consumables, int(s.consumable_count), kind, number)
        or _among(s.shop, int(s.shop_count), kind, number)
        or _among(s.pack, int(s.pack_count), kind, number)
    )
    return found and owned.has(s, _SHOWMAN) == 0


@jit
def _deck_holds(s: Any, enhancement: int) -> bool:
    c = 0
    while c < s.card_count and s.cards[c].enhancement != enhancement:
        c += 1
    return bool(c < s.card_count)


@jit
def _joker_open(s: Any, joker: int, rarity: int) -> bool:
    if rarity != _LEGENDARY and int(s.locked_jokers[joker // 64]) >> (joker % 64) & 1:
        return False
    if (joker == _GROS_MICHEL and s.extinct == 1) or (joker == _CAVENDISH and s.extinct == 0):
        return False
    gate = int(JOKER_GATE[joker])
    if gate > 0 and not _deck_holds(s, gate):
        return False
    return not taken(s, JOKER, joker)


@jit
def _voucher_open(s: Any, voucher: int) -> bool:
    """An even voucher requires the one before it."""
    if items.redeemed(s, voucher) or int(s.locked_vouchers) >> voucher & 1:
        return False
    if voucher % 2 == 0 and not items.redeemed(s, voucher - 1):
        return False
    return not _among(s.shop_vouchers, int(s.vouchers_count), VOUCHER, voucher)


@jit
def is_open(s: Any, kind: int, rarity: int, number: int) -> bool:
    """Whether an entry of a pool is no hole."""
    if kind == JOKER:
        return _joker_open(s, number, rarity)
    if kind == VOUCHER:
        return _voucher_open(s, number)
    if kind == TAG:
        return TAG_ANTE[number] <= s.ante and int(s.locked_tags) >> number & 1 == 0
    if kind == SPECTRAL and HIDDEN[number] == 1:
        return False
    if kind == PLANET and SECRET_HAND[number] >= 0 and s.played[SECRET_HAND[number]] == 0:
        return False
    return not taken(s, kind, number)


@jit
def _entry(kind: int, rarity: int, place: int) -> int:
    return int(JOKER_POOL[rarity, place]) if kind == JOKER else place + 1


@jit
def _empty(s: Any, kind: int, rarity: int) -> bool:
    for place in range(POOL_SIZE[kind, rarity]):
        if is_open(s, kind, rarity, _entry(kind, rarity, place)):
            return False
    return True


@jit
def draw(s: Any, r: Any, stream: int, kind: int, rarity: int) -> int:
    """Draw an id from the pool of a kind (of jokers: of a rarity; else rarity is 0)."""
    size = int(POOL_SIZE[kind, rarity])
    resample = 0
    while True:
        roll = rng.roll_seed(rng.use(r, stream, int(s.ante), resample))
        number = _entry(kind, rarity, math.floor(roll * size))
        if is_open(s, kind, rarity, number):
            return number
        if resample == 0 and _empty(s, kind, rarity):
            return int(FALLBACK[kind])
        resample = max(resample + 1, 2)
