"""A DQN run, computed again from seeds and remembered play, and forgeries of its record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.dqn.config import ALGORITHM, DqnConfig, DqnTrainConfig
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.replay_memory.block import from_bytes
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
UPDATE_1, SAVED_1, UPDATE_2, SAVED_2 = 2, 3, 4, 5
OTHER = "ab" * 32
CONFIG = DqnTrainConfig(
    RolloutConfig(games=4, steps=4, rounds=2),
    DqnConfig(minibatch=8, minibatches=2, warm=8),
    MemoryConfig(mib=1),
)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def trained(tmp_path: Path, blobs: BlobStore) -> Events:
    """The events of a run of two updates."""
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run = await TrainingRun.begin(log, blobs, 3, CONFIG, ALGORITHM)
        training = DqnTraining(run, FrozenClock())
        await training.train(lambda: run.update >= 2, lambda steps: None, lambda done: None)
        return [event async for event in log.read_all() if not event.stream.startswith("$")]


async def found(events: Events, blobs: BlobStore) -> list[Divergence]:
    return [v async for v in Replayer(Bundle(events), blobs).verify() if isinstance(v, Divergence)]


def forged(events: Events, rechain: Rechain, changes: dict[int, dict[str, object]]) -> Events:
    """The events with other fields at some revisions of the run, and chained anew."""
    run = [event for event in events if event.stream.startswith("trainingRun-")]
    others = [event for event in events if event not in run]
    for revision, change in changes.items():
        data = orjson.loads(run[revision].data) | change
        run[revision] = replace(run[revision], data=orjson.dumps(data))
    return [*rechain(run), *others]


def memory_after(events: Events, revision: int) -> str:
    run = [event for event in events if event.stream.startswith("trainingRun-")]
    name: str = orjson.loads(run[revision].data)["memory_out"]
    return name


async def test_a_genuine_run_is_found_identical(trained: Events, blobs: BlobStore) -> None:
    assert not await found(trained, blobs)


@pytest.mark.parametrize(
    ("revision", "change", "field", "cause"),
    [
        (UPDATE_1, {"memory_in": OTHER}, "rollout", "missing"),
        (UPDATE_2, {"memory_in": OTHER}, "memory_in", "tampering"),
        (UPDATE_2, {"memory_out": OTHER}, "memory_out", "rules"),
        (UPDATE_2, {"memory_out": ""}, "memory_out", "rules"),
        (SAVED_1, {"memory": OTHER}, "memory", "tampering"),
        (SAVED_2, {"memory": ""}, "memory", "tampering"),
        (UPDATE_1, {"metrics": {}}, "metrics.ante", "tampering"),
        (0, {"algorithm": "ppo"}, "algorithm", "tampering"),
        (UPDATE_1, {"shuffle_seed": 99}, "shuffle_seed", "seed"),
    ],
)
async def test_a_forged_record_is_found(
    trained: Events,
    blobs: BlobStore,
    rechain: Rechain,
    revision: int,
    change: dict[str, object],
    field: str,
    cause: str,
) -> None:
    differences = await found(forged(trained, rechain, {revision: change}), blobs)
    assert (field, cause) in {(each.field, each.cause) for each in differences}


async def test_forged_priorities_are_found_wherever_they_are_named(
    trained: Events, blobs: BlobStore, rechain: Rechain
) -> None:
    """The forger names the manifest of other errors everywhere, but did not learn from it."""
    name = memory_after(trained, UPDATE_1)
    good = blobs.get(name)
    other = blobs.put(good[:-4] + b"\0\0\x80\x40")  # the last error is 4.0
    changes: dict[int, dict[str, object]] = {
        UPDATE_1: {"memory_out": other},
        SAVED_1: {"memory": other},
        UPDATE_2: {"memory_in": other},
    }
    differences = await found(forged(trained, rechain, changes), blobs)
    assert ("memory_out", "rules") in {(each.field, each.cause) for each in differences}


async def test_forged_play_in_the_memory_is_found(
    trained: Events, blobs: BlobStore, rechain: Rechain
) -> None:
    """A block of other rewards, under its own name, in a manifest that lists it."""
    good = blobs.get(memory_after(trained, UPDATE_1))
    name = manifest.blocks_of(good)[0]
    block = from_bytes(blobs.get(name))
    other_block = blobs.put(replace(block, rewards=block.rewards + 1).to_bytes())
    other = blobs.put(good.replace(name.encode(), other_block.encode()))
    changes: dict[int, dict[str, object]] = {
        UPDATE_1: {"memory_out": other},
        SAVED_1: {"memory": other},
        UPDATE_2: {"memory_in": other},
    }
    differences = await found(forged(trained, rechain, changes), blobs)
    assert ("memory_out", "rules") in {(each.field, each.cause) for each in differences}


async def test_a_damaged_block_is_found(trained: Events, blobs: BlobStore) -> None:
    block = manifest.blocks_of(blobs.get(memory_after(trained, UPDATE_1)))[0]
    path = blobs.path(block)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (difference,) = await found(trained, blobs)
    assert difference.kind == "update"
    assert block in difference.got
