"""The games in the worker's hands: loaded from the log, appended to it, forgotten again."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

from jimbot_stream.clock import Clock
from jimbot_stream.contracts import DecisionMade, DecisionRequest
from jimbot_stream.eventlog import EventLog, LogUnavailableError
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.streams.applying import Applier, Outcome, PolicyNeededError
from jimbot_stream.streams.episode import Episode
from jimbot_stream.streams.game import Arrival, Game
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.waiting import Waiting, WaitingRows

MAX_APPEND_BYTES: Final = 900_000
MAX_CONFLICTS: Final = 32

logger = logging.getLogger(__name__)

T = TypeVar("T")


class LogGoneError(Exception):
    """The event log did not answer for so long that the worker must stop."""


class FencedError(Exception):
    """Another writer kept changing the game: this worker no longer owns its partition."""


class _OutdatedError(Exception):
    """Partitions changed hands while a game was worked on; the log may be further."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What some arrivals did to a game; it is in the log."""

    game: Game
    outcome: Outcome


class Deciding(Protocol):
    """Decides the requests of one call."""

    def decide(
        self, game: Game, request: DecisionRequest, revision: int, digest: str, read_at: float
    ) -> DecisionMade:
        """Decide, or raise PolicyNeededError or Rejected."""
        ...

    async def load(self, checkpoint: str) -> None:
        """Load the policy that was needed."""
        ...


class Rows(Protocol):
    """The worker's tables, as seen from one record: keys and values are bytes."""

    @property
    def episodes(self) -> MutableMapping[bytes, bytes]:
        """Game id to ``Episode.to_row``."""
        ...

    @property
    def waiting(self) -> MutableMapping[bytes, bytes]:
        """Game id and number to an event that waits; ``WaitingRows`` knows more."""
        ...

    @property
    def sources(self) -> MutableMapping[bytes, bytes]:
        """Topic and source to ``SourceNumbers.to_row``."""
        ...

    async def settled(self) -> None:
        """Return once every change is acknowledged by the bus."""
        ...

    def drop(self) -> None:
        """Forget changes that are not written: partitions changed hands."""
        ...


@dataclass(slots=True)
class _Open:
    game: Game
    waiting: Waiting
    journal: StreamJournal


