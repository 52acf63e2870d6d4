"""One update in the simulator as a function: rounds of play, each learned from while the next runs.

The first two rounds are played by the weights that the update begins with, every later one
by those of two rounds before it: the learner passes over a round while the sampler, in a thread
of its own, plays the next. The lag is fixed, so threads have no say in any bit.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from jimbot_stream.agents.checkpoint import Tensors, from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import Architecture, CandidateNetwork
from jimbot_stream.agents.ppo.advantages import rollout_advantages, standardised
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import build_learner
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


Round = TypeVar("Round")
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
        CheckpointError: the checkpoint is damaged or of another format, or estimates Q.
        DivergedError: a gradient is not finite.
        RulesDisagreeError: the rules refused what they had listed.
    """
    before = from_bytes(checkpoint)
    before.refuse_q()
    order = np.random.Generator(np.random.Philox(key=shuffle_seed))
    with one_thread(), ThreadPoolExecutor(1, "sampler", torch.set_num_threads, (1,)) as pool:
        learner = build_learner(before.shape, config.ppo)
        restore(learner, before)
        metrics: list[dict[str, float]] = []
        ended: list[NDArray[Any]] = []

        def play(number: int) -> Future[Chunk]:
            return pool.submit(sampler.sample, frozen(learner.policy, before.shape))

        for chunk in one_ahead(config.rollout.rounds, play):
            metrics.append(learner.learn(columns(chunk, config.ppo), order))
            ended.append(chunk.episodes)
            told(len(chunk))
        after = saved(learner, before)
    episodes = np.concatenate(ended)
    numbers = mean_of(metrics) | played(episodes)
    return RolloutUpdate(after.to_bytes(), numbers, config.rollout.decisions, episodes)


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


def frozen(policy: nn.Module, shape: Architecture) -> CandidateNetwork:
    """A network with the weights that a module has now, to play with while it learns on."""
    weights: Tensors = {
        name: parameter.detach().numpy().copy() for name, parameter in policy.named_parameters()
    }
    return CandidateNetwork(shape, weights).eval()


def one_ahead(rounds: int, play: Callable[[int], "Future[Round]"]) -> Iterator[Round]:
    """What every round brought; the next one is under way while the caller learns."""
    following = play(0)
    for number in range(rounds):
        brought = following.result()
        if number + 1 < rounds:
            following = play(number + 1)
        yield brought


def mean_of(metrics: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean of every number; none where nothing tells any."""
    names = metrics[0] if metrics else {}
    return {name: float(np.mean([each[name] for each in metrics])) for name in names}


def played(episodes: NDArray[Any]) -> dict[str, float]:
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
