"""A run in the simulator, computed again from its seeds, and forgeries of its record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence

Events = list[RecordedEvent]
UPDATE_1, SAVED_1, UPDATE_2, SAVED_2 = 2, 3, 4, 5
OTHER = "ab" * 32
CONFIG = TrainConfig(RolloutConfig(games=4, steps=3, rounds=2), UpdateConfig(epochs=1))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def trained(tmp_path: Path, blobs: BlobStore) -> Events:
    """The events of a run of two updates."""
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run = await TrainingRun.begin(log, blobs, 3, CONFIG, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= 2, lambda steps: None, lambda done: None)
        return [event async for event in log.read_all() if not event.stream.startswith("$")]


async def found(events: Events, blobs: BlobStore) -> list[Divergence]:
    return [v async for v in Replayer(Bundle(events), blobs).verify() if isinstance(v, Divergence)]


async def test_a_genuine_run_is_found_identical(trained: Events, blobs: BlobStore) -> None:
    assert not await found(trained, blobs)


@pytest.mark.parametrize(
    ("revision", "change", "field", "cause"),
    [
        (UPDATE_2, {"rollout": {"sampler_in": OTHER}}, "rollout.sampler_in", "tampering"),
        (UPDATE_2, {"rollout": {"sampler_out": OTHER}}, "rollout.sampler_out", "rules"),
        (SAVED_1, {"sampler": OTHER}, "sampler", "tampering"),
        (SAVED_2, {"sampler": ""}, "sampler", "tampering"),
        (UPDATE_1, {"rollout": {"games": 5}}, "rollout.games", "tampering"),
        (UPDATE_2, {"rollout": {"steps": 5}}, "rollout.steps", "tampering"),
        (UPDATE_2, {"rollout": {"rounds": 5}}, "rollout.rounds", "tampering"),
        (UPDATE_1, {"metrics": {}}, "metrics.entropy", "tampering"),
        (0, {"algorithm": "ppo"}, "algorithm", "tampering"),
        (0, {"begun_from": OTHER}, "begun_from", "weights"),
        (UPDATE_1, {"steps": 23}, "steps", "tampering"),
        (UPDATE_1, {"threads": 7}, "threads", "tampering"),
        (UPDATE_1, {"shuffle_seed": 99}, "shuffle_seed", "seed"),
    ],
)
async def test_a_forged_record_is_found(
    trained: Events,
    blobs: BlobStore,
    rechain: Callable[[Events], Events],
    revision: int,
    change: dict[str, object],
    field: str,
    cause: str,
) -> None:
    run = [event for event in trained if event.stream.startswith("trainingRun-")]
    others = [event for event in trained if event not in run]
    data = orjson.loads(run[revision].data)
    for name, value in change.items():
        data[name] = {**data[name], **value} if value and isinstance(value, dict) else value
    run[revision] = replace(run[revision], data=orjson.dumps(data))
    differences = await found([*rechain(run), *others], blobs)
    assert (field, cause) in {(each.field, each.cause) for each in differences}