class Games:
    """Applies arrivals to games, one game at a time, many games at once.

    Args:
        log: where games stand.
        clock: for patience and latencies.
        metrics: what is counted.
        capacity: games kept in memory; a game that was forgotten is read again.
        patience_s: how long an event log that does not answer is tried again.
    """

    def __init__(
        self,
        log: EventLog,
        clock: Clock,
        metrics: Metrics,
        *,
        capacity: int = 1024,
        patience_s: float = 120.0,
    ) -> None:
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._capacity = capacity
        self._patience_s = patience_s
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._waiting = WaitingRows()
        self._era = 0
        """Counts ``forget``: what was read in an older era may be behind the log."""

    async def apply(
        self, game_id: str, items: Sequence[Arrival | int], deciding: Deciding, rows: Rows
    ) -> Applied:
        """Apply arrivals (an int: the number of a rejected one).

        Returns once all is logged and the game's rows are written, which happens under
        the game's lock: no row ever goes back.

        Raises:
            LogGoneError: the log does not answer.
            FencedError: another writer owns the game.
        """
        fresh, conflicts = _begins(items), 0
        async with self._locked(game_id):
            while conflicts < MAX_CONFLICTS:
                try:
                    return await self._apply(game_id, items, deciding, rows, fresh=fresh)
                except PolicyNeededError as needed:
                    await deciding.load(needed.checkpoint)
                except _OutdatedError:
                    fresh = False
                except ConflictError as conflict:
                    fresh = False
                    conflicts += 1
                    self._metrics.count("log_conflicts")
                    logger.info("%s: read again", conflict)
        raise FencedError(f"{game_id}: {conflicts} attempts, and others wrote each time")

    async def reconcile(self, episode: Episode, rows: Rows) -> bool:
        """Write the row of a game as the log has it; True when it was otherwise."""
        async with self._locked(episode.game_id):
            stream = game_stream(episode.game_id)
            tail = await self._patiently(lambda: StreamJournal.open(self._log, stream))
            if tail.version == episode.last_revision:
                return False
            return self._write(await self._load(episode.game_id, rows), rows)

    def forget(self) -> None:
        """Forget every game: another worker may have written since."""
        self._era += 1
        self._open.clear()
        self._waiting.forget()

    async def _apply(
        self,
        game_id: str,
        items: Iterable[Arrival | int],
        deciding: Deciding,
        rows: Rows,
        *,
        fresh: bool,
    ) -> Applied:
        # Out of the cache until its entries are in the log: whatever goes wrong on the
        # way, what the game has absorbed by then cannot be trusted.
        era = self._era
        held = self._open.pop(game_id, None) or await self._load(game_id, rows, fresh=fresh)
        now = self._clock.monotonic()
        outcome = Applier(held.game, held.waiting, deciding.decide).apply(items, now)
        await self._save(held)
        if era != self._era:
            raise _OutdatedError(game_id)
        self._write(held, rows)
        self._keep(game_id, held)
        return Applied(held.game, outcome)

    async def _load(self, game_id: str, rows: Rows, *, fresh: bool = False) -> _Open:
        """Read the game; a fresh one without a row is taken to have no stream.

        Its append checks that, except where it repeats what the stream begins with, which
        the log takes as done. Then nothing of the game was acknowledged, for it would have
        a row: all of it is read again.
        """
        game = Game(game_id)
        waiting = self._waiting.load(rows.waiting, game_id, self._clock.monotonic())
        if fresh and not rows.episodes.get(game_id.encode()):
            return _Open(game, waiting, StreamJournal(self._log, game.stream))
        journal = await self._patiently(
            lambda: StreamJournal.open(self._log, game.stream, keep_events=True)
        )
        for event in journal.events:
            game.absorb(event)
        journal.events = ()
        self._metrics.count("games_loaded")
        return _Open(game, waiting, journal)

    async def _save(self, held: _Open) -> None:
        groups, held.game.unsaved = held.game.unsaved, []
        for entries in _chunks(groups):
            began = self._clock.monotonic()
            await self._patiently(partial(held.journal.append, entries))
            self._metrics.observe("append_seconds", self._clock.monotonic() - began)
            self._metrics.count("events_logged", len(entries))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the log again while it does not answer.

        The outcome of an append is unknown then; repeating it byte for byte is safe.
        """
        began, pause_s = self._clock.monotonic(), 0.1
        while True:
            try:
                return await ask()
            except LogUnavailableError as error:
                if self._clock.monotonic() - began > self._patience_s:
                    raise LogGoneError(str(error)) from error
                logger.warning("event log: trying again in %.1f s: %s", pause_s, error)
                self._metrics.count("log_retries")
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 2.0)

    def _write(self, held: _Open, rows: Rows) -> bool:
        """Write the rows of a game where they changed; True when the episode's did."""
        game = held.game
        self._waiting.save(rows.waiting, game.id, held.waiting)
        if game.episode.last_revision < 0:
            return False
        return put(rows.episodes, game.id.encode(), game.episode.to_row())

    def _keep(self, game_id: str, held: _Open) -> None:
        self._open[game_id] = held
        if len(self._open) > self._capacity:
            self._open.popitem(last=False)

    @asynccontextmanager
    async def _locked(self, game_id: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(game_id, (asyncio.Lock(), 0))
        self._locks[game_id] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(game_id)
            if users > 1:
                self._locks[game_id] = (lock, users - 1)


def _chunks(groups: Iterable[list[Entry]]) -> Iterable[list[Entry]]:
    """The entries in as few appends as the log's limit allows; a group is never split."""
    chunk: list[Entry] = []
    size = 0
    for group in groups:
        weight = sum(len(entry.data) + 1024 for entry in group)
        if chunk and size + weight > MAX_APPEND_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk = chunk + group
        size += weight
    if chunk:
        yield chunk


def _begins(items: Sequence[Arrival | int]) -> bool:
    """Whether a game begins here, so that most likely it has no stream."""
    first = items[0] if items else None
    return isinstance(first, Arrival) and first.event.HasField("game_started")


def put(table: MutableMapping[bytes, bytes], key: bytes, row: bytes) -> bool:
    """Write a row where it changed; an empty row is none. True when it did."""
    if row == (table.get(key) or b""):
        return False
    if row:
        table[key] = row
    else:
        del table[key]
    return True
