"""Actions between their canonical form and messages, and what may be done in a visible state.

Everything here but ``step_message`` works from the visible state, whoever produced it: the
simulator, the real game, a recording. So worker, learner and replay see the same bits.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.kernels import candidates, legality, observation
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.wire.reading import record
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Action, GameState, LegalAction

if TYPE_CHECKING:
    from jimbot_stream.balatro.engine import Run

FEATURES = observation.FEATURES
"""K: columns are named in ``tables.columns.GLOBAL``."""
CANDIDATE_FEATURES = candidates.CANDIDATE_FEATURES
"""F: columns are named in ``tables.columns.CANDIDATE``."""
CAPACITY = candidates.CAPACITY
"""A: most candidates of a state; a state with fewer leaves rows empty."""

_PLACES = 32
"""Bits that hold every position; any further one is out of the canonical form's reach."""

Encoded = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]
"""features[K], candidates[A, F], mask[A], canonical actions[A]."""


def action_message(action: int) -> Action:
    """A canonical action as a message."""
    verb, cards, slot, target = actions.unpack(action)
    return Action(verb=cast(pb.ActionVerb, verb), cards=cards, slot=slot, target=target)


def canonical(action: Action) -> int:
    """The canonical form of a message.

    Raises:
        ValueError: it has none (a position named twice, or out of range).
    """
    return actions.pack(action.verb, action.cards, action.slot, action.target)


def step_message(run: "Run", action: Action) -> None:
    """Carry out an action.

    Raises:
        ValueError: it has no canonical form.
        IllegalActionError: the rules refuse it; the run is untouched.
    """
    run.step(canonical(action))


# --- what may be done ------------------------------------------------------------------


def legal_messages(state: GameState) -> list[LegalAction]:
    """What may be done in a visible state, one family for each verb or slot.

    Empty where no decision is possible: in the menu, between phases, after the end.
    """
    rows = np.zeros((legality.MAX_FAMILIES, legality.FAMILY_COLUMNS), dtype=np.int64)
    count = legality.families(record(state)[0], rows)
    return [_family(row) for row in rows[:count].tolist()]


def _family(row: Sequence[int]) -> LegalAction:
    verb, fewest, most, selectable, forced, slots, targets = row
    return LegalAction(
        verb=cast(pb.ActionVerb, verb),
        min_cards=fewest,
        max_cards=most,
        selectable_cards=_positions(selectable),
        forced_cards=_positions(forced),
        slots=_positions(slots),
        targets=_positions(targets),
    )


def _positions(bits: int) -> list[int]:
    return [position for position in range(bits.bit_length()) if bits >> position & 1]


def _bits(positions: Sequence[int]) -> int:
    return sum(1 << position for position in set(positions) if 0 <= position < _PLACES)


def allowed(listed: NDArray[np.int64], legal: Sequence[LegalAction]) -> NDArray[np.bool_]:
    """Which of the canonical actions are of one of the families; none moves a slot onto itself."""
    verbs, cards = listed >> 40, listed & 0xFFFFFF
    slots, targets = listed >> 32 & 255, listed >> 24 & 255
    sizes = np.bitwise_count(cards)
    found = np.zeros(listed.shape, dtype=np.bool_)
    for family in legal:
        forced = _bits(family.forced_cards)
        found |= (
            (verbs == family.verb)
            & (sizes >= family.min_cards)
            & (sizes <= family.max_cards)
            & (cards & ~_bits(family.selectable_cards) == 0)
            & (cards & forced == forced)
            & _named(slots, family.slots)
            & _named(targets, family.targets)
            & ((slots != targets) | (not family.targets))
        )
    return found


def _named(places: NDArray[np.int64], told: Sequence[int]) -> NDArray[np.bool_]:
    """Families that take no slot allow 0 alone."""
    named: NDArray[np.bool_] = (_bits(told) if told else 1) >> places & 1 == 1
    return named


def allows(legal: Sequence[LegalAction], action: Action) -> bool:
    """Whether an action is of one of the families."""
    try:
        listed = np.array([canonical(action)], dtype=np.int64)
    except ValueError:
        return False
    return bool(allowed(listed, legal)[0])


# --- observations ----------------------------------------------------------------------


def encode(state: GameState, legal: Sequence[LegalAction] = ()) -> Encoded:
    """What a policy may look at, and the actions that it may choose among.

    The mask holds what the rules list and the families allow; without families, all of it.
    """
    states = record(state)
    features = np.zeros(FEATURES, dtype=np.float32)
    rows = np.zeros((CAPACITY, CANDIDATE_FEATURES), dtype=np.float32)
    listed = np.zeros(CAPACITY, dtype=np.int64)
    count = candidates.encode(states, works(), 0, features, listed, rows)
    mask = np.zeros(CAPACITY, dtype=np.bool_)
    mask[:count] = allowed(listed[:count], legal) if legal else True
    return features, rows, mask, listed


def decidable(state: GameState, legal: Sequence[LegalAction] = ()) -> bool:
    """Whether there is anything to choose."""
    return bool(encode(state, legal)[2].any())
