"""Runs of few games that explore in every way, in one, or in none."""

from dataclasses import replace

import pytest

from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

FEW = RolloutConfig(games=16, steps=16, rounds=2)


@pytest.fixture(scope="session")
def plain() -> TrainConfig:
    return TrainConfig(FEW, UpdateConfig(epochs=1, minibatch=128))


@pytest.fixture(scope="session")
def jokers(plain: TrainConfig) -> TrainConfig:
    return replace(plain, combinations=Combinations(beta=0.1, slot_bits=10))


@pytest.fixture(scope="session")
def builds(plain: TrainConfig) -> TrainConfig:
    return replace(plain, rollout=replace(FEW, builds="hands-1"))


@pytest.fixture(scope="session")
def config(jokers: TrainConfig, builds: TrainConfig) -> TrainConfig:
    return replace(jokers, rollout=builds.rollout)
