"""Runs of few games that explore."""

import pytest

from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

FEW = RolloutConfig(games=16, steps=16, rounds=2)


@pytest.fixture(scope="session")
def config() -> TrainConfig:
    return TrainConfig(
        FEW, UpdateConfig(epochs=1, minibatch=128), combinations=Combinations(slot_bits=10)
    )
