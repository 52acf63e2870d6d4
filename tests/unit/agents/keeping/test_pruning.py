"""What is let go of can be computed again, and a run goes on as if nothing had gone."""

from collections import Counter
from pathlib import Path

import pytest

from jimbot_stream.agents.keeping.pruning import Pruner
from jimbot_stream.agents.replay_memory.manifest import ManifestError
from jimbot_stream.agents.rollouts.config import ALGORITHM as PPO
from jimbot_stream.agents.rollouts.training import Settle, Training
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import CheckpointPromoted, CheckpointsPruned
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Divergence, Match
from tests.support.tiny_runs import CONFIG, SEED
from tests.unit.agents.keeping.conftest import Settling, Trains


async def verified(log: EventLog, blobs: BlobStore, *, updates: bool = True) -> Counter[str]:
    """Kinds of what was found identical; nothing may differ."""
    found = Replayer(log, blobs).verify(Selection(updates=updates))
    verdicts = [verdict async for verdict in found]
    assert [verdict for verdict in verdicts if isinstance(verdict, Divergence)] == []
    return Counter(verdict.kind for verdict in verdicts if isinstance(verdict, Match))


def on_disk(blobs: BlobStore) -> set[str]:
    return {path.name for path in blobs.folder.rglob("*") if path.is_file()}


async def pruned(run: TrainingRun, log: EventLog, every: int) -> int:
    """Prune; how many blobs went."""
    pruner = Pruner(run, log)
    plan = await pruner.plan(every)
    await pruner.prune(plan)
    return len(plan.blobs)


