"""The way of one record: decode, validate, apply to its games, answer, write the rows.

Log first, then the reply, then the rows of the tables; the agent acknowledges last, when
the bus holds all of them. A crash anywhere on this way repeats the record, and the log
knows what it did already.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from jimbot_stream.bus import Place
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import DecisionReply, Event, EventBatch
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.streams.deciding import Decider
from jimbot_stream.streams.game import Arrival
from jimbot_stream.streams.games import Applied, FencedError, Games, LogGoneError, Rows, put
from jimbot_stream.streams.intake.decode import decode
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import check_name, check_topic, validate
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.numbering import SourceNumbers
from jimbot_stream.streams.outbox import BusGoneError, Outbox

Headers = Sequence[tuple[str, bytes]]

FATAL = (LogGoneError, FencedError, BusGoneError)
"""Failures after which the worker must stop with its offsets uncommitted."""

MAX_ASKER_BYTES: Final = 1024
MAX_REQUEST_ID_BYTES: Final = 1024
"""A request whose id is longer is rejected, and not answered: the answer bears it twice."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record as it came."""

    topic: str
    """Name without prefix."""
    place: Place
    key: bytes
    value: bytes
    headers: Headers
    timestamp_ms: int
    read_at: float


@dataclass(slots=True)
class _Sorted:
    """A record's events, game by game in the order of the record."""

    games: dict[str, list[Arrival | int]] = field(default_factory=dict)
    rejected: list[tuple[Arrival, Rejected]] = field(default_factory=list)


