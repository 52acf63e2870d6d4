"""A few games, and small updates."""

import pytest

from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

FEW = RolloutConfig(games=6, steps=5, rounds=3)


@pytest.fixture(scope="session")
def config() -> TrainConfig:
    return TrainConfig(FEW, UpdateConfig(epochs=2, minibatch=16))
