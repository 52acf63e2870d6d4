"""The last rung: a rule of thumb over the same observation, without policy or chance.

Use a planet that is held. Play the best hand when it keeps the pace that the blind asks
for; else throw away all that does not belong to it while discards are left. Between hands
take a joker that scores, then a planet, and walk on. Nothing is ever moved, sold or
rerolled, so every choice brings the game forwards.
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

HEURISTIC_VERSION: Final = "heuristic-2"
"""Stands in a decision's compute_class; changes when any decision would come out otherwise."""

_COLUMN: Final = {name: number for number, name in enumerate(CANDIDATE)}
_TAKES: Final = ("pick_pack", "buy_card", "buy_and_use")
_WALKS: Final = ("select_blind", "cash_out", "next_round", "skip_pack")
_JOKER_WORTH: Final = {"gives_xmult": 3.0, "gives_mult": 2.0, "gives_chips": 1.0}
_PLANET_WORTH: Final = 0.5


def decide_by_rule(observation: Observation, seed: DecisionSeed, mode: DecisionMode) -> Decision:
    """Decide without a policy; seed and mode are recorded, and change nothing.

    Raises:
        UndecidableError: no action is legal.
    """
    refuse_empty_mask(observation)
    index = _choice(observation)
    return Decision(
        action_index=index,
        action=int(observation.actions[index]),
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
    return int(legal[choose_by_rule(observation.candidates[legal])])


def choose_by_rule(rows: NDArray[np.float32]) -> int:
    """Which of the legal candidates[n, F] the rule takes; n is at least 1."""
    used = np.flatnonzero(_is(rows, "use") & _is(rows, "item_planet"))
    if len(used):
        return int(used[0])
    plays, discards = (np.flatnonzero(_is(rows, verb)) for verb in ("play", "discard"))
    if not len(plays):
        return _between_hands(rows)
    best = _first_best(rows, plays, "score_log")
    if len(discards) and not _keeps_pace(rows[best]):
        return _first_best(rows, discards, "kept_score_log")
    return best


def _is(rows: NDArray[np.float32], column: str) -> NDArray[np.bool_]:
    marked: NDArray[np.bool_] = rows[:, _COLUMN[column]] > 0
    return marked


def _between_hands(rows: NDArray[np.float32]) -> int:
    """Take what is worth most, else walk on, else do the first thing that there is."""
    taken = np.logical_or.reduce([_is(rows, verb) for verb in _TAKES])
    worth = np.where(taken, _worth(rows), 0.0)
    if worth.max() > 0:
        return int(np.argmax(worth))
    for verb in _WALKS:
        walks = np.flatnonzero(_is(rows, verb))
        if len(walks):
            return int(walks[0])
    return 0


def _worth(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    joker = sum(worth * _is(rows, column) for column, worth in _JOKER_WORTH.items())
    planet = _PLANET_WORTH * _is(rows, "item_planet")
    return np.asarray(_is(rows, "item_joker") * joker + planet, dtype=np.float64)


def _keeps_pace(play: NDArray[np.float32]) -> bool:
    """Whether such a play with every hand that is left would beat the blind."""
    return bool(play[_COLUMN["clears"]] > 0 or play[_COLUMN["pace"]] >= 1)


def _first_best(rows: NDArray[np.float32], among: NDArray[np.intp], column: str) -> int:
    """Highest in the column; then the most cards, to see new ones; then the lowest index."""
    worth, cards = rows[among, _COLUMN[column]], rows[among, _COLUMN["cards"]]
    return int(among[np.lexsort((among, -cards, -worth))[0]])
