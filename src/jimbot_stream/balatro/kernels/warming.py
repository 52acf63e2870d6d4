"""Calling every entry into the kernels once, so that it is compiled and cached.

The arguments are of the very types with which the entries are called elsewhere: another type
would be compiled again there.
"""

from collections.abc import Iterator

import numpy as np

from jimbot_stream.balatro import actions, codecs
from jimbot_stream.balatro.kernels import (
    batch,
    candidates,
    legality,
    masks,
    prices,
    rollouts,
    scoring,
    transition,
    working,
)
from jimbot_stream.balatro.state import STATE, STREAMS, blank

_SELECT_BLIND = actions.pack(actions.Verb.SELECT_BLIND)
_RED_DECK, _WHITE_STAKE, _WIN_ANTE = 1, 1, 8


def _warm_runs() -> Iterator[str]:
    """A run by itself, as ``engine`` and ``wire`` treat it."""
    states, rngs, works = blank(STATE), blank(STREAMS), working.works()
    seed = np.array([65], dtype=np.uint8)
    transition.new_run(states, rngs, 0, seed, _RED_DECK, _WHITE_STAKE, _WIN_ANTE, False)
    yield "new_run"
    transition.step(states, rngs, works, 0, _SELECT_BLIND)
    yield "step"
    scoring.play(states[0], rngs[0], works[0], 1)
    yield "play"
    masks.flat_mask(states, 0, np.zeros(codecs.A, dtype=np.bool_))
    yield "flat_mask"
    shape = (legality.MAX_FAMILIES, legality.FAMILY_COLUMNS)
    legality.families(states[0], np.zeros(shape, dtype=np.int64))
    yield "families"
    prices.fill(states, np.zeros(prices.SHAPE, dtype=np.int64))
    yield "prices"
    features = np.zeros(candidates.FEATURES, dtype=np.float32)
    listed = np.zeros(candidates.CAPACITY, dtype=np.int64)
    rows = np.zeros((candidates.CAPACITY, candidates.CANDIDATE_FEATURES), dtype=np.float32)
    candidates.encode(states, works, 0, features, listed, rows)
    yield "encode"


def _warm_batch() -> Iterator[str]:
    """Many runs at once, as ``envs`` treats them."""
    states, rngs, works, fresh = blank(STATE), blank(STREAMS), working.works(), blank(STATE)
    carry, before, after = blank(batch.CARRY), blank(batch.FACTS), blank(batch.FACTS)
    settings = np.array([_RED_DECK, _WHITE_STAKE, _WIN_ANTE, 0, 0, batch.DISABLED], dtype=np.int64)
    features = np.zeros((1, candidates.FEATURES), dtype=np.float32)
    rows = np.zeros((1, batch.STRIDE), dtype=np.bool_)
    ended = np.zeros(1, dtype=np.bool_)
    chosen = np.ones(1, dtype=np.bool_)
    picked = np.zeros(1, dtype=np.int64)
    batch.reset(states, rngs, carry, settings, fresh, chosen, features, rows)
    yield "reset"
    batch.choose(rows.view(np.uint64), np.uint64(1), np.uint64(1), picked)
    yield "choose"
    batch.step(
        states, rngs, works, carry, settings, fresh, picked, before, after,
        features, rows, features.copy(), rows.copy(), ended, ended.copy(),
    )  # fmt: skip
    yield "batch"
    seed = np.array([65], dtype=np.uint8)
    batch.begin_with(states, rngs, 0, carry, settings, fresh, seed)
    yield "begin_with"
    batch.observe(states, 0, features, rows)
    yield "observe"
    ends = np.zeros(1, dtype=np.int64)
    listed = np.zeros(candidates.CAPACITY, dtype=np.int64)
    told = np.zeros((candidates.CAPACITY, candidates.CANDIDATE_FEATURES), dtype=np.float32)
    rollouts.look(states, works, 0, features, listed, told, ends)
    yield "look"
    rollouts.draw(told[:, 0].copy(), ends, np.uint64(1), np.uint64(0), picked, np.zeros(1))
    yield "draw"
    rollouts.best(told[:, 0].copy(), ends, picked)
    yield "best"
    rollouts.advance(
        states, rngs, works, carry, settings, fresh, listed[:1].copy(), before, after, ended
    )
    yield "advance"


def warm() -> Iterator[str]:
    """Compile entry after entry; yields the name of each when it is ready."""
    yield from _warm_runs()
    yield from _warm_batch()
