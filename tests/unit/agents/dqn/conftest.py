"""A few games, and small updates."""

import pytest

from jimbot_stream.agents.dqn.config import DqnConfig, DqnTrainConfig
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig


@pytest.fixture(scope="session")
def config() -> DqnTrainConfig:
    return DqnTrainConfig(
        RolloutConfig(games=6, steps=5, rounds=3),
        DqnConfig(minibatch=16, minibatches=2, warm=20, target_every=4, epsilon_updates=2),
        MemoryConfig(mib=1),
    )
