"""Ours, as ``jimbot-learn train`` runs it: every update recorded, with log and blobs on disk."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.contenders.task import Task

from jimbot_stream.agents.checkpoint import from_bytes, untrained
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.rollouts.training import Progress, Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.eventlog.embedded import EmbeddedLog

NEVER: Final = 1e9
"""A distance between policies that none reaches: all epochs are done, as the peers do them."""


def task_of(config: TrainConfig = PROFILES["laptop"]) -> Task:
    """What the peers are set: the shipped games, network and hyperparameters."""
    rollout, ppo = config.rollout, config.ppo
    return Task(
        games=rollout.games,
        steps=rollout.steps,
        rounds=rollout.rounds,
        hidden=from_bytes(untrained(0)).shape.hidden,
        step_cost=rollout.step_cost,
        most_steps=rollout.most_steps,
        epochs=ppo.epochs,
        minibatch=ppo.minibatch,
        learning_rate=ppo.learning_rate,
        gamma=ppo.gamma,
        lambda_=ppo.lambda_,
        clip=ppo.clip,
        entropy=ppo.entropy,
        value_weight=ppo.value_weight,
        gradient_norm=ppo.gradient_norm,
    )


def config_of(task: Task, config: TrainConfig = PROFILES["laptop"]) -> TrainConfig:
    """The shipped configuration, cut to the task's size."""
    rollout = replace(config.rollout, games=task.games, steps=task.steps, rounds=task.rounds)
    ppo = replace(config.ppo, epochs=task.epochs, minibatch=task.minibatch, kl_stop=NEVER)
    return replace(config, rollout=rollout, ppo=ppo)


class Ours:
    """One recorded update at a time."""

    libraries = ("numba", "ray", "torch")

    def __init__(self, task: Task, mode: str) -> None:
        """Begin a run in a folder that goes with this process."""
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._stack = AsyncExitStack()
        self._ended: list[tuple[float, float]] = []
        self._runner.run(self._begin(task))

    def iterate(self) -> int:
        """Play and learn until an update is recorded; the decisions."""
        return self._runner.run(self._update())

    def ended(self) -> list[tuple[float, float]]:
        """Mean ante and blinds beaten of the updates since, one pair for each."""
        told, self._ended = self._ended, []
        return told

    def close(self) -> None:
        """Close the log, remove the folder."""
        self._runner.run(self._stack.aclose())
        self._runner.close()
        self._folder.cleanup()

    async def _begin(self, task: Task) -> None:
        folder = Path(self._folder.name)
        log = await self._stack.enter_async_context(EmbeddedLog(folder / "events.sqlite"))
        blobs = BlobStore(folder / "blobs")
        config = config_of(task)
        self._run = await TrainingRun.begin(log, blobs, task.seed, config, ALGORITHM)
        self._training = Training(self._run, SystemClock())

    async def _update(self) -> int:
        upto, done = self._run.update + 1, list[Progress]()
        await self._training.train(
            lambda: self._run.update >= upto, lambda steps: None, done.append
        )
        metrics = [each.applied.metrics for each in done]
        self._ended += [(found["ante"], found["blinds"]) for found in metrics if "ante" in found]
        return sum(each.applied.steps for each in done)
