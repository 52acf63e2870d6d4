"""Sizes of a training run for machines of different kinds."""

from dataclasses import replace
from typing import Final

from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, rollout_ppo

PROFILES: Final[dict[str, TrainConfig]] = {
    "ci": TrainConfig(
        RolloutConfig(games=32, steps=16, rounds=16),
        replace(
            rollout_ppo(),
            epochs=4,
            minibatch=128,
            learning_rate=2e-3,
            # Few games tell little of what comes late, and leave no time to try around.
            gamma=0.97,
            lambda_=0.9,
            entropy=0.005,
        ),
    ),
    "laptop": TrainConfig(RolloutConfig(games=128, steps=32, rounds=64)),
    "rtx3090": TrainConfig(
        RolloutConfig(games=512, steps=32, rounds=32, runners=4),
        replace(rollout_ppo(), minibatch=4096, shards=1),
    ),
    "cluster": TrainConfig(
        RolloutConfig(games=1024, steps=32, rounds=32, runners=8),
        replace(rollout_ppo(), minibatch=2048, accumulate=2),
    ),
}
"""By name: ``ci`` makes the most of few games, ``laptop`` of the time of two cores, ``rtx3090`` of
one GPU and at least four cores beside it, ``cluster`` of eight cores, on one machine or several."""

GATES: Final[dict[str, GateConfig]] = {
    name: GateConfig(every=10) for name in ("laptop", "rtx3090", "cluster")
}
"""Gate by profile; where there is none, no checkpoint is compared, and none promoted."""
