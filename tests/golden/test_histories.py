"""Histories that were recorded once, and must be judged for ever as they are judged here.

The good one must verify on every machine: identical on the class that recorded it,
within the tolerance elsewhere. The bad ones are edits of it, each with the judgement
that it must get. What another class of machine cannot decide (logits bit by bit) is
tested in ``tests/unit/replay`` on games played on the spot.
"""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.policy import ModulePolicy
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import chain, chained_metadata
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Tolerated, Verdict

HISTORIES = Path(__file__).parent / "histories"
NEWEST = "rules-1.jsonl"
RECORDED_RULES = "1.0.1o/1"
OLDER = {"first-storey-1.jsonl": "1.0.1o/first-storey/1"}
"""Histories of rules that no release plays any more."""

Events = list[RecordedEvent]
Edit = Callable[[Events], Events]


@pytest.fixture
def events() -> Events:
    return Bundle.load(HISTORIES / NEWEST).events


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    store = BlobStore(tmp_path)
    for packed in HISTORIES.glob("*.gz"):
        assert store.put(gzip.decompress(packed.read_bytes())) == packed.stem
    return store


async def verdicts(events: Events, blobs: BlobStore) -> list[Verdict]:
    return [verdict async for verdict in Replayer(Bundle(events), blobs).verify()]


@pytest.mark.skipif(RULES_VERSION != RECORDED_RULES, reason="other rules; see the next test")
async def test_the_good_history_verifies_on_every_machine(events: Events, blobs: BlobStore) -> None:
    found = await verdicts(events, blobs)

    assert [v for v in found if isinstance(v, Divergence)] == []
    assert {v.kind for v in found if isinstance(v, Tolerated)} <= {"decision"}
    for kind, recorded in (("decision", "DecisionMade"), ("state", "StateObserved")):
        assert sum(v.kind == kind for v in found) == sum(e.type == recorded for e in events)


