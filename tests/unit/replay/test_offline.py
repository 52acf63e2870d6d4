"""Runs that learned from recorded games, computed again, and forgeries of their record."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.offline.config import Learning
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence
from tests.support.rule_games import METHODS, NAMES, begun, record, train

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
UPDATE_1, UPDATE_2 = 2, 4
"""Revisions in the run's stream."""


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as opened:
        yield opened


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def four(log: EmbeddedLog) -> list[str]:
    return [await record(log, number) for number in range(4)]


async def events_of(log: EmbeddedLog) -> Events:
    return [event async for event in log.read_all() if not event.stream.startswith("$")]


async def divergences(events: Events, blobs: BlobStore) -> list[Divergence]:
    replayer = Replayer(Bundle(events), blobs)
    return [each async for each in replayer.verify() if isinstance(each, Divergence)]


def typed(folder: Path, threads: int) -> subprocess.CompletedProcess[str]:
    """``jimbot-replay verify`` in a process of its own."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    command = [sys.executable, "-m", "jimbot_stream.replay.cli", "verify", "--jobs", "1", "--log"]
    return subprocess.run(
        [*command, f"sqlite:{folder / 'events.sqlite'}", "--data", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | dict.fromkeys(names, str(threads)),
    )


@pytest.mark.parametrize("learning", METHODS, ids=NAMES)
async def test_forged_weights_are_found_with_tensor_and_update(
    log: EmbeddedLog,
    blobs: BlobStore,
    rechain: Rechain,
    four: list[str],
    learning: Learning,
) -> None:
    training, run = await begun(log, blobs, learning)
    await train(training, run, 2)
    assert not await divergences(await events_of(log), blobs)
    read = from_bytes(blobs.get(run.checkpoint))
    part, field = (read.extra, "extra") if read.extra else (read.module, "module")
    name = sorted(part)[-1]
    part[name].flat[0] += 1
    forged = blobs.put(read.to_bytes())
    events = await events_of(log)
    changed = altered(events, UPDATE_2, {"checkpoint_out": forged}, rechain)
    (found,) = [
        each for each in await divergences(changed, blobs) if each.field == "checkpoint_out"
    ]
    assert found.revision == UPDATE_2
    assert f"First difference: {field}.{name}[0" in found.why


def altered(
    events: list[RecordedEvent], revision: int, change: dict[str, object], rechain: Rechain
) -> list[RecordedEvent]:
    """The events with other fields at a revision of the run, and chained anew."""
    run = [event for event in events if event.stream.startswith("trainingRun-")]
    others = [event for event in events if event not in run]
    data = orjson.loads(run[revision].data) | change
    run[revision] = replace(run[revision], data=orjson.dumps(data))
    return [*rechain(run), *others]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shuffle_seed": 99}, "shuffle_seed"),
        ({"episodes": []}, "episodes"),
        ({"steps": 1}, "steps"),
        ({"metrics": {"agreement": 2.0}}, "metrics.agreement"),
    ],
)
async def test_a_forged_record_is_found(
    log: EmbeddedLog,
    blobs: BlobStore,
    rechain: Rechain,
    four: list[str],
    change: dict[str, object],
    field: str,
) -> None:
    training, run = await begun(log, blobs, METHODS[0])
    await train(training, run, 1)
    changed = altered(await events_of(log), UPDATE_1, change, rechain)
    assert field in {each.field for each in await divergences(changed, blobs)}


@pytest.mark.parametrize("forgery", ["another batch", "an omitted game", "another config"])
async def test_other_games_or_numbers_lead_to_other_weights(
    log: EmbeddedLog, blobs: BlobStore, rechain: Rechain, four: list[str], forgery: str
) -> None:
    training, run = await begun(log, blobs, METHODS[2])
    await train(training, run, 2)
    told = orjson.loads(next(each for each in run.events if each.type == "UpdateApplied").data)
    others = [game.game_id for game in run.updates[1].episodes]
    change = {
        "another batch": {
            "episodes": [each for each in await references(log) if each["game_id"] in others]
        },
        "an omitted game": {"episodes": told["episodes"][1:]},
        "another config": {"config_json": told["config_json"].replace('"beta":3.0', '"beta":2.5')},
    }[forgery]
    assert all(told[name] != value for name, value in change.items())
    found = await divergences(altered(await events_of(log), UPDATE_1, change, rechain), blobs)
    fields = {each.field for each in found if each.revision == UPDATE_1}
    assert "checkpoint_out" in fields
    if forgery == "another config":
        assert "config_json" in fields


async def references(log: EmbeddedLog) -> list[dict[str, object]]:
    """Every game, as an update refers to it."""
    ends = [each async for each in log.read_all(types=["GameEnded"])]
    return [
        {"game_id": each.stream.removeprefix("game-"), "last_revision": each.revision}
        for each in sorted(ends, key=lambda each: each.stream)
    ]


async def test_learning_from_a_game_that_is_held_out_is_found(
    log: EmbeddedLog, blobs: BlobStore, rechain: Rechain, four: list[str]
) -> None:
    training, run = await begun(log, blobs, METHODS[0], 7, held_out=0.5, games=9)
    held_out = [header.game_id for header in training.selected.held_out]
    learned = [header.game_id for header in training.selected.learned]
    assert sorted([*held_out, *learned]) == four
    assert held_out
    await train(training, run, 1)
    assert [game.game_id for game in run.updates[0].episodes] == learned
    last = training.selected.held_out[0]
    told = [{"game_id": last.game_id, "last_revision": last.last_revision}]
    changed = altered(await events_of(log), UPDATE_1, {"episodes": told}, rechain)
    reasons = [each.why for each in await divergences(changed, blobs)]
    assert "It was held out: nothing is learned from it." in reasons


async def test_runs_of_all_methods_are_repeated_in_fresh_processes(
    tmp_path: Path, log: EmbeddedLog, blobs: BlobStore, four: list[str]
) -> None:
    for seed, learning in enumerate(METHODS):
        training, run = await begun(log, blobs, learning, seed)
        await train(training, run, 2)
    for threads in (1, 2):
        done = typed(tmp_path, threads)
        assert done.returncode == 0, done.stdout + done.stderr
