"""What an ante offers: its boss, the tags for skipping, its voucher."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import jit, pools, targets
from jimbot_stream.balatro.tables.compiled_offers import BOSS_ANTE, BOSS_ORDER, BOSS_SHOWDOWN
from jimbot_stream.balatro.tables.streams import NUMBER

_BOSS = NUMBER["boss"]
_TAG = NUMBER["Tag"]
_ORBITAL = NUMBER["orbital"]
_VOUCHER = NUMBER["Voucher"]
_VOUCHER_TAG = NUMBER["Voucher_fromtag"]
_UNUSED = 127


@jit
def _eligible(s: Any, boss: int) -> bool:
    """Whether a boss may come in this ante; finishers come in every ante that may be the last."""
    ante = int(s.ante)
    if BOSS_SHOWDOWN[boss] == 1:
        return ante >= 2 and ante % int(s.win_ante) == 0
    ante = max(1, ante)
    return BOSS_ANTE[boss] <= ante and (ante < 2 or ante % int(s.win_ante) != 0)


@jit
def boss(s: Any, r: Any) -> int:
    """Choose a boss among those that may come and came least often; its id."""
    least = _UNUSED
    count = 0
    for number in BOSS_ORDER:
        if not _eligible(s, int(number)):
            continue
        used = int(s.bosses_used[number])
        if used < least:
            least = used
            count = 0
        if used == least:
            count += 1
    left = rng.pick(r, _BOSS, 0, count)
    for number in BOSS_ORDER:
        if _eligible(s, int(number)) and int(s.bosses_used[number]) == least:
            if left == 0:
                s.bosses_used[number] = least + 1
                return int(number)
            left -= 1
    return 0


@jit
def tag(s: Any, r: Any) -> int:
    """Draw a tag; its id."""
    return pools.draw(s, r, _TAG, pools.TAG, 0)


@jit
def tags(s: Any, r: Any) -> None:
    """Draw the two tags of an ante, with the poker hands for the case that they are Orbital.

    The game draws a hand for every blind of the ante, the boss included.
    """
    s.offers[0].id = tag(s, r)
    s.offers[1].id = tag(s, r)
    s.offers[0].hand = targets.visible_hand(s, r, _ORBITAL, -1)
    s.offers[1].hand = targets.visible_hand(s, r, _ORBITAL, -1)
    targets.visible_hand(s, r, _ORBITAL, -1)


@jit
def voucher(s: Any, r: Any, from_tag: bool) -> int:
    """Draw a voucher, for an ante or for a Voucher Tag; its id."""
    stream = _VOUCHER_TAG if from_tag else _VOUCHER
    return pools.draw(s, r, stream, pools.VOUCHER, 0)
