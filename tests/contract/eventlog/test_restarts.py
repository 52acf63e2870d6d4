"""What was acknowledged outlives the log and its clients."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jimbot_stream.eventlog import (
    Expected,
    LogUnavailableError,
)
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.eventstoredb import EventStoreDBLog
from jimbot_stream.eventlog.kurrent import KurrentLog
from jimbot_stream.eventlog.server import Door

if TYPE_CHECKING:
    from tests.contract.eventlog.conftest import House


# -- I5, I6: durability over a restart --------------------------------------------------


async def test_i5_what_was_acknowledged_is_there_after_a_restart(house: "House") -> None:
    name = house.stream()
    await house.fill(name, 5)
    before = await house.listed(house.log.read_stream(name))
    await house.restart()
    assert await house.listed(house.log.read_stream(name)) == before


async def test_i5_versions_and_ids_are_remembered_over_a_restart(house: "House") -> None:
    name = house.stream()
    batch = await house.fill(name, 3)
    await house.restart()
    assert (await house.log.append(name, batch, Expected.NO_STREAM)).revision == 2
    assert (await house.log.append(name, [house.event(3, name)], 2)).revision == 3


async def test_i5_a_client_goes_on_when_the_log_comes_back(house: "House", tmp_path: Path) -> None:
    if house.kind not in ("kurrent", "eventstoredb"):
        pytest.skip("only clients outlive their log")
    client = KurrentLog if house.kind == "kurrent" else EventStoreDBLog
    path, name = tmp_path / "other.sqlite", house.stream()
    async with EmbeddedLog(path) as log, Door(log, port=0) as door:
        port, remote = door.port, client(door.uri)
        await remote.append(name, [house.event(0, name)], Expected.NO_STREAM)
    async with remote:
        second = [house.event(1, name)]
        await house.refused(remote.append(name, second, 0), LogUnavailableError)
        async with EmbeddedLog(path) as log, Door(log, port=port):
            assert await house.eventually(lambda: remote.append(name, second, 0)) == 1


# -- Closing ----------------------------------------------------------------------------


async def test_closing_twice_is_fine(house: "House") -> None:
    log, stream = house.log, house.stream()
    await house.fill(stream, 1)
    await log.close()
    await log.close()
