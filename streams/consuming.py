"""From Faust's stream to the record desk: many records at a time, acknowledged in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Protocol

from jimbot_stream.bus import Place
from jimbot_stream.clock import Clock
from jimbot_stream.streams.acks import OrderedAcks, Ticket
from jimbot_stream.streams.games import Games, Rows
from jimbot_stream.streams.reconciling import Reconciler
from jimbot_stream.streams.records import Incoming, RecordDesk
from jimbot_stream.worker import watch_changes

MAX_IN_FLIGHT: Final = 128
"""Records worked on at a time; the next one waits in Faust's queue."""

Partition = tuple[str, int]

logger = logging.getLogger(__name__)


class Stream(Protocol):
    """The part of a Faust stream that is used here."""

    def noack(self) -> "Stream":
        """The stream with acknowledgements left to the reader."""
        ...

    def events(self) -> AsyncIterator[Any]:
        """Faust's events."""
        ...


class Consuming:
    """Reads streams; one for all agents of a worker.

    Args:
        desk: does the work.
        games: forgotten when partitions change hands.
        reconciler: corrects rows after that.
        rows: the tables.
        clock: tells when a record was read.
        fatal: called when the worker must stop; the record stays unacknowledged.
    """

    def __init__(
        self,
        desk: RecordDesk,
        games: Games,
        reconciler: Reconciler,
        rows: Rows,
        clock: Clock,
        fatal: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._games = games
        self._reconciler = reconciler
        self._rows = rows
        self._clock = clock
        self._fatal = fatal
        self._acks: OrderedAcks[Partition] = OrderedAcks()
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._generation = -1

    async def read(self, topic: str, stream: Stream) -> None:
        """Work on every record of a topic (named without prefix), for as long as it flows.

        Faust drops the event whose agent raised, so nothing may be raised here.
        """
        async for event in stream.noack().events():
            message = event.message
            self._notice(message.generation_id)
            partition = (message.topic, message.partition)
            ticket = self._acks.begin(partition, message.generation_id, event.ack)
            await self._slots.acquire()
            # The task inherits Faust's current event, by which tables find the partition.
            task = asyncio.create_task(self._work(topic, event, ticket))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is under way; it was not acknowledged and will be read again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _notice(self, generation: int) -> None:
        """Forget what another worker may have changed since partitions were given out anew."""
        if generation != self._generation:
            self._generation = generation
            self._games.forget()
            self._rows.drop()
            self._reconciler.begin()

    async def _work(self, topic: str, event: Any, ticket: Ticket[Partition]) -> None:
        try:
            watch_changes()
            record = _incoming(topic, event.message, self._clock.monotonic())
            await self._reconciler.visit(record.place.partition, self._rows)
            await self._desk.handle(record, self._rows)
        except Exception as error:  # noqa: BLE001 - an agent must never raise
            self._fatal(error)
        else:
            self._acks.finish(ticket)
        finally:
            self._slots.release()


def _incoming(topic: str, message: Any, read_at: float) -> Incoming:
    return Incoming(
        topic=topic,
        place=Place(message.topic, message.partition, message.offset),
        key=message.key or b"",
        value=message.value or b"",
        headers=_headers(message.headers),
        timestamp_ms=int((message.timestamp or 0) * 1000),
        read_at=read_at,
    )


def _headers(headers: Any) -> Sequence[tuple[str, bytes]]:
    """Faust gives headers as pairs or as a mapping, depending on the transport."""
    pairs = headers.items() if hasattr(headers, "items") else headers or ()
    return [(name, value) for name, value in pairs]
