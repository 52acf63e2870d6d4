"""One update in the simulator as a function: rounds of play, each learned from while the next runs.

The first two rounds are played by the weights that the update begins with, every later one
by those of two rounds before it: the learner passes over a round while the runners, in threads
of their own or on a cluster, play the next. The lag is fixed, so threads have no say in any bit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from jimbot_stream.agents.checkpoint import Tensors, from_bytes
from jimbot_stream.agents.devices import CPU, exact
from jimbot_stream.agents.exploration.explorer import Explorer
from jimbot_stream.agents.ppo.advantages import rollout_advantages, standardised
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import build_learner
from jimbot_stream.agents.ppo.loss import Columns
from jimbot_stream.agents.ppo.memory import float32, restore, saved
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import TrainConfig
from jimbot_stream.agents.rollouts.runners import LocalRunners, Round, Runners
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.shares import Played


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
    sampler: Sampler | Runners,
    config: TrainConfig,
    shuffle_seed: int,
    told: Told = lambda steps: None,
    device: torch.device = CPU,
) -> RolloutUpdate:
    """Play and learn; equal arguments give equal bytes on machines and devices of one class.

    The runners, or the sampler that is the only one, stand afterwards where the next update
    goes on.

    Raises:
        CheckpointError: the checkpoint is damaged or of another format, or estimates Q, or keeps
            what another algorithm, or another configuration, explores by.
        DivergedError: a gradient is not finite.
        RulesDisagreeError: the rules refused what they had listed.
    """
    read = from_bytes(checkpoint)
    read.refuse_q()
    explorer = Explorer(config, read)
    before = explorer.begun
    order = np.random.Generator(np.random.Philox(key=shuffle_seed))
    with exact(device), playing(sampler) as runners:
        learner = build_learner(before.shape, config.ppo, device)
        restore(learner, before)
        metrics: list[dict[str, float]] = []
        ended: list[NDArray[Any]] = []

        def play(number: int) -> Round:
            return runners.play(before.shape, weights_of(learner.policy))

        for chunk in (seen.chunk for seen in one_ahead(config.rollout.rounds, play)):
            metrics.append(learner.learn(columns(explorer.paid(chunk), config.ppo), order))
            ended.append(chunk.episodes)
            told(len(chunk))
        after = explorer.kept(saved(learner, before))
    episodes = np.concatenate(ended)
    numbers = mean_of(metrics) | played(episodes) | explorer.metrics()
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


@contextmanager
def playing(sampler: Sampler | Runners) -> Iterator[Runners]:
    """Whoever plays, as runners; a sampler is a single one in this process."""
    if not isinstance(sampler, Sampler):
        yield sampler
        return
    runners = LocalRunners.of(sampler)
    try:
        yield runners
    finally:
        runners.rest()  # the sampler is its owner's again, even if an update was broken off
        runners.close()


def weights_of(policy: nn.Module) -> Tensors:
    """The weights that a module has now, to play with while it learns on."""
    return {
        name: parameter.detach().cpu().numpy().copy()
        for name, parameter in policy.named_parameters()
    }


def one_ahead(rounds: int, play: Callable[[int], Round]) -> Iterator[Played]:
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
