"""Reading pages of the SQLite file: stream by revision, everything by position."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Literal, TypeVar

from jimbot_stream.eventlog import (
    LogUnavailableError,
    StreamNotFoundError,
    StreamTombstonedError,
)
from jimbot_stream.eventlog.retention import DELETED, from_json, metastream, parse
from jimbot_stream.eventlog.schema import COLUMNS, Row, open_readonly

_FROM = "FROM events JOIN streams ON number = stream"

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events of all streams; without prefixes and regex: every one."""

    by: Literal["stream", "type"] = "stream"
    prefixes: tuple[str, ...] = ()
    regex: str = ""
    names: tuple[str, ...] = ()
    """Exact values."""
    system: bool = False
    """Whether the log's own events (``$…``) pass."""

    def condition(self) -> tuple[str, list[str]]:
        """The filter in SQL, with its parameters."""
        column = "name" if self.by == "stream" else "type"
        parts: list[str] = []
        given: list[str] = []
        if self.prefixes:
            parts.append("(" + " OR ".join(f"has_prefix({column}, ?)" for _ in self.prefixes) + ")")
            given += self.prefixes
        if self.names:
            parts.append(f"{column} IN ({', '.join('?' * len(self.names))})")
            given += self.names
        if self.regex:
            parts.append(f"{column} REGEXP ?")
            given.append(self.regex)
        if not self.system:
            parts.append("NOT has_prefix(name, '$') AND NOT has_prefix(type, '$')")
        return " AND ".join(parts) or "1", given

    def passes(self, row: Row) -> bool:
        """The same filter on one row."""
        value = row.stream if self.by == "stream" else row.type
        if not self.system and (row.stream.startswith("$") or row.type.startswith("$")):
            return False
        if self.prefixes and not value.startswith(self.prefixes):
            return False
        if self.names and value not in self.names:
            return False
        return not self.regex or _pattern(self.regex).search(value) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and where the next page begins."""

    rows: Sequence[Row]
    next: int
    """Revision or position to go on from, inclusive."""
    end: bool
    """Whether the log had nothing further when the page was read."""


def read_all(
    db: sqlite3.Connection, start: int | None, backwards: bool, filter_: Filter, count: int
) -> Page:
    """Events from a position, inclusive; None means the near end."""
    condition, given = filter_.condition()
    head = db.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()[0]
    if backwards:
        first = head if start is None else min(start, head)
        span, bounds, order = "position BETWEEN ? AND ?", (1, first), "DESC"
    else:
        first = start or 1
        span, bounds, order = "position BETWEEN ? AND ?", (first, head), "ASC"
    rows = [
        Row(*found)
        for found in db.execute(
            f"SELECT {COLUMNS} {_FROM} WHERE {span} AND {condition}"
            f" ORDER BY position {order} LIMIT ?",
            (*bounds, *given, count),
        )
    ]
    end = len(rows) < count
    if backwards:
        return Page(rows, 0 if end else rows[-1].position - 1, end)
    return Page(rows, max(first, head + 1) if end else rows[-1].position + 1, end)


@dataclass(frozen=True, slots=True)
class Window:
    """What of a stream can be seen: its retention, applied."""

    number: int
    first: int
    last: int
    since_ns: int


def window(db: sqlite3.Connection, stream: str, now_ns: int) -> Window:
    """Look at a stream through its retention.

    Raises:
        StreamNotFoundError: no event, or soft-deleted.
        StreamTombstonedError: deleted for good.
    """
    number, last = _last(db, stream)
    if last == DELETED or (stream.startswith("$$") and _last(db, stream[2:])[1] == DELETED):
        raise StreamTombstonedError(f"{stream}: deleted for good")
    if last is None:
        raise StreamNotFoundError(f"{stream}: no such stream")
    if stream.startswith("$$"):
        return Window(number, last, last, 0)
    limits = from_json(metadata_fields(db, stream))
    if limits.truncate_before == DELETED:
        raise StreamNotFoundError(f"{stream}: deleted")
    first = limits.truncate_before or 0
    if limits.max_count is not None:
        first = max(first, last - limits.max_count + 1)
    since = 0 if limits.max_age_s is None else now_ns - limits.max_age_s * 1_000_000_000
    return Window(number, first, last, since)


def read_stream(
    db: sqlite3.Connection,
    stream: str,
    start: int | None,
    backwards: bool,
    count: int,
    now_ns: int,
) -> Page:
    """Events of a stream from a revision, inclusive; None means the near end.

    Raises:
        StreamNotFoundError: no event, or soft-deleted.
        StreamTombstonedError: deleted for good.
    """
    seen = window(db, stream, now_ns)
    if backwards:
        low, high = seen.first, seen.last if start is None else min(start, seen.last)
    else:
        low, high = max(seen.first, start or 0), seen.last
    rows = [
        Row(*found)
        for found in db.execute(
            f"SELECT {COLUMNS} {_FROM} WHERE stream = ? AND revision BETWEEN ? AND ?"
            f" AND created_ns >= ? ORDER BY revision {'DESC' if backwards else 'ASC'} LIMIT ?",
            (seen.number, low, high, seen.since_ns, count),
        )
    ]
    end = len(rows) < count
    if backwards:
        return Page(rows, -1 if end else rows[-1].revision - 1, end)
    return Page(rows, max(low, high + 1) if end else rows[-1].revision + 1, end)


def metadata_fields(db: sqlite3.Connection, stream: str) -> dict[str, object]:
    """The stream's metadata; empty when none was set."""
    found = db.execute(
        f"SELECT data {_FROM} WHERE name = ? ORDER BY revision DESC LIMIT 1", (metastream(stream),)
    ).fetchone()
    return parse(found[0]) if found else {}


def _last(db: sqlite3.Connection, stream: str) -> tuple[int, int | None]:
    found = db.execute("SELECT number FROM streams WHERE name = ?", (stream,)).fetchone()
    if not found:
        return 0, None
    last = db.execute("SELECT max(revision) FROM events WHERE stream = ?", found).fetchone()[0]
    return found[0], last


class Readers:
    """A few threads with a connection each; every page is one snapshot."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._all = [_open(path) for _ in range(threads)]
        for connection in self._all:
            self._idle.put(connection)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="eventlog-reader")

    def run(self, query: Callable[[sqlite3.Connection], Found]) -> Found:
        """Run the query in one read transaction; call it in a thread of the pool.

        Raises:
            LogUnavailableError: SQLite could not read.
        """
        db = self._idle.get()
        try:
            db.execute("BEGIN")
            try:
                return query(db)
            finally:
                db.execute("COMMIT")
        except sqlite3.Error as error:
            raise LogUnavailableError(f"the event log cannot read: {error}") from error
        finally:
            self._idle.put(db)

    def close(self) -> None:
        """Wait for running queries and close the connections."""
        self.pool.shutdown(wait=True)
        for connection in self._all:
            connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = open_readonly(path)
    connection.create_function("has_prefix", 2, str.startswith, deterministic=True)
    connection.create_function("regexp", 2, _regexp, deterministic=True)
    return connection


def _regexp(pattern: str, value: str) -> bool:
    return _pattern(pattern).search(value) is not None


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
