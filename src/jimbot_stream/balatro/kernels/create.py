"""Making jokers, consumables and playing cards, each on the random streams of its source."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import items, jit, pools, targets
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.compiled import DECK_RANKS, DECK_SUITS
from jimbot_stream.balatro.tables.compiled_owned import START_COUNTER, START_VALUE
from jimbot_stream.balatro.tables.compiled_pools import (
    CONSUMABLE_STREAM,
    EDITION_STREAM,
    JOKER_ETERNAL,
    JOKER_PERISHABLE,
    JOKER_STREAM,
    RARITY_STREAM,
    SOUL_STREAM,
    SOURCES,
    STAKE_ETERNALS,
    STAKE_PERISHABLES,
    STAKE_RENTALS,
)
from jimbot_stream.balatro.tables.consumables import SPECTRAL as SPECTRAL_ID
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER_ID
from jimbot_stream.balatro.tables.jokers import Rarity
from jimbot_stream.balatro.tables.modifiers import ENHANCEMENTS, Edition, Mark
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER_ID
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

SRC_SHO = SOURCES.index("sho")
SRC_BUF = SOURCES.index("buf")
SRC_JUD = SOURCES.index("jud")
SRC_WRA = SOURCES.index("wra")
SRC_SOU = SOURCES.index("sou")
SRC_RIF = SOURCES.index("rif")
SRC_TOP = SOURCES.index("top")
SRC_RTA = SOURCES.index("rta")
SRC_UTA = SOURCES.index("uta")
SRC_AR1 = SOURCES.index("ar1")
SRC_AR2 = SOURCES.index("ar2")
SRC_PL1 = SOURCES.index("pl1")
SRC_SPE = SOURCES.index("spe")
SRC_EMP = SOURCES.index("emp")
SRC_PRI = SOURCES.index("pri")
SRC_CAR = SOURCES.index("car")
SRC_8BA = SOURCES.index("8ba")
SRC_HAL = SOURCES.index("hal")
SRC_SUP = SOURCES.index("sup")
SRC_VAG = SOURCES.index("vag")
SRC_SEA = SOURCES.index("sea")
SRC_SIXTH = SOURCES.index("sixth")

PERISH_ROUNDS = 5
_JOKER = int(Kind.JOKER)
_TAROT = int(Kind.TAROT)
_PLANET = int(Kind.PLANET)
_SPECTRAL = int(Kind.SPECTRAL)
_CARD = int(Kind.CARD)
_LEGENDARY = int(Rarity.LEGENDARY)
_FOIL = int(Edition.FOIL)
_HOLO = int(Edition.HOLO)
_POLYCHROME = int(Edition.POLYCHROME)
_NEGATIVE = int(Edition.NEGATIVE)
_ETERNAL = int(Mark.ETERNAL)
_PERISHABLE = int(Mark.PERISHABLE)
_RENTAL = int(Mark.RENTAL)
_LEGENDARY_STREAM = NUMBER["Joker4"]
_SHOP_STICKER = NUMBER["etperpoll"]
_SHOP_RENTAL = NUMBER["ssjr"]
_PACK_STICKER = NUMBER["packetper"]
_PACK_RENTAL = NUMBER["packssjr"]
_SOUL = SPECTRAL_ID["c_soul"]
_BLACK_HOLE = SPECTRAL_ID["c_black_hole"]
_SOUL_OVER = 0.997
_LOYALTY_CARD = JOKER_ID["j_loyalty_card"]
_TO_DO_LIST = JOKER_ID["j_todo_list"]
_HONE = VOUCHER_ID["v_hone"]
_GLOW_UP = VOUCHER_ID["v_glow_up"]
_HONED = float(VOUCHERS[_HONE - 1].amount)
_GLOWING = float(VOUCHERS[_GLOW_UP - 1].amount)
_ENHANCEMENTS = len(ENHANCEMENTS)


@jit
def edition_rate(s: Any) -> float:
    """How many times as often as usual editions come up."""
    if items.redeemed(s, _GLOW_UP):
        return _GLOWING
    return _HONED if items.redeemed(s, _HONE) else 1.0


@jit
def edition(
    r: Any, stream: int, ante: int, rate: float, no_negative: bool, guaranteed: bool
) -> int:
    """Roll an edition; Negative does not come more often with a higher rate."""
    return edition_of(rng.roll(r, stream, ante), 1.0, rate, no_negative, guaranteed)


@jit
def edition_of(roll: float, mod: float, rate: float, no_negative: bool, guaranteed: bool) -> int:
    """The edition that a roll means (poll_edition)."""
    if guaranteed:
        mod = 25.0
        rate = 1.0
    if roll > 1 - 0.003 * mod and not no_negative:
        return _NEGATIVE
    if roll > 1 - 0.006 * rate * mod:
        return _POLYCHROME
    if roll > 1 - 0.02 * rate * mod:
        return _HOLO
    return _FOIL if roll > 1 - 0.04 * rate * mod else 0


@jit
def named(s: Any, item: Any, kind: int, number: int) -> None:
    """Make item a new one of its kind, without edition or stickers."""
    items.clear(item)
    item.kind = kind
    item.id = number
    item.birth = items.next_birth(s)
    if kind == _JOKER:
        item.value = START_VALUE[number]
        item.counter = START_COUNTER[number]
        if number == _LOYALTY_CARD:
            item.counter = s.hands_total


@jit
def _roll_rarity(s: Any, r: Any, source: int) -> int:
    roll = rng.roll(r, int(RARITY_STREAM[source]), int(s.ante))
    if source == SRC_SOU:
        return _LEGENDARY
    if roll > 0.95:
        return 3
    return 2 if roll > 0.7 else 1


@jit
def _sticker(s: Any, r: Any, item: Any, sticker: int, rental: int) -> None:
    """Roll whether a joker on display is Eternal, Perishable, Rental."""
    stake = int(s.stake)
    roll = rng.roll(r, sticker, int(s.ante))
    marks = 0
    if STAKE_ETERNALS[stake] * JOKER_ETERNAL[int(item.id)] == 1 and roll > 0.7:
        marks = _ETERNAL
    if STAKE_PERISHABLES[stake] * JOKER_PERISHABLE[int(item.id)] == 1 and 0.4 < roll <= 0.7:
        marks = _PERISHABLE
        item.perish = PERISH_ROUNDS
    if STAKE_RENTALS[stake] == 1 and rng.roll(r, rental, int(s.ante)) > 0.7:
        marks |= _RENTAL
    item.marks = marks


@jit
def joker(s: Any, r: Any, item: Any, rarity: int, source: int) -> None:
    """Make item a new joker; rarity 0 is rolled. The Soul's is Legendary in any case."""
    if rarity == 0 or source == SRC_SOU:
        rarity = _roll_rarity(s, r, source)
    stream = _LEGENDARY_STREAM
    if rarity != _LEGENDARY:
        stream = int(JOKER_STREAM[rarity, source])
    named(s, item, _JOKER, pools.draw(s, r, stream, _JOKER, rarity))
    if item.id == _TO_DO_LIST:
        item.counter = targets.listed_hand(s, r, -1)
    if source in (SRC_SHO, SRC_RTA, SRC_UTA):
        _sticker(s, r, item, _SHOP_STICKER, _SHOP_RENTAL)
    elif source == SRC_BUF:
        _sticker(s, r, item, _PACK_STICKER, _PACK_RENTAL)
    item.edition = edition(
        r, int(EDITION_STREAM[source]), int(s.ante), edition_rate(s), False, False
    )