@pytest.mark.parametrize("algorithm", ["ppo", "dqn"])
async def test_what_was_pruned_is_made_again_by_the_audit(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(7)
    before = on_disk(blobs)
    gone = await pruned(run, log, 4)
    assert len(before) - len(on_disk(blobs)) == gone > 0
    updates = {update.update: update.checkpoint_out for update in run.updates}
    assert [number for number, name in updates.items() if blobs.has(name)] == [4, 6, 7]
    found = await verified(log, blobs)
    assert (found["update"], found["pruned checkpoint"], found["checkpoint"]) == (7, 4, 4)


@pytest.mark.parametrize("algorithm", ["ppo", "dqn"])
async def test_a_pruned_run_goes_on_to_the_same_weights(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(4)
    await pruned(run, log, 100)
    run = await trains(6)
    await pruned(run, log, 100)
    with_gaps = run.updates
    found = await verified(log, blobs)
    assert (found["update"], found["pruned checkpoint"]) == (6, 4)
    again = await trains(6)
    assert again.updates == with_gaps


async def test_what_is_in_service_stays_and_names_nothing_more(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(4)
    second = run.updates[1]
    service = await InService.open(log)
    await service.promote(
        CheckpointPromoted(checkpoint=second.checkpoint_out, run_id="run5", by="me")
    )
    await pruned(run, log, 100)
    assert blobs.has(second.checkpoint_out)
    assert not blobs.has(second.rollout.sampler_out)
    assert (await verified(log, blobs))["pruned checkpoint"] == 1


async def test_what_another_run_began_from_stays(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(4)
    second = run.updates[1].checkpoint_out
    await TrainingRun.begin(log, blobs, SEED + 1, CONFIG, PPO, begun_from=second)
    await pruned(run, log, 100)
    assert [blobs.has(update.checkpoint_out) for update in run.updates] == [False, *[True] * 3]
    assert (await verified(log, blobs, updates=False))["run"] == 2


async def test_pruning_again_finds_nothing_to_do(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(6)
    assert await pruned(run, log, 2)
    events = len(run.events)
    assert not await pruned(run, log, 2)
    assert len(run.events) == events
    assert await pruned(run, log, 4)


async def test_files_of_a_pruning_that_was_cut_off_go_with_the_next(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(4)
    plan = await Pruner(run, log).plan(4)
    told = CheckpointsPruned(run_id=plan.run, update=4, every=4, blobs=plan.blobs, size=plan.size)
    await run.record_pruned(told)
    assert on_disk(blobs) > set(plan.blobs)
    assert (await verified(log, blobs, updates=False))["run"] == 1
    assert await Pruner(run, log).hold(1 << 40) is None
    assert not on_disk(blobs) & set(plan.blobs)


async def test_what_is_named_between_the_record_and_the_deletion_stays(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(5)
    pruner = Pruner(run, log)
    plan = await pruner.plan(100)
    second = run.updates[1].checkpoint_out
    told = CheckpointPromoted(checkpoint=second, run_id="run5", by="me")
    await (await InService.open(log)).promote(told)
    await pruner.prune(plan)
    assert second in plan.blobs
    assert blobs.has(second)
    await verified(log, blobs, updates=False)


@pytest.mark.parametrize("algorithm", ["dqn"])
async def test_what_is_damaged_is_not_taken_for_a_manifest(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    run = await trains(4)
    blobs.path(run.updates[0].memory_out).write_bytes(b"of another kind")
    with pytest.raises(ManifestError, match="not the manifest of a replay memory"):
        await Pruner(run, log).plan(2)


async def test_a_blob_that_is_missing_and_was_not_pruned_is_a_loss(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    """Neither does what follows from it come out again."""
    run = await trains(6)
    await pruned(run, log, 4)
    blobs.drop(run.updates[3].checkpoint_out)
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    found = [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert {(each.kind, each.field) for each in found} == {
        ("checkpoint", "checkpoint"),
        ("update", "checkpoint_in"),
    }
    assert any("no blob" in each.got for each in found)


async def test_a_learner_goes_on_while_somebody_else_prunes(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    learner, other = await trains(4), await trains(4)
    await pruned(other, log, 100)
    training = Training(learner, FrozenClock())
    await training.train(lambda: learner.update >= 5, lambda steps: None, lambda done: None)
    assert [event.type for event in learner.events[-3:]] == [
        "CheckpointsPruned",
        "UpdateApplied",
        "CheckpointSaved",
    ]
    assert (await verified(log, blobs, updates=False))["run"] == 1


async def test_who_plans_while_the_run_goes_on_must_plan_again(
    trains: Trains, log: EventLog, blobs: BlobStore
) -> None:
    """What was to go may be what the run has gone back to meanwhile."""
    run = await trains(4)
    pruner = Pruner(run, log)
    plan = await pruner.plan(100)
    await trains(5)
    with pytest.raises(RunError, match="goes on with the same run"):
        await pruner.prune(plan)
    assert all(blobs.has(name) for name in plan.blobs)


def holding(log: EventLog, bound: int) -> Settling:
    """Holds a run to a bound."""

    def settle(run: TrainingRun) -> Settle:
        pruner = Pruner(run, log)

        async def hold() -> None:
            await pruner.hold(bound)

        return hold

    return settle


async def test_a_run_is_held_to_its_bound(trains: Trains, log: EventLog, blobs: BlobStore) -> None:
    await trains(1)
    an_update = sum(blobs.size(name) for name in on_disk(blobs)) // 2  # with the untrained one
    run = await trains(10, holding(log, 6 * an_update))
    told = [read_event(CheckpointsPruned, e) for e in run.events if e.type == "CheckpointsPruned"]
    assert [each.every for each in told] == sorted(each.every for each in told)
    assert {each.every for each in told} >= {2, 4}
    assert sum(blobs.size(name) for name in on_disk(blobs)) <= 8 * an_update
    assert (await verified(log, blobs, updates=False))["run"] == 1


async def test_a_run_that_was_stopped_at_any_time_is_thinned_out_alike(
    trains: Trains, log: EventLog, blobs: BlobStore, tmp_path: Path
) -> None:
    bound = 5 << 20
    for updates in range(1, 9):
        run = await trains(updates, holding(log, bound))
    in_parts = [(event.type, event.data) for event in run.events]
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        begun = await TrainingRun.begin(other, BlobStore(tmp_path / "other"), SEED, CONFIG, PPO)
        training = Training(begun, FrozenClock(), holding(other, bound)(begun))
        await training.train(lambda: begun.update >= 8, lambda steps: None, lambda done: None)
    assert [(event.type, event.data) for event in begun.events] == in_parts
    assert "CheckpointsPruned" in {event.type for event in begun.events}
