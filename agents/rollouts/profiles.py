"""Sizes of a training run for machines of different kinds."""

from typing import Final

from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

PROFILES: Final[dict[str, TrainConfig]] = {
    "ci": TrainConfig(RolloutConfig(games=128, steps=32, rounds=8)),
    "laptop": TrainConfig(RolloutConfig(games=128, steps=32, rounds=64)),
}
"""By name. They differ in how much an update takes, and so in how often something is recorded."""
