"""Rounds of play for a replay memory: noise of a few columns, and real games."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import from_bytes, untrained
from jimbot_stream.agents.dqn.exploration import EpsilonGreedy
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.replay_memory.memory import Shape
from jimbot_stream.agents.rollouts.chunk import EPISODE, Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.sampler import Sampler

STEPS, GAMES = 4, 3
SHAPE = Shape(steps=STEPS, segments=GAMES, features=5, candidate_features=3)
PLAIN = np.zeros(STEPS * GAMES, dtype=np.uint8)
"""A round in which nothing is rare."""


def noise(seed: int = 0, ended: tuple[tuple[int, int], ...] = (), reward: float = 1.0) -> Chunk:
    """A round of the shape; games end with the given pairs of step and game."""
    drawn = np.random.Generator(np.random.Philox(key=seed))
    counts = drawn.integers(1, 5, STEPS * GAMES)
    over = np.zeros((STEPS, GAMES), dtype=np.bool_)
    for step, game in ended:
        over[step, game] = True
    return chunk_of(
        drawn.integers(0, 4, (STEPS * GAMES, SHAPE.features)).astype(np.float32),
        drawn.integers(0, 3, (counts.sum(), SHAPE.candidate_features)).astype(np.float32),
        np.cumsum(counts),
        np.full((STEPS, GAMES), reward),
        over,
    )


def chunk_of(
    features: NDArray[np.float32],
    rows: NDArray[np.float32],
    ends: NDArray[np.int64],
    rewards: NDArray[np.float64],
    ended: NDArray[np.bool_],
) -> Chunk:
    """A round of play, the last candidate taken everywhere."""
    steps, games = ended.shape
    return Chunk(
        features=features,
        rows=rows,
        ends=ends,
        actions=np.diff(ends, prepend=0) - 1,
        log_probs=np.zeros(len(ends)),
        values=np.zeros((steps + 1, games)),
        rewards=rewards,
        ended=ended,
        last_features=np.zeros((games, features.shape[1]), dtype=np.float32),
        episodes=np.zeros(0, EPISODE),
    )


def rows_of(chunk: Chunk, decision: int) -> NDArray[np.float32]:
    """Candidates of one decision."""
    start = chunk.ends[decision - 1] if decision else 0
    return chunk.rows[start : chunk.ends[decision]]


@cache
def real(steps: int = 12, games: int = 16, rounds: int = 1) -> tuple[Chunk, NDArray[np.uint8]]:
    """The last of some rounds of real games, half of the decisions random; what is rare in it."""
    read = from_bytes(untrained(7))
    network = CandidateNetwork(read.shape, read.module).eval()
    sampler = Sampler(RolloutConfig(games=games, steps=steps), 7)
    for _ in range(rounds):
        choosing = EpsilonGreedy(7, 0.5)
        chunk = sampler.sample(network, choosing)
    return chunk, choosing.witness.seen
