"""Looking at what a seed holds, as if every offer of an ante were seen and nothing were taken."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import create, items, jit, offers, packs, shop
from jimbot_stream.balatro.state import Kind

_JOKER = int(Kind.JOKER)


@jit
def begin(states: NDArray[Any], rngs: NDArray[Any], seed: NDArray[np.uint8]) -> None:
    """Start the random streams of a seed."""
    rng.begin(rngs[0], seed)


@jit
def offer(states: NDArray[Any], rngs: NDArray[Any], out: NDArray[np.int64]) -> None:
    """Write boss, voucher, both tags, and the poker hands of both tags if they are Orbital."""
    s = states[0]
    r = rngs[0]
    out[0] = offers.boss(s, r)
    out[1] = offers.voucher(s, r, False)
    offers.tags(s, r)
    for place in range(2):
        out[2 + place] = s.offers[place].id
        out[4 + place] = s.offers[place].hand


@jit
def wares(states: NDArray[Any], rngs: NDArray[Any], out: NDArray[Any]) -> None:
    """Write the cards of the shop, one after the other."""
    for place in range(len(out)):
        shop.ware(states[0], rngs[0], out[place])


@jit
def boosters(
    states: NDArray[Any], rngs: NDArray[Any], numbers: NDArray[np.int64], out: NDArray[Any]
) -> None:
    """Write the packs of the shop and what is in them."""
    s = states[0]
    for place in range(len(numbers)):
        numbers[place] = shop.pack(s, rngs[0])
        packs.show(s, rngs[0], int(numbers[place]))
        for card in range(int(s.pack_count)):
            items.copy(out[place, card], s.pack[card])
            items.clear(s.pack[card])
        s.pack_count = 0
        s.pack_kind = 0
        s.pack_picks = 0


@jit
def created(
    states: NDArray[Any], rngs: NDArray[Any], kind: int, rarity: int, source: int, out: Any
) -> None:
    """Write what a source other than shop and packs creates, one after the other."""
    for place in range(len(out)):
        if kind == _JOKER:
            create.joker(states[0], rngs[0], out[place], rarity, source)
        else:
            create.consumable(states[0], rngs[0], out[place], kind, source)
