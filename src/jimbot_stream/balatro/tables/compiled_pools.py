"""From what cards are drawn, on which random streams: read-only arrays, by kind and source."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.consumables import PLANET as PLANET_ID
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.consumables import SPECTRAL as SPECTRAL_ID
from jimbot_stream.balatro.tables.consumables import TAROT as TAROT_ID
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER_ID
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.tags import NUMBER as TAG_ID
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER_ID
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

TAG_KIND = max(Kind) + 1
"""Tags are no items, but drawn from a pool like them."""

SOURCES = (
    *("sho", "buf", "jud", "wra", "sou", "rif", "top", "rta", "uta"),
    *("ar1", "ar2", "pl1", "spe", "emp", "pri", "car", "8ba", "hal", "sup", "vag"),
    *("sea", "sixth"),
)
"""Where a created joker or consumable comes from, as the keys of the streams spell it."""


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


def _streams(prefix: str, suffix: str = "") -> list[int]:
    return [NUMBER.get(f"{prefix}{source}{suffix}", -1) for source in SOURCES]


def _pool_sizes() -> list[list[int]]:
    plain = {
        Kind.TAROT: len(TAROTS),
        Kind.PLANET: len(PLANETS),
        Kind.SPECTRAL: len(SPECTRALS),
        Kind.VOUCHER: len(VOUCHERS),
        TAG_KIND: len(TAGS),
    }
    rows = [[plain.get(kind, 0)] * (max(Rarity) + 1) for kind in range(TAG_KIND + 1)]
    for rarity in Rarity:
        rows[Kind.JOKER][rarity] = len(_of_rarity(rarity))
    return rows


def _of_rarity(rarity: int) -> list[int]:
    return [n for n, joker in enumerate(JOKERS, start=1) if joker.rarity == rarity]


def _joker_pools() -> list[list[int]]:
    pools = [[], *(_of_rarity(rarity) for rarity in Rarity)]
    longest = max(map(len, pools))
    return [pool + [0] * (longest - len(pool)) for pool in pools]


_FALLBACKS = {
    Kind.JOKER: JOKER_ID["j_joker"],
    Kind.TAROT: TAROT_ID["c_strength"],
    Kind.PLANET: PLANET_ID["c_pluto"],
    Kind.SPECTRAL: SPECTRAL_ID["c_incantation"],
    Kind.VOUCHER: VOUCHER_ID["v_blank"],
    TAG_KIND: TAG_ID["tag_handy"],
}

POOL_SIZE = _frozen(_pool_sizes(), np.int64)
"""[kind, rarity]: entries of the pool, holes included; rarity is 0 but for jokers."""
FALLBACK = _frozen([_FALLBACKS.get(kind, 0) for kind in range(TAG_KIND + 1)], np.int64)
"""[kind]: what comes where the pool holds nothing."""
JOKER_POOL = _frozen(_joker_pools(), np.int64)
"""[rarity, place]: id of the joker."""
JOKER_GATE = _frozen([0, *(int(joker.gate) for joker in JOKERS)], np.int64)
JOKER_ETERNAL = _frozen([0, *(int(joker.eternal) for joker in JOKERS)], np.int64)
JOKER_PERISHABLE = _frozen([0, *(int(joker.perishable) for joker in JOKERS)], np.int64)
SECRET_HAND = _frozen(
    [-1, *(HAND[planet.hand] if planet.secret else -1 for planet in PLANETS)], np.int64
)
"""[planet id]: the poker hand that must have been played; -1 for none."""
HIDDEN = _frozen([0, *(int(card.hidden) for card in SPECTRALS)], np.int64)
TAG_ANTE = _frozen([0, *(tag.min_ante for tag in TAGS)], np.int64)

RARITY_STREAM = _frozen(_streams("rarity"), np.int64)
JOKER_STREAM = _frozen([_streams(f"Joker{rarity}") for rarity in range(4)], np.int64)
"""[rarity, source]: the stream on which the joker is drawn."""
EDITION_STREAM = _frozen(_streams("edi"), np.int64)
CONSUMABLE_STREAM = _frozen(
    [
        {
            Kind.TAROT: _streams("Tarot"),
            Kind.PLANET: _streams("Planet"),
            Kind.SPECTRAL: _streams("Spectral"),
        }.get(kind, [-1] * len(SOURCES))
        for kind in Kind
    ],
    np.int64,
)
"""[kind, source]"""
SOUL_STREAM = _frozen(
    [
        {
            Kind.TAROT: NUMBER["soul_Tarot"],
            Kind.PLANET: NUMBER["soul_Planet"],
            Kind.SPECTRAL: NUMBER["soul_Spectral"],
        }.get(kind, -1)
        for kind in Kind
    ],
    np.int64,
)

PACK_KIND = _frozen([0, *(int(pack.kind) for pack in PACKS)], np.int64)
PACK_CARDS = _frozen([0, *(pack.cards for pack in PACKS)], np.int64)
PACK_PICKS = _frozen([0, *(pack.picks for pack in PACKS)], np.int64)
PACK_WEIGHT = _frozen([0.0, *(pack.weight for pack in PACKS)], np.float64)
STAKE_ETERNALS = _frozen([0, *(int(stake.eternals) for stake in STAKES)], np.int64)
STAKE_PERISHABLES = _frozen([0, *(int(stake.perishables) for stake in STAKES)], np.int64)
STAKE_RENTALS = _frozen([0, *(int(stake.rentals) for stake in STAKES)], np.int64)
