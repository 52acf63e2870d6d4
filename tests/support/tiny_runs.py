"""Training runs of tiny updates: a tenth of a second each."""

from jimbot_stream.agents.dqn.config import DqnConfig, DqnTrainConfig
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

SEED = 5
FEW = RolloutConfig(games=4, steps=3, rounds=2)
CONFIG = TrainConfig(FEW, UpdateConfig(epochs=1))
REMEMBERING = DqnTrainConfig(
    FEW, DqnConfig(minibatch=8, minibatches=2, warm=8), MemoryConfig(mib=1)
)
