"""The mask of the flat codec: which of its indices are legal now.

A state's mask is put together of rows that were computed beforehand for every size of the
hand; cards are looked at one by one only where a boss forces some, or Aura refuses some.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import (
    CHOICES,
    MOST_TARGETS,
    REACH,
    SUBSET_MASKS,
    SUBSET_SIZES,
    TARGET_CHOICES,
    Verb,
)
from jimbot_stream.balatro.codecs import AIMED, BARE_VERBS, USE_SLOTS, A, start_of
from jimbot_stream.balatro.kernels import jit, legality, usable
from jimbot_stream.balatro.state import MAX_PACK

_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_USE = int(Verb.USE)
_PICK_PACK = int(Verb.PICK_PACK)
_MOVE_JOKERS = int(Verb.REARRANGE_JOKERS)
_MOVE_HAND = int(Verb.REARRANGE_HAND)
_USE_FROM = start_of(Verb.USE)
_USE_MORE_FROM = start_of(Verb.USE, USE_SLOTS)
_PICK_FROM = start_of(Verb.PICK_PACK)
_MOVE_JOKERS_FROM = start_of(Verb.REARRANGE_JOKERS, 1)
_MOVE_HAND_FROM = start_of(Verb.REARRANGE_HAND, 1)
_BARE_FROM = start_of(BARE_VERBS[0])
_BARE = np.array([int(verb) for verb in BARE_VERBS], dtype=np.int64)
_SLOTTED = np.array(
    [
        (int(verb), start_of(verb))
        for verb in (
            Verb.BUY_CARD,
            Verb.BUY_AND_USE,
            Verb.BUY_VOUCHER,
            Verb.BUY_PACK,
            Verb.SELL_JOKER,
            Verb.SELL_CONSUMABLE,
        )
    ],
    dtype=np.int64,
)
"""Verbs of one index a slot, and where their segments start."""


def _rows() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """By size of the hand: plays; and by fewest and most besides: choices of targets."""
    plays = np.zeros((REACH + 1, CHOICES), dtype=np.bool_)
    for count in range(REACH + 1):
        plays[count] = SUBSET_MASKS >> count == 0
    shape = (MOST_TARGETS + 1, MOST_TARGETS + 1, REACH + 1, TARGET_CHOICES)
    targets = np.zeros(shape, dtype=np.bool_)
    sizes = SUBSET_SIZES[:TARGET_CHOICES]
    for fewest in range(1, MOST_TARGETS + 1):
        for most in range(fewest, MOST_TARGETS + 1):
            fits = (sizes >= fewest) & (sizes <= most)
            targets[fewest, most] = fits & plays[:, :TARGET_CHOICES]
    plays.setflags(write=False)
    targets.setflags(write=False)
    return plays, targets


_PLAYS, _TARGETS = _rows()


@jit
def _narrow(mask: NDArray[np.bool_], start: int, count: int, may: int, must: int) -> None:
    """Of the first choices of cards, keep those within some cards and with others."""
    for choice in range(count):
        cards = SUBSET_MASKS[choice]
        if cards & ~may != 0 or must & ~cards != 0:
            mask[start + choice] = False


@jit
def _hands(s: Any, mask: NDArray[np.bool_]) -> None:
    forced = usable.forced_mask(s)
    count = min(REACH, int(s.hand_count))
    if s.hands_left > 0:
        mask[:CHOICES] = _PLAYS[count]
    if s.discards_left > 0:
        mask[CHOICES : 2 * CHOICES] = _PLAYS[count]
    if forced != 0:
        _narrow(mask, 0, CHOICES, usable.hand_mask(s), forced)
        _narrow(mask, CHOICES, CHOICES, usable.hand_mask(s), forced)


@jit
def _aimed(s: Any, verb: int, slots: int, from_: int, mask: NDArray[np.bool_]) -> None:
    """Slots whose items may take targets."""
    for slot in range(min(slots, legality.count_of(s, verb))):
        if legality.slot_refusal(s, verb, slot) != legality.LEGAL:
            continue
        kind, number = legality.item_of(s, verb, slot)
        start = from_ + slot * AIMED
        fewest = usable.fewest(kind, number) if usable.is_consumable(kind) else 0
        if fewest == 0:
            mask[start] = True
            continue
        count = min(REACH, int(s.hand_count))
        most = usable.most(kind, number)
        mask[start + 1 : start + AIMED] = _TARGETS[fewest, most, count]
        may = usable.selectable(s, kind, number)
        must = usable.forced_mask(s)
        if must != 0 or may != usable.hand_mask(s):
            _narrow(mask, start + 1, TARGET_CHOICES, may, must)


@jit
def _slots(s: Any, mask: NDArray[np.bool_]) -> None:
    for row in range(len(_SLOTTED)):
        verb = int(_SLOTTED[row, 0])
        if not legality.in_phase(s, verb):
            continue
        for slot in range(legality.count_of(s, verb)):
            if legality.slot_refusal(s, verb, slot) == legality.LEGAL:
                mask[int(_SLOTTED[row, 1]) + slot] = True


@jit
def _uses(s: Any, mask: NDArray[np.bool_]) -> None:
    _aimed(s, _USE, USE_SLOTS, _USE_FROM, mask)
    for slot in range(USE_SLOTS, int(s.consumable_count)):
        kind, number = legality.item_of(s, _USE, slot)
        plain = usable.fewest(kind, number) == 0
        if plain and legality.slot_refusal(s, _USE, slot) == legality.LEGAL:
            mask[_USE_MORE_FROM + slot - USE_SLOTS] = True


@jit
def _moves(s: Any, mask: NDArray[np.bool_]) -> None:
    if legality.in_phase(s, _MOVE_JOKERS):
        for slot in range(1, int(s.joker_count)):
            mask[_MOVE_JOKERS_FROM + slot - 1] = True
    if legality.in_phase(s, _MOVE_HAND):
        for slot in range(1, int(s.hand_count)):
            mask[_MOVE_HAND_FROM + slot - 1] = True


@jit
def fill(s: Any, mask: NDArray[np.bool_]) -> None:
    """Write mask[A]: which actions of the flat codec are legal."""
    mask[:A] = False
    if legality.in_phase(s, _PLAY):
        _hands(s, mask)
    if legality.in_phase(s, _USE):
        _uses(s, mask)
    if legality.in_phase(s, _PICK_PACK):
        _aimed(s, _PICK_PACK, MAX_PACK, _PICK_FROM, mask)
    _slots(s, mask)
    _moves(s, mask)
    for place in range(len(_BARE)):
        verb = int(_BARE[place])
        if legality.in_phase(s, verb):
            refused = legality.bare_refusal(s, verb)
            mask[_BARE_FROM + place] = refused == legality.LEGAL


@jit
def flat_mask(states: NDArray[Any], index: int, mask: NDArray[np.bool_]) -> None:
    """The same for one state of many."""
    fill(states[index], mask)
