"""A real history changed in every way that replay/README.md lists: found, located, classified.

Each way is tried as it is, and by somebody who computes digests, chain and ids anew.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.chains import check_file
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.seals.inspecting import Trust
from jimbot_stream.replay.seals.integrity import Integrity
from jimbot_stream.replay.seals.sealing import Sealer
from jimbot_stream.replay.verdict import Divergence

House = Any  # of conftest.py
Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
GAME = "game-one"
MONEY, NAME = b'"money":', b'"$correlationId":"'
README = Path(__file__).parents[3] / "replay" / "README.md"


@dataclass
class History:
    """A sealed log with its blobs, to be spoilt."""

    events: Events
    blobs: BlobStore
    anchor: Trust

    def of(self, stream: str) -> Events:
        return [event for event in self.events if event.stream == stream]

    def put(self, stream: str, own: Events) -> None:
        """Replace the events of a stream, each where the old one was, further ones behind it."""
        new, before = iter(own), len(self.of(stream))
        kept: Events = []
        for event in self.events:
            if event.stream != stream:
                kept.append(event)
                continue
            before -= 1
            kept += list(new) if not before else [each for each in [next(new, None)] if each]
        self.events = [replace(each, position=place) for place, each in enumerate(kept)]

    async def found(self, *, updates: bool = True) -> list[tuple[str, str, str]]:
        """Kind, place and cause of everything that verify and fsck find, the first first."""
        log = Bundle(self.events)
        wanted = Selection(updates=updates)
        executed = [v async for v in Replayer(log, self.blobs).verify(wanted)]
        examined = [v async for v in Integrity(log, self.blobs, self.anchor).verdicts()]
        wrong = [v for v in [*executed, *examined] if isinstance(v, Divergence)]
        return [(v.kind, v.address, v.cause) for v in sorted(wrong, key=lambda v: v.position)]


@pytest.fixture
async def history(house: House, tmp_path: Path) -> History:
    """A copy of the whole house, sealed, its seal kept outside."""
    shutil.copytree(house.folder, tmp_path / "copy")
    blobs = BlobStore(tmp_path / "copy" / "blobs")
    async with EmbeddedLog(tmp_path / "copy" / "events.sqlite", FrozenClock()) as log:
        done = await Sealer(log, blobs).seal()
        return History([e async for e in log.read_all()], blobs, Trust(None, done.seal.note))


def decision(own: Events) -> int:
    """Place of the first decision to play a hand."""
    return next(
        e.revision
        for e in own
        if e.type == "DecisionMade" and orjson.loads(e.data)["action"].get("cards")
    )


def told(event: RecordedEvent, **fields: object) -> RecordedEvent:
    return replace(event, data=orjson.dumps(orjson.loads(event.data) | fields))


def flipped(content: bytes, after: bytes) -> bytes:
    """The last bit of a text's first letter, so that it stays JSON."""
    place = content.index(after) + len(after)
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


Change = Callable[[Events], Events]


def at(place: int, change: Callable[[RecordedEvent], RecordedEvent]) -> Change:
    return lambda own: [change(e) if e.revision == place else e for e in own]


def on_decision(**fields: object) -> Change:
    def changed(own: Events) -> Events:
        return at(decision(own), lambda event: told(event, **fields))(own)

    return changed


def schema(event: RecordedEvent) -> RecordedEvent:
    return replace(event, metadata=event.metadata.replace(b'"schema":"1"', b'"schema":"9"'))


CHANGES: dict[str, tuple[str, Change]] = {
    "a bit of data": (GAME, at(1, lambda e: replace(e, data=flipped(e.data, MONEY)))),
    "a bit of metadata": (
        GAME,
        at(3, lambda e: replace(e, metadata=flipped(e.metadata, b'"$correlationId":"'))),
    ),
    "an event dropped": (GAME, lambda own: own[:4] + own[5:]),
    "an event inserted": (GAME, lambda own: [*own[:5], own[4], *own[5:]]),
    "events swapped": (GAME, lambda own: [*own[:4], own[5], own[4], *own[6:]]),
    "the tail of a game cut off": (GAME, lambda own: own[:-2]),
    "the rules version": (GAME, on_decision(rules_version="1.0.1o/0")),
    "the mask": (GAME, on_decision(mask_digest="0" * 64)),
    "the seed of a decision": (GAME, on_decision(run_seed=8)),
    "the seed of a game": (GAME, at(0, lambda e: told(e, seed="AUDIT9"))),
    "the observation": (GAME, on_decision(observation_digest="0" * 64)),
    "the logits": (GAME, on_decision(logits_digest="0" * 64)),
    "a future schema": (GAME, at(1, schema)),
    "the figures of an update": ("trainingRun-run", at(2, lambda e: told(e, steps="1"))),
    "an update dropped": ("trainingRun-run", lambda own: own[:4] + own[6:]),
}


