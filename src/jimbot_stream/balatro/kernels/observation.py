"""A visible state as numbers for a network: the features of the state as a whole."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import REACH
from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.kernels.logarithm import bounded, log_scale
from jimbot_stream.balatro.state import POKER_HANDS
from jimbot_stream.balatro.tables.columns import GLOBAL

FEATURES = len(GLOBAL)
_PHASE = GLOBAL.index("phase_unspecified")
_PHASES = GLOBAL.index("ante")
_SCALARS = GLOBAL.index("ante")
_HAND_SUITS = GLOBAL.index("hand_clubs")
_HAND_RANKS = GLOBAL.index("hand_2")
_DRAW_SUITS = GLOBAL.index("draw_clubs")
_DRAW_RANKS = GLOBAL.index("draw_2")
_CARDS = GLOBAL.index("card0_there")
_CARD_WIDTH = GLOBAL.index("card1_there") - _CARDS
_LEVELS = GLOBAL.index("level_flush_five")
_BEST = GLOBAL.index("best_score_log")
_MOST_SHARE = 2.0


@jit
def within(x: float, low: float, high: float) -> float:
    """X, but no less than low and no more than high."""
    return min(max(x, low), high)


@jit
def flag(true: bool) -> float:
    """1 for true, 0 for false."""
    return 1.0 if true else 0.0


@jit
def remaining(view: Any) -> float:
    """Score that is still required, at least 1."""
    return max(1.0, bounded(float(view.required)) - bounded(float(view.chips)))


@jit
def share(score: float, view: Any) -> float:
    """What part a score is of what is still required, at most 2."""
    return min(_MOST_SHARE, score / remaining(view))


@jit
def _scalars(view: Any, out: NDArray[np.float32]) -> None:
    required = bounded(float(view.required))
    chips = bounded(float(view.chips))
    money = float(view.money)
    hands_left = float(max(1, int(view.hands_left)))
    values = (
        within(view.ante / 8.0, -4.0, 8.0),
        within(view.rounds / 24.0, 0.0, 8.0),
        flag(view.blind == 0),
        flag(view.blind == 1),
        flag(view.blind == 2),
        log_scale(money),
        within(money / 25.0, -1.0, 4.0),
        log_scale(required),
        log_scale(chips),
        log_scale(max(0.0, required - chips)),
        log_scale(max(0.0, required - chips) / hands_left),
        min(1.0, chips / max(1.0, required)),
        within(view.hands_left / 4.0, 0.0, 4.0),
        within(view.discards_left / 4.0, 0.0, 4.0),
        within(view.hands_played / 4.0, 0.0, 4.0),
        within(view.hand_size / 8.0, 0.0, 4.0),
        within(view.hand_count / 8.0, 0.0, 4.0),
        within(view.draw_count / 52.0, 0.0, 4.0),
        within(view.jokers / 5.0, 0.0, 4.0),
        within(view.consumables / 2.0, 0.0, 4.0),
    )
    for place in range(len(values)):
        out[_SCALARS + place] = values[place]


@jit
def _cards(view: Any, out: NDArray[np.float32]) -> None:
    for position in range(view.hand_count):
        rank = int(view.rank[position])
        suit = int(view.suit[position])
        if suit > 0:
            out[_HAND_SUITS + suit - 1] += np.float32(0.125)
        if rank > 0:
            out[_HAND_RANKS + rank - 2] += np.float32(0.25)
        if position >= REACH:
            continue
        at = _CARDS + position * _CARD_WIDTH
        out[at] = 1.0
        out[at + 1] = rank / 14.0
        if suit > 0:
            out[at + 1 + suit] = 1.0
        out[at + 6] = float(view.scores[position])


@jit
def _pile(view: Any, out: NDArray[np.float32]) -> None:
    for suit in range(1, 5):
        out[_DRAW_SUITS + suit - 1] = view.draw_suits[suit] / 13.0
    for rank in range(2, 15):
        out[_DRAW_RANKS + rank - 2] = view.draw_ranks[rank] / 4.0
    for hand in range(POKER_HANDS):
        out[_LEVELS + hand] = within(view.level[hand] / 10.0, 0.0, 10.0)


@jit
def state_features(view: Any, score: float, hand: int, out: NDArray[np.float32]) -> None:
    """Fill out with the state's features; score and hand are those of the best play."""
    out[:] = 0.0
    phase = int(view.phase)
    if 0 <= phase < _PHASES:
        out[_PHASE + phase] = 1.0
    _scalars(view, out)
    _cards(view, out)
    _pile(view, out)
    if score > 0.0:
        out[_BEST] = log_scale(score)
        out[_BEST + 1] = share(score, view)
        out[_BEST + 2] = flag(score >= remaining(view))
        out[_BEST + 3 + hand] = 1.0
