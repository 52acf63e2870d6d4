"""What observations tell of cards and items, as read-only arrays by id."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.consumables import PLANETS, TAROTS
from jimbot_stream.balatro.tables.jokers import JOKERS, Joker
from jimbot_stream.balatro.tables.modifiers import (
    EDITIONS,
    ENHANCEMENTS,
    GOLD_SEAL_DOLLARS,
    LUCKY_DOLLARS,
    LUCKY_DOLLARS_ODDS,
    Enhancement,
)
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.schema import Then


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


def _expected_mult(number: int) -> float:
    row = ENHANCEMENTS[number]
    return row.mult / row.odds if row.odds and row.mult else row.mult


ENHANCEMENT_CHIPS = _frozen([0, *(row.chips for row in ENHANCEMENTS)], np.float64)
ENHANCEMENT_MULT = _frozen([0, *map(_expected_mult, range(len(ENHANCEMENTS)))], np.float64)
ENHANCEMENT_XMULT = _frozen([1, *(row.xmult for row in ENHANCEMENTS)], np.float64)
ENHANCEMENT_HELD = _frozen([1, *(row.held_xmult for row in ENHANCEMENTS)], np.float64)
ENHANCEMENT_DOLLARS = _frozen([0, *(row.held_dollars for row in ENHANCEMENTS)], np.float64)
"""By enhancement; what a Lucky Card gives is its expectation."""
LUCKY_EXPECTED = LUCKY_DOLLARS / LUCKY_DOLLARS_ODDS
GOLD_SEAL = float(GOLD_SEAL_DOLLARS)
LUCKY = int(Enhancement.LUCKY)

EDITION_CHIPS = _frozen([0, *(row.chips for row in EDITIONS)], np.float64)
EDITION_MULT = _frozen([0, *(row.mult for row in EDITIONS)], np.float64)
EDITION_XMULT = _frozen([1, *(row.xmult for row in EDITIONS)], np.float64)

PACK_KIND = _frozen([0, *(int(pack.kind) for pack in PACKS)], np.int64)
HOLDS_FROM = _frozen([0, 0, 0, len(TAROTS), len(TAROTS) + len(PLANETS)], np.int64)
"""[kind]: columns of other consumables before the first of the kind."""
CHIPS, MULT, XMULT, MONEY, OTHER = range(5)
_FAMILY = {Then.CHIPS: CHIPS, Then.MULT: MULT, Then.XMULT: XMULT, Then.DOLLARS: MONEY}
_GROWTH = (Then.GROW, Then.SET)


def _families(joker: Joker) -> list[int]:
    told = [0] * 5
    for rule in joker.rules:
        if rule.effect.then not in _GROWTH:
            told[_FAMILY.get(rule.effect.then, OTHER)] = 1
    return told


FAMILIES = _frozen([[0] * 5, *map(_families, JOKERS)], np.int64)
"""[joker, family]: 1 when a rule of the joker gives chips, mult, Xmult, money, or else."""
FIRST_BOSS = 3
"""Id of the first boss among the blinds."""


def _longest_runs() -> NDArray[np.int64]:
    sets = np.arange(1 << 14)
    windows = [(sets >> low & 31) for low in range(10)]
    held = np.array([[window >> bit & 1 for bit in range(5)] for window in windows])
    return _frozen(held.sum(axis=1).max(axis=0).tolist(), np.int64)


LONGEST_RUN = _longest_runs()
"""[set of ranks, bit 0 the low ace, bit 13 the high one]: most within a straight's span."""
