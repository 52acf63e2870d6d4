"""What owning a joker means, and what things cost, as read-only arrays by id."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import EDITIONS
from jimbot_stream.balatro.tables.packs import PACKS, PackKind
from jimbot_stream.balatro.tables.schema import Then, When
from jimbot_stream.balatro.tables.vouchers import VOUCHER_COST


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


def _owns() -> NDArray[np.int64]:
    table = np.zeros((len(JOKERS) + 1, max(Then) + 1), dtype=np.int64)
    for number, joker in enumerate(JOKERS, start=1):
        for rule in joker.rules:
            if rule.when == When.OWNED and rule.effect.then != Then.SPECIAL:
                table[number, rule.effect.then] = int(rule.effect.amount)
    table.setflags(write=False)
    return table


SIMPLE = (Then.GROW, Then.SET, Then.DOLLARS, Then.SELL_VALUE)
"""What ``kernels.growth`` carries out."""


def _growth() -> NDArray[np.float64]:
    """[joker, moment, (then, amount, condition, its argument)]; 0 where there is no rule."""
    table = np.zeros((len(JOKERS) + 1, max(When) + 1, 4), dtype=np.float64)
    for number, joker in enumerate(JOKERS, start=1):
        for rule in joker.rules:
            if rule.effect.then in SIMPLE:
                told = (rule.effect.then, rule.effect.amount)
                table[number, rule.when] = (*told, rule.condition.given, rule.condition.arg)
    table.setflags(write=False)
    return table


OWNS = _owns()
"""[joker, Then]: amount of the passive rule; 0 for none."""
GROWTH = _growth()
START_VALUE = _frozen([0.0, *(joker.value for joker in JOKERS)], np.float64)
START_COUNTER = _frozen([0, *(joker.counter for joker in JOKERS)], np.int64)
RARITY = _frozen([0, *(joker.rarity for joker in JOKERS)], np.int64)

MOST_ROWS = len(JOKERS) + 1


def _costs() -> NDArray[np.int64]:
    table = np.ones((len(Kind), MOST_ROWS), dtype=np.int64)
    for kind, costs in (
        (Kind.JOKER, [joker.cost for joker in JOKERS]),
        (Kind.TAROT, [tarot.cost for tarot in TAROTS]),
        (Kind.PLANET, [planet.cost for planet in PLANETS]),
        (Kind.SPECTRAL, [spectral.cost for spectral in SPECTRALS]),
        (Kind.PACK, [pack.cost for pack in PACKS]),
    ):
        table[kind, 1 : len(costs) + 1] = costs
    table[Kind.VOUCHER] = VOUCHER_COST
    table.setflags(write=False)
    return table


BASE_COST = _costs()
"""[Kind, id]: dollars before edition and discount; a playing card costs 1."""
EDITION_COST = _frozen([0, *(edition.cost for edition in EDITIONS)], np.int64)
IS_CELESTIAL = _frozen([0, *(int(pack.kind == PackKind.CELESTIAL) for pack in PACKS)], np.int64)
BOSS_DEBUFFS = _frozen([0, *(int(blind.debuffs) for blind in BLINDS)], np.int64)
"""[blind id]: the suit that it debuffs; 0 for none."""
