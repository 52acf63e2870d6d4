"""How strong a build is: what it scores with hands dealt afresh of its whole deck.

The hands are the same for all that is compared, as far as the decks are: cards are drawn by a key
and by their age. Every hand is scored exactly, by the rules' own preview of its best play.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import batch, plays, scoring
from jimbot_stream.balatro.kernels.logarithm import log2
from jimbot_stream.balatro.lookahead import worlds
from jimbot_stream.balatro.lookahead.compiling import inlined, jit
from jimbot_stream.balatro.state import MAX_CARDS, MAX_HAND, POKER_HANDS, Phase
from jimbot_stream.balatro.tables.modifiers import Mark

_SELECTING_HAND = int(Phase.SELECTING_HAND)
_PLAIN = ~int(Mark.FACE_DOWN | Mark.FORCED | Mark.DEBUFFED) & 255
_SHOWN = ~int(Mark.FACE_DOWN) & 255
_MOST_EXTRA = 5
"""Most cards by which discards lengthen a hand."""


@jit
def _deal(s: Any, key: np.uint64, number: int) -> None:
    """Make it a round's hand: as many cards longer as there are discards, which it has used.

    No boss is at work: nothing is debuffed, and everything lies face up.
    """
    cards = np.empty(MAX_CARDS, dtype=np.int64)
    count = int(s.card_count)
    for c in range(count):
        cards[c] = c
        s.cards[c].marks = int(s.cards[c].marks) & _PLAIN
    for slot in range(int(s.joker_count)):
        s.jokers[slot].marks = int(s.jokers[slot].marks) & _SHOWN
    worlds.draw_order(s, key, cards, count)
    hands = max(1, int(s.hands))
    extra = min(_MOST_EXTRA, max(0, int(s.discards)))
    size = min(MAX_HAND, count, max(1, int(s.hand_size) + extra))
    for at in range(size):
        s.hand[at] = cards[at]
    for at in range(size, count):
        s.draw[at - size] = cards[at]
    s.hand_count, s.draw_count, s.gone_count = size, count - size, 0
    s.phase, s.blind, s.chips, s.required = _SELECTING_HAND, 0, 0.0, 1e300
    s.hands_played = number % hands
    s.hands_left = hands - s.hands_played
    s.discards_left = max(0, int(s.discards) - 2 * s.hands_played)
    for hand in range(POKER_HANDS):
        s.played_now[hand] = 1 if s.hands_played > 0 and s.played[hand] > 0 else 0


@inlined
def _best(s: Any, w: Any) -> float:
    """Score of the best play."""
    ranks = np.zeros(MAX_HAND, dtype=np.int64)
    suits = np.zeros(MAX_HAND, dtype=np.int64)
    worth = np.zeros(MAX_HAND, dtype=np.float64)
    order = np.empty(MAX_HAND, dtype=np.int64)
    masks = np.empty(plays.ROOM, dtype=np.int64)
    worths = np.empty((plays.ROOM, plays.WORTHS), dtype=np.float64)
    ranking = np.empty(1, dtype=np.int64)
    plays.look(s, ranks, suits)
    plays.rate(s, ranks, suits, worth)
    plays.rising(worth, int(s.hand_count), order)
    scoring.prepare(s, w)
    if plays.find(s, w, ranks, suits, order, 1, masks, worths, ranking) == 0:
        return 0.0
    return float(worths[ranking[0], plays.SCORE])


@inlined
def power(
    states: NDArray[Any], works: NDArray[Any], index: int, spare: int, key: np.uint64, hands: int
) -> float:
    """Mean binary logarithm of what a hand of the build in a place scores; uses the spare place."""
    total = 0.0
    for number in range(hands):
        states[spare] = states[index]
        _deal(states[spare], batch.splitmix64(key, np.uint64(number)), number)
        total += log2(1.0 + min(1e300, _best(states[spare], works[spare])))
    return total / hands
