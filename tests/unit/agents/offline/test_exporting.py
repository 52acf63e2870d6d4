"""Games as files for other programs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jimbot_stream.agents.offline.config import CloningConfig, DataConfig, OfflineConfig
from jimbot_stream.agents.offline.episode import UNLISTED, Episode
from jimbot_stream.agents.offline.exporting import Exported, ExportError, write
from jimbot_stream.agents.offline.minari import read_games as read_minari
from jimbot_stream.agents.offline.parquet import ParquetError, ParquetWriter, read_games
from jimbot_stream.agents.offline.selection import Header, Refusal, select
from jimbot_stream.agents.offline.source import LogGames
from jimbot_stream.eventlog import EventLog
from tests.support.rule_games import record

ALL = OfflineConfig(CloningConfig(), DataConfig(position=10**9, held_out=0))


class Odd:
    """Games of the log, one of whose actions is not among the candidates; one was left."""

    def __init__(self, log: EventLog) -> None:
        self._games = LogGames(log, "progress-1")

    def headers(self, position: int) -> AsyncIterator[Header | Refusal]:
        return self._games.headers(position)

    async def episode(self, header: Header) -> Episode:
        episode = await self._games.episode(header)
        actions = np.array(episode.actions)
        actions[1] = UNLISTED
        return replace(episode, actions=actions)


async def exported(log: EventLog, kind: str, out: Path) -> tuple[Exported, list[Episode]]:
    games = Odd(log)
    selected = await select(games, ALL, 0)
    told = await write(kind, out, games, selected, 7)
    return told, [await games.episode(header) for header in selected.learned]


def hidden(folder: Path) -> list[str]:
    """Files that were begun and are not in place."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def exists(path: Path) -> bool:
    """Whether it is there."""
    return path.exists()


@pytest.mark.parametrize("kind", ["parquet", "minari"])
async def test_games_are_read_back_as_they_were(
    log: EventLog, tmp_path: Path, kind: str, four: list[str]
) -> None:
    await record(log, 9, reason="quit", win_ante=8)
    out = tmp_path / "games"
    told, episodes = await exported(log, kind, out)
    assert (told.games, told.actions) == (5, sum(len(each.actions) for each in episodes))
    assert told.nbytes > 0
    found = list(read_minari(out)) if kind == "minari" else [each for _, each in read_games(out)]
    assert [each.digest() for each in found] == [each.digest() for each in episodes]
    assert not hidden(tmp_path)


async def test_other_programs_read_the_columns(
    log: EventLog, tmp_path: Path, four: list[str]
) -> None:
    import minari

    await exported(log, "parquet", tmp_path / "games.parquet")
    _, episodes = await exported(log, "minari", tmp_path / "games")
    table = pq.read_table(tmp_path / "games.parquet")
    assert table["game_id"].unique().to_pylist() == four
    assert table["action"].null_count == 4
    assert table["log_prob"].null_count == len(table)
    data = minari.MinariDataset(tmp_path / "games")
    assert data.total_episodes == 4
    first = data[0]
    np.testing.assert_array_equal(first.observations["features"][:-1], episodes[0].features)
    np.testing.assert_array_equal(first.actions, episodes[0].actions)
    assert first.terminations[-1]
    assert not first.truncations.any()
    assert all(data.action_space.contains(action) for action in first.actions)


async def test_what_does_not_read_back_is_not_put_in_place(
    log: EventLog, tmp_path: Path, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = ParquetWriter.write

    def careless(self: ParquetWriter, header: Header, episode: Episode) -> None:
        honest(
            self, header, replace(episode, rewards=episode.rewards + (header.game_id == four[2]))
        )

    monkeypatch.setattr(ParquetWriter, "write", careless)
    with pytest.raises(ExportError, match="game 2 of 4 does not read back"):
        await exported(log, "parquet", tmp_path / "games.parquet")
    assert not hidden(tmp_path)
    assert not exists(tmp_path / "games.parquet")


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"?" * 20)
    with pytest.raises(ParquetError, match="cannot be read as Parquet"):
        next(read_games(tmp_path / "a"))
    pq.write_table(pa.table({"x": [1]}), tmp_path / "b")
    with pytest.raises(ParquetError, match="write it with jimbot-learn export-games"):
        next(read_games(tmp_path / "b"))
