"""A recorded run goes on where it stopped, and can be computed again."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.budget import Budget, BudgetError
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.runners import Workplace
from jimbot_stream.agents.rollouts.training import Progress, Training
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match

SEED = 11


async def begun(log: EventLog, blobs: BlobStore, config: TrainConfig) -> TrainingRun:
    return await TrainingRun.begin(log, blobs, SEED, config, ALGORITHM)


async def trained(log: EventLog, blobs: BlobStore, config: TrainConfig, updates: int) -> Any:
    """Go on with the run until it has so many updates."""
    run = await begun(log, blobs, config)
    done: list[Progress] = []
    training = Training(run, FrozenClock())
    await training.train(lambda: run.update >= updates, lambda steps: None, done.append)
    return run, done


async def test_a_run_that_stopped_goes_on_as_if_it_had_not(
    log: EventLog, blobs: BlobStore, config: TrainConfig, tmp_path: Path
) -> None:
    straight, done = await trained(log, blobs, config, 3)
    assert [each.applied.update for each in done] == [1, 2, 3]
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        for updates in (1, 2, 3):
            in_parts, _ = await trained(other, BlobStore(tmp_path / "other"), config, updates)
    assert in_parts.checkpoint == straight.checkpoint
    assert in_parts.sampler == straight.sampler
    assert in_parts.updates == straight.updates


async def test_an_update_that_was_broken_off_leaves_no_trace(
    log: EventLog, blobs: BlobStore, config: TrainConfig, tmp_path: Path
) -> None:
    run, _ = await trained(log, blobs, config, 1)
    loop, under_way = asyncio.get_running_loop(), asyncio.Event()

    def told(steps: int) -> None:
        loop.call_soon_threadsafe(under_way.set)

    training = Training(run, FrozenClock())
    work = asyncio.ensure_future(training.train(lambda: False, told, lambda done: None))
    await under_way.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert (await begun(log, blobs, config)).update == 1
    await training.train(lambda: run.update >= 3, told, lambda done: None)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        straight, _ = await trained(other, BlobStore(tmp_path / "other"), config, 3)
    assert (run.checkpoint, run.sampler) == (straight.checkpoint, straight.sampler)


async def test_every_update_is_computed_again(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    await trained(log, blobs, config, 2)
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert sum(isinstance(v, Match) and v.kind == "update" for v in verdicts) == 2


async def test_games_in_shares_and_sums_of_gradients_are_computed_again(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    cut = TrainConfig(
        replace(config.rollout, runners=2), replace(config.ppo, minibatch=4, accumulate=4)
    )
    run, _ = await trained(log, blobs, cut, 1)
    run, _ = await trained(log, blobs, cut, 2)  # taken up where the shares stood
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert sum(isinstance(v, Match) and v.kind == "update" for v in verdicts) == 2
    assert '"accumulate":4' in run.updates[1].config_json
    assert '"runners":2' in run.updates[1].config_json


async def test_a_run_that_outgrew_its_memory_ends_with_a_recorded_update(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    run = await begun(log, blobs, config)
    training = Training(run, FrozenClock(), workplace=Workplace(budget=Budget(0, 1, 1, 1)))
    with pytest.raises(BudgetError, match=f"run{SEED}: learner and samplers hold"):
        await training.train(lambda: run.update >= 3, lambda steps: None, lambda done: None)
    assert run.update == 1
    run, _ = await trained(log, blobs, config, 2)
    assert run.update == 2


async def test_the_record_tells_the_device_of_the_learner(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    run, _ = await trained(log, blobs, config, 1)
    assert orjson.loads(run.updates[0].environment_json) == environment()


async def test_a_run_of_another_algorithm_is_refused(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    await TrainingRun.begin(log, blobs, SEED, UpdateConfig())
    with pytest.raises(RunError, match="begun with the algorithm 'ppo'"):
        await begun(log, blobs, config)


async def test_games_that_were_spoilt_are_refused(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    run, _ = await trained(log, blobs, config, 1)
    path = next(path for path in blobs.folder.rglob(run.sampler))
    path.chmod(0o600)
    path.write_bytes(b"spoilt")
    with pytest.raises(BlobError):
        Training(run, FrozenClock())


async def test_the_record_tells_what_was_played(
    log: EventLog, blobs: BlobStore, config: TrainConfig
) -> None:
    run, _ = await trained(log, blobs, config, 2)
    first, second = run.updates
    assert not first.episodes
    assert second.rollout.sampler_in == first.rollout.sampler_out
    rollout = config.rollout
    assert (first.rollout.games, first.rollout.steps) == (rollout.games, rollout.steps)
    assert first.steps == rollout.decisions
    assert orjson.loads(first.config_json) == orjson.loads(config.to_json())
