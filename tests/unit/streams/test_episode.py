"""A game, folded from the log, whatever release wrote it."""

from pathlib import Path

import pytest

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointPromoted, CheckpointSaved, GameEnded
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import checkpoint_stream, game_stream
from jimbot_stream.promotion import InService
from jimbot_stream.streams.checkpoints import record_untrained
from jimbot_stream.streams.episode import rebuild
from tests.support.schemas import change_schema


async def ended(log: EmbeddedLog, schema: str, data: bytes) -> None:
    journal = await StreamJournal.open(log, game_stream("g1"))
    await journal.append([Entry("GameEnded", data, "g1", metadata={"schema": schema})])


async def test_an_event_of_an_older_schema_is_lifted_before_it_is_folded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_schema(monkeypatch, "GameEnded", lambda data: {"ante": data["level"]})
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await ended(log, "1", b'{"level":5}')
        rows = await rebuild(log)
    assert rows["g1"].ended
    assert rows["g1"].ante == 5


async def test_an_event_of_the_current_schema_is_not_lifted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_schema(monkeypatch, "GameEnded", lambda data: {"ante": data["level"]})
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await ended(log, "2", to_json(GameEnded(ante=5)))
        assert (await rebuild(log))["g1"].ante == 5


async def test_an_event_of_a_later_release_is_not_folded_as_if_it_were_known(
    tmp_path: Path,
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await ended(log, "2", b"{}")
        with pytest.raises(UnknownSchemaError, match="upgrade"):
            await rebuild(log)


async def test_what_is_in_service_is_found_in_a_record_of_an_older_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        await record_untrained(log, BlobStore(tmp_path / "blobs"), b"weights", "rules")
        assert (await InService.open(log)).stack == []  # saved is not in service
        await (await InService.open(log)).promote(CheckpointPromoted(checkpoint="a" * 64))
        change_schema(
            monkeypatch, "CheckpointPromoted", lambda data: {"checkpoint": data["checkpoint"][:8]}
        )
        assert (await InService.open(log)).stack == ["a" * 8]


async def test_a_record_names_the_schema_in_which_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_schema(monkeypatch, "CheckpointSaved", lambda _: {})
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        name = await record_untrained(log, BlobStore(tmp_path / "blobs"), b"weights", "rules")
        (event,) = [each async for each in log.read_stream(checkpoint_stream(name))]
    assert read_event(CheckpointSaved, event).checkpoint == name
