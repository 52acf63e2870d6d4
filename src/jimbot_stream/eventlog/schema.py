"""The SQLite file of the embedded log: tables, opening, and the chain over its rows."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from jimbot_stream.eventlog import EventLogError, RecordedEvent

_APPLICATION_ID = 0x4A4D4C47  # "JMLG"
_VERSION = 1

_TABLES = (
    "CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL REFERENCES streams,
        revision INTEGER NOT NULL,
        id BLOB NOT NULL,
        type TEXT NOT NULL,
        json INTEGER NOT NULL,
        created_ns INTEGER NOT NULL,
        data BLOB NOT NULL,
        metadata BLOB NOT NULL,
        chain BLOB NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX events_by_stream ON events (stream, revision)",
)

COLUMNS = "position, name, revision, id, type, json, created_ns, data, metadata"
"""Columns of a Row, from ``events JOIN streams ON number = stream``."""


class Row(NamedTuple):
    """One event as the file holds it."""

    position: int
    stream: str
    revision: int
    id: bytes
    type: str
    json: int
    """1 for application/json, 0 for application/octet-stream."""
    created_ns: int
    data: bytes
    metadata: bytes

    def recorded(self) -> RecordedEvent:
        """The event as the protocol shows it."""
        return RecordedEvent(
            self.stream,
            self.revision,
            self.position,
            UUID(bytes=self.id),
            self.type,
            self.data,
            self.metadata,
            self.created_ns,
        )


def row_chain(previous: bytes, row: Row) -> bytes:
    """Hash over the row and all rows before it; every field is preceded by its length."""
    stream, kind = row.stream.encode(), row.type.encode()
    parts = (row.id, stream, kind, row.data, row.metadata)
    head = struct.pack(
        ">qqqq5q", row.position, row.revision, row.json, row.created_ns, *map(len, parts)
    )
    return sha256(b"".join((previous, head, *parts))).digest()


def open_writable(path: Path) -> sqlite3.Connection:
    """Open or create the file for its one writer: every commit is on disk when it returns.

    Raises:
        EventLogError: the file is something else, or from another version.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with _closed_on_error(connection, path):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        _create_or_check(connection, path)
    return connection


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open an existing file for reading, also while its writer is at work.

    Raises:
        EventLogError: no such file, or it is not an event log.
    """
    if not path.is_file():
        raise EventLogError(f"{path}: no such file")
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    with _closed_on_error(connection, path):
        _check(connection, path)
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        connection.close()
        raise EventLogError(f"{path}: {error}") from error
    except EventLogError:
        connection.close()
        raise


def _create_or_check(connection: sqlite3.Connection, path: Path) -> None:
    empty = connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0]
    if not empty:
        return _check(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")
    return None


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION_ID:
        raise EventLogError(f"{path}: not an event log of jimbot_stream")
    if version != _VERSION:
        raise EventLogError(f"{path}: format {version}; this release reads format {_VERSION}")
