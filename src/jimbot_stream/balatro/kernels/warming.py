"""Calling every entry into the kernels once, so that it is compiled and cached."""

from collections.abc import Iterator

import numpy as np

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.kernels import candidates, legality, transition
from jimbot_stream.balatro.state import STATE, STREAMS, VIEW, blank

_SELECT_BLIND = actions.pack(actions.Verb.SELECT_BLIND)


def warm() -> Iterator[str]:
    """Compile entry after entry; yields the name of each when it is ready."""
    states, rngs = blank(STATE), blank(STREAMS)
    transition.new_run(states, rngs, 0, np.array([65], dtype=np.uint8), 1)
    yield "new_run"
    transition.step(states, rngs, 0, _SELECT_BLIND)
    yield "step"
    mask = np.zeros(actions.A, dtype=np.bool_)
    legality.flat_mask(states, 0, mask)
    yield "flat_mask"
    features = np.zeros(candidates.FEATURES, dtype=np.float32)
    rows = np.zeros((actions.A, candidates.CANDIDATE_FEATURES), dtype=np.float32)
    candidates.encode(blank(VIEW), mask, features, rows)
    yield "encode"
