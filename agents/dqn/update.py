"""One update as a function: rounds of play, and after each some steps on what is remembered.

As with PPO a round is played, in threads of its own or on a cluster, while the learner learns
from the rounds before it: the first two by the weights that the update begins with, every later
one by those of two rounds before it. The lag is fixed, so threads have no say in any bit.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.devices import CPU, exact
from jimbot_stream.agents.dqn.config import DqnTrainConfig
from jimbot_stream.agents.dqn.exploration import Exploring
from jimbot_stream.agents.dqn.learner import QLearner, build_learner
from jimbot_stream.agents.dqn.standing import restore, saved
from jimbot_stream.agents.replay_memory.memory import MIB, ReplayMemory, Shape
from jimbot_stream.agents.rollouts.runners import Round, Runners
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.shares import Played
from jimbot_stream.agents.rollouts.update import (
    RolloutUpdate,
    Told,
    mean_of,
    one_ahead,
    played,
    playing,
    weights_of,
)
from jimbot_stream.balatro import wire


def empty_memory(config: DqnTrainConfig) -> ReplayMemory:
    """The memory with which a run begins."""
    rollout = config.rollout
    shape = Shape(rollout.steps, rollout.games, wire.FEATURES, wire.CANDIDATE_FEATURES)
    return ReplayMemory(config.memory, shape)


def apply_dqn(
    checkpoint: bytes,
    sampler: Sampler | Runners,
    memory: ReplayMemory,
    config: DqnTrainConfig,
    shuffle_seed: int,
    told: Told = lambda steps: None,
    device: torch.device = CPU,
) -> RolloutUpdate:
    """Play and learn; equal arguments give equal bytes on machines and devices of one class.

    Runners and memory stand afterwards where the next update goes on.

    Raises:
        CheckpointError: the checkpoint is damaged, or does not estimate Q.
        DivergedError: a gradient is not finite.
        MemoryTooSmallError: a round of play does not fit into the memory.
        RulesDisagreeError: the rules refused what they had listed.
    """
    before = from_bytes(checkpoint)
    order = np.random.Generator(np.random.Philox(key=shuffle_seed))
    with exact(device), playing(sampler) as runners:
        learner = build_learner(before.shape, config.dqn, device)
        restore(learner, before)
        work = _Update(learner, memory, config, before.update)
        for round_ in one_ahead(config.rollout.rounds, lambda number: work.play(number, runners)):
            work.learn(round_, order)
            told(len(round_.chunk))
        after = saved(learner, before)
    return RolloutUpdate(
        after.to_bytes(), work.metrics(), config.rollout.decisions, work.episodes()
    )


class _Update:
    """What the rounds of an update share."""

    def __init__(
        self,
        learner: QLearner,
        memory: ReplayMemory,
        config: DqnTrainConfig,
        updates: int,
    ) -> None:
        self._learner = learner
        self._memory = memory
        self._config = config
        self._updates = updates
        self._ended: list[NDArray[Any]] = []
        self._numbers: list[dict[str, float]] = []

    def play(self, number: int, runners: Runners) -> Round:
        """Begin a round of play by the weights as they are now."""
        policy, way = self._learner.policy, Exploring(self.epsilon(number))
        return runners.play(policy.architecture, weights_of(policy), way)

    def learn(self, round_: Played, order: np.random.Generator) -> None:
        """Remember a round, and take some gradient steps."""
        assert round_.seen is not None  # whoever explores watches
        self._memory.add(round_.chunk, round_.seen)
        self._ended.append(round_.chunk.episodes)
        beta = self._config.memory.beta_of(self._updates + 1)
        numbers = self._learner.learn(self._memory, beta, order)
        if numbers:
            self._numbers.append(numbers)

    def epsilon(self, number: int) -> float:
        """Share of random decisions in a round."""
        rounds = self._config.rollout.rounds
        return self._config.dqn.epsilon_of(self._updates + number / rounds)

    def episodes(self) -> NDArray[Any]:
        """Games that ended."""
        return np.concatenate(self._ended)

    def metrics(self) -> dict[str, float]:
        """Numbers for people."""
        memory = self._memory
        return (
            mean_of(self._numbers)
            | played(self.episodes())
            | {
                "epsilon": self.epsilon(self._config.rollout.rounds - 1),
                "memory_mib": memory.nbytes / MIB,
                "memory_ratio": memory.raw_bytes / memory.nbytes,
                "memory_transitions": float(len(memory)),
            }
        )
