"""Edits of stored bytes are found and located by digests, ids and chain alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.chains import check_chain
from jimbot_stream.replay.history import History, understand
from jimbot_stream.replay.verdict import Divergence

House = Any  # of conftest.py
Events = list[RecordedEvent]
Audit = Callable[[Sequence[RecordedEvent]], Awaitable[list[Divergence]]]


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bit_of_data_or_metadata_is_located_at_its_event(
    game: Events, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(game), label="event")
    part = data.draw(st.sampled_from(["data", "metadata"]), label="part")
    content = bytearray(getattr(event, part))
    place = data.draw(st.integers(0, len(content) - 1), label="byte")
    content[place] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    edited: dict[str, Any] = {part: bytes(content)}
    entries = [understand(replace(e, **edited) if e is event else e) for e in game]

    found = [v for v in check_chain(History("game-one", entries)) if isinstance(v, Divergence)]

    assert (found[0].revision, found[0].cause) == (event.revision, "tampering")


@pytest.mark.parametrize("place", [0, 5, -2])
@pytest.mark.parametrize("revision", [0, 1, 2, 3, -1])
async def test_one_bit_of_data_is_located(
    game: Events, audit: Audit, revision: int, place: int
) -> None:
    event = game[revision]
    game[revision] = replace(event, data=flipped(event.data, place % len(event.data)))

    first = (await audit(game))[0]

    assert (first.revision, first.field, first.cause) == (event.revision, "data", "tampering")


@pytest.mark.parametrize("revision", [0, 1, 2, -1])
async def test_one_bit_of_metadata_is_located(game: Events, audit: Audit, revision: int) -> None:
    event = game[revision]
    place = event.metadata.index(b'"test"') + 1
    game[revision] = replace(event, metadata=flipped(event.metadata, place))

    first = (await audit(game))[0]

    assert (first.revision, first.field, first.cause) == (event.revision, "id", "tampering")


async def test_metadata_that_are_no_json_are_located(game: Events, audit: Audit) -> None:
    game[3] = replace(game[3], metadata=game[3].metadata[:-1])

    first = (await audit(game))[0]

    assert (first.revision, first.cause) == (3, "tampering")


async def test_a_deleted_event_leaves_a_located_gap(game: Events, audit: Audit) -> None:
    del game[4]

    first = (await audit(game))[0]

    assert (first.revision, first.field, first.cause) == (5, "revision", "missing")


async def test_a_deleted_event_is_found_though_its_successors_moved_up(
    game: Events, audit: Audit
) -> None:
    moved = [replace(event, revision=event.revision - 1) for event in game[5:]]

    first = (await audit(game[:4] + moved))[0]

    assert (first.revision, first.field, first.cause) == (4, "prev", "tampering")


async def test_a_head_that_was_cut_off_is_found(game: Events, audit: Audit) -> None:
    first = (await audit(game[1:]))[0]

    assert (first.revision, first.field, first.cause) == (1, "revision", "missing")


async def test_swapped_events_are_found(game: Events, audit: Audit) -> None:
    swapped = [replace(game[4], revision=3), replace(game[3], revision=4)]

    first = (await audit(game[:3] + swapped + game[5:]))[0]

    assert (first.revision, first.field, first.cause) == (3, "prev", "tampering")


async def test_an_inserted_event_is_found(game: Events, audit: Audit) -> None:
    moved = [replace(event, revision=event.revision + 1) for event in game[3:]]

    first = (await audit([*game[:3], replace(game[3], id=game[2].id), *moved]))[0]

    assert (first.revision, first.field, first.cause) == (3, "id", "tampering")


async def test_an_event_that_bears_no_chain_is_found(game: Events, audit: Audit) -> None:
    told = orjson.loads(game[3].metadata)
    del told["digest"], told["prev"]
    game[3] = replace(game[3], metadata=orjson.dumps(told))

    first = (await audit(game))[0]

    assert (first.revision, first.field, first.cause) == (3, "metadata", "tampering")


async def test_an_event_of_another_game_is_found_in_this_one(
    house: House, game: Events, audit: Audit
) -> None:
    [stranger] = [e for e in house.events if e.stream == "game-two" and e.revision == 3]
    game[3] = replace(stranger, stream="game-one")

    first = (await audit(game))[0]

    assert (first.revision, first.cause) == (3, "tampering")


async def test_the_divergence_reads_as_prose(game: Events, audit: Audit) -> None:
    game[2] = replace(game[2], data=flipped(game[2].data, 20))

    first = (await audit(game))[0]

    assert str(first).startswith("event 2@game-one: data is the data do not match their digest")
