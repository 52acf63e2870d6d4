"""What ``jimbot-learn export-games`` does and shows."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import click
import numpy as np
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jimbot_stream.agents.offline.config import CloningConfig, DataConfig, OfflineConfig
from jimbot_stream.agents.offline.episode import Episode
from jimbot_stream.agents.offline.selection import Games, Header, Refusal, Selected, select
from jimbot_stream.agents.offline.source import LogGames, last_position
from jimbot_stream.agents.terminal import log_of
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.config import from_environment

_REWARD = CloningConfig().reward


class ExportError(ValueError):
    """What was written is not what is in the log."""


class Writer(Protocol):
    """A file, or folder, that games are written to and read from."""

    def write(self, header: Header, episode: Episode) -> None:
        """Add a game."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    out: Path
    games: int
    actions: int
    nbytes: int
    refused: dict[str, int]
    """Games that were not written, by reason."""


async def export(kind: str, out: Path, wanted: DataConfig, *, as_json: bool) -> None:
    """Write the games of the log, and tell what was written.

    Raises:
        ExportError: what was written does not read back the same.
        ValueError: there is no game to write, or a package is missing.
    """
    console = Console(stderr=True, quiet=as_json)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with log_of(from_environment()) as log:
        position = await last_position(log)
        games = LogGames(log, _REWARD)
        data = DataConfig(position, wanted.sources, wanted.runs, held_out=0)
        selected = await select(games, OfflineConfig(CloningConfig(), data), 0)
        with Progress(*columns, TimeElapsedColumn(), console=console, disable=as_json) as bar:
            task = bar.add_task("writing games", total=len(selected.learned))
            told = await write(
                kind, out, games, selected, position, lambda: bar.update(task, advance=1)
            )
    if as_json:
        click.echo(orjson.dumps(told, default=str, option=orjson.OPT_SORT_KEYS).decode())
    else:
        show(told, Console())


async def write(
    kind: str,
    out: Path,
    games: Games,
    selected: Selected,
    position: int,
    done: Callable[[], None] = lambda: None,
) -> Exported:
    """Write games beside, read them back, and put them in place where they are the same.

    Raises:
        ExportError: they are not the same.
        ValueError: no game can be written, or a package is missing.
    """
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    refused = list(selected.refused)
    try:
        writer = await _writer(kind, beside, position, games, selected.learned)
        digests, actions = [], 0
        try:
            async for header, episode in _readable(games, selected.learned, refused):
                writer.write(header, episode)
                digests.append(episode.digest())
                actions += len(episode.actions)
                done()
        finally:
            writer.close()
        if not digests:
            raise ValueError(f"no game can be written: {refused[-1].detail}")
        _compare(digests, _read(kind, beside))
        beside.rename(out)
    finally:
        _remove(beside)
    reasons = Selected(refused=refused).reasons()
    return Exported(out, len(digests), actions, _size(out), reasons)


async def _writer(
    kind: str, path: Path, position: int, games: Games, headers: Sequence[Header]
) -> Writer:
    if kind == "parquet":
        from jimbot_stream.agents.offline.parquet import ParquetWriter

        return ParquetWriter(path, _REWARD, position)
    from jimbot_stream.agents.offline.minari import MinariWriter

    # A space must be declared before the first game is written: the games are gone through twice.
    widest = 1
    async for _, episode in _readable(games, headers, []):
        widest = max(widest, int(np.diff(episode.ends, prepend=0).max()))
    return MinariWriter(path, _REWARD, widest)


def _read(kind: str, path: Path) -> Iterable[Episode]:
    if kind == "parquet":
        from jimbot_stream.agents.offline.parquet import read_games

        return (episode for _, episode in read_games(path))
    from jimbot_stream.agents.offline.minari import read_games as read_minari

    return read_minari(path)


async def _readable(
    games: Games, headers: Sequence[Header], refused: list[Refusal]
) -> AsyncIterator[tuple[Header, Episode]]:
    """Games, one at a time in memory; those that cannot be read are told."""
    for header in headers:
        try:
            episode = await games.episode(header)
        except FeedError as error:
            refused.append(Refusal(header.game_id, "cannot be learned from", str(error)))
        else:
            yield header, episode


def _compare(digests: Sequence[str], written: Iterable[Episode]) -> None:
    found = [episode.digest() for episode in written]
    if found != list(digests):
        wrong = [
            place
            for place, pair in enumerate(zip(digests, found, strict=False))
            if len(set(pair)) > 1
        ]
        first = wrong[0] if wrong else min(len(found), len(digests))
        raise ExportError(f"game {first} of {len(digests)} does not read back as it was written")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def show(told: Exported, console: Console) -> None:
    """A table."""
    table = Table("written to", "games", "actions", "MiB")
    size = f"{told.nbytes / 2**20:,.1f}"
    table.add_row(str(told.out), f"{told.games:,}", f"{told.actions:,}", size)
    console.print(table)
    if told.refused:
        left_out = Table("games left out", "number")
        for reason, number in told.refused.items():
            left_out.add_row(reason, f"{number:,}")
        console.print(left_out)
