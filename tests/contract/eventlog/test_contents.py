"""Bytes come back as they went in; what no store takes is refused."""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from jimbot_stream.eventlog import (
    AppendRefusedError,
    Expected,
    NewEvent,
    StreamNotFoundError,
)
from jimbot_stream.eventlog.naming import event_id

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House

MIB = 1 << 20


# -- Contents ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        '{"text":"Jökèr ♠ 🃏 \\u0000"}'.encode(),
        bytes(range(256)),
        b"",
        b'{"score":1e308,"big":"1e400"}',
        b'{ "spaces" :  1 }',
    ],
    ids=["empty object", "unicode", "binary", "empty", "large numbers", "white space"],
)
async def test_data_come_back_byte_for_byte(house: "House", data: bytes) -> None:
    log, stream = house.log, house.stream()
    written = NewEvent(event_id(stream, "T", "", data), "T", data)
    await log.append(stream, [written], Expected.NO_STREAM)
    assert (await house.listed(log.read_stream(stream)))[0].data == data


async def test_metadata_come_back_byte_for_byte(house: "House") -> None:
    log, stream = house.log, house.stream()
    metadata = '{"$correlationId": "ü/1",  "kafka":"t/0/1"}'.encode()
    written = NewEvent(UUID(int=7), "T", b"{}", metadata)
    await log.append(stream, [written], Expected.NO_STREAM)
    assert (await house.listed(log.read_stream(stream)))[0].metadata == metadata


async def test_names_and_types_may_be_unicode(house: "House") -> None:
    name = house.stream("Jökèr ♠/🃏")
    await house.log.append(name, [house.event(0, name, "Gespieltß")], Expected.NO_STREAM)
    found = (await house.listed(house.log.read_stream(name)))[0]
    assert (found.stream, found.type) == (name, "Gespieltß")


async def test_an_append_of_nearly_1_mib_is_taken(house: "House") -> None:
    log, stream = house.log, house.stream()
    data = b"x" * (MIB - 100)
    await log.append(stream, [NewEvent(UUID(int=1), "T", data)], Expected.NO_STREAM)
    assert len((await house.listed(log.read_stream(stream)))[0].data) == MIB - 100


@pytest.mark.parametrize("parts", [1, 4])
async def test_an_append_over_1_mib_is_refused_whole(house: "House", parts: int) -> None:
    log, stream = house.log, house.stream()
    data = b"x" * (MIB // parts)
    batch = [NewEvent(UUID(int=n + 1), "T", data) for n in range(parts)]
    await house.refused(log.append(stream, batch, Expected.NO_STREAM), AppendRefusedError)
    with pytest.raises(StreamNotFoundError):
        await house.listed(log.read_stream(stream))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("game-1", []),
        ("", [NewEvent(UUID(int=1), "T", b"{}")]),
        ("$system", [NewEvent(UUID(int=1), "T", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "$type", b"{}")]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b"no JSON")]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b'{"n":1}')]),
        ("game-1", [NewEvent(UUID(int=1), "T", b"{}", b"[]")]),
    ],
    ids=[
        "no events",
        "no name",
        "system stream",
        "no type",
        "system type",
        "metadata not JSON",
        "metadata not strings",
        "metadata no object",
    ],
)
async def test_malformed_appends_are_refused(
    house: "House", name: str, given: list[NewEvent]
) -> None:
    log = house.log
    await house.refused(log.append(name, given, Expected.ANY), AppendRefusedError)
