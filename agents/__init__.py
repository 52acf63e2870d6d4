"""Learning and the policies that come of it; torch and RLlib are known nowhere else.

| file | holds |
|---|---|
| ``network.py`` | the network |
| ``module.py`` | the same, as an RLModule |
| ``checkpoint.py`` | weights and optimizer as content-addressed bytes |
| ``policy.py`` | a checkpoint in service |
| ``feed.py`` | trajectories, read back from the event log |
| ``ppo/`` | the update of one batch |
| ``update.py`` | checkpoint + batch + config + seed -> checkpoint, as a pure function |
| ``online.py`` | the learner process |
"""

from jimbot_stream.agents.machine import compute_class, environment

__all__ = ["compute_class", "environment"]
