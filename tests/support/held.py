"""Rounds of play of which only the jokers held are told."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.combinations import HELD
from jimbot_stream.agents.rollouts.chunk import EPISODE, Chunk
from jimbot_stream.balatro import wire

JOKERS = HELD.stop - HELD.start


def held_of(games: Sequence[Sequence[Sequence[int]]]) -> NDArray[np.int64]:
    """held[T + 1, N, J] of games, each a sequence of T + 1 collections of jokers, by number."""
    held = np.zeros((len(games[0]), len(games), JOKERS), dtype=np.int64)
    for game, states in enumerate(games):
        for step, jokers in enumerate(states):
            np.add.at(held[step, game], list(jokers), 1)
    return held


def round_of(games: Sequence[Sequence[Sequence[int]]]) -> Chunk:
    """A round in which these games hold these jokers, in turn; none of them ends."""
    held = held_of(games)
    steps, count = len(held) - 1, len(games)
    features = np.zeros((steps + 1, count, wire.FEATURES), dtype=np.float32)
    features[..., HELD] = held
    return Chunk(
        features=features[:-1].reshape(-1, wire.FEATURES),
        rows=np.zeros((steps * count, wire.CANDIDATE_FEATURES), dtype=np.float32),
        ends=np.arange(1, steps * count + 1),
        actions=np.zeros(steps * count, dtype=np.int64),
        log_probs=np.zeros(steps * count),
        values=np.zeros((steps + 1, count)),
        rewards=np.zeros((steps, count)),
        ended=np.zeros((steps, count), dtype=np.bool_),
        last_features=features[-1],
        episodes=np.zeros(0, EPISODE),
    )
