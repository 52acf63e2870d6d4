"""Sealing a real log, and finding what was done to it afterwards by somebody who covers traces."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog, Expected, NewEvent, RecordedEvent, StreamMetadata
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.seals.inspecting import Trust
from jimbot_stream.replay.seals.integrity import Integrity
from jimbot_stream.replay.seals.keys import PrivateKey, make_key, read_key
from jimbot_stream.replay.seals.note import Note
from jimbot_stream.replay.seals.proving import Prover
from jimbot_stream.replay.seals.record import Seal, SealError, read_seals
from jimbot_stream.replay.seals.sealing import Sealer
from jimbot_stream.replay.verdict import Divergence

House = Any  # of conftest.py
Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
Found = list[tuple[str, str, str]]


async def fill(log: EventLog, events: Sequence[RecordedEvent]) -> None:
    """Write events as they are: their ids, their bytes, in their order."""
    for stream, together in groupby(events, key=lambda event: event.stream):
        new = [NewEvent(e.id, e.type, e.data, e.metadata) for e in together]
        await log.append(stream, new, Expected.ANY)


async def written(folder: Path, events: Sequence[RecordedEvent]) -> Events:
    """What a log holds that was filled with these events, its file's own chain made anew."""
    async with EmbeddedLog(folder / "events.sqlite", FrozenClock()) as log:
        await fill(log, events)
        return [event async for event in log.read_all()]


