"""What a player does not see, dealt anew: a world that might be the true one.

Unseen are the order of the draw pile, which cards and jokers lie face down where, the random
streams, and what waits for a later shop. All of it is drawn from a key; cards and jokers
take part by their age, which is known of each of them, so that a world is the same wherever
they truly lie. Which jokers a run owns its player remembers when they are turned over; only
their order is dealt anew.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import batch, items
from jimbot_stream.balatro.lookahead.compiling import jit
from jimbot_stream.balatro.state import ITEM, MAX_CARDS, MAX_SEED, Phase
from jimbot_stream.balatro.tables.modifiers import Mark

_FACE_DOWN = int(Mark.FACE_DOWN)
_FORCED = int(Mark.FORCED)
_PLACED = _FACE_DOWN | _FORCED
_SHOP, _PACK = int(Phase.SHOP), int(Phase.PACK)


@jit
def draw_order(s: Any, key: np.uint64, cards: NDArray[np.int64], count: int) -> None:
    """Shuffle some cards of a run, by key and by the age of each."""
    drawn = np.empty(MAX_CARDS, dtype=np.uint64)
    for new in range(count):
        c = int(cards[new])
        word = batch.splitmix64(key, np.uint64(int(s.cards[c].birth)))
        at = new
        while at > 0 and drawn[at - 1] > word:
            drawn[at] = drawn[at - 1]
            cards[at] = cards[at - 1]
            at -= 1
        drawn[at] = word
        cards[at] = c


@jit
def _hidden(s: Any, c: int) -> bool:
    return int(s.cards[c].marks) & _FACE_DOWN != 0


@jit
def _cards(s: Any, key: np.uint64) -> None:
    """Deal the unseen cards to the face-down places and the draw pile."""
    cards = np.empty(MAX_CARDS, dtype=np.int64)
    in_hand = np.zeros(MAX_CARDS, dtype=np.int64)  # marks of a face-down place; 0 for others
    in_gone = np.zeros(MAX_CARDS, dtype=np.int64)
    count = 0
    for at in range(int(s.hand_count)):
        c = int(s.hand[at])
        if _hidden(s, c):
            in_hand[at] = int(s.cards[c].marks) & _PLACED
            cards[count] = c
            count += 1
    for at in range(int(s.gone_count)):
        c = int(s.gone[at])
        if _hidden(s, c):
            in_gone[at] = int(s.cards[c].marks) & _PLACED
            cards[count] = c
            count += 1
    for at in range(int(s.draw_count)):
        cards[count] = int(s.draw[at])
        count += 1
    draw_order(s, key, cards, count)
    for at in range(count):
        card = s.cards[int(cards[at])]
        card.marks = int(card.marks) & ~_PLACED & 255
    dealt = 0
    for at in range(int(s.hand_count)):
        if in_hand[at] != 0:
            s.hand[at] = cards[dealt]
            s.cards[int(cards[dealt])].marks = int(s.cards[int(cards[dealt])].marks) | in_hand[at]
            dealt += 1
    for at in range(int(s.gone_count)):
        if in_gone[at] != 0:
            s.gone[at] = cards[dealt]
            s.cards[int(cards[dealt])].marks = int(s.cards[int(cards[dealt])].marks) | in_gone[at]
            dealt += 1
    for at in range(int(s.draw_count)):
        s.draw[at] = cards[dealt + at]


@jit
def _jokers(s: Any, key: np.uint64) -> None:
    """Shuffle the jokers that lie face down among their slots."""
    spare = np.zeros(1, dtype=ITEM)
    for slot in range(int(s.joker_count)):
        if int(s.jokers[slot].marks) & _FACE_DOWN == 0:
            continue
        least = slot
        least_word = batch.splitmix64(key, np.uint64(int(s.jokers[slot].birth)))
        for other in range(slot + 1, int(s.joker_count)):
            if int(s.jokers[other].marks) & _FACE_DOWN == 0:
                continue
            word = batch.splitmix64(key, np.uint64(int(s.jokers[other].birth)))
            if word < least_word:
                least = other
                least_word = word
        if least != slot:
            items.copy(spare[0], s.jokers[slot])
            items.copy(s.jokers[slot], s.jokers[least])
            items.copy(s.jokers[least], spare[0])


@jit
def imagine(states: NDArray[Any], rngs: NDArray[Any], index: int, key: np.uint64) -> None:
    """Turn a copy of a run into a world that its player takes for possible."""
    s = states[index]
    _cards(s, batch.splitmix64(key, np.uint64(0)))
    _jokers(s, batch.splitmix64(key, np.uint64(1)))
    if s.phase != _SHOP and s.phase != _PACK:
        s.voucher_next = 0  # not shown before this ante's first shop
    letters = np.empty(MAX_SEED, dtype=np.uint8)
    batch.letters(key, np.uint64(2), letters)
    rng.begin(rngs[index], letters)
