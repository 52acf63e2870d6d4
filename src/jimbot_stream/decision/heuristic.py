"""The last rung: a rule of thumb over the same observation, without policy or chance.

Play the best hand when it keeps the pace that the blind asks for; else throw away all
that does not belong to it while discards are left; walk on where there is no hand.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import (
    Decision,
    mask_digest,
    observation_digest,
    plain_mode,
    refuse_empty_mask,
)
from jimbot_stream.decision.sampling import DecisionSeed

HEURISTIC_VERSION: Final = "heuristic-1"
"""Stands in a decision's compute_class; changes when any decision would come out otherwise."""

_COLUMN: Final = {name: number for number, name in enumerate(CANDIDATE)}


def decide_by_rule(observation: Observation, seed: DecisionSeed, mode: DecisionMode) -> Decision:
    """Decide without a policy; seed and mode are recorded, and change nothing.

    Raises:
        UndecidableError: no action is legal.
    """
    refuse_empty_mask(observation)
    return Decision(
        action_index=_choice(observation),
        log_prob=0.0,  # the rule is certain
        value=0.0,
        observation_digest=observation_digest(observation),
        mask_digest=mask_digest(observation),
        logits_digest="",
        decided_by=DecisionSource.DECISION_SOURCE_HEURISTIC,
        checkpoint="",
        compute_class=HEURISTIC_VERSION,
        seed=seed,
        mode=plain_mode(mode),
    )


def _choice(observation: Observation) -> int:
    legal = np.flatnonzero(observation.mask)
    rows = observation.candidates[legal]
    plays = legal[rows[:, _COLUMN["play"]] > 0]
    discards = legal[rows[:, _COLUMN["discard"]] > 0]
    if not len(plays):
        walks = np.setdiff1d(legal, discards)
        return int(walks[0] if len(walks) else discards[0])
    best = _first_best(observation, plays, "score_log")
    if len(discards) and not _keeps_pace(observation.candidates[best]):
        return _first_best(observation, discards, "kept_score_log")
    return best


def _keeps_pace(play: NDArray[np.float32]) -> bool:
    """Whether such a play with every hand that is left would beat the blind."""
    return bool(play[_COLUMN["clears"]] > 0 or play[_COLUMN["pace"]] >= 1)


def _first_best(observation: Observation, among: NDArray[np.intp], column: str) -> int:
    """Highest in the column; then the most cards, to see new ones; then the lowest index."""
    rows = observation.candidates[among]
    worth, cards = rows[:, _COLUMN[column]], rows[:, _COLUMN["cards"]]
    return int(among[np.lexsort((among, -cards, -worth))[0]])
