"""A few games, and small updates."""

import pytest

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

FEW = RolloutConfig(games=6, steps=5, rounds=3)


@pytest.fixture(scope="session")
def config() -> TrainConfig:
    return TrainConfig(FEW, UpdateConfig(epochs=2, minibatch=16))


@pytest.fixture(scope="session")
def network(checkpoint: bytes) -> CandidateNetwork:
    read = from_bytes(checkpoint)
    return CandidateNetwork(read.shape, read.module).eval()
