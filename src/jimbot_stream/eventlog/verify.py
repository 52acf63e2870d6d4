"""Checking a log, event by event: chains, revisions, positions; and a file's own structure."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.digest import Damage, StreamVerifier, read_chain_fields
from jimbot_stream.eventlog.retention import DELETED
from jimbot_stream.eventlog.schema import COLUMNS, Row, open_readonly, row_chain

_PAGE = 500
_MAX_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written, and where."""

    where: str
    """``revision@stream``, or what of the file."""
    what: str
    position: int | None = None


@dataclass(slots=True)
class Report:
    """What a verification found."""

    events: int = 0
    unchained: int = 0
    """Events whose stream carries no chain; in a file, the chain over rows covers them."""
    head: int = 0
    """Position of the last event: keep it, and its hash, elsewhere to notice a cut tail."""
    head_hash: str = ""
    problems: list[Problem] = field(default_factory=list)
    streams: dict[str, StreamVerifier] = field(default_factory=dict)

    def add(self, where: str, what: str, position: int | None = None) -> None:
        """Note a problem, unless there are too many already."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(where, what, position))

    def check(self, event: RecordedEvent) -> bool:
        """Check the event's place in its stream; whether all is well."""
        self.events += 1
        verifier = self.streams.get(event.stream)
        if verifier is None:
            verifier = self.streams[event.stream] = StreamVerifier(event.stream)
        before = verifier.unchained
        damages = list(verifier.check(event))
        self.unchained += verifier.unchained - before
        for damage in damages:
            self.add(_place(damage), f"{damage.kind}: {damage.detail}", event.position)
        return not damages


async def verify_log(log: EventLog) -> AsyncIterator[Report]:
    """Check everything that a log shows; yields its one report after every event."""
    report = Report()
    async for event in log.read_all():
        if event.position <= report.head:
            report.add(f"{event.revision}@{event.stream}", "position goes back", event.position)
        report.head = event.position
        report.check(event)
        yield report


def verify_file(path: Path) -> Iterator[Report]:
    """Check a log's file, also while its writer is at work; yields its one report per page.

    Raises:
        EventLogError: no such file, or it is not an event log.
    """
    db = open_readonly(path)
    db.text_factory = lambda text: text.decode(errors="replace")  # and the hash will differ
    report = Report()
    try:
        db.execute("BEGIN")  # one snapshot, whatever the writer does meanwhile
        yield from _check_rows(db, report)
        _check_structure(db, report)
        yield report
    finally:
        db.close()


def last_position(path: Path) -> int:
    """How much there is to verify, for a progress bar; 0 where it cannot be read."""
    db = open_readonly(path)
    try:
        found = db.execute("SELECT max(position) FROM events").fetchone()[0]
    except sqlite3.DatabaseError:
        return 0
    finally:
        db.close()
    return found if isinstance(found, int) else 0


def _check_structure(db: sqlite3.Connection, report: Report) -> None:
    try:
        found = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    for line in found:
        if line != "ok":
            report.add("the file", f"SQLite: {line}")


def _check_rows(db: sqlite3.Connection, report: Report) -> Iterator[Report]:
    rows = _RowChain(report)
    while True:
        try:
            page = _page(db, report.head)
        except sqlite3.DatabaseError as error:
            yield from _check_one_by_one(db, rows, error)
            return
        for found in page:
            rows.check(found)
        yield report
        if len(page) < _PAGE:
            return


def _check_one_by_one(
    db: sqlite3.Connection, rows: "_RowChain", error: sqlite3.DatabaseError
) -> Iterator[Report]:
    """Past a page that SQLite cannot read: find which events are lost, and go on."""
    report = rows.report
    report.add("the file", f"SQLite: {error}", report.head + 1)
    unreadable = 0
    while unreadable < _PAGE:
        try:
            found = db.execute(*_one(report.head + 1)).fetchone()
        except sqlite3.DatabaseError as why:
            unreadable += 1
            report.head += 1
            report.add(f"position {report.head}", f"cannot be read: {why}", report.head)
            rows.lose()
            continue
        if found is None:
            return
        rows.check(found)
        yield report


class _RowChain:
    """Checks the chain over all rows of a file, and hands each row to its stream's chain."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._stored: bytes | None = b""
        self._computed: bytes | None = b""

    def lose(self) -> None:
        """A row could not be read: the next one's predecessor is unknown."""
        self._stored = self._computed = None

    def check(self, found: tuple[Any, ...]) -> None:
        """Check one row: its columns, then its chain value."""
        report, row, stored = self.report, Row(*found[:-1]), found[-1]
        if row.position != report.head + 1:
            report.add(f"position {report.head + 1}", "the event is missing", report.head + 1)
            self.lose()
        report.head, report.head_hash = row.position, _hex(stored)
        computed = self._expected(row, self._stored)
        if self._stored is None:
            pass  # the row before could not be read: only the stream's chain tells
        elif computed is None:
            report.add(_where(row), "a column is of the wrong kind", row.position)
        elif stored not in (computed, self._expected(row, self._computed)):
            # Where only the chain value before was changed, the computed one still fits.
            report.add(_where(row), _what(row), row.position)
        self._stored, self._computed = stored, computed
        self._check_in_stream(row)

    def _expected(self, row: Row, previous: bytes | None) -> bytes | None:
        try:
            return None if previous is None else row_chain(previous, row)
        except (TypeError, AttributeError, ValueError, OverflowError):
            return None

    def _check_in_stream(self, row: Row) -> None:
        try:
            event = row.recorded()
        except (TypeError, AttributeError, ValueError):
            self.report.events += 1
            return
        if row.revision != DELETED:
            self.report.check(event)
        else:
            self.report.events += 1


def _page(db: sqlite3.Connection, after: int) -> list[tuple[Any, ...]]:
    return db.execute(
        f"SELECT {COLUMNS}, chain FROM events LEFT JOIN streams ON number = stream"
        f" WHERE position > ? ORDER BY position LIMIT {_PAGE}",
        (after,),
    ).fetchall()


def _one(position: int) -> tuple[str, tuple[int]]:
    query = (
        f"SELECT {COLUMNS}, chain FROM events LEFT JOIN streams ON number = stream"
        " WHERE position = ?"
    )
    return query, (position,)


def _what(row: Row) -> str:
    """Which part of the row was changed, as far as the row itself can tell."""
    try:
        event = row.recorded()
        digest, _ = read_chain_fields(event)
    except (TypeError, AttributeError, ValueError):
        return "the row was changed"
    if digest is not None and sha256(event.data).hexdigest() != digest:
        return "data: were changed"
    return "metadata, id, type, name, time or chain value: was changed"


def _where(row: Row) -> str:
    return f"{row.revision}@{row.stream}"


def _place(damage: Damage) -> str:
    return f"{damage.revision}@{damage.stream}"


def _hex(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else ""
