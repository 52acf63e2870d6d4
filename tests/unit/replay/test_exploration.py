"""A run that explores, computed again from its record; and what it keeps, changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.exploration.explorer import COUNTS
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
from jimbot_stream.replay.verdict import Divergence, Match, Verdict

Events = list[RecordedEvent]
UPDATE_2, SAVED_2 = 4, 5
CONFIG = TrainConfig(
    RolloutConfig(games=16, steps=16, rounds=2, builds="hands-1"),
    UpdateConfig(epochs=1, minibatch=128),
    combinations=Combinations(slot_bits=10),
)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def trained(tmp_path: Path, blobs: BlobStore) -> Events:
    """The events of a run of two updates."""
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run = await TrainingRun.begin(log, blobs, 11, CONFIG, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= 2, lambda steps: None, lambda done: None)
        return [event async for event in log.read_all() if not event.stream.startswith("$")]


async def verdicts(events: Events, blobs: BlobStore) -> list[Verdict]:
    return [verdict async for verdict in Replayer(Bundle(events), blobs).verify()]


async def test_every_update_is_found_identical(trained: Events, blobs: BlobStore) -> None:
    found = await verdicts(trained, blobs)
    assert not [verdict for verdict in found if isinstance(verdict, Divergence)]
    assert sum(isinstance(v, Match) and v.kind == "update" for v in found) == 2


@pytest.mark.parametrize("kept", [COUNTS, "builds.module.context.weight"])
async def test_what_was_changed_of_that_is_found(
    trained: Events, blobs: BlobStore, rechain: Callable[[Events], Events], kept: str
) -> None:
    """The network is genuine, digests and chains are made to fit: one number is too large."""
    run = [event for event in trained if event.stream.startswith("trainingRun-")]
    update, saved = (orjson.loads(run[at].data) for at in (UPDATE_2, SAVED_2))
    genuine = from_bytes(blobs.get(update["checkpoint_out"]))
    changed = genuine.extra[kept].copy()
    place = tuple(int(at) for at in np.argwhere(changed)[0])
    changed[place] += 1
    forged = blobs.put(replace(genuine, extra={**genuine.extra, kept: changed}).to_bytes())
    update["checkpoint_out"] = saved["checkpoint"] = forged
    run[UPDATE_2] = replace(run[UPDATE_2], data=orjson.dumps(update))
    run[SAVED_2] = replace(run[SAVED_2], data=orjson.dumps(saved))
    found = [each for each in await verdicts(rechain(run), blobs) if isinstance(each, Divergence)]
    (wrong,) = [each for each in found if each.field == "checkpoint_out"]
    assert wrong.cause == "weights"
    assert f"extra.{kept}{list(place)}" in wrong.why


@pytest.mark.parametrize("name", ["combinations", "build_bonus"])
async def test_what_people_are_told_must_be_so(
    trained: Events, blobs: BlobStore, rechain: Callable[[Events], Events], name: str
) -> None:
    run = [event for event in trained if event.stream.startswith("trainingRun-")]
    update = orjson.loads(run[UPDATE_2].data)
    update["metrics"][name] += 1
    run[UPDATE_2] = replace(run[UPDATE_2], data=orjson.dumps(update))
    found = [each for each in await verdicts(rechain(run), blobs) if isinstance(each, Divergence)]
    assert {each.field for each in found} == {f"metrics.{name}"}
