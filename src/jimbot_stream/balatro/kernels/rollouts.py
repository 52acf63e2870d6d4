"""What a sampler of many games asks of the rules, step by step: look, draw, go on.

Candidates stand packed, those of one run after those of another: ``ends[index]`` is where the
rows of a run end. Nothing is padded, because most states offer far fewer than ``CAPACITY``.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import batch, candidates, jit, transition

CAPACITY = candidates.CAPACITY
_MANTISSA = np.uint64(11)
_TO_UNIT = 2.0**-53


@jit
def look(
    states: NDArray[Any],
    works: NDArray[Any],
    begin: int,
    features: NDArray[np.float32],
    actions: NDArray[np.int64],
    rows: NDArray[np.float32],
    ends: NDArray[np.int64],
) -> int:
    """Write features[n, K] and packed candidates of runs begin … begin + n; how many rows.

    actions[R] and rows[R, F] must have room for ``CAPACITY`` more than all candidates.
    """
    at = 0
    for place in range(len(ends)):
        upto = at + CAPACITY
        at += candidates.encode(
            states, works, begin + place, features[place], actions[at:upto], rows[at:upto]
        )
        ends[place] = at
    return at


@jit
def draw(
    logits: NDArray[np.float32],
    ends: NDArray[np.int64],
    seed: np.uint64,
    counter: np.uint64,
    chosen: NDArray[np.int64],
    log_probs: NDArray[np.float64],
) -> None:
    """Draw a packed row for every run by softmax of its logits, in float64 and in order.

    The number behind a draw depends on seed, run and counter alone. A run without rows gets -1.
    """
    start = 0
    for place in range(len(ends)):
        end = int(ends[place])
        chosen[place] = -1
        log_probs[place] = 0.0
        if end > start:
            most = -np.inf
            for row in range(start, end):
                most = max(most, float(logits[row]))
            total = 0.0
            for row in range(start, end):
                total += np.exp(float(logits[row]) - most)
            word = batch.splitmix64(batch.splitmix64(seed, np.uint64(place)), counter)
            left = float(word >> _MANTISSA) * _TO_UNIT * total
            taken = end - 1
            for row in range(start, end):
                left -= np.exp(float(logits[row]) - most)
                if left < 0.0:
                    taken = row
                    break
            chosen[place] = taken
            log_probs[place] = float(logits[taken]) - most - np.log(total)
        start = end


@jit
def best(scores: NDArray[np.float32], ends: NDArray[np.int64], chosen: NDArray[np.int64]) -> None:
    """Choose for every run the packed row with the highest score, of equal ones the first."""
    start = 0
    for place in range(len(ends)):
        end = int(ends[place])
        taken = -1
        for row in range(start, end):
            if taken < 0 or scores[row] > scores[taken]:
                taken = row
        chosen[place] = taken
        start = end


@jit
def advance(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    carry: NDArray[Any],
    settings: NDArray[np.int64],
    fresh: NDArray[Any],
    actions: NDArray[np.int64],
    before: NDArray[Any],
    after: NDArray[Any],
    ended: NDArray[np.bool_],
) -> None:
    """One step of every run, by canonical action; one that ends begins its next episode.

    ``after`` tells of the state before that beginning. A refused action changes nothing and
    leaves its code in the carry.
    """
    most = int(settings[batch.MOST_STEPS])
    for index in range(len(carry)):
        c = carry[index]
        batch.facts(states[index], before[index])
        c.refusal = transition.step(states, rngs, works, index, int(actions[index]))
        c.steps += 1
        batch.facts(states[index], after[index])
        ended[index] = after[index].over == 1.0 or 0 < most <= c.steps
        if ended[index]:
            c.episode += 1
            batch.begin(states, rngs, index, carry, settings, fresh)
