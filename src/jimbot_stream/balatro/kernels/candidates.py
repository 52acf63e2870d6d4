"""Every action of the flat codec as a row of numbers: what it makes and what it leaves."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import (
    BARE_FROM,
    BARE_VERBS,
    CHOICES,
    DISCARDS_FROM,
    REACH,
    SUBSET_MASKS,
    SUBSET_SIZES,
)
from jimbot_stream.balatro.kernels import jit, observation, preview
from jimbot_stream.balatro.kernels.logarithm import log_scale
from jimbot_stream.balatro.tables.columns import CANDIDATE

FEATURES = observation.FEATURES
CANDIDATE_FEATURES = len(CANDIDATE)
_LEGAL = CANDIDATE.index("legal")
_PLAY = CANDIDATE.index("play")
_DISCARD = CANDIDATE.index("discard")
_COUNT = CANDIDATE.index("cards")
_USES = CANDIDATE.index("uses_card0")
_MAKES = CANDIDATE.index("makes_flush_five")
_WORTH = CANDIDATE.index("chips_log")
_KEPT = CANDIDATE.index("kept_cards")
_KEEPS = CANDIDATE.index("keeps_flush_five")
_OUTS = CANDIDATE.index("kept_suit_in_draw")
_BARE = np.array([CANDIDATE.index(verb.name.lower()) for verb in BARE_VERBS], dtype=np.int64)


@jit
def _bits(cards: int) -> int:
    count = 0
    while cards != 0:
        cards &= cards - 1
        count += 1
    return count


@jit
def _make(view: Any, cards: int, size: int, kinds: Any, worths: Any, best: float, row: Any) -> None:
    score = worths[cards, 2]
    scoring = _bits(kinds[cards, 1])
    row[_MAKES + kinds[cards, 0]] = 1.0
    row[_WORTH] = log_scale(worths[cards, 0])
    row[_WORTH + 1] = log_scale(worths[cards, 1])
    row[_WORTH + 2] = log_scale(score)
    row[_WORTH + 3] = observation.share(score, view)
    row[_WORTH + 4] = observation.flag(score >= observation.remaining(view))
    row[_WORTH + 5] = observation.share(score * max(1, int(view.hands_left)), view)
    row[_WORTH + 6] = score / best if best > 0.0 else 0.0
    row[_WORTH + 7] = scoring / 5.0
    row[_WORTH + 8] = (size - scoring) / 5.0


@jit
def _keep(view: Any, kept: int, shape: Any, score: float, row: Any) -> None:
    row[_KEPT] = shape[kept, 0] / 8.0
    row[_KEPT + 1] = shape[kept, 1] / 5.0
    row[_KEPT + 2] = shape[kept, 2] / 4.0
    row[_KEPT + 3] = shape[kept, 3] / 5.0
    row[_KEPT + 4] = log_scale(score)
    row[_KEPT + 5] = observation.share(score, view)


@jit
def _outs(view: Any, kept: int, row: Any) -> None:
    """Shares of the draw pile that would help what is kept."""
    if view.draw_count <= 0:
        return
    suits = 0
    ranks = 0
    paired = 0
    for position in range(REACH):
        if kept >> position & 1:
            suits += 1 << 4 * int(view.suit[position])
            rank = int(view.rank[position])
            if rank > 0 and ranks >> rank & 1 == 0:
                ranks |= 1 << rank
                paired += int(view.draw_ranks[rank])
    most = 0
    for suit in range(1, 5):
        held = suits >> (4 * suit) & 15
        if held > (suits >> (4 * most) & 15 if most > 0 else 0):
            most = suit
    suited = int(view.draw_suits[most]) if most > 0 else 0
    row[_OUTS] = min(1.0, suited / view.draw_count)
    row[_OUTS + 1] = min(1.0, paired / view.draw_count)


@jit
def _choice(row: Any, verb: int, cards: int, size: int) -> None:
    row[verb] = 1.0
    row[_COUNT] = size / 5.0
    for position in range(REACH):
        row[_USES + position] = float(cards >> position & 1)


@jit
def _card_rows(
    view: Any, kinds: Any, worths: Any, best: Any, shape: Any, out: NDArray[np.float32]
) -> None:
    whole = preview.in_reach(int(view.hand_count))
    top = worths[best[whole], 2]
    for choice in range(CHOICES):
        cards = int(SUBSET_MASKS[choice])
        if cards & ~whole != 0:
            continue
        size = int(SUBSET_SIZES[choice])
        kept = whole & ~cards
        left = best[kept]
        for verb in (_PLAY, _DISCARD):
            row = out[choice if verb == _PLAY else DISCARDS_FROM + choice]
            _choice(row, verb, cards, size)
            _keep(view, kept, shape, worths[left, 2], row)
            _outs(view, kept, row)
            if verb == _PLAY:
                _make(view, cards, size, kinds, worths, top, row)
            elif left != 0:
                row[_KEEPS + kinds[left, 0]] = 1.0


@jit
def encode(
    views: NDArray[Any],
    mask: NDArray[np.bool_],
    features: NDArray[np.float32],
    candidates: NDArray[np.float32],
) -> None:
    """Fill features[K] and candidates[A, F] from a view and the mask of legal actions."""
    view = views[0]
    kinds = np.zeros((preview.SETS, 2), dtype=np.int64)
    worths = np.zeros((preview.SETS, 3), dtype=np.float64)
    best = np.zeros(preview.SETS, dtype=np.int64)
    shape = np.zeros((preview.SETS, 4), dtype=np.int64)
    preview.plays(view, kinds, worths)
    preview.best_plays(worths, best)
    preview.shapes(view, shape)
    top = best[preview.in_reach(int(view.hand_count))]
    observation.state_features(view, worths[top, 2], kinds[top, 0], features)
    candidates[:] = 0.0
    _card_rows(view, kinds, worths, best, shape, candidates)
    for place in range(len(_BARE)):
        candidates[BARE_FROM + place, _BARE[place]] = 1.0
    for action in range(len(mask)):
        candidates[action, _LEGAL] = observation.flag(mask[action])
