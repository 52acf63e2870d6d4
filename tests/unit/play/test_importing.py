"""Recorded games in the log without a worker, and learning from them."""

import io
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from jimbot_stream.agents.offline.selection import Header
from jimbot_stream.agents.offline.source import LogGames
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.eventlog.whole import OtherwiseError
from jimbot_stream.play import importing
from jimbot_stream.play.ingest import IngestError
from jimbot_stream.streams.intake.recording import read_recording

RECORDED = Path("tests/data/recorded_runs")
NAMES = ("one_ante", "rearranged_jokers", "shop_reroll")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path / 'events.sqlite'}")
    return tmp_path


async def shown(path: Path) -> str:
    console = Console(file=io.StringIO(), width=160)
    assert await importing.run(str(path), console) == 0
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_what_the_bot_did_can_be_learned_from(settings: Path) -> None:
    assert "one_ante.jsonl" in await shown(RECORDED)
    async with EmbeddedLog(settings / "events.sqlite") as log:
        games = LogGames(log, "progress-1")
        headers = [each async for each in games.headers(10**9) if isinstance(each, Header)]
        assert len(headers) == len(NAMES)
        episodes = [await games.episode(header) for header in headers]
        assert all(episode.learned(("player",)).any() for episode in episodes)
        events = [each async for each in log.read_all()]
        assert "DecisionMade" not in {each.type for each in events}


async def test_twice_changes_nothing(settings: Path) -> None:
    await shown(RECORDED)
    before = (settings / "events.sqlite").stat().st_size
    again = await shown(RECORDED)
    assert [line.split()[3:5] for line in again.splitlines() if "jsonl" in line] == [["0", "1"]] * 3
    assert (settings / "events.sqlite").stat().st_size == before


async def test_bad_lines_are_told_with_reason_and_place(settings: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    data = (RECORDED / "one_ante.jsonl").read_bytes()
    bad.write_bytes(data + b'{"x": 1}\n{\n{"method": "dance"}\n')
    told = await shown(bad)
    assert "line 20 is left out (unknown_function): " in told
    assert "line 18 is left out (unknown_shape): " in told
    assert "line 19 is left out (not_json): " in told
    bad.write_bytes(b"hello")
    with pytest.raises(IngestError, match=r"bad\.jsonl: unknown_shape"):
        await importing.run(str(bad), Console())


async def test_a_game_that_a_worker_is_at_is_left_as_it_is(tmp_path: Path) -> None:
    recording = read_recording((RECORDED / "one_ante.jsonl").read_bytes())
    (game,) = recording.games
    entries = list(importing.entries(recording.source, game))
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        journal = await StreamJournal.open(log, game_stream(game.game_id))
        started = orjson.dumps(orjson.loads(entries[0].data) | {"seed": "OTHER"})
        await journal.append([Entry("GameStarted", started, game.game_id)])
        with pytest.raises(OtherwiseError, match="event 0, GameStarted"):
            await importing.write(log, "one", recording)
