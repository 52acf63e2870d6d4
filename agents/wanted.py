"""Where a user wants a run computed, and whether it has room there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jimbot_stream.agents.algorithms import Config
from jimbot_stream.agents.budget import MIB, Budget
from jimbot_stream.agents.cluster import LOCAL
from jimbot_stream.agents.devices import device_named
from jimbot_stream.agents.dqn.config import DqnTrainConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig

if TYPE_CHECKING:
    from jimbot_stream.agents.rollouts.runners import Workplace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line and the settings say of it."""

    device: str
    """One of ``devices.CHOICES``."""
    address: str | None
    """Of a Ray cluster; None lets threads of this process play."""
    budget: Budget

    def refuse_unfit(self, config: Config) -> RolloutConfig:
        """Make sure that a run has room, and its device; gives its games.

        Raises:
            BudgetError: it needs more memory than it may take.
            DeviceError: there is no such device.
        """
        assert isinstance(config, TrainConfig | DqnTrainConfig)  # the ones that play
        device_named(self.device)
        buffer = config.memory.mib * MIB if isinstance(config, DqnTrainConfig) else 0
        samplers = config.rollout.runners if self.address == LOCAL else 0
        self.budget.refuse(config.rollout, buffer, samplers)
        return config.rollout

    @contextmanager
    def workplace(self, config: Config) -> "Iterator[Workplace]":
        """The place, and the cluster for as long as it lasts.

        Raises:
            BudgetError: the run needs more memory than it may take.
            ClusterError: there is no such cluster, or it is too small.
            DeviceError: there is no such device.
        """
        from jimbot_stream.agents.cluster.connecting import cluster  # loads RLlib, for seconds
        from jimbot_stream.agents.rollouts.runners import Workplace

        rollout, device = self.refuse_unfit(config), device_named(self.device)
        if self.address is None:
            yield Workplace(device, budget=self.budget)
            return
        with cluster(self.address, rollout, self.budget, device) as workplace:
            yield workplace
