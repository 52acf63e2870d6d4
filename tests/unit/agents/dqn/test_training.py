"""A recorded DQN run goes on where it stopped, with what it remembers, and can be repeated."""

import asyncio
from pathlib import Path

import pytest

from jimbot_stream.agents.dqn.config import ALGORITHM, DqnTrainConfig
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rollouts.watching import watching
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match

SEED = 11


async def trained(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig, updates: int
) -> TrainingRun:
    """Go on with the run until it has so many updates."""
    run = await TrainingRun.begin(log, blobs, SEED, config, ALGORITHM)
    training = DqnTraining(run, FrozenClock())
    await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)
    return run


async def test_a_run_that_stopped_goes_on_as_if_it_had_not(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig, tmp_path: Path
) -> None:
    straight = await trained(log, blobs, config, 3)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        for updates in (1, 2, 3):
            in_parts = await trained(other, BlobStore(tmp_path / "other"), config, updates)
    assert in_parts.updates == straight.updates
    assert in_parts.memory == straight.memory != ""


async def test_an_update_that_was_broken_off_leaves_no_trace(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig, tmp_path: Path
) -> None:
    run = await trained(log, blobs, config, 1)
    loop, under_way = asyncio.get_running_loop(), asyncio.Event()

    def told(steps: int) -> None:
        loop.call_soon_threadsafe(under_way.set)

    training = DqnTraining(run, FrozenClock())
    work = asyncio.ensure_future(training.train(lambda: False, told, lambda done: None))
    await under_way.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await training.train(lambda: run.update >= 3, told, lambda done: None)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        straight = await trained(other, BlobStore(tmp_path / "other"), config, 3)
    assert run.updates == straight.updates


async def test_every_update_is_computed_again(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig
) -> None:
    await trained(log, blobs, config, 2)
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert sum(isinstance(v, Match) and v.kind == "update" for v in verdicts) == 2


async def test_an_update_writes_its_own_rounds_alone(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig
) -> None:
    run = await trained(log, blobs, config, 2)
    first, second = run.updates
    assert second.memory_in == first.memory_out
    before = manifest.blocks_of(blobs.get(first.memory_out))
    after = manifest.blocks_of(blobs.get(second.memory_out))
    assert after[: len(before)] == before
    assert len(before) == len(after) - len(before) == config.rollout.rounds


async def test_what_was_kept_is_missed(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig
) -> None:
    run = await trained(log, blobs, config, 1)
    block = manifest.blocks_of(blobs.get(run.memory))[0]
    blobs.path(block).unlink()
    with pytest.raises(BlobError, match=block):
        DqnTraining(run, FrozenClock())


async def test_a_run_of_another_algorithm_is_refused(
    log: EventLog, blobs: BlobStore, config: DqnTrainConfig
) -> None:
    await trained(log, blobs, config, 1)
    with pytest.raises(RunError, match="begun with the algorithm 'dqn-rollouts'"):
        await TrainingRun.begin(log, blobs, SEED, config, "ppo-rollouts")


async def test_people_see_the_memory(
    log: EventLog,
    blobs: BlobStore,
    config: DqnTrainConfig,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run = await TrainingRun.begin(log, blobs, SEED, config, ALGORITHM)
    with watching(config.rollout.decisions) as watch:
        training = DqnTraining(run, FrozenClock())
        await training.train(lambda: run.update >= 1, watch.told, watch.done)
    told = capsys.readouterr().out
    for words in ("90 transitions kept", "epsilon", "compressed", "TD error"):
        assert words in told
