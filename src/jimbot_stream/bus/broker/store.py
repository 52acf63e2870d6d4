"""The broker's one file: schema, lock, and a single writer in a thread of its own.

SQLite in WAL mode. With durability ``full`` every commit is synced to the disk before it
counts, so an acknowledged record survives power loss; many records share one commit, so
the sync is paid per group, not per record. With ``normal`` the sync is left to the
operating system: a crash of the process loses nothing, a power cut may lose the last
moments.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

T = TypeVar("T")
Durability = Literal["full", "normal"]

OFFSET_BITS: Final = 40
"""A batch's row id is its partition's id and its base offset, in this many low bits."""
_VERSION: Final = 1
_WAL_LIMIT: Final = 64 << 20

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE topic (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, configs TEXT NOT NULL);
CREATE TABLE partition (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic INTEGER NOT NULL, number INTEGER NOT NULL,
    start INTEGER NOT NULL DEFAULT 0, cleaned INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, number));
CREATE TABLE batch (
    k INTEGER PRIMARY KEY, last INTEGER NOT NULL, ts INTEGER NOT NULL, size INTEGER NOT NULL,
    data BLOB NOT NULL);
CREATE TABLE producer (
    partition INTEGER NOT NULL, id INTEGER NOT NULL, epoch INTEGER NOT NULL,
    batches TEXT NOT NULL, seen_ms INTEGER NOT NULL, PRIMARY KEY (partition, id)) WITHOUT ROWID;
CREATE TABLE committed (
    grp TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
    epoch INTEGER NOT NULL, metadata TEXT, PRIMARY KEY (grp, partition)) WITHOUT ROWID;
CREATE TABLE grp (name TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID;
"""


class StorageError(Exception):
    """The file could not be written (disk full, I/O error): nothing of the group is stored."""


class StoreBusyError(Exception):
    """Another process owns the file."""


def row_id(partition: int, offset: int) -> int:
    """Row id of a batch."""
    return partition << OFFSET_BITS | offset


class Store:
    """The open file. Reads happen on the event loop's thread, writes on the writer's."""

    def __init__(
        self, path: Path, durability: Durability = "full", max_bytes: int | None = None
    ) -> None:
        """Open or create the file.

        Raises:
            StoreBusyError: another process has it open.
            StorageError: not a file of this broker, or not writable.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = _locked(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="broker-writer")
        try:
            self._writer = self._connect(durability)
            # Setting this is a write, even to the value it has: only the writer may do it.
            self._writer.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._migrate()
            self.limit(max_bytes)
            self.reader = self._connect(durability)
            self.reader.execute("PRAGMA query_only = 1")
        except sqlite3.Error as error:
            self._lock.close()
            raise StorageError(f"{path}: {error}") from error
        except StorageError:
            self._writer.close()
            self._lock.close()
            raise

    def _connect(self, durability: Durability) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA synchronous = {durability.upper()}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
        connection.execute("PRAGMA busy_timeout = 5000")
        return connection

    def _migrate(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise StorageError(f"{self.path} is of version {version}, this broker of {_VERSION}")
        if version == 0:
            self._writer.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def limit(self, max_bytes: int | None) -> None:
        """Cap the size of the file; writes beyond fail as on a full disk."""
        (page,) = self._writer.execute("PRAGMA page_size").fetchone()
        pages = 0xFFFFFFFE if max_bytes is None else max(1, max_bytes // page)
        self._writer.execute(f"PRAGMA max_page_count = {pages}")

    async def give_back(self, pages: int) -> None:
        """Return free pages to the file system, outside any transaction."""
        # Of the ways to run SQL only a script steps this pragma to its end.
        script = f"PRAGMA incremental_vacuum({pages});"
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._writer.executescript, script)

    async def beside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a long read beside the traffic, on a connection and thread of its own."""
        return await asyncio.to_thread(self._beside, work)

    def _beside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with closing(self._connect("normal")) as connection:
            connection.execute("PRAGMA query_only = 1")
            return work(connection)

    def identity(self, now_ns: int) -> str:
        """The cluster id: made with the file, and kept."""
        self._writer.execute("INSERT OR IGNORE INTO meta VALUES ('born_ns', ?)", (now_ns,))
        (born,) = self._writer.execute("SELECT value FROM meta WHERE name = 'born_ns'").fetchone()
        return f"jimbot-{born:x}"

    @property
    def thread(self) -> ThreadPoolExecutor:
        """The writer's thread, for ``run_in_executor``."""
        return self._thread

    def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work in one transaction, in the writer's thread; on return it is durable.

        Raises:
            StorageError: nothing was stored.
        """
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            made = work(self._writer)
            self._writer.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StorageError(str(error)) from error
            raise
        return made

    def close(self) -> None:
        """Finish the writer's work and release the file."""
        self._thread.shutdown(wait=True)
        self.reader.close()
        self._writer.close()
        self._lock.close()


def _locked(path: Path) -> "_Lock":
    return _Lock(path.with_name(path.name + ".lock"))


class _Lock:
    """An advisory lock that the kernel drops with the process."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise StoreBusyError(
                f"another broker has {path.with_suffix('').name} open in {path.parent}:"
                " stop it, connect to it, or give this one another --data folder"
            ) from None

    def close(self) -> None:
        self._file.close()
