"""The targets that are worth considering for a consumable."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit, observation, usable
from jimbot_stream.balatro.kernels.usable import bits
from jimbot_stream.balatro.state import MAX_HAND, Kind
from jimbot_stream.balatro.tables.compiled_consumables import TAROT_ENHANCES, TAROT_SUIT
from jimbot_stream.balatro.tables.consumables import TAROT
from jimbot_stream.balatro.tables.modifiers import Enhancement

_AMONG = 5  # cards of which all choices are looked at
_TAROT = int(Kind.TAROT)
_STONE = int(Enhancement.STONE)
_DEATH = TAROT["c_death"]
_HANGED_MAN = TAROT["c_hanged_man"]
_TOWER = TAROT["c_tower"]


@jit
def _desire(s: Any, kind: int, number: int, position: int, worth: float) -> float:
    """How much a card is wanted as a target."""
    card = s.cards[int(s.hand[position])]
    if kind != _TAROT:
        return worth - (2.0 if card.seal > 0 else 0.0)
    if number in (_HANGED_MAN, _TOWER):
        return -worth
    if TAROT_SUIT[number] > 0:
        shown = card.enhancement != _STONE  # a Stone Card does not show what is beneath
        return -worth - (10.0 if not shown or card.suit == TAROT_SUIT[number] else 0.0)
    if TAROT_ENHANCES[number] > 0 and card.enhancement > 0:
        return worth - 10.0
    return worth


@jit
def _into(mask: int, count: int, quota: int, masks: NDArray[np.int64]) -> int:
    if count >= quota:
        return count
    for at in range(count):
        if masks[at] == mask:
            return count
    masks[count] = mask
    return count + 1


@jit
def _deaths(
    hand: int, may: int, worth: NDArray[np.float64], quota: int, masks: NDArray[np.int64]
) -> int:
    """Pairs whose left card becomes the right one, by what that gains."""
    gains = np.empty(quota, dtype=np.float64)
    count = 0
    for left in range(hand):
        for right in range(left + 1, hand):
            mask = 1 << left | 1 << right
            if mask & ~may != 0:
                continue
            gain = worth[right] - worth[left]
            if count == quota and gain <= gains[count - 1]:
                continue
            at = min(count, quota - 1)
            count = min(count + 1, quota)
            while at > 0 and gains[at - 1] < gain:
                gains[at], masks[at] = gains[at - 1], masks[at - 1]
                at -= 1
            gains[at], masks[at] = gain, mask
    return count


@jit
def find(
    s: Any,
    kind: int,
    number: int,
    worth: NDArray[np.float64],
    quota: int,
    masks: NDArray[np.int64],
) -> int:
    """Write sets of targets into masks, the most wanted first; how many, at most the quota."""
    hand = int(s.hand_count)
    forced = usable.forced_mask(s)
    may = usable.selectable(s, kind, number)
    for position in range(hand):
        if not observation.face_up(s, int(s.hand[position])):
            may &= ~(1 << position)
    fewest, most = usable.fewest(kind, number), usable.most(kind, number)
    if kind == _TAROT and number == _DEATH:
        return _deaths(hand, may, worth, quota, masks)
    order = np.empty(MAX_HAND, dtype=np.int64)
    wanted = np.empty(MAX_HAND, dtype=np.float64)
    able = 0
    for position in range(hand):
        if may >> position & 1 == 0:
            continue
        desire = _desire(s, kind, number, position, float(worth[position]))
        at = able
        while at > 0 and wanted[at - 1] < desire:
            wanted[at], order[at] = wanted[at - 1], order[at - 1]
            at -= 1
        wanted[at], order[at] = desire, position
        able += 1
    if most == 1:
        return _singles(order, able, forced, quota, masks)
    among = min(able, _AMONG)
    count = 0
    for size in range(min(most, among), fewest - 1, -1):
        for choice in range(1, 1 << among):
            if bits(choice) != size:
                continue
            mask = forced
            for at in range(among):
                if choice >> at & 1:
                    mask |= 1 << int(order[at])
            if bits(mask) <= most:
                count = _into(mask, count, quota, masks)
    return count


@jit
def _singles(
    order: NDArray[np.int64], able: int, forced: int, quota: int, masks: NDArray[np.int64]
) -> int:
    count = 0
    for at in range(able):
        mask = 1 << int(order[at])
        if forced & ~mask == 0:
            count = _into(mask, count, quota, masks)
    return count