@pytest.fixture
def copy(house: House, tmp_path: Path) -> Path:
    """A folder with the log and the blobs, to be written to."""
    shutil.copytree(house.folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
async def sealed(copy: Path) -> tuple[Events, Seal]:
    """The events of the log with a seal behind them, and the seal."""
    async with EmbeddedLog(copy / "events.sqlite", FrozenClock()) as log:
        done = await Sealer(log, BlobStore(copy / "blobs")).seal()
        return [event async for event in log.read_all()], done.seal


async def examined(
    folder: Path,
    events: Sequence[RecordedEvent],
    blobs: Path,
    trust: Trust | None = None,
    retention: Callable[..., Any] | None = None,
) -> tuple[Found, Integrity]:
    """What is wrong with a log that somebody left so: kind, address, field; and the examination."""
    await written(folder, events)
    file = folder / "events.sqlite"
    async with EmbeddedLog(file, read_only=True) as log:
        integrity = Integrity(log, BlobStore(blobs), trust or Trust(), retention, file)
        verdicts = [verdict async for verdict in integrity.verdicts()]
    wrong = [v for v in verdicts if isinstance(v, Divergence)]
    return [(v.kind, v.address, v.field) for v in wrong], integrity


async def test_what_was_sealed_and_left_alone_is_as_it_was_written(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    events, seal = sealed

    wrong, integrity = await examined(
        tmp_path / "log", events, copy / "blobs", Trust(None, seal.note)
    )

    assert wrong == []
    assert seal.told.size == len(events) - 1
    assert (integrity.unsealed, list(integrity.notes())) == (0, [])


async def test_sealing_again_adds_what_is_new_and_nothing_where_nothing_is(
    house: House, tmp_path: Path
) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    async with EmbeddedLog(tmp_path / "events.sqlite", FrozenClock()) as log:
        with pytest.raises(SealError, match="no event"):
            await Sealer(log, blobs).seal()
        half = len(house.events) // 2
        await fill(log, house.events[:half])
        first = await Sealer(log, blobs).seal()
        again = await Sealer(log, blobs).seal()
        await fill(log, house.events[half:])
        second = await Sealer(log, blobs).seal()
        prover = await Prover.open(log, blobs)

    assert (first.added, again.added, again.seal) == (half, 0, first.seal)
    assert (second.added, second.seal.told.size) == (len(house.events) - half, len(house.events))
    prover.consistency(0, 1).check()


async def test_the_root_says_what_happened_and_not_how_often_it_was_sealed(
    house: House, sealed: tuple[Events, Seal], tmp_path: Path
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite", FrozenClock()) as log:
        for event in house.events[:40]:
            await fill(log, [event])
            await Sealer(log, BlobStore(tmp_path / "blobs")).seal()
        await fill(log, house.events[40:])
        last = await Sealer(log, BlobStore(tmp_path / "blobs")).seal()

    assert last.seal.note == sealed[1].note


async def test_a_log_in_another_store_is_gone_on_with(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    events, seal = sealed
    odd = [event for event in events if event.stream != SEALS]
    seals = [event for event in events if event.stream == SEALS]
    async with EmbeddedLog(tmp_path / "other.sqlite", FrozenClock()) as log:
        await fill(log, [*seals, *odd])  # other positions than the seal was made at
        done = await Sealer(log, BlobStore(copy / "blobs")).seal()

    assert (done.added, done.seal.note) == (0, seal.note)


async def test_two_sealers_at_once_do_not_seal_twice(house: House, tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite", FrozenClock()) as log:
        await fill(log, house.events)
        sealers = [Sealer(log, BlobStore(tmp_path / "blobs")).seal() for _ in range(2)]
        await asyncio.gather(*sealers, return_exceptions=True)

        assert len(await read_seals(log)) == 1


def at(events: Events, stream: str, revision: int) -> int:
    """Place of an event in the order of all."""
    return next(i for i, e in enumerate(events) if (e.stream, e.revision) == (stream, revision))


def put_back(events: Events, own: Events) -> Events:
    """The events with those of one stream replaced, each where the old one was."""
    stream = own[0].stream
    new = iter(own)
    kept = [next(new, None) if event.stream == stream else event for event in events]
    return [event for event in [*kept, *new] if event is not None]


def of(events: Events, stream: str) -> Events:
    return [event for event in events if event.stream == stream]


def edited(events: Events, rechain: Rechain, **fields: Any) -> Events:
    own = of(events, "game-one")
    own[4] = replace(own[4], **fields)
    return put_back(events, rechain(own))


def changed_data(events: Events, rechain: Rechain) -> Events:
    return edited(events, rechain, data=of(events, "game-one")[4].data.replace(b"1", b"2", 1))


def changed_metadata(events: Events, rechain: Rechain) -> Events:
    told = of(events, "game-one")[4].metadata
    return edited(events, rechain, metadata=told.replace(b'"schema":"1"', b'"schema":"2"'))


def changed_type(events: Events, rechain: Rechain) -> Events:
    return edited(events, rechain, type="GameEnded")


def deleted(events: Events, rechain: Rechain) -> Events:
    own = of(events, "game-one")
    return put_back(events, rechain([*own[:4], *own[5:]]))


def inserted(events: Events, rechain: Rechain) -> Events:
    own = of(events, "game-one")
    again = replace(own[4], data=own[4].data + b" ")
    return put_back(events, rechain([*own[:5], again, *own[5:]]))


def swapped(events: Events, rechain: Rechain) -> Events:
    own = of(events, "game-one")
    return put_back(events, rechain([*own[:4], own[5], own[4], *own[6:]]))


FORGERIES = [changed_data, changed_metadata, changed_type, deleted, inserted, swapped]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forger_who_computes_chains_and_ids_anew_is_found_at_the_first_event(
    forgery: Callable[[Events, Rechain], Events],
    sealed: tuple[Events, Seal],
    copy: Path,
    tmp_path: Path,
    rechain: Rechain,
) -> None:
    forged = forgery(sealed[0], rechain)

    wrong, _ = await examined(tmp_path / "log", forged, copy / "blobs")

    first = "5@game-one" if forgery is inserted else "4@game-one"
    assert wrong[0] == ("sealed event", first, "leaf")
    assert {kind for kind, *_ in wrong} == {"sealed event"}, "chains and file were made anew"


async def test_a_stream_that_was_taken_away_whole_is_found(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    left = [event for event in sealed[0] if event.stream != "game-two"]

    wrong, _ = await examined(tmp_path / "log", left, copy / "blobs")

    gone = [("sealed event", f"{e.revision}@game-two", "event") for e in of(sealed[0], "game-two")]
    assert wrong == gone


async def test_a_stream_that_was_inserted_before_the_seal_is_found(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path, rechain: Rechain
) -> None:
    events = sealed[0]
    false = rechain([replace(event, stream="game-false") for event in of(events, "game-two")])

    wrong, _ = await examined(tmp_path / "log", [*false, *events], copy / "blobs")

    assert wrong == [("sealed event", f"{e.revision}@game-false", "place") for e in false]


async def test_events_of_two_streams_that_changed_places_are_found(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    events = sealed[0]
    one, two = at(events, "game-one", len(of(events, "game-one")) - 1), at(events, "game-two", 0)
    moved = list(events)
    moved[one], moved[two] = moved[two], moved[one]

    wrong, _ = await examined(tmp_path / "log", moved, copy / "blobs")

    assert wrong == [("sealed event", f"{events[one].revision}@game-one", "place")]


async def test_a_tail_that_was_cut_off_with_its_seal_is_found_by_the_anchor_alone(
    house: House, sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    blobs = BlobStore(copy / "blobs")
    async with EmbeddedLog(tmp_path / "short.sqlite", FrozenClock()) as log:
        await fill(log, house.events[:-3])
        await Sealer(log, blobs).seal()
        short = [event async for event in log.read_all()]

    unseen, _ = await examined(tmp_path / "a", short, copy / "blobs")
    seen, _ = await examined(tmp_path / "b", short, copy / "blobs", Trust(None, sealed[1].note))

    assert unseen == []
    assert seen == [("seal", "0@anchor", "anchor")]


async def test_a_history_written_anew_with_its_seals_is_found_by_anchor_or_signature(
    house: House, sealed: tuple[Events, Seal], copy: Path, tmp_path: Path, rechain: Rechain
) -> None:
    key = keys(tmp_path, "auditor")
    forged = changed_data(house.events, rechain)
    async with EmbeddedLog(tmp_path / "anew.sqlite", FrozenClock()) as log:
        await fill(log, forged)
        await Sealer(log, BlobStore(copy / "blobs"), keys(tmp_path, "forger")).seal()
        anew = [event async for event in log.read_all()]

    by_anchor = Trust(None, sealed[1].note)
    by_key = Trust(key.public, None)
    assert (await examined(tmp_path / "a", anew, copy / "blobs"))[0] == []
    assert (await examined(tmp_path / "b", anew, copy / "blobs", by_anchor))[0] == [
        ("seal", "0@anchor", "anchor")
    ]
    assert (await examined(tmp_path / "c", anew, copy / "blobs", by_key))[0] == [
        ("seal", f"0@{SEALS}", "signature")
    ]


def keys(folder: Path, name: str) -> PrivateKey:
    make_key(folder / name, name)
    return read_key(folder / name)


@pytest.mark.parametrize("what", ["a checkpoint", "the list of leaves"])
async def test_a_swapped_blob_is_named_with_the_event_that_names_it(
    what: str, house: House, sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    events, seal = sealed
    blobs = BlobStore(copy / "blobs")
    name = house.checkpoint if what == "a checkpoint" else seal.told.leaves
    blobs.path(name).write_bytes(b"other bytes")

    wrong, _ = await examined(tmp_path / "log", events, copy / "blobs")

    namer = next(e for e in events if name.encode() in e.data and e.type != "GameStarted")
    assert ("blob", f"{namer.revision}@{namer.stream}", "sha256") in wrong
    assert {kind for kind, *_ in wrong} <= {"blob", "seal"}


async def test_events_that_retention_let_go_are_counted_and_not_held_against_the_log(
    sealed: tuple[Events, Seal], copy: Path, tmp_path: Path
) -> None:
    async def retention(stream: str) -> StreamMetadata:
        return StreamMetadata(truncate_before=3 if stream == "game-two" else None)

    left = [e for e in sealed[0] if e.stream != "game-two" or e.revision >= 3]
    integrity = Integrity(Bundle(left), BlobStore(copy / "blobs"), Trust(), retention)
    strict = Integrity(Bundle(left), BlobStore(copy / "blobs"), Trust())

    assert [v async for v in integrity.verdicts() if isinstance(v, Divergence)] == []
    assert integrity.let_go == 3
    assert len([v async for v in strict.verdicts() if isinstance(v, Divergence)]) == 4


async def test_an_edit_without_any_cover_is_found_by_chain_and_seal(
    sealed: tuple[Events, Seal], copy: Path
) -> None:
    events = list(sealed[0])
    place = at(events, "game-one", 4)
    events[place] = replace(events[place], data=events[place].data.replace(b"1", b"2", 1))

    integrity = Integrity(Bundle(events), BlobStore(copy / "blobs"), Trust())
    wrong = [v async for v in integrity.verdicts() if isinstance(v, Divergence)]

    assert ("event", "4@game-one") in [(v.kind, v.address) for v in wrong]
    assert ("sealed event", "4@game-one") in [(v.kind, v.address) for v in wrong]


async def test_an_anchor_of_an_older_seal_still_holds(
    house: House, copy: Path, tmp_path: Path
) -> None:
    blobs = BlobStore(copy / "blobs")
    async with EmbeddedLog(tmp_path / "events.sqlite", FrozenClock()) as log:
        await fill(log, house.events[:50])
        older: Note = (await Sealer(log, blobs).seal()).seal.note
        await fill(log, house.events[50:])
        await Sealer(log, blobs).seal()
        events = [event async for event in log.read_all()]

    wrong, _ = await examined(tmp_path / "log", events, copy / "blobs", Trust(None, older))

    assert wrong == []
