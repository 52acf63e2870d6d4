"""Which combinations of jokers come together in a round of play, as slots of a hashed table.

A decision is looked at where the player holds a joker after it that was not held before. What it
makes are the pairs of such a joker and another one held, and the whole set; order does not count,
copies do. A sale makes nothing: the pairs that stay were there before.

What is held is what the observation tells, ``owns_...`` of each joker. Where a joker lies face
down the columns do not tell all, and the decision is passed over.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.hashing import GOLDEN, Words, mixed
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.balatro.tables.columns import GLOBAL, REACHED
from jimbot_stream.balatro.tables.jokers import JOKERS

_FIRST: Final = GLOBAL.index(f"owns_{JOKERS[0].key.removeprefix('j_')}")
HELD: Final = slice(_FIRST, _FIRST + len(JOKERS))
"""Columns of how many of each joker are held."""
FACE_DOWN: Final = [GLOBAL.index(f"joker{slot}_face_down") for slot in range(REACHED)]
_WORD: Final = 64
_WHOLE: Final = np.uint64(0xD1B54A32D192ED03)
"""Tells a set of two jokers from the pair."""


@dataclass(frozen=True, slots=True)
class Gains:
    """Decisions of a round after which a joker is held that was not held before."""

    where: NDArray[np.int64]  # [G] rows of the round's columns, in order
    before: NDArray[np.int64]  # [G, J] how many of each joker were held
    after: NDArray[np.int64]  # [G, J]


@dataclass(frozen=True, slots=True)
class Made:
    """Combinations, decision by decision; of each its pairs, then the whole set."""

    of: NDArray[np.int64]  # [C] which of the gains
    slots: NDArray[np.int64]  # [C]


def states(chunk: Chunk, columns: slice | list[int]) -> NDArray[np.float32]:
    """Some columns of all states of a round, those after its last decisions among them.

    [(T + 1) * N, ...]: a decision's next state is N rows further on.
    """
    return np.concatenate((chunk.features[:, columns], chunk.last_features[:, columns]))


def gains(chunk: Chunk) -> Gains:
    """Where jokers came together; a game's last decision leads to another game, and is none."""
    games = len(chunk.last_features)
    held = states(chunk, HELD)
    hidden = np.asarray(states(chunk, FACE_DOWN).any(axis=1))
    more = (held[games:] > held[:-games]).any(axis=1)
    where = np.flatnonzero(more & ~(chunk.ended.reshape(-1) | hidden[games:] | hidden[:-games]))
    before, after = held[where], held[where + games]
    return Gains(where, before.astype(np.int64), after.astype(np.int64))


def made(found: Gains, slot_bits: int) -> Made:
    """What the decisions make, as slots of a table of 2 ** slot_bits counts."""
    words = joker_words(found.after.shape[1])
    of, one, other = _pairs(found)
    pairs = slots_of(words[one] + words[other], slot_bits)
    whole = slots_of(found.after.astype(np.uint64) @ words ^ _WHOLE, slot_bits)
    every = np.concatenate((of, np.arange(len(whole))))
    order = np.argsort(every, kind="stable")
    return Made(every[order], np.concatenate((pairs, whole))[order])


def _pairs(found: Gains) -> tuple[NDArray[np.int64], ...]:
    """Of which gain, the joker that came, the one it came to; each pair of a gain once."""
    new, held = found.after > found.before, found.after > 0
    of, one = np.nonzero(new)
    at, other = np.nonzero(held[of])
    of, one = of[at], one[at]
    # Of two that came at once, the first speaks; a joker pairs with itself where copies are held.
    wanted = (other > one) | ((other < one) & ~new[of, other])
    wanted |= (other == one) & (found.after[of, one] > 1)
    return of[wanted], one[wanted], other[wanted]


def joker_words(jokers: int) -> Words:
    """A random-looking word for every joker, in the order of the table."""
    return mixed(np.arange(1, jokers + 1, dtype=np.uint64) * GOLDEN)


def slots_of(sums: Words, slot_bits: int) -> NDArray[np.int64]:
    """Slots of combinations whose jokers' words have these sums, modulo 2 ** 64."""
    return (mixed(sums) >> np.uint64(_WORD - slot_bits)).astype(np.int64)
