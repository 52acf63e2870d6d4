"""The writer's thread: takes what waits, writes it in one transaction, answers after fsync."""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jimbot_stream.eventlog import Appended, EventLogError, LogUnavailableError
from jimbot_stream.eventlog.faults import pass_point
from jimbot_stream.eventlog.schema import Row
from jimbot_stream.eventlog.storage import Storage

_GROUP = 512
_CHECKPOINT_BYTES = 4 << 20

_log = logging.getLogger(__name__)

Command = Callable[[Storage], Appended]


@dataclass(slots=True)
class _Request:
    command: Command
    answer: asyncio.Future[Appended]


class Writer:
    """Group commit: one fsync for all commands that came while the last one ran."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        storage: Storage,
        committed: Callable[[list[Row]], None],
    ) -> None:
        """``committed`` is called in the event loop with each commit's rows, before answers."""
        self._db = connection
        self._storage = storage
        self._committed = committed
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._since_checkpoint = 0
        self._stale = False
        self._thread = threading.Thread(target=self._run, name="eventlog-writer", daemon=True)
        self._thread.start()

    async def submit(self, command: Command) -> Appended:
        """Have the command run; returns when its outcome is on disk."""
        answer: asyncio.Future[Appended] = self._loop.create_future()
        self._waiting.put(_Request(command, answer))
        return await answer

    async def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group = self._take()
            stopping = group[-1] is None
            requests = [request for request in group if request is not None]
            if requests:
                self._answer(requests, self._write(requests))
                self._checkpoint(full=False)
        self._checkpoint(full=True)

    def _take(self) -> list[_Request | None]:
        group = [self._waiting.get()]
        while len(group) < _GROUP and group[-1] is not None:
            try:
                group.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return group

    def _write(self, requests: list[_Request]) -> list[Appended | Exception]:
        try:
            if self._stale:
                self._storage.forget()
                self._stale = False
            pass_point("before-begin")
            self._db.execute("BEGIN IMMEDIATE")
            outcomes = [self._apply(request.command) for request in requests]
            pass_point("before-commit")
            self._db.execute("COMMIT")
            pass_point("after-commit")
        except Exception as error:  # noqa: BLE001 - a dead thread would leave all callers waiting
            self._roll_back()
            _log.error("the event log cannot write: %s", error)
            failure = f"the event log cannot write: {error}"
            return [LogUnavailableError(failure) for _ in requests]
        return outcomes

    def _apply(self, command: Command) -> Appended | Exception:
        """Commands refuse before they write, so a refusal leaves the group as it was."""
        try:
            return command(self._storage)
        except EventLogError as refusal:
            return refusal

    def _roll_back(self) -> None:
        """Undo the group; what is cached is read again before the next one."""
        self._storage.written = []
        self._stale = True
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            _log.exception("the event log cannot roll back")

    def _answer(self, requests: list[_Request], outcomes: list[Appended | Exception]) -> None:
        rows, self._storage.written = self._storage.written, []
        self._since_checkpoint += sum(len(row.data) + len(row.metadata) + 200 for row in rows)

        def answer() -> None:
            if rows:
                self._committed(rows)
            for request, outcome in zip(requests, outcomes, strict=True):
                _settle(request.answer, outcome)

        self._in_loop(answer)

    def _in_loop(self, call: Callable[[], Any]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            _log.warning("the event loop is gone; outcomes of the last appends are not told")

    def _checkpoint(self, *, full: bool) -> None:
        """Move the write-ahead log into the file when nobody waits for the fsync."""
        if not full and self._since_checkpoint < _CHECKPOINT_BYTES:
            return
        self._since_checkpoint = 0
        try:
            pass_point("before-checkpoint")
            self._db.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if full else 'PASSIVE'})")
            pass_point("after-checkpoint")
        except sqlite3.Error as error:
            _log.warning("the event log could not checkpoint: %s", error)


def _settle(answer: asyncio.Future[Appended], outcome: Appended | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