def rows() -> Iterator[tuple[str, ...]]:
    """Cells of the table in replay/README.md."""
    _, _, section = README.read_text().partition("## Changed in every way")
    for line in section.partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "changed":
            yield tuple(cells)


LISTED = {name: found for name, *found in rows()}


def first(found: list[tuple[str, str, str]]) -> str:
    kind, address, cause = found[0]
    return f"{kind} {address.partition('@')[0]}: {cause}"


@pytest.mark.parametrize("covered", [False, True], ids=["as it is", "covered"])
@pytest.mark.parametrize("name", CHANGES)
async def test_what_was_changed_is_found_first_where_it_was_and_for_what_it_is(
    name: str, covered: bool, history: History, rechain: Rechain
) -> None:
    stream, change = CHANGES[name]
    own = change(history.of(stream))
    history.put(stream, rechain(own) if covered else own)

    found = await history.found(updates=stream != GAME)  # they take longest, and come later

    assert first(found) == LISTED[name][covered]
    assert found[0][1].endswith(f"@{stream}")


def test_there_is_a_row_for_everything_that_is_tried_here() -> None:
    assert set(LISTED) == {*CHANGES, *BESIDE}


BESIDE = ("a blob", "the weights of an update", "the tail of the log cut off", "a clock")


async def test_a_bit_of_a_blob_is_found_at_whatever_needs_it(
    history: History, house: House
) -> None:
    path = history.blobs.path(house.checkpoint)
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    path.write_bytes(bytes(spoilt))

    found = await history.found()

    assert first(found) == LISTED["a blob"][0]
    assert {cause for _, _, cause in found} == {"weights"}
    assert ("blob", "2@game-one", "weights") in found


async def test_other_weights_under_a_name_of_their_own_are_not_what_the_update_makes(
    history: History, rechain: Rechain
) -> None:
    """The forger stores a sound checkpoint, and names it wherever the true one was named."""
    made = orjson.loads(history.of("trainingRun-run")[2].data)["checkpoint_out"]
    other = history.blobs.put(untrained(99))
    history.events = [
        replace(
            event,
            data=event.data.replace(made.encode(), other.encode()),
            stream=event.stream.replace(made, other),
        )
        for event in history.events
    ]
    for stream in {event.stream for event in history.events} - {SEALS}:
        history.put(stream, rechain(history.of(stream)))

    found = await history.found()

    assert first(found) == LISTED["the weights of an update"][1]
    assert ("update", "2@trainingRun-run", "weights") in found


async def test_a_tail_cut_off_the_log_is_missed_by_the_anchor(history: History) -> None:
    history.events = history.events[:-4]  # the seal, the checkpoint's stream, the end of the run

    found = await history.found()

    assert [(kind, cause) for kind, _, cause in found] == [("seal", "tampering")]
    assert LISTED["the tail of the log cut off"] == ["seal 0: tampering", "seal 0: tampering"]


def test_a_wrong_clock_is_found_in_the_file(house: House, tmp_path: Path) -> None:
    shutil.copy(house.log_file, tmp_path / "events.sqlite")
    event = house.events[9]
    with sqlite3.connect(tmp_path / "events.sqlite") as db:
        told = (event.created_ns - 3_600_000_000_000, event.position)
        db.execute("UPDATE events SET created_ns = ? WHERE position = ?", told)

    wrong = [v for v in check_file(tmp_path / "events.sqlite") if isinstance(v, Divergence)]

    assert (wrong[0].kind, wrong[0].address, wrong[0].cause) == (
        "file",
        f"{event.revision}@{event.stream}",
        "tampering",
    )
    assert LISTED["a clock"] == ["file 7: tampering", "not found"]
