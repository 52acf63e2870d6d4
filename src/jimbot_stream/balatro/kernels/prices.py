"""What everything in sight costs, and what everything owned sells for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import items, jit
from jimbot_stream.balatro.state import MAX_CONSUMABLES, MAX_JOKERS

SHOP, VOUCHERS, PACKS, JOKERS, CONSUMABLES = range(5)
"""Rows of the table of prices."""
SHAPE = (5, max(MAX_JOKERS, MAX_CONSUMABLES))


@jit
def fill(states: NDArray[Any], out: NDArray[np.int64]) -> None:
    """Write out[SHAPE]: prices of wares, and what jokers and consumables sell for."""
    s = states[0]
    for slot in range(int(s.shop_count)):
        out[SHOP, slot] = items.price(s, s.shop[slot])
    for slot in range(int(s.vouchers_count)):
        out[VOUCHERS, slot] = items.price(s, s.shop_vouchers[slot])
    for slot in range(int(s.packs_count)):
        out[PACKS, slot] = items.price(s, s.packs[slot])
    for slot in range(int(s.joker_count)):
        out[JOKERS, slot] = items.sell_value(s, s.jokers[slot])
    for slot in range(int(s.consumable_count)):
        out[CONSUMABLES, slot] = items.sell_value(s, s.consumables[slot])
