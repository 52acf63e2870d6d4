"""Booster packs: what they hold, the hand that is dealt with some, and putting them away."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import create, deal, items, jit, pools
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.compiled_consumables import PLANET_HAND
from jimbot_stream.balatro.tables.compiled_pools import PACK_CARDS, PACK_KIND, PACK_PICKS
from jimbot_stream.balatro.tables.modifiers import Seal
from jimbot_stream.balatro.tables.packs import PackKind
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER_ID

_PACK_PHASE = int(Phase.PACK)
_ARCANA = int(PackKind.ARCANA)
_CELESTIAL = int(PackKind.CELESTIAL)
_STANDARD = int(PackKind.STANDARD)
_BUFFOON = int(PackKind.BUFFOON)
_SPECTRAL = int(PackKind.SPECTRAL)
_RED = int(Seal.RED)
_BLUE = int(Seal.BLUE)
_GOLD = int(Seal.GOLD)
_PURPLE = int(Seal.PURPLE)
_OMEN_GLOBE = VOUCHER_ID["v_omen_globe"]
_TELESCOPE = VOUCHER_ID["v_telescope"]
_OMEN = NUMBER["omen_globe"]
_SET = NUMBER["stdset"]
_ENHANCED = NUMBER["Enhancedsta"]
_FRONT = NUMBER["frontsta"]
_EDITION = NUMBER["standard_edition"]
_SEAL = NUMBER["stdseal"]
_SEAL_TYPE = NUMBER["stdsealtype"]
_STANDARD_EDITION_RATE = 2.0
_SEALED_OVER = 1 - 0.02 * 10


@jit
def _seal(s: Any, r: Any) -> int:
    if rng.roll(r, _SEAL, int(s.ante)) <= _SEALED_OVER:
        return 0
    roll = rng.roll(r, _SEAL_TYPE, int(s.ante))
    if roll > 0.75:
        return _RED
    if roll > 0.5:
        return _BLUE
    return _GOLD if roll > 0.25 else _PURPLE


@jit
def playing_card(s: Any, r: Any, item: Any) -> None:
    """Make item a playing card of a Standard Pack."""
    enhanced = rng.roll(r, _SET, int(s.ante)) > 0.6
    create.playing_card(s, r, item, _FRONT, _ENHANCED if enhanced else -1)
    roll = rng.roll(r, _EDITION, int(s.ante))
    rate = create.edition_rate(s)
    item.edition = create.edition_of(roll, _STANDARD_EDITION_RATE, rate, True, False)
    item.seal = _seal(s, r)


@jit
def _favourite_planet(s: Any) -> int:
    """The planet of the most played poker hand, of equals the best; 0 where none was played."""
    hand = -1
    most = 0
    for number in range(len(s.played)):
        if s.played[number] > most:
            most = int(s.played[number])
            hand = number
    for planet in range(1, len(PLANET_HAND)):
        if PLANET_HAND[planet] == hand:
            return planet
    return 0


@jit
def _card(s: Any, r: Any, item: Any, kind: int, first: bool) -> None:
    """Make item the next card of a pack."""
    if kind == _ARCANA:
        if items.redeemed(s, _OMEN_GLOBE) and rng.roll(r, _OMEN, 0) > 0.8:
            create.consumable(s, r, item, pools.SPECTRAL, create.SRC_AR2)
        else:
            create.consumable(s, r, item, pools.TAROT, create.SRC_AR1)
    elif kind == _CELESTIAL:
        planet = 0
        if first and items.redeemed(s, _TELESCOPE):
            planet = _favourite_planet(s)
        if planet > 0:
            create.named(s, item, pools.PLANET, planet)
        else:
            create.consumable(s, r, item, pools.PLANET, create.SRC_PL1)
    elif kind == _STANDARD:
        playing_card(s, r, item)
    elif kind == _BUFFOON:
        create.joker(s, r, item, 0, create.SRC_BUF)
    else:
        create.consumable(s, r, item, pools.SPECTRAL, create.SRC_SPE)


@jit
def show(s: Any, r: Any, pack: int) -> None:
    """Lay out the cards of a pack."""
    kind = int(PACK_KIND[pack])
    s.pack_kind = kind
    s.pack_picks = PACK_PICKS[pack]
    s.pack_count = 0
    for place in range(PACK_CARDS[pack]):
        _card(s, r, s.pack[place], kind, place == 0)
        s.pack_count += 1


@jit
def open(s: Any, r: Any, pack: int, then: int) -> None:  # noqa: A001
    """Open a pack, after which the run goes on in phase then."""
    s.phase = _PACK_PHASE
    s.pack_return = then
    show(s, r, pack)
    if s.pack_kind in (_ARCANA, _SPECTRAL):
        deal.fill_hand(s, r)


@jit
def _return_hand(s: Any) -> None:
    """Put the hand beneath the draw pile, the leftmost card first."""
    count = int(s.hand_count)
    for at in range(int(s.draw_count) - 1, -1, -1):
        s.draw[at + count] = s.draw[at]
    for at in range(count):
        s.draw[at] = s.hand[count - 1 - at]
    s.draw_count += count
    s.hand_count = 0


@jit
def close(s: Any, r: Any) -> None:
    """Put the opened pack and its hand away and go on in the phase that follows."""
    for place in range(int(s.pack_count)):
        items.clear(s.pack[place])
    s.pack_count = 0
    s.pack_kind = 0
    s.pack_picks = 0
    s.phase = s.pack_return
    s.pack_return = 0
    _return_hand(s)
