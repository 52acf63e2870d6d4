"""Recorded games in a Parquet file: one row for every action, games in whole row groups.

The columns, of K features and F candidate features whose names stand in the file's metadata:

| column | type | holds |
|---|---|---|
| ``game_id`` | string | the game |
| ``last_revision`` | int64 | revision of the last event of the game that was used |
| ``source`` | string | who told the game |
| ``run_seed`` | int64 | seed of the run that the game belongs to |
| ``over`` | bool | False where the game was left before it was won or lost |
| ``step`` | int32 | number of the action within its game, from 0 |
| ``features`` | fixed list of K float32 | what is seen of the state |
| ``candidates`` | list of fixed lists of F float32 | the legal candidates, a row for each |
| ``action`` | int32 | which of the candidates was taken; null: none of them |
| ``reward`` | double | from this state to that of the next action, or to the end |
| ``done`` | bool | True with the last action of a game that is over |
| ``log_prob`` | double | natural logarithm of the action's probability; null: nobody told |
| ``decided_by`` | string | policy, cached, heuristic, advisor, or player |

File metadata ``jimbot``: canonical JSON of format, rules version, name of the reward, position of
the log, names of the features and of the candidates' features.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.offline.config import DECIDERS
from jimbot_stream.agents.offline.episode import UNLISTED, Episode
from jimbot_stream.agents.offline.selection import Header
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL

FORMAT: Final = "jimbot-games-1"
_KEY: Final = b"jimbot"
_GROUP: Final = 4096
"""Actions after which a row group is closed; a game is never cut."""
SCHEMA: Final = pa.schema(
    [
        pa.field("game_id", pa.string(), nullable=False),
        pa.field("last_revision", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("run_seed", pa.int64(), nullable=False),
        pa.field("over", pa.bool_(), nullable=False),
        pa.field("step", pa.int32(), nullable=False),
        pa.field("features", pa.list_(pa.float32(), wire.FEATURES), nullable=False),
        pa.field(
            "candidates", pa.list_(pa.list_(pa.float32(), wire.CANDIDATE_FEATURES)), nullable=False
        ),
        pa.field("action", pa.int32()),
        pa.field("reward", pa.float64(), nullable=False),
        pa.field("done", pa.bool_(), nullable=False),
        pa.field("log_prob", pa.float64()),
        pa.field("decided_by", pa.string(), nullable=False),
    ]
)


class ParquetError(ValueError):
    """The file does not hold games as this release writes them; the message says what to do."""


class ParquetWriter:
    """Writes games to a file, row group by row group: memory holds one at a time."""

    def __init__(self, path: Path, reward: str, position: int) -> None:
        """Begin a file; reward and position tell where its numbers come from."""
        told = {
            "candidates": list(CANDIDATE),
            "features": list(GLOBAL),
            "format": FORMAT,
            "position": position,
            "reward": reward,
            "rules_version": RULES_VERSION,
        }
        schema = SCHEMA.with_metadata({_KEY: canonical_json(told).encode()})
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, header: Header, episode: Episode) -> None:
        """Add a game."""
        self._waiting.append(_table(header, episode, self._writer.schema))
        self._rows += len(episode.actions)
        if self._rows >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting)
            self._writer.write_table(whole, row_group_size=max(len(whole), 1))
        self._waiting, self._rows = [], 0


def read_games(path: Path) -> Iterator[tuple[Header, Episode]]:
    """The games of a file, in its order; memory holds one row group at a time.

    Raises:
        ParquetError: it is not a file of games, or one of other rules or columns.
    """
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise ParquetError(f"{path} cannot be read as Parquet: {error}") from None
    with file:
        _refuse_foreign(path, file.schema_arrow)
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            names = np.array(table["game_id"].to_pylist())
            begins = np.flatnonzero(np.append(True, names[1:] != names[:-1])).tolist()
            for begin, end in pairwise([*begins, len(names)]):
                rows = table.slice(begin, end - begin)
                yield _header(rows), _episode(rows)


def _header(table: pa.Table) -> Header:
    names = ("game_id", "last_revision", "source", "run_seed", "over")
    return Header(**{name: table[name][0].as_py() for name in names})


def _refuse_foreign(path: Path, schema: pa.Schema) -> None:
    """Make sure that the file holds what this release would write."""
    try:
        told: Mapping[str, Any] = json.loads((schema.metadata or {})[_KEY])
    except (KeyError, ValueError):
        raise ParquetError(
            f"{path} tells nothing of its games: write it with jimbot-learn export-games"
        ) from None
    wanted = {
        "candidates": list(CANDIDATE),
        "features": list(GLOBAL),
        "format": FORMAT,
        "rules_version": RULES_VERSION,
    }
    for name, value in wanted.items():
        if told.get(name) != value:
            shown = value if isinstance(value, str) else f"{len(value)} columns of this release"
            raise ParquetError(f"{path}: {name} is not {shown}; export the games again")
    if not schema.equals(SCHEMA, check_metadata=False):
        raise ParquetError(f"{path} has other columns: export the games again")


def _table(header: Header, episode: Episode, schema: pa.Schema) -> pa.Table:
    count = len(episode.actions)
    starts = np.concatenate(([0], episode.ends)).astype(np.int32)
    rows = pa.FixedSizeListArray.from_arrays(
        pa.array(episode.rows.reshape(-1)), type=schema.field("candidates").type.value_type
    )
    known = episode.actions != UNLISTED
    done = np.zeros(count, dtype=np.bool_)
    done[-1] = header.over
    columns = {
        "game_id": pa.repeat(header.game_id, count),
        "last_revision": pa.repeat(pa.scalar(header.last_revision, pa.int64()), count),
        "source": pa.repeat(header.source, count),
        "run_seed": pa.repeat(pa.scalar(header.run_seed, pa.int64()), count),
        "over": pa.repeat(header.over, count),
        "step": pa.array(np.arange(count, dtype=np.int32)),
        "features": pa.FixedSizeListArray.from_arrays(
            pa.array(episode.features.reshape(-1)), type=schema.field("features").type
        ),
        "candidates": pa.ListArray.from_arrays(pa.array(starts), rows),
        "action": pa.array(episode.actions.astype(np.int32), mask=~known),
        "reward": pa.array(episode.rewards),
        "done": pa.array(done),
        "log_prob": pa.array(episode.log_probs, mask=np.isnan(episode.log_probs)),
        "decided_by": pa.array([DECIDERS[place] for place in episode.deciders.tolist()]),
    }
    return pa.table(columns, schema=schema)


def _episode(table: pa.Table) -> Episode:
    table = table.combine_chunks()
    candidates = table["candidates"].combine_chunks()
    lengths = candidates.value_lengths().to_numpy()
    return Episode(
        game_id=table["game_id"][0].as_py(),
        features=_matrix(table["features"].combine_chunks(), wire.FEATURES),
        rows=_matrix(candidates.flatten(), wire.CANDIDATE_FEATURES),
        ends=np.cumsum(lengths, dtype=np.int64),
        actions=table["action"].fill_null(UNLISTED).to_numpy().astype(np.int64),
        log_probs=table["log_prob"].fill_null(float("nan")).to_numpy().astype(np.float64),
        rewards=table["reward"].to_numpy().astype(np.float64),
        deciders=np.array(
            [DECIDERS.index(name) for name in table["decided_by"].to_pylist()], dtype=np.int64
        ),
        left_out={},
    )


def _matrix(rows: pa.FixedSizeListArray, width: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Rows of equal width [n, width]; flatten and not values, which would forget a slice."""
    return np.array(rows.flatten().to_numpy(), dtype=np.float32).reshape(-1, width)
