"""A run that explores goes on where it stopped, with what it has seen, and can be repeated."""

from pathlib import Path

import pytest

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.rollouts.watching import watching
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog

SEED = 11


async def trained(log: EventLog, blobs: BlobStore, config: TrainConfig, *upto: int) -> TrainingRun:
    """Go on with the run until it has so many updates, taken up anew for each number."""
    for updates in upto:
        run = await TrainingRun.begin(log, blobs, SEED, config, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)  # noqa: B023
    return run


async def test_a_run_that_stopped_goes_on_with_what_it_has_seen(
    log: EventLog, blobs: BlobStore, config: TrainConfig, tmp_path: Path
) -> None:
    straight = await trained(log, blobs, config, 3)
    kept = from_bytes(blobs.get(straight.checkpoint)).extra
    assert all(value.any() for value in kept.values())
    assert len(kept) == 7  # the counts, and three tensors of two layers that see builds
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        in_parts = await trained(other, BlobStore(tmp_path / "other"), config, 1, 2, 3)
    assert in_parts.updates == straight.updates


async def test_people_see_what_was_seen(
    log: EventLog,
    blobs: BlobStore,
    config: TrainConfig,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run = await TrainingRun.begin(log, blobs, SEED, config, ALGORITHM)
    with watching(config.rollout.decisions) as watch:
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= 1, watch.told, watch.done)
    told = capsys.readouterr().out
    assert "bonus of builds" in told
    assert f"{run.updates[0].metrics['combinations']:,.0f}" in told
