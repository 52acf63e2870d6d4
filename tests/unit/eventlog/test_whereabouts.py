"""A store says which file it serves, and no command writes into a neighbour's."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from jimbot_stream.config import Settings
from jimbot_stream.eventlog import EventLogError, opening
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.opening import refuse_other_store
from jimbot_stream.eventlog.server import Door
from jimbot_stream.eventlog.whereabouts import served_by
from tests.support.ports import free_port


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    (tmp_path / "here").mkdir()
    async with (
        EmbeddedLog(tmp_path / "here" / "events.sqlite") as log,
        Door(log, "127.0.0.1", 0) as opened,
    ):
        yield opened


def settings(door: Door, data: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of somebody who leaves the address as it is, which is the door's."""
    address = f"kurrentdb://127.0.0.1:{door.port}?Tls=false"
    monkeypatch.setattr(opening, "_default_log", lambda: address)
    return replace(Settings(), log=address, data=data)


async def test_a_store_names_its_file(door: Door, tmp_path: Path) -> None:
    served = await asyncio.to_thread(served_by, "127.0.0.1", door.port)
    assert served == (tmp_path / "here" / "events.sqlite").resolve()


async def test_where_nothing_answers_nothing_is_said() -> None:
    assert await asyncio.to_thread(served_by, "127.0.0.1", free_port()) is None


async def test_the_store_of_the_folder_is_used(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(refuse_other_store, settings(door, tmp_path / "here", monkeypatch))


async def test_the_store_of_another_folder_is_refused_with_what_to_do(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = settings(door, tmp_path / "there", monkeypatch)
    with pytest.raises(EventLogError, match=f"set JIMBOT_DATA={tmp_path}/here") as refused:
        await asyncio.to_thread(refuse_other_store, elsewhere)
    assert "jimbot-store serve --listen" in str(refused.value)


async def test_an_address_that_was_given_is_taken_as_it_is_meant(
    door: Door, tmp_path: Path
) -> None:
    given = f"kurrentdb://127.0.0.1:{door.port}?Tls=false"
    there = replace(Settings(), log=given, data=tmp_path / "there")
    await asyncio.to_thread(refuse_other_store, there)
