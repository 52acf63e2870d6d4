"""Sizes of a training run for machines of different kinds."""

from dataclasses import replace
from typing import Final

from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, rollout_ppo

PROFILES: Final[dict[str, TrainConfig]] = {
    "ci": TrainConfig(
        RolloutConfig(games=32, steps=16, rounds=16),
        replace(rollout_ppo(), epochs=4, minibatch=128, learning_rate=2e-3),
    ),
    "laptop": TrainConfig(RolloutConfig(games=128, steps=32, rounds=64)),
}
"""By name: ``ci`` makes the most of few games, ``laptop`` of processor time."""

GATES: Final[dict[str, GateConfig]] = {"laptop": GateConfig(every=10)}
"""Gate by profile; where there is none, no checkpoint is compared, and none promoted."""
