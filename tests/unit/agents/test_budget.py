"""A run is refused that cannot hold its memory, and stopped when it does not."""

from dataclasses import replace

import pytest

from jimbot_stream.agents import budget as budgets
from jimbot_stream.agents.budget import MIB, Budget, BudgetError, budget_of, needed
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.config import from_environment

GIVEN = budget_of(from_environment({}))


def test_the_card_is_eight_gib() -> None:
    parts = (GIVEN.object_store, GIVEN.workers, GIVEN.checkpoints, GIVEN.buffer)
    assert parts == (2560 * MIB, 3584 * MIB, 1024 * MIB, 1024 * MIB)
    assert sum(parts) == 8192 * MIB


@pytest.mark.parametrize("name", list(PROFILES))
def test_every_profile_fits(name: str) -> None:
    GIVEN.refuse(PROFILES[name].rollout)
    told = dqn.PROFILES[name]
    GIVEN.refuse(told.rollout, told.memory.mib * MIB)


def test_samplers_in_processes_of_this_machine_count() -> None:
    GIVEN.refuse(PROFILES["laptop"].rollout, samplers=1)
    cluster = PROFILES["cluster"].rollout
    GIVEN.refuse(cluster)
    with pytest.raises(BudgetError, match="JIMBOT_WORKERS_MIB gives 3584"):
        GIVEN.refuse(cluster, samplers=cluster.runners)


@pytest.mark.parametrize("name", ["workers", "checkpoints", "object_store", "buffer"])
def test_what_is_too_small_is_named(name: str) -> None:
    small: Budget = replace(GIVEN, **{name: MIB})
    with pytest.raises(BudgetError, match=rf"JIMBOT_{name.upper()}_MIB gives 1: give more"):
        small.refuse(PROFILES["laptop"].rollout, buffer=2 * MIB, samplers=1)


def test_more_and_longer_games_need_more() -> None:
    base = RolloutConfig(games=64, steps=16)
    for more in (replace(base, games=128), replace(base, steps=32)):
        assert needed(more) > needed(base)
    assert needed(base, samplers=1) > needed(base)


def test_a_run_that_outgrew_its_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Budget(0, MIB, MIB, MIB).outgrown() is not None  # Python itself holds more
    monkeypatch.setattr(budgets, "resident", lambda: 2 * MIB)
    given = Budget(0, MIB, MIB, MIB)
    assert given.outgrown(elsewhere=MIB) is None
    told = given.outgrown(elsewhere=MIB + 1)
    assert told is not None
    assert "hold 3 MiB" in told