@jit
def _soul(s: Any, r: Any, kind: int) -> int:
    """Roll whether a card in a pack is The Soul or Black Hole instead; its id, or 0."""
    stream = int(SOUL_STREAM[kind])
    ante = int(s.ante)
    found = 0
    asked = kind != _PLANET and not pools.taken(s, _SPECTRAL, _SOUL)
    if asked and rng.roll(r, stream, ante) > _SOUL_OVER:
        found = _SOUL
    asked = kind != _TAROT and not pools.taken(s, _SPECTRAL, _BLACK_HOLE)
    if asked and rng.roll(r, stream, ante) > _SOUL_OVER:
        found = _BLACK_HOLE
    return found


@jit
def consumable(s: Any, r: Any, item: Any, kind: int, source: int) -> None:
    """Make item a new Tarot, Planet or Spectral card."""
    found = 0
    if source in (SRC_AR1, SRC_AR2, SRC_PL1, SRC_SPE):
        found = _soul(s, r, kind)
    if found > 0:
        named(s, item, _SPECTRAL, found)
    else:
        stream = int(CONSUMABLE_STREAM[kind, source])
        named(s, item, kind, pools.draw(s, r, stream, kind, 0))


@jit
def front(r: Any, stream: int, ante: int) -> tuple[int, int]:
    """Rank and suit of a new playing card."""
    card = rng.pick(r, stream, ante, len(DECK_RANKS))
    return int(DECK_RANKS[card]), int(DECK_SUITS[card])


@jit
def playing_card(s: Any, r: Any, item: Any, stream: int, enhancing: int) -> None:
    """Make item a new playing card; enhancing is the stream of its enhancement, -1 for none."""
    enhancement = 0
    if enhancing >= 0:
        enhancement = 1 + rng.pick(r, enhancing, int(s.ante), _ENHANCEMENTS)
    rank, suit = front(r, stream, int(s.ante))
    named(s, item, _CARD, 0)
    item.rank = rank
    item.suit = suit
    item.enhancement = enhancement
