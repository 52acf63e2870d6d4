"""A run through stages is found identical, and forgeries of its steps are not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.curriculum.stages import Curriculum, Stage
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
Rechain = Callable[[Events], Events]
TWO = Curriculum(
    "two",
    (Stage("short", win_ante=1, measure="blinds", wanted=0.0), Stage("long", win_ante=2)),
    games=1,
)
CONFIG = TrainConfig(
    RolloutConfig(games=4, steps=16, rounds=2), UpdateConfig(epochs=1), curriculum=TWO
).at_stage(0)
STEP, NEXT = 4, 5
"""Revisions of the step and of the update that follows it."""


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def trained(tmp_path: Path, blobs: BlobStore) -> Events:
    """The events of a run of three updates, the first of which ends a stage."""
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run = await TrainingRun.begin(log, blobs, 3, CONFIG, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= 3, lambda steps: None, lambda done: None)
        return [event async for event in log.read_all() if not event.stream.startswith("$")]


async def found(events: Events, blobs: BlobStore) -> list[Divergence]:
    return [v async for v in Replayer(Bundle(events), blobs).verify() if isinstance(v, Divergence)]


def split(events: Events) -> tuple[Events, Events]:
    run = [event for event in events if event.stream.startswith("trainingRun-")]
    assert run[STEP].type == "CurriculumAdvanced"
    assert run[NEXT].type == "UpdateApplied"
    return run, [event for event in events if event not in run]


async def test_a_genuine_run_is_found_identical(trained: Events, blobs: BlobStore) -> None:
    split(trained)
    assert not await found(trained, blobs)


def longer() -> str:
    harder = replace(CONFIG.at_stage(1).rollout, win_ante=4)
    return replace(CONFIG, rollout=harder).to_json()


@pytest.mark.parametrize(
    ("revision", "change", "field"),
    [
        (STEP, {"measured": 9.0}, "measured"),
        (STEP, {"games": 1000}, "games"),
        (STEP, {"wanted": 1.0}, "wanted"),
        (STEP, {"stage": 2}, "stage"),
        (STEP, {"name": "longer"}, "name"),
        (STEP, {"update": 2}, "update"),
        (STEP, {"run_id": "run4"}, "run_id"),
        (STEP, {"config_json": longer()}, "config_json"),
        (NEXT, {"config_json": CONFIG.to_json()}, "config_json"),
        (NEXT, {"rollout": {"sampler_in": "ab" * 32}}, "rollout.sampler_in"),
    ],
)
async def test_a_forged_step_is_found(
    trained: Events,
    blobs: BlobStore,
    rechain: Rechain,
    revision: int,
    change: dict[str, object],
    field: str,
) -> None:
    run, others = split(trained)
    data = orjson.loads(run[revision].data)
    for name, value in change.items():
        data[name] = {**data[name], **value} if isinstance(value, dict) else value
    run[revision] = replace(run[revision], data=orjson.dumps(data))
    assert field in {each.field for each in await found([*rechain(run), *others], blobs)}


async def test_a_step_that_was_taken_away_is_missed(
    trained: Events, blobs: BlobStore, rechain: Rechain
) -> None:
    run, others = split(trained)
    without = rechain([event for event in run if event.type != "CurriculumAdvanced"])
    first = (await found([*without, *others], blobs))[0]
    assert first.expected == "CurriculumAdvanced to stage 1 (long)"


async def test_a_step_that_was_not_due_is_found(
    trained: Events, blobs: BlobStore, rechain: Rechain
) -> None:
    run, others = split(trained)
    run[NEXT + 2 : NEXT + 2] = [run[STEP]]
    first = (await found([*rechain(run), *others], blobs))[0]
    assert (first.field, first.expected) == ("stage", "the stage before")


async def test_games_that_go_on_over_a_step_are_found(
    trained: Events, blobs: BlobStore, rechain: Rechain
) -> None:
    """The stage's games must begin anew, though the ones before it stand in a blob."""
    run, others = split(trained)
    before = orjson.loads(run[NEXT - 2].data)["sampler"]
    data = orjson.loads(run[NEXT].data)
    data["rollout"]["sampler_in"] = before
    run[NEXT] = replace(run[NEXT], data=orjson.dumps(data))
    fields = {(each.kind, each.field) for each in await found([*rechain(run), *others], blobs)}
    assert {("run", "rollout.sampler_in"), ("update", "rollout")} <= fields
