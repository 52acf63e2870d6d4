"""What may be done in a state, and why not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import (
    BARE_FROM,
    BARE_VERBS,
    CHOICES,
    DISCARDS_FROM,
    MOST_CARDS,
    SUBSET_MASKS,
    Verb,
)
from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.state import Phase

LEGAL = 0
UNKNOWN_VERB = 1
WRONG_PHASE = 2
STRAY_ARGUMENT = 3
NO_CARDS = 4
TOO_MANY_CARDS = 5
CARD_NOT_IN_HAND = 6
NO_HANDS_LEFT = 7
NO_DISCARDS_LEFT = 8

_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_SELECT_BLIND = int(Verb.SELECT_BLIND)
_CASH_OUT = int(Verb.CASH_OUT)
_NEXT_ROUND = int(Verb.NEXT_ROUND)
_BLIND_SELECT = int(Phase.BLIND_SELECT)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_ROUND_EVAL = int(Phase.ROUND_EVAL)
_SHOP = int(Phase.SHOP)
_BARE = np.array([int(verb) for verb in BARE_VERBS], dtype=np.int64)


@jit
def phase_of(verb: int) -> int:
    """The phase in which a verb belongs; 0 for a verb that these rules do not know."""
    if verb in (_PLAY, _DISCARD):
        return _SELECTING_HAND
    if verb == _SELECT_BLIND:
        return _BLIND_SELECT
    if verb == _CASH_OUT:
        return _ROUND_EVAL
    return _SHOP if verb == _NEXT_ROUND else 0


@jit
def _card_refusal(s: Any, verb: int, cards: int) -> int:
    if verb == _PLAY and s.hands_left <= 0:
        return NO_HANDS_LEFT
    if verb == _DISCARD and s.discards_left <= 0:
        return NO_DISCARDS_LEFT
    if cards == 0:
        return NO_CARDS
    if cards >> int(s.hand_count) != 0:
        return CARD_NOT_IN_HAND
    count = 0
    while cards != 0:
        cards &= cards - 1
        count += 1
    return TOO_MANY_CARDS if count > MOST_CARDS else LEGAL


@jit
def refusal(s: Any, action: int) -> int:
    """Why a canonical action may not be done; ``LEGAL`` when it may."""
    if action < 0:
        return UNKNOWN_VERB
    verb = action >> 40
    wanted = phase_of(verb)
    if wanted == 0:
        return UNKNOWN_VERB
    if s.phase != wanted:
        return WRONG_PHASE
    if action >> 24 & 0xFFFF != 0:
        return STRAY_ARGUMENT
    cards = action & 0xFFFFFF
    if verb in (_PLAY, _DISCARD):
        return _card_refusal(s, verb, cards)
    return STRAY_ARGUMENT if cards != 0 else LEGAL


@jit
def flat_mask(states: NDArray[Any], index: int, mask: NDArray[np.bool_]) -> None:
    """Which actions of the flat codec are legal."""
    s = states[index]
    for choice in range(CHOICES):
        cards = SUBSET_MASKS[choice]
        mask[choice] = refusal(s, _PLAY << 40 | cards) == LEGAL
        mask[DISCARDS_FROM + choice] = refusal(s, _DISCARD << 40 | cards) == LEGAL
    for place in range(len(_BARE)):
        mask[BARE_FROM + place] = refusal(s, _BARE[place] << 40) == LEGAL
