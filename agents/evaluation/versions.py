"""Versions of how players choose: they are a part of what an evaluation is.

A number is raised with every change by which any choice would come out otherwise; a test holds what
every version plays.
"""

import hashlib
from dataclasses import asdict
from typing import Final

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.balatro.lookahead.search import Effort
from jimbot_stream.balatro.lookahead.weights import Weights
from jimbot_stream.decision.heuristic import HEURISTIC_VERSION

ARGMAX: Final = "argmax-2"
"""A checkpoint whose actions are not drawn; the first one moved cards, but never twice in a row."""
SEARCH: Final = "lookahead-1"
"""The code of ``balatro.lookahead``; its numbers tell themselves."""
_CODES: Final = {"random": "random-1", "greedy": "greedy-1", "rule": HEURISTIC_VERSION}


def version_of(player: str, *, drawn: bool) -> str:
    """The version of a baseline, or, without a name, of a checkpoint; empty where it has none."""
    if not player:
        return "" if drawn else ARGMAX
    if player == "lookahead":
        return f"{SEARCH}/{_digest(Weights(), Effort())}"
    return _CODES.get(player, "")


def _digest(weights: Weights, effort: Effort) -> str:
    """Eight hex digits over all numbers of the search."""
    text = canonical_json({"effort": asdict(effort), "weights": asdict(weights)})
    return hashlib.sha256(text.encode()).hexdigest()[:8]
