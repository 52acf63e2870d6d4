"""Checkpoints of policies whose strength is known without training: they follow a few columns."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from jimbot_stream.agents.checkpoint import from_bytes, untrained
from jimbot_stream.balatro.tables.columns import CANDIDATE

_WALKS: Final = dict.fromkeys(("select_blind", "cash_out", "next_round", "skip_pack"), 0.5)
_SHARPNESS: Final = 40.0


def strong(seed: int = 0) -> bytes:
    """Plays the hand that scores most, and walks past everything else."""
    return following({"play": 1.0, "score_log": 1.0, **_WALKS}, seed)


def weak(seed: int = 0) -> bytes:
    """Plays the hand that scores least."""
    return following({"play": 2.0, "score_log": -1.0, **_WALKS}, seed)


def following(columns: Mapping[str, float], seed: int, *, sharpness: float = _SHARPNESS) -> bytes:
    """Prefers candidates by a weighted sum of their columns; seeds tell equal policies apart."""
    read = from_bytes(untrained(seed))
    module = {name: np.zeros_like(value) for name, value in read.module.items()}
    for name, weight in columns.items():
        module["candidate.weight"][0, CANDIDATE.index(name)] = weight
    module["candidate.bias"][0] = 1.0  # above what the rectifier cuts off
    module["mixed.weight"][0, 0] = 1.0
    module["score.weight"][0, 0] = sharpness
    return replace(read, module=module, run_seed=seed).to_bytes()
