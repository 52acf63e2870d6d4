"""What becomes of a new checkpoint, and what a crash or a person between changes of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.contracts import (
    CheckpointPromoted,
    CheckpointRefused,
    UpdateRejected,
)
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog
from jimbot_stream.promotion import InService
from tests.support.policies import strong, weak
from tests.unit.agents.gate.conftest import update

Began = Callable[..., Awaitable[TrainingRun]]
Succeeds = Callable[..., Awaitable[Succession]]


def rejections(run: TrainingRun) -> list[UpdateRejected]:
    found = [event for event in run.events if event.type == "UpdateRejected"]
    return [read_event(UpdateRejected, event) for event in found]


async def settled(succeeds: Succeeds, run: TrainingRun) -> Any:
    return await (await succeeds(run)).settle()


async def test_the_untrained_checkpoint_decides_until_there_is_another(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began()
    assert await (await succeeds(run)).begin()
    assert not await (await succeeds(run)).begin()
    service = await InService.open(log)
    assert (service.checkpoint, service.by) == (run.checkpoint, "run7")


async def test_a_checkpoint_that_is_not_worse_is_promoted_with_its_evidence(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began()
    await (await succeeds(run)).begin()
    untrained = run.checkpoint
    better = await update(run, strong())
    told = await settled(succeeds, run)
    assert not told.trial.refused
    service = await InService.open(log)
    assert service.stack == [untrained, better]
    (_, promoted) = service.all(CheckpointPromoted)
    assert (promoted.reason, promoted.by, promoted.run_id) == ("gate", "run7", "run7")
    assert promoted.evaluation_id == told.trial.candidate.started.evaluation_id
    assert promoted.replaced_evaluation_id == told.trial.incumbent.started.evaluation_id
    assert rejections(run) == []


async def test_a_worse_checkpoint_is_recorded_and_not_promoted(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began()
    good = await update(run, strong())
    await settled(succeeds, run)
    bad = await update(run, weak())
    told = await settled(succeeds, run)
    assert told.trial.refused
    assert "worse than the one before" in str(told.trial)
    service = await InService.open(log)
    assert service.checkpoint == good
    (refused,) = service.all(CheckpointRefused)
    assert (refused.checkpoint, refused.incumbent, refused.run_id) == (bad, good, "run7")
    assert refused.p_value < refused.level
    assert refused.difference < 0
    (rejected,) = rejections(run)
    assert (rejected.cause, rejected.update) == ("worse", 2)
    assert (rejected.rejected, rejected.checkpoint) == (bad, good)
    assert rejected.evaluation_id == refused.evaluation_id
    assert run.checkpoint == good
    assert run.update == 2
    next_one = await began()
    assert (next_one.checkpoint, next_one.update) == (good, 2)


async def test_deciding_again_after_a_crash_repeats_nothing(
    began: Began, succeeds: Succeeds, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await began()
    await update(run, strong())
    await settled(succeeds, run)
    await settled(succeeds, await began())
    await update(run, weak())
    with monkeypatch.context() as killed:

        async def dies(*_: object, **__: object) -> None:
            raise RuntimeError("killed")

        killed.setattr(run, "reject", dies)
        with pytest.raises(RuntimeError, match="killed"):
            await settled(succeeds, run)
    resumed = await began()
    for _ in range(2):
        await settled(succeeds, resumed)
    service = await InService.open(log)
    assert [len(service.all(kind)) for kind in (CheckpointPromoted, CheckpointRefused)] == [1, 1]
    assert len(rejections(resumed)) == 1


async def test_what_another_run_put_into_service_is_left_alone(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    other = await began(8)
    await (await succeeds(other)).begin()
    run = await began()
    assert not await (await succeeds(run)).begin()
    better = await update(run, strong())
    told = await settled(succeeds, run)
    assert (told.service, run.checkpoint) == ((), better)
    await update(run, weak())
    assert (await settled(succeeds, run)).trial.refused
    assert (await InService.open(log)).stack == [other.checkpoint]
    assert [rejected.cause for rejected in rejections(run)] == ["worse"]


async def test_a_run_follows_whoever_rolls_back(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began()
    await (await succeeds(run)).begin()
    untrained = run.checkpoint
    better = await update(run, strong())
    await settled(succeeds, run)
    await (await InService.open(log)).roll_back("", "looks odd", "somebody")
    assert (await settled(succeeds, run)).withdrawn == better
    (rejected,) = rejections(run)
    assert (rejected.cause, rejected.rejected, rejected.checkpoint) == (
        "withdrawn",
        better,
        untrained,
    )
    assert run.checkpoint == untrained
    assert (await settled(succeeds, run)).withdrawn == ""
    third = await update(run, strong(seed=3))
    await settled(succeeds, run)
    assert (await InService.open(log)).stack == [untrained, third]


async def test_without_a_gate_every_checkpoint_is_promoted(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began(gate=None)
    for checkpoint in (strong(), weak()):
        made = await update(run, checkpoint)
        assert (await settled(succeeds, run)).trial is None
        assert (await InService.open(log)).checkpoint == made
    assert rejections(run) == []


async def test_only_every_so_many_updates_are_compared(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began(gate=GateConfig(every=2, games=24, most_steps=30))
    await update(run, strong())
    assert (await settled(succeeds, run)).trial is None
    good = await update(run, strong(seed=1))
    assert not (await settled(succeeds, run)).trial.refused
    await update(run, weak())
    assert (await settled(succeeds, run)).trial is None
    await update(run, weak(seed=1))
    told = await settled(succeeds, run)
    assert told.trial.incumbent.started.checkpoint == good
    assert (run.checkpoint, run.update) == (good, 4)
    assert (await InService.open(log)).checkpoint == good


@pytest.mark.parametrize("gate", [None, GateConfig(games=24, most_steps=30)])
async def test_a_roll_back_while_an_update_is_computed_is_followed_once(
    began: Began, succeeds: Succeeds, log: EventLog, gate: GateConfig | None
) -> None:
    run = await began(gate=gate)
    await (await succeeds(run)).begin()
    untrained = run.checkpoint
    await update(run, strong())
    await settled(succeeds, run)
    second = await update(run, strong(seed=1))  # goes on from what is being withdrawn
    await (await InService.open(log)).roll_back("", "looks odd", "somebody")
    assert (await settled(succeeds, run)).withdrawn == second
    assert run.checkpoint == untrained
    third = await update(run, strong(seed=3))
    assert (await settled(succeeds, run)).withdrawn == ""
    assert (await InService.open(log)).stack == [untrained, third]


async def test_a_checkpoint_put_there_by_hand_has_successors_as_any(
    began: Began, succeeds: Succeeds, log: EventLog
) -> None:
    run = await began()
    service = await InService.open(log)
    await service.promote(CheckpointPromoted(checkpoint=run.checkpoint, run_id="run7", by="me"))
    better = await update(run, strong())
    assert (await settled(succeeds, run)).withdrawn == ""
    assert (await InService.open(log)).checkpoint == better
