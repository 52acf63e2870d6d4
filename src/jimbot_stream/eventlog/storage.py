"""Commands of the one writer on its connection; runs in the writer's thread only."""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

import orjson

from jimbot_stream.clock import Clock
from jimbot_stream.eventlog import (
    Appended,
    Expected,
    ExpectedVersion,
    StreamNotFoundError,
    StreamTombstonedError,
    WrongExpectedVersionError,
)
from jimbot_stream.eventlog.commit import (
    NO_EVENTS,
    Decision,
    SoftDeletedError,
    StreamState,
    check_commit,
)
from jimbot_stream.eventlog.faults import pass_point
from jimbot_stream.eventlog.retention import DELETED, METADATA_TYPE, metastream, parse
from jimbot_stream.eventlog.schema import Row, row_chain

_SYSTEM_IDS = UUID("0a5b3c9e-4b52-5d6a-8c43-6a6d626f7421")
_TOMBSTONE_TYPE = "$streamDeleted"
_CACHED_STREAMS = 50_000
_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Proposed(NamedTuple):
    """An event as it comes in, from either door."""

    id: bytes
    type: str
    json: int
    data: bytes
    metadata: bytes


class Storage:
    """Applies commands inside the transaction that the caller opened."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock
        self._streams: OrderedDict[str, StreamState] = OrderedDict()
        self.position = 0
        self._chain = b""
        self.written: list[Row] = []
        """Rows of the open transaction."""
        self.forget()

    def forget(self) -> None:
        """Drop everything cached, after a rollback, and read the log's end again."""
        self._streams.clear()
        self.written = []
        end = self._db.execute(
            "SELECT position, chain FROM events ORDER BY position DESC LIMIT 1"
        ).fetchone()
        self.position, self._chain = end or (0, b"")

    def append(
        self, stream: str, events: Sequence[Proposed], expected: ExpectedVersion
    ) -> Appended:
        """Write all events, or find that they are written already.

        Raises:
            WrongExpectedVersionError: nothing was written.
            StreamTombstonedError: nothing was written.
            SoftDeletedError: EXISTS, and it is soft-deleted; nothing was written.
        """
        state = self._state(stream)
        ids = [event.id for event in events]
        decision = check_commit(state, expected, ids, lambda rev: self._id_at(state, rev))
        if decision is Decision.ALREADY_WRITTEN:
            base = NO_EVENTS if expected is Expected.NO_STREAM else expected
            assert isinstance(base, int)
            return self._already(state, base + len(events))
        self._refuse(stream, state, expected, decision)
        if state.soft_deleted:
            self._undelete(stream, state)
        for event in events:
            self._insert(stream, state, state.last + 1, event)
        pass_point("after-insert")
        return Appended(state.last, self.position)

    def restore(self, stream: str, revision: int, created_ns: int, event: Proposed) -> Appended:
        """Write an event as another store recorded it, its revision and time kept.

        Raises:
            WrongExpectedVersionError: the stream goes as far already; nothing was written.
        """
        state = self._state(stream)
        if revision <= state.last:
            raise WrongExpectedVersionError(stream, revision - 1, state.last)
        self._insert(stream, state, revision, event, created_ns)
        return Appended(revision, self.position)

    def delete(self, stream: str, expected: ExpectedVersion) -> Appended:
        """Soft-delete: replace the stream's metadata by a cut above all revisions.

        Raises:
            WrongExpectedVersionError: the stream is elsewhere.
            StreamNotFoundError: there is nothing to delete.
            StreamTombstonedError: the stream is gone already.
        """
        state = self._state(stream)
        self._check_delete(stream, state, expected)
        if state.last == NO_EVENTS:
            raise StreamNotFoundError(f"{stream}: no such stream")
        self._write_metadata(stream, {"$tb": DELETED})
        return Appended(state.last, self.position)

    def tombstone(self, stream: str, expected: ExpectedVersion) -> Appended:
        """Close the stream for good.

        Raises:
            WrongExpectedVersionError: the stream is elsewhere.
            StreamNotFoundError: EXISTS, and it does not.
            StreamTombstonedError: the stream is gone already.
        """
        state = self._state(stream)
        self._check_delete(stream, state, expected)
        last = state.last
        self._insert(stream, state, DELETED, self._system_event(stream, _TOMBSTONE_TYPE, b"{}"))
        self._streams.clear()
        return Appended(last, self.position)

    def _check_delete(self, stream: str, state: StreamState, expected: ExpectedVersion) -> None:
        decision = check_commit(state, expected, [b""], lambda rev: self._id_at(state, rev))
        if decision is Decision.WRONG_VERSION and state.last == NO_EVENTS:
            raise StreamNotFoundError(f"{stream}: no such stream")
        self._refuse(stream, state, expected, decision)

    def _refuse(
        self, stream: str, state: StreamState, expected: ExpectedVersion, decision: Decision
    ) -> None:
        if decision is Decision.TOMBSTONED:
            raise StreamTombstonedError(f"{stream}: deleted for good")
        if decision is Decision.SOFT_DELETED:
            raise SoftDeletedError(f"{stream}: deleted")
        if decision is not Decision.WRITE:
            actual = None if state.last == NO_EVENTS else state.last
            raise WrongExpectedVersionError(stream, expected, actual)

    def _already(self, state: StreamState, revision: int) -> Appended:
        found = self._db.execute(
            "SELECT position FROM events WHERE stream = ? AND revision = ?",
            (state.number, revision),
        ).fetchone()
        return Appended(revision, found[0])

    def _id_at(self, state: StreamState, revision: int) -> bytes | None:
        found = self._db.execute(
            "SELECT id FROM events WHERE stream = ? AND revision = ?", (state.number, revision)
        ).fetchone()
        return found[0] if found else None

    def _insert(
        self,
        stream: str,
        state: StreamState,
        revision: int,
        event: Proposed,
        created_ns: int | None = None,
    ) -> None:
        if state.number is None:
            cursor = self._db.execute("INSERT INTO streams (name) VALUES (?)", (stream,))
            state.number = cursor.lastrowid
        row = Row(
            self.position + 1,
            stream,
            revision,
            event.id,
            event.type,
            event.json,
            self._clock.now_ns() if created_ns is None else created_ns,
            event.data,
            event.metadata,
        )
        chain = row_chain(self._chain, row)
        self._db.execute(_INSERT, (row[0], state.number, *row[2:], chain))
        self.position, self._chain, state.last = row.position, chain, revision
        self.written.append(row)
        if stream.startswith("$$"):
            self._streams.pop(stream[2:], None)

    def _undelete(self, stream: str, state: StreamState) -> None:
        fields = self._metadata(stream) or {}
        self._write_metadata(stream, {**fields, "$tb": state.last + 1})
        state.soft_deleted = False
        self._streams[stream] = state

    def _write_metadata(self, stream: str, fields: dict[str, object]) -> None:
        meta = metastream(stream)
        event = self._system_event(meta, METADATA_TYPE, orjson.dumps(fields))
        state = self._state(meta)
        self._insert(meta, state, state.last + 1, event)

    def _system_event(self, stream: str, kind: str, data: bytes) -> Proposed:
        own = uuid5(_SYSTEM_IDS, f"{stream}/{kind}/{self.position + 1}")
        return Proposed(own.bytes, kind, 1, data, b"")

    def _metadata(self, stream: str) -> dict[str, object] | None:
        found = self._db.execute(
            "SELECT data FROM events JOIN streams ON number = stream"
            " WHERE name = ? ORDER BY revision DESC LIMIT 1",
            (metastream(stream),),
        ).fetchone()
        return parse(found[0]) if found else None

    def _state(self, stream: str) -> StreamState:
        state = self._streams.get(stream)
        if state is None:
            state = self._streams[stream] = self._load(stream)
            if len(self._streams) > _CACHED_STREAMS:
                self._streams.popitem(last=False)
        else:
            self._streams.move_to_end(stream)
        return state

    def _load(self, stream: str) -> StreamState:
        state = StreamState()
        number = self._db.execute("SELECT number FROM streams WHERE name = ?", (stream,)).fetchone()
        if number:
            state.number = number[0]
            last = self._db.execute(
                "SELECT max(revision) FROM events WHERE stream = ?", number
            ).fetchone()[0]
            state.tombstoned = last == DELETED
            state.last = NO_EVENTS if last is None else last
        if stream.startswith("$$"):
            state.tombstoned |= self._state(stream[2:]).tombstoned
        else:
            fields = self._metadata(stream)
            state.has_metadata = fields is not None
            state.soft_deleted = fields is not None and fields.get("$tb") == DELETED
        return state