class RecordDesk:
    """Takes records from the agents; knows nothing of Faust."""

    def __init__(
        self, games: Games, decider: Decider, outbox: Outbox, metrics: Metrics, clock: Clock
    ) -> None:
        self._games = games
        self._decider = decider
        self._outbox = outbox
        self._metrics = metrics
        self._clock = clock

    async def handle(self, record: Incoming, rows: Rows) -> None:
        """Do everything that a record asks for; may be called for many records at a time.

        Whatever it raises, the record must not be acknowledged then, and the worker must
        stop: log or bus do not answer, or another worker owns the game.
        """
        try:
            await self._handle(record, rows)
        except FATAL:
            raise
        except Exception as error:
            logger.exception("%s failed", record.place)
            await self._reject_record(record, Rejected("internal_error", "", repr(error)))
        self._metrics.observe("record_seconds", self._clock.monotonic() - record.read_at)
        await rows.settled()

    async def _handle(self, record: Incoming, rows: Rows) -> None:
        self._metrics.count("records_received")
        try:
            batch = decode(
                record.value,
                record.key,
                record.headers,
                topic=record.topic,
                timestamp_ms=record.timestamp_ms,
            )
            asker = _asker(record, batch)
        except Rejected as reason:
            await self._reject_record(record, reason)
            return
        self._metrics.count("events_received", len(batch.events))
        self._count_numbers(record, batch, rows)
        sorted_ = _sort(record, batch, asker)
        applied = await self._apply(sorted_, rows)
        await self._answer(applied, sorted_.rejected)

    async def _apply(self, sorted_: _Sorted, rows: Rows) -> list[Applied]:
        """Apply each game's events, all games at once, so that their appends share a sync."""
        found = await asyncio.gather(
            *(
                self._games.apply(game, items, self._decider.begin(), rows)
                for game, items in sorted_.games.items()
            ),
            return_exceptions=True,
        )
        applied: list[Applied] = []
        for (game, items), result in zip(sorted_.games.items(), found, strict=True):
            if isinstance(result, Applied):
                applied.append(result)
            elif isinstance(result, Exception) and not isinstance(result, FATAL):
                logger.error("%s was not applied", game, exc_info=result)
                reason = Rejected("internal_error", "", repr(result))
                sorted_.rejected += [(i, reason) for i in items if isinstance(i, Arrival)]
            else:
                raise result
        return applied

    async def _answer(
        self, applied: Iterable[Applied], rejected: Iterable[tuple[Arrival, Rejected]]
    ) -> None:
        refused = list(rejected)
        answers: dict[str, list[tuple[Event, DecisionReply]]] = {}
        closed = []
        for game in applied:
            refused += game.outcome.rejected
            self._metrics.count("repeated", game.outcome.repeated)
            self._metrics.count("events_waiting", game.outcome.kept)
            for arrival, reply in game.outcome.replies:
                answers.setdefault(arrival.asker, []).append((arrival.event, reply))
            if game.outcome.closes and game.game.episode.ended:
                closed.append(game.game.episode.closed())
        for arrival, reason in refused:
            asked = arrival.event.decision_request.request_id.encode()
            if 0 < len(asked) <= MAX_REQUEST_ID_BYTES:
                answer = (arrival.event, _error(arrival, reason))
                answers.setdefault(arrival.asker, []).append(answer)
        began = self._clock.monotonic()
        await asyncio.gather(
            *(self._outbox.reply(asker, replies) for asker, replies in answers.items()),
            *(self._outbox.close_episode(episode) for episode in closed),
            *(self._reject_event(arrival, reason) for arrival, reason in refused),
        )
        self._metrics.observe("publish_seconds", self._clock.monotonic() - began)

    def _count_numbers(self, record: Incoming, batch: EventBatch, rows: Rows) -> None:
        """Account for the source's numbers, if its producer counts at all."""
        if not batch.events or batch.first_sequence < 0:
            return
        key = f"{record.topic}/{batch.source}".encode()
        numbers = SourceNumbers.from_row(rows.sources.get(key) or None)
        after, told = numbers.take(batch.epoch, batch.first_sequence, len(batch.events))
        self._metrics.count("duplicates", told.duplicates)
        self._metrics.count("gaps", told.gaps)
        self._metrics.count("gaps_repaired", told.repaired)
        put(rows.sources, key, after.to_row())

    async def _reject_record(self, record: Incoming, reason: Rejected) -> None:
        await self._outbox.reject(record.place, -1, record.key, record.value, reason)

    async def _reject_event(self, arrival: Arrival, reason: Rejected) -> None:
        """Reject one event: as a record of its own, which can be sent again as it is."""
        batch = EventBatch(source=arrival.asker, events=[arrival.event])
        key, value = arrival.asker.encode(), encode_batch(batch)
        await self._outbox.reject(arrival.place, arrival.index, key, value, reason)


def _asker(record: Incoming, batch: EventBatch) -> str:
    """Who is answered, and whose numbers these are: it becomes a key of topics and tables.

    Raises:
        Rejected: it is too long for that.
    """
    asker = batch.source or record.key.decode("utf-8", "replace")
    if len(asker.encode()) > MAX_ASKER_BYTES:
        field = "source" if batch.source else "key"
        raise Rejected("bad_name", field, f"longer than {MAX_ASKER_BYTES} bytes")
    return asker


def _sort(record: Incoming, batch: EventBatch, asker: str) -> _Sorted:
    sorted_ = _Sorted()
    for index, event in enumerate(batch.events):
        arrival = Arrival(event, record.place, index, asker, record.read_at)
        try:
            check_topic(event, record.topic)
            validate(event)
        except Rejected as reason:
            sorted_.rejected.append((arrival, reason))
            if _has_place(event):
                sorted_.games.setdefault(event.game_id, []).append(event.sequence)
        else:
            sorted_.games.setdefault(event.game_id, []).append(arrival)
    return sorted_


def _has_place(event: Event) -> bool:
    """Whether it can be told which number of which game the rejected event was."""
    try:
        check_name(event.game_id, "game_id")
    except Rejected:
        return False
    return event.sequence > 0


def _error(arrival: Arrival, reason: Rejected) -> DecisionReply:
    request = arrival.event.decision_request
    return DecisionReply(request_id=request.request_id, error=str(reason))