async def test_under_other_rules_the_good_history_is_genuine_and_says_why_it_is_not_repeated(
    events: Events, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jimbot_stream.replay.rules.RULES_VERSION", "later/1")

    found = [v for v in await verdicts(events, blobs) if isinstance(v, Divergence)]

    assert not any(v.kind == "event" for v in found)
    first = found[0]
    assert (first.revision, first.field, first.cause) == (0, "rules_version", "rules")


@pytest.mark.parametrize("name", OLDER)
async def test_a_history_of_older_rules_is_genuine_and_refused_by_name(
    name: str, blobs: BlobStore
) -> None:
    older = Bundle.load(HISTORIES / name).events

    found = [v for v in await verdicts(older, blobs) if isinstance(v, Divergence)]

    assert not any(v.kind == "event" for v in found)
    first = found[0]
    assert (first.revision, first.field, first.cause) == (0, "rules_version", "rules")
    assert (first.expected, first.got) == (RULES_VERSION, OLDER[name])


def data_byte(revision: int) -> Edit:
    def edit(events: Events) -> Events:
        event = events[revision]
        middle = len(event.data) // 2
        data = bytearray(event.data)
        data[middle] ^= 1
        events[revision] = replace(event, data=bytes(data))
        return events

    return edit


def metadata_byte(revision: int) -> Edit:
    def edit(events: Events) -> Events:
        event = events[revision]
        metadata = event.metadata.replace(b'"producer":"test"', b'"producer":"tesu"')
        events[revision] = replace(event, metadata=metadata)
        return events

    return edit


def dropped(revision: int) -> Edit:
    return lambda events: events[:revision] + events[revision + 1 :]


def swapped(revision: int) -> Edit:
    def edit(events: Events) -> Events:
        one, other = events[revision : revision + 2]
        events[revision] = replace(other, revision=revision, position=one.position)
        events[revision + 1] = replace(one, revision=revision + 1, position=other.position)
        return events

    return edit


def inserted(revision: int) -> Edit:
    def edit(events: Events) -> Events:
        later = [
            replace(e, revision=e.revision + 1, position=e.position + 1) for e in events[revision:]
        ]
        return [*events[:revision], events[revision], *later]

    return edit


def forged(revision: int, change: Callable[[dict[str, Any]], object]) -> Edit:
    """Edit the data of one event and make digests, chain and ids anew."""

    def edit(events: Events) -> Events:
        data = orjson.loads(events[revision].data)
        change(data)
        events[revision] = replace(events[revision], data=orjson.dumps(data))
        end, made = "", []
        for event in events:
            told = orjson.loads(event.metadata)
            metadata = chained_metadata(
                {k: v for k, v in told.items() if k not in ("digest", "prev")}, event.data, end
            )
            correlation = told["$correlationId"]
            own = event_id(event.stream, event.type, correlation, event.data, metadata)
            end = chain(end, event.stream, event.revision, own, event.type, event.data, metadata)
            made.append(replace(event, id=own, metadata=metadata))
        return made

    return edit


BAD = {
    "one bit of a state": (data_byte(4), 4, "data", "tampering"),
    "one bit of a decision": (data_byte(5), 5, "data", "tampering"),
    "one bit of metadata": (metadata_byte(5), 5, "id", "tampering"),
    "one bit of the last event's metadata": (metadata_byte(-1), -1, "id", "tampering"),
    "an event dropped": (dropped(6), 7, "revision", "missing"),
    "the first event dropped": (dropped(0), 1, "revision", "missing"),
    "two events swapped": (swapped(5), 5, "prev", "tampering"),
    "an event inserted": (inserted(5), 6, "prev", "tampering"),
    "another seed of the game": (
        forged(0, lambda data: data.update(seed="GOLDEN2")), 1, "state.seed", "seed",
    ),
    "another seed of the run": (
        forged(0, lambda data: data.update(run_seed=8)), 2, "run_seed", "seed",
    ),
    "money out of nowhere": (
        forged(4, lambda data: data["state"].update(money=99)), 4, "state.money", "rules",
    ),
    "another action in the game": (
        forged(3, lambda data: data["action"].update(verb="ACTION_VERB_NEXT_ROUND")),
        3, "action", "rules",
    ),
    "fewer legal actions": (
        forged(5, lambda data: data["legal"].pop()), 5, "legal[2]", "mask",
    ),
    "another mask": (
        forged(5, lambda data: data.update(mask_digest="0" * 64)), 5, "mask_digest", "mask",
    ),
    "another observation": (
        forged(5, lambda data: data.update(observation_digest="0" * 64)),
        5, "observation_digest", "observation",
    ),
    "a checkpoint that is not there": (
        forged(5, lambda data: data.update(checkpoint="0" * 64)), 5, "checkpoint", "weights",
    ),
    "other rules": (
        forged(0, lambda data: data.update(rules_version="other/1")),
        0, "rules_version", "rules",
    ),
    "another ending": (forged(-1, lambda data: data.update(ante=5)), -1, "ante", "rules"),
}  # fmt: skip
"""What was done to it; then revision, field and cause of the first divergence."""


@pytest.mark.skipif(RULES_VERSION != RECORDED_RULES, reason="other rules")
@pytest.mark.parametrize("name", BAD)
async def test_a_bad_history_fails_in_the_stated_way(
    name: str, events: Events, blobs: BlobStore
) -> None:
    edit, revision, field, cause = BAD[name]

    found = [v for v in await verdicts(edit(events), blobs) if isinstance(v, Divergence)]

    first = min(found, key=lambda divergence: divergence.revision)
    wanted = revision if revision >= 0 else len(events) + revision
    assert (first.revision, first.field, first.cause) == (wanted, field, cause)


@pytest.mark.skipif(RULES_VERSION != RECORDED_RULES, reason="other rules")
async def test_on_another_class_of_machine_the_good_history_is_tolerated(
    events: Events, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = ModulePolicy.evaluate

    def evaluate(self: ModulePolicy, observation: Any) -> Any:
        evaluation = exact(self, observation)
        return replace(evaluation, logits=evaluation.logits * 1.000001)

    monkeypatch.setattr(ModulePolicy, "evaluate", evaluate)
    monkeypatch.setattr("jimbot_stream.agents.policy.compute_class", lambda: "elsewhere")

    found = await verdicts(events, blobs)

    assert not any(isinstance(v, Divergence) for v in found)
    assert any(isinstance(v, Tolerated) for v in found)
