"""Runs of the log are listed, and told one by one."""

import pytest
from rich.console import Console

from jimbot_stream.agents import listing
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog

CONFIG = TrainConfig(RolloutConfig(games=4, steps=3, rounds=2), UpdateConfig(epochs=1))


async def test_runs_are_told_with_their_updates(log: EventLog, blobs: BlobStore) -> None:
    assert await listing.courses(log) == []
    await TrainingRun.begin(log, blobs, 1, UpdateConfig())
    run = await TrainingRun.begin(log, blobs, 2, CONFIG, ALGORITHM)
    await Training(run, FrozenClock()).train(
        lambda: run.update >= 2, lambda steps: None, lambda done: None
    )
    await run.record_end("finished")
    first, second = await listing.courses(log)
    assert (first.started.algorithm, first.steps, first.ended) == ("ppo", 0, "")
    assert (second.started.run_id, second.steps, second.ended) == ("run2", 48, "finished")
    console = Console(width=200)
    with console.capture() as told:
        console.print(listing.table([first, second]))
        console.print(listing.course_table(await listing.course_of(log, "run2")))
    assert run.checkpoint[:12] in told.get()
    assert all(update.checkpoint_out[:12] in told.get() for update in run.updates)


async def test_a_run_that_is_not_there_is_told(log: EventLog, blobs: BlobStore) -> None:
    await TrainingRun.begin(log, blobs, 1, UpdateConfig())
    with pytest.raises(ValueError, match="no run 'run9' in the log; there are: run1"):
        await listing.course_of(log, "run9")
