"""A run's updates, computed again from the recorded games."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import orjson
import pytest

from jimbot_stream.agents import checkpoint as checkpoints
from jimbot_stream.agents.feed import read_batch
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.update import apply_update
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import EpisodeReference
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Divergence, Match, Tolerated

House = Any  # of conftest.py
Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
AuditRun = Callable[[Events], Awaitable[list[Divergence]]]

START, UPDATE_1, SAVED_1, UPDATE_2, SAVED_2, END = 0, 2, 3, 4, 5, 6


@pytest.fixture
def audit_run(house: House, game: Events, rechain: Rechain, blobs: BlobStore) -> AuditRun:
    """Verify the games with this run instead of the genuine one, its traces covered."""
    games = [event for event in house.events if event.stream.startswith("game-")]

    async def found(run: Events) -> list[Divergence]:
        return await divergences([*games, *rechain(run)], blobs)

    return found


@pytest.fixture
def blobs(house: House, tmp_path: Path) -> BlobStore:
    """A copy of the blobs, for tests that spoil or add some."""
    mine = BlobStore(tmp_path / "blobs")
    for path in house.blobs.folder.rglob("*"):
        if path.is_file():
            mine.put(path.read_bytes())
    return mine


async def divergences(events: Sequence[RecordedEvent], blobs: BlobStore) -> list[Divergence]:
    return [v async for v in Replayer(Bundle(events), blobs).verify() if isinstance(v, Divergence)]


def edited(events: Events, revision: int, **fields: object) -> Events:
    data = orjson.loads(events[revision].data) | fields
    changed = replace(events[revision], data=orjson.dumps(data))
    return [*events[:revision], changed, *events[revision + 1 :]]


def told(events: Events, revision: int, name: str) -> Any:
    return orjson.loads(events[revision].data)[name]


def nudged(blob: bytes, by: float) -> bytes:
    """A checkpoint with one weight moved."""
    read = checkpoints.from_bytes(blob)
    name = sorted(read.module)[0]
    moved = read.module[name].copy()
    moved.flat[0] += np.float32(by)
    return replace(read, module=read.module | {name: moved}).to_bytes()


async def test_the_genuine_run_has_no_divergence(audit_run: AuditRun, run: Events) -> None:
    assert await audit_run(run) == []


async def test_another_checkpoint_out_is_named_with_the_first_tensor(
    audit_run: AuditRun, run: Events, blobs: BlobStore
) -> None:
    genuine = told(run, UPDATE_1, "checkpoint_out")
    other = blobs.put(nudged(blobs.get(genuine), 0.5))
    forged = edited(run, UPDATE_1, checkpoint_out=other)
    forged = edited(forged, SAVED_1, checkpoint=other)

    found = await audit_run(edited(forged, UPDATE_2, checkpoint_in=other))

    first = min((d for d in found if d.kind == "update"), key=lambda d: d.revision)
    assert (first.revision, first.field, first.cause) == (UPDATE_1, "checkpoint_out", "weights")
    assert (first.expected, first.got) == (genuine, other)
    assert "First difference: module." in first.why


async def test_a_checkpoint_out_that_the_next_update_does_not_go_on_from_is_found(
    audit_run: AuditRun, run: Events, blobs: BlobStore
) -> None:
    other = blobs.put(nudged(blobs.get(told(run, UPDATE_1, "checkpoint_out")), 0.5))

    found = await audit_run(edited(run, UPDATE_1, checkpoint_out=other))

    named = [(d.kind, d.revision, d.field) for d in found]
    assert ("checkpoint", SAVED_1, "checkpoint") in named
    assert ("run", UPDATE_2, "checkpoint_in") in named


async def test_another_order_of_minibatches_is_a_seed_divergence(
    audit_run: AuditRun, run: Events
) -> None:
    found = await audit_run(edited(run, UPDATE_1, shuffle_seed=5))

    assert ("run", UPDATE_1, "shuffle_seed", "seed") in [
        (d.kind, d.revision, d.field, d.cause) for d in found
    ]
    assert ("update", UPDATE_1, "checkpoint_out") in [(d.kind, d.revision, d.field) for d in found]


async def test_a_left_out_episode_changes_the_weights(audit_run: AuditRun, run: Events) -> None:
    [divergence] = await audit_run(
        edited(run, UPDATE_1, episodes=told(run, UPDATE_1, "episodes")[:1])
    )

    assert (divergence.kind, divergence.revision) == ("update", UPDATE_1)
    assert divergence.cause == "weights"


async def test_a_cut_tail_of_a_game_that_was_learned_from_is_missing(
    house: House, blobs: BlobStore
) -> None:
    games = [e for e in house.events if e.stream == "game-one"]
    rest = [e for e in house.events if e.stream != "game-one"]

    found = await divergences([*games[:-2], *rest], blobs)

    assert [(d.revision, d.field, d.cause) for d in found] == [(UPDATE_1, "episodes[0]", "missing")]
    assert found[0].expected == f"{games[-1].revision}@game-one"


async def test_a_game_that_vanished_whole_is_missing(house: House, blobs: BlobStore) -> None:
    found = await divergences([e for e in house.events if e.stream != "game-two"], blobs)

    assert {(d.field, d.got, d.cause) for d in found} == {
        ("episodes[1]", "no such stream", "missing")
    }


async def test_an_update_taken_out_is_missing(audit_run: AuditRun, run: Events) -> None:
    found = await audit_run([*run[:UPDATE_1], *run[UPDATE_2:]])

    first = next(d for d in found if d.kind == "run")
    assert (first.field, first.cause) == ("update", "missing")


async def test_a_spoilt_blob_is_a_weights_divergence_of_all_that_name_it(
    house: House, blobs: BlobStore, run: Events
) -> None:
    name = told(run, UPDATE_1, "checkpoint_out")
    blobs.path(name).write_bytes(blobs.get(name)[:-1] + b"\xff")

    found = await divergences(house.events, blobs)

    assert [(d.kind, d.revision, d.cause) for d in found if d.kind != "decision"] == [
        ("checkpoint", SAVED_1, "weights"),
        ("update", UPDATE_2, "weights"),  # it began there; update 1 is proved by its sha256
    ]


async def test_an_untrained_checkpoint_must_follow_from_the_seed(
    audit_run: AuditRun, run: Events
) -> None:
    found = await audit_run(edited(run, START, run_seed=8))

    assert (found[0].kind, found[0].revision) == ("run", START)
    assert (found[0].field, found[0].cause) == ("checkpoint", "weights")


async def test_a_wrong_count_at_the_end_is_missing(audit_run: AuditRun, run: Events) -> None:
    [divergence] = await audit_run(edited(run, END, updates=3))

    assert (divergence.revision, divergence.field) == (END, "updates")
    assert divergence.cause == "missing"


async def test_a_wrong_size_of_a_checkpoint_is_found(audit_run: AuditRun, run: Events) -> None:
    [divergence] = await audit_run(edited(run, SAVED_1, size=17))

    assert (divergence.kind, divergence.field) == ("checkpoint", "size")


async def test_a_checkpoints_own_stream_must_name_it(
    house: House, blobs: BlobStore, rechain: Rechain
) -> None:
    own = [e for e in house.events if e.stream.startswith("checkpoint-")]
    forged = rechain([replace(e, stream=f"checkpoint-{'0' * 64}") for e in own])

    [divergence] = await divergences(forged, blobs)

    assert (divergence.kind, divergence.field) == ("checkpoint", "checkpoint")


async def test_a_run_under_other_rules_is_said_so(
    house: House, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jimbot_stream.replay.blame.RULES_VERSION", "later/1")
    monkeypatch.setattr("jimbot_stream.replay.runs.RULES_VERSION", "later/1")
    monkeypatch.setattr("jimbot_stream.agents.checkpoint.RULES_VERSION", "later/1")

    found = await divergences([e for e in house.events if not e.stream.startswith("c")], blobs)

    assert places(found) == [
        ("run", START, "rules_version", "rules"),
        ("update", UPDATE_1, "rules_version", "rules"),
        ("update", UPDATE_2, "rules_version", "rules"),
    ]


@pytest.mark.parametrize(("distance", "expected"), [(1e-5, Tolerated), (0.5, Divergence)])
async def test_on_another_class_of_machine_weights_are_compared_within_a_tolerance(
    house: House,
    blobs: BlobStore,
    run: Events,
    rechain: Rechain,
    distance: float,
    expected: type,
) -> None:
    other = blobs.put(nudged(blobs.get(told(run, UPDATE_1, "checkpoint_out")), distance))
    elsewhere = orjson.dumps({"compute_class": "another", "torch": "1.0"}).decode()
    forged = edited(run, UPDATE_1, checkpoint_out=other, environment_json=elsewhere)
    games = [e for e in house.events if e.stream.startswith("game-")]
    replayer = Replayer(Bundle([*games, *rechain(forged)]), blobs)

    [verdict] = [
        v async for v in replayer.verify() if v.kind == "update" and v.revision == UPDATE_1
    ]

    assert isinstance(verdict, expected)
    if isinstance(verdict, Divergence):
        assert verdict.cause == "environment"
        assert "torch was 1.0" in verdict.why


async def test_equal_weights_from_another_environment_are_simply_identical(
    house: House, blobs: BlobStore, run: Events, rechain: Rechain
) -> None:
    games = [e for e in house.events if e.stream.startswith("game-")]
    forged = rechain(edited(run, UPDATE_1, environment_json='{"torch":"1.0"}'))

    verdicts = [v async for v in Replayer(Bundle([*games, *forged]), blobs).verify()]

    assert all(isinstance(v, Match) for v in verdicts)


async def test_updates_can_be_left_out(house: House) -> None:
    replayer = Replayer(Bundle(house.events), house.blobs)

    kinds = {v.kind async for v in replayer.verify(Selection(updates=False))}

    assert "update" not in kinds
    assert "run" in kinds


def places(found: list[Divergence]) -> list[tuple[str, int, str, str]]:
    return [(d.kind, d.revision, d.field, d.cause) for d in found]


def recomputed(
    house: House, blobs: BlobStore, run: Events, episodes: list[dict[str, Any]]
) -> Events:
    """The last update as a forger leaves it who chose its games and computed it again."""
    config = UpdateConfig(**orjson.loads(told(run, UPDATE_2, "config_json")))
    references = [EpisodeReference(game_id=e["game_id"], last_revision=e["last"]) for e in episodes]
    log = cast(EventLog, Bundle(house.events))
    batch = asyncio.run(read_batch(log, references, config))
    before = blobs.get(told(run, UPDATE_2, "checkpoint_in"))
    update = apply_update(before, batch, config, int(told(run, UPDATE_2, "shuffle_seed")))
    name = blobs.put(update.checkpoint)
    forged = edited(
        run,
        UPDATE_2,
        checkpoint_out=name,
        episodes=[{"game_id": e.game_id, "last_revision": e.last_revision} for e in references],
        steps=batch.steps,
        metrics=update.metrics,
    )
    forged = edited(forged, SAVED_2, checkpoint=name, size=len(update.checkpoint))
    return edited(forged, END, checkpoint=name)


def last_of(house: House, game_id: str) -> dict[str, Any]:
    last = max(e.revision for e in house.events if e.stream == f"game-{game_id}")
    return {"game_id": game_id, "last": last}


async def test_an_update_computed_again_from_a_game_twice_is_tampering(
    house: House, blobs: BlobStore, run: Events, audit_run: AuditRun
) -> None:
    three = last_of(house, "three")
    forged = await asyncio.to_thread(recomputed, house, blobs, run, [three, three])

    assert places(await audit_run(forged)) == [("update", UPDATE_2, "episodes", "tampering")]


async def test_an_update_computed_again_from_another_policys_game_is_tampering(
    house: House, blobs: BlobStore, run: Events, audit_run: AuditRun
) -> None:
    forged = await asyncio.to_thread(recomputed, house, blobs, run, [last_of(house, "one")])

    assert places(await audit_run(forged)) == [("update", UPDATE_2, "episodes[0]", "tampering")]


@pytest.mark.parametrize(
    ("field", "value", "found_as"),
    [
        ("metrics", {"kl": 0.5}, "metrics.entropy"),
        ("steps", 3, "steps"),
        ("threads", 64, "threads"),
    ],
)
async def test_the_numbers_told_of_an_update_are_compared(
    audit_run: AuditRun, run: Events, field: str, value: object, found_as: str
) -> None:
    found = await audit_run(edited(run, UPDATE_1, **{field: value}))

    assert places(found) == [("update", UPDATE_1, found_as, "tampering")]


async def test_one_changed_metric_is_named(audit_run: AuditRun, run: Events) -> None:
    metrics = told(run, UPDATE_1, "metrics")
    kl = metrics["kl"]

    [divergence] = await audit_run(edited(run, UPDATE_1, metrics={**metrics, "kl": 0.75}))

    assert divergence.field == "metrics.kl"
    assert (divergence.expected, divergence.got) == (repr(kl), "0.75")


async def test_another_configuration_at_the_start_is_found_at_the_updates(
    audit_run: AuditRun, run: Events
) -> None:
    config = orjson.loads(told(run, START, "config_json")) | {"gamma": 0.5}

    found = await audit_run(edited(run, START, config_json=orjson.dumps(config).decode()))

    assert places(found) == [
        ("run", UPDATE_1, "config_json", "tampering"),
        ("run", UPDATE_2, "config_json", "tampering"),
    ]


async def test_a_checkpoints_own_stream_says_what_its_run_says(
    house: House, blobs: BlobStore, rechain: Rechain
) -> None:
    own = [e for e in house.events if e.stream.startswith("checkpoint-")]
    rest = [e for e in house.events if not e.stream.startswith("checkpoint-")]

    found = await divergences([*rest, *rechain(edited(own, 0, update=1))], blobs)

    assert places(found) == [("log", 0, "data", "tampering")]


async def test_trained_weights_without_a_run_are_found(
    house: House, blobs: BlobStore, rechain: Rechain
) -> None:
    [own] = [e for e in house.events if e.stream.startswith("checkpoint-")]
    alone = edited([own], 0, run_id="", update=0, parent="")

    found = await divergences(rechain(alone), blobs)

    assert places(found) == [("checkpoint", 0, "run_id", "weights")]


async def test_a_decision_by_weights_that_no_run_saved_is_missing(
    house: House, blobs: BlobStore, run: Events, rechain: Rechain
) -> None:
    rest = [e for e in house.events if not e.stream.startswith("trainingRun-")]

    found = await divergences([*rest, *rechain(run[:UPDATE_1])], blobs)

    first = next(d for d in found if d.kind == "log")
    assert (first.stream, first.revision) == ("game-three", 2)
    assert (first.field, first.cause) == ("checkpoint", "missing")
    assert first.got == told(run, UPDATE_1, "checkpoint_out")
