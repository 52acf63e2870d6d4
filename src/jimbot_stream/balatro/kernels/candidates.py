"""What is worth considering in a state: canonical actions, and each as a row of numbers.

In a hand these are the best plays by their exact preview and sensible discards; else every
legal action, as far as there is room. Only what a player sees is read, no random stream is
used, and order and bits are a function of the visible state.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import MOST_CARDS, VERBS, Verb
from jimbot_stream.balatro.kernels import (
    aims,
    describe,
    jit,
    legality,
    observation,
    plays,
    scoring,
    throws,
    usable,
)
from jimbot_stream.balatro.state import MAX_HAND
from jimbot_stream.balatro.tables.columns import CANDIDATE

CAPACITY = 128
"""Most candidates of a state."""
FEATURES = observation.FEATURES
CANDIDATE_FEATURES = len(CANDIDATE)
PLAYS = 56
"""Most plays among them."""
DISCARDS = 36
_TARGETS = 12
"""Most choices of cards for one consumable."""
_MOVES = 16

_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_MOVE_JOKERS = int(Verb.REARRANGE_JOKERS)
_BUY_AND_USE = int(Verb.BUY_AND_USE)
_PICK_PACK = int(Verb.PICK_PACK)
_USE = int(Verb.USE)
_SLOTTED = np.array(
    [
        Verb.PICK_PACK,
        Verb.BUY_CARD,
        Verb.BUY_VOUCHER,
        Verb.BUY_PACK,
        Verb.BUY_AND_USE,
        Verb.USE,
        Verb.SELL_JOKER,
        Verb.SELL_CONSUMABLE,
    ],
    dtype=np.int64,
)
"""Verbs that take a slot, in the order in which they are told."""


@jit
def _tell(
    s: Any,
    verb: int,
    slot: int,
    target: int,
    cards: int,
    worth: NDArray[np.float64],
    count: int,
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> int:
    """Append an action about an item; the new count."""
    if count >= CAPACITY:
        return count
    actions[count] = verb << 40 | slot << 32 | target << 24 | cards
    row = rows[count]
    row[:] = 0.0
    describe.action(s, verb, slot, target, cards, worth, row)
    return count + 1


@jit
def _hand(
    s: Any,
    w: Any,
    ranks: NDArray[np.int64],
    suits: NDArray[np.int64],
    worth: NDArray[np.float64],
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> int:
    """The best plays, and sensible discards."""
    order = np.empty(MAX_HAND, dtype=np.int64)
    plays.rising(worth, int(s.hand_count), order)
    masks = np.empty(plays.ROOM, dtype=np.int64)
    worths = np.empty((plays.ROOM, plays.WORTHS), dtype=np.float64)
    ranking = np.empty(PLAYS, dtype=np.int64)
    pile = np.zeros(describe.PILE, dtype=np.int64)
    describe.count_pile(s, pile)
    scoring.prepare(s, w)
    ranked = plays.find(s, w, ranks, suits, order, PLAYS, masks, worths, ranking)
    best = float(worths[ranking[0], plays.SCORE]) if ranked > 0 else 0.0
    count = 0
    if s.hands_left > 0:
        for at in range(ranked):
            cards = int(masks[ranking[at]])
            row = rows[count]
            row[:] = 0.0
            actions[count] = _PLAY << 40 | cards
            describe.play(s, cards, worths[ranking[at]], best, row)
            describe.kept(s, cards, ranks, suits, pile, masks, worths, ranking, ranked, row)
            count += 1
    if s.discards_left > 0:
        found = np.empty(DISCARDS, dtype=np.int64)
        for at in range(throws.find(s, ranks, suits, order, worths, ranking, ranked, found)):
            cards = int(found[at])
            row = rows[count]
            row[:] = 0.0
            actions[count] = _DISCARD << 40 | cards
            left = describe.kept(s, cards, ranks, suits, pile, masks, worths, ranking, ranked, row)
            describe.discard(cards, left, worths, row)
            count += 1
    return count


@jit
def _slots(
    s: Any,
    verb: int,
    worth: NDArray[np.float64],
    count: int,
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> int:
    """Every slot that a verb may be applied to, with the targets worth considering."""
    found = np.empty(_TARGETS, dtype=np.int64)
    for slot in range(legality.count_of(s, verb)):
        if legality.slot_refusal(s, verb, slot) != legality.LEGAL:
            continue
        if verb in (_USE, _PICK_PACK, _BUY_AND_USE):
            kind, number = legality.item_of(s, verb, slot)
            if usable.is_consumable(kind) and usable.fewest(kind, number) > 0:
                for at in range(aims.find(s, kind, number, worth, _TARGETS, found)):
                    cards = int(found[at])
                    if usable.target_refusal(s, kind, number, cards) == legality.LEGAL:
                        count = _tell(s, verb, slot, 0, cards, worth, count, actions, rows)
                continue
        count = _tell(s, verb, slot, 0, 0, worth, count, actions, rows)
    return count


@jit
def _moves(
    s: Any,
    worth: NDArray[np.float64],
    count: int,
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> int:
    """Jokers change places with their right neighbour, or go to either end."""
    jokers = int(s.joker_count)
    most = min(CAPACITY, count + _MOVES)
    for slot in range(jokers - 1):
        if count < most:
            count = _tell(s, _MOVE_JOKERS, slot, slot + 1, 0, worth, count, actions, rows)
    for slot in range(jokers):
        if slot > 1 and count < most:
            count = _tell(s, _MOVE_JOKERS, slot, 0, 0, worth, count, actions, rows)
        if slot < jokers - 2 and count < most:
            count = _tell(s, _MOVE_JOKERS, slot, jokers - 1, 0, worth, count, actions, rows)
    return count


@jit
def fill(s: Any, w: Any, actions: NDArray[np.int64], rows: NDArray[np.float32]) -> int:
    """Write actions[CAPACITY] and rows[CAPACITY, F] for the candidates; how many there are.

    Rows past that number are left as they are.
    """
    ranks = np.zeros(MAX_HAND, dtype=np.int64)
    suits = np.zeros(MAX_HAND, dtype=np.int64)
    worth = np.zeros(MAX_HAND, dtype=np.float64)
    count = 0
    if s.hand_count > 0:
        plays.look(s, ranks, suits)
        plays.rate(s, ranks, suits, worth)
    if legality.in_phase(s, _PLAY) and s.hand_count > 0:  # noqa: SIM102 - one question a line
        if usable.bits(usable.forced_mask(s)) <= MOST_CARDS:
            count = _hand(s, w, ranks, suits, worth, actions, rows)
    for verb in range(1, VERBS + 1):
        bare = 1 << verb & legality.BARE != 0
        if bare and legality.in_phase(s, verb):  # noqa: SIM102 - one question a line
            if legality.bare_refusal(s, verb) == legality.LEGAL:
                count = _tell(s, verb, 0, 0, 0, worth, count, actions, rows)
    for at in range(len(_SLOTTED)):
        verb = int(_SLOTTED[at])
        if legality.in_phase(s, verb):
            count = _slots(s, verb, worth, count, actions, rows)
    if legality.in_phase(s, _MOVE_JOKERS):
        count = _moves(s, worth, count, actions, rows)
    return count


@jit
def encode(
    states: NDArray[Any],
    works: NDArray[Any],
    index: int,
    features: NDArray[np.float32],
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
) -> int:
    """Fill features[K] and the candidates of one state of many; how many there are."""
    s = states[index]
    observation.fill(s, features)
    count = fill(s, works[index], actions, rows)
    if count > 0 and actions[0] >> 40 == _PLAY:
        observation.copy_best(rows[0], features)
    return count


@jit
def encode_all(
    states: NDArray[Any],
    works: NDArray[Any],
    features: NDArray[np.float32],
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None:
    """The same for all of many states: features[n, K], actions[n, C], rows[n, C, F], counts[n]."""
    for index in range(len(states)):
        counts[index] = encode(states, works, index, features[index], actions[index], rows[index])
