"""What a user wants is refused before a run begins where it cannot be had."""

from dataclasses import replace

import pytest
import torch

from jimbot_stream.agents.budget import MIB, BudgetError, budget_of
from jimbot_stream.agents.cluster import LOCAL
from jimbot_stream.agents.devices import CPU, DeviceError
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.rollouts.runners import LocalRunners
from jimbot_stream.agents.wanted import Wanted
from jimbot_stream.config import from_environment

GIVEN = budget_of(from_environment({}))


def test_without_an_address_threads_play_and_the_device_is_as_wanted() -> None:
    with Wanted("cpu", None, GIVEN).workplace(PROFILES["laptop"]) as workplace:
        assert workplace.device == CPU
        assert workplace.runners is LocalRunners
        assert workplace.budget == GIVEN


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="torch sees no GPU"):
        Wanted("cuda", None, GIVEN).refuse_unfit(PROFILES["ci"])


def test_a_replay_memory_that_is_too_large_is_refused() -> None:
    small = replace(GIVEN, buffer=100 * MIB)
    with pytest.raises(BudgetError, match="JIMBOT_BUFFER_MIB gives 100"):
        Wanted("cpu", None, small).refuse_unfit(dqn.PROFILES["ci"])
    Wanted("cpu", None, small).refuse_unfit(PROFILES["ci"])  # PPO has none


def test_actors_on_this_machine_count_and_others_do_not() -> None:
    with pytest.raises(BudgetError, match="JIMBOT_WORKERS_MIB"):
        Wanted("cpu", LOCAL, GIVEN).refuse_unfit(PROFILES["cluster"])
    rollout = Wanted("cpu", "auto", GIVEN).refuse_unfit(PROFILES["cluster"])
    assert rollout == PROFILES["cluster"].rollout
