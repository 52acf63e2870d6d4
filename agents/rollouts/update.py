"""One update in the simulator as a function: rounds of play, each learned from while the next runs.

The first two rounds are played by the weights that the update begins with, every later one
by those of two rounds before it: the learner passes over a round while the sampler, in a thread
of its own, plays the next. The lag is fixed, so threads have no say in any bit.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import Tensors, from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import Architecture, CandidateNetwork
from jimbot_stream.agents.ppo.advantages import rollout_advantages, standardised
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import ColumnLearner, build_learner
from jimbot_stream.agents.ppo.loss import Columns
from jimbot_stream.agents.ppo.memory import float32, restore, saved
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import TrainConfig
from jimbot_stream.agents.rollouts.sampler import Sampler


@dataclass(frozen=True, slots=True)
class RolloutUpdate:
    """What an update makes."""

    checkpoint: bytes
    metrics: dict[str, float]
    """For people; a replay compares them where the checkpoints are equal."""
    steps: int
    episodes: NDArray[Any]
    """Games that ended meanwhile; ``chunk.EPISODE``."""


Told = Callable[[int], None]
"""Hears of the decisions of every round that was learned from."""


def apply_rollouts(
    checkpoint: bytes,
    sampler: Sampler,
    config: TrainConfig,
    shuffle_seed: int,
    told: Told = lambda steps: None,
) -> RolloutUpdate:
    """Play and learn; equal arguments give equal bytes on machines of one class.

    The sampler stands afterwards where the next update goes on.

    Raises:
        CheckpointError: the checkpoint is damaged or of another format.
        DivergedError: a gradient is not finite.
        RulesDisagreeError: the rules refused what they had listed.
    """
    before = from_bytes(checkpoint)
    order = np.random.Generator(np.random.Philox(key=shuffle_seed))
    with one_thread(), ThreadPoolExecutor(1, "sampler", torch.set_num_threads, (1,)) as pool:
        learner = build_learner(before.shape, config.ppo)
        restore(learner, before)
        rounds = _Rounds(learner, before.shape, sampler, pool)
        metrics: list[dict[str, float]] = []
        for chunk in rounds.chunks(config.rollout.rounds):
            metrics.append(learner.learn(columns(chunk, config.ppo), order))
            told(len(chunk))
        after = saved(learner, before)
    mean = {name: float(np.mean([each[name] for each in metrics])) for name in metrics[0]}
    return RolloutUpdate(
        after.to_bytes(), mean | _play(rounds.episodes), rounds.steps, rounds.episodes
    )


def columns(chunk: Chunk, config: UpdateConfig) -> Columns:
    """A round as the learner takes it."""
    raw = rollout_advantages(chunk.rewards, chunk.values, chunk.ended, config.gamma, config.lambda_)
    returns = raw + chunk.values[:-1]
    weights = np.ones(len(chunk))
    return Columns(
        features=torch.from_numpy(chunk.features),
        rows=torch.from_numpy(chunk.rows),
        ends=torch.from_numpy(chunk.ends),
        actions=torch.from_numpy(chunk.actions),
        log_probs=float32(chunk.log_probs),
        advantages=float32(standardised(raw.reshape(-1), weights)),
        returns=float32(returns.reshape(-1)),
        weights=float32(weights),
    )


class _Rounds:
    """Plays one round ahead of the learner."""

    def __init__(
        self,
        learner: ColumnLearner,
        shape: Architecture,
        sampler: Sampler,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._learner = learner
        self._shape = shape
        self._sampler = sampler
        self._pool = pool
        self._episodes: list[NDArray[Any]] = []
        self.steps = 0

    def chunks(self, rounds: int) -> Iterator[Chunk]:
        """Every round in turn; the next one is under way while the caller learns."""
        following = self._play()
        for number in range(rounds):
            chunk = following.result()
            self._episodes.append(chunk.episodes)
            self.steps += len(chunk)
            if number + 1 < rounds:
                following = self._play()
            yield chunk

    def _play(self) -> "Future[Chunk]":
        weights: Tensors = {
            name: parameter.detach().numpy().copy()
            for name, parameter in self._learner.policy.named_parameters()
        }
        network = CandidateNetwork(self._shape, weights).eval()
        return self._pool.submit(self._sampler.sample, network)

    @property
    def episodes(self) -> NDArray[Any]:
        """Games that ended."""
        return np.concatenate(self._episodes)


def _play(episodes: NDArray[Any]) -> dict[str, float]:
    """How the finished games went; games that go on are not among them."""
    found = {"episodes": float(len(episodes))}
    if len(episodes):
        found |= {
            "ante": float(episodes["ante"].mean()),
            "blinds": float(episodes["beaten"].mean()),
            "decisions": float(episodes["steps"].mean()),
            "won": float(episodes["won"].mean()),
        }
    return found
