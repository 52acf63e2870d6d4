"""Runs of tiny updates, whose blobs are let go of."""

from collections.abc import Awaitable, Callable

import pytest

from jimbot_stream.agents.dqn.config import ALGORITHM as DQN
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.rollouts.config import ALGORITHM as PPO
from jimbot_stream.agents.rollouts.training import Settle, Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog
from tests.support.tiny_runs import CONFIG, REMEMBERING, SEED

Settling = Callable[[TrainingRun], Settle]
Trains = Callable[..., Awaitable[TrainingRun]]


@pytest.fixture
def algorithm() -> str:
    """What the run learns by; a test may ask for another."""
    return "ppo"


@pytest.fixture
def trains(algorithm: str, log: EventLog, blobs: BlobStore) -> Trains:
    """Goes on with a run until it has so many updates."""

    async def train(updates: int, settle: Settling | None = None) -> TrainingRun:
        told = (CONFIG, PPO) if algorithm == "ppo" else (REMEMBERING, DQN)
        run = await TrainingRun.begin(log, blobs, SEED, *told)
        settled = (settle(run),) if settle is not None else ()
        kind = Training if algorithm == "ppo" else DqnTraining
        training = kind(run, FrozenClock(), *settled)
        await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)
        return run

    return train
