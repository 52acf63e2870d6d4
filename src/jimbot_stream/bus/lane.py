"""One lane of a producer: the events of a source on a topic, numbered, one record at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jimbot_stream.bus import BusError, BusUnavailableError, Place
from jimbot_stream.contracts import Event, EventBatch


class ProducerBrokenError(BusError):
    """A record could not be delivered, so nothing may follow it; start again, epoch higher."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How events are packed into records."""

    linger_s: float = 0.0
    """How long the first event of a record waits for company; 0: for one tick of the loop."""
    max_events: int = 256
    """Most events in one record."""
    max_bytes: int = 500_000
    """Most bytes of events in one record, unless a single event has more."""

    def room(self, events: Sequence[Event]) -> int:
        """How many of the events waiting go into one record; at least one."""
        size = 0
        for count, event in enumerate(events[: self.max_events]):
            size += event.ByteSize()
            if count and size > self.max_bytes:
                return count
        return min(len(events), self.max_events)


class _Waiting(NamedTuple):
    event: Event
    sent: asyncio.Future[Place]


class Lane:
    """Sends one record at a time, so that a record repeated never overtakes another.

    Args:
        empty: a batch with source and epoch, to be filled.
        packing: how full the records may be.
        complete: fills in what an event lacks, given its number.
        deliver: publishes a batch, and raises BusUnavailableError when it gave up.
    """

    def __init__(
        self,
        empty: EventBatch,
        packing: Packing,
        complete: Callable[[Event, int], None],
        deliver: Callable[[EventBatch], Awaitable[Place]],
    ) -> None:
        self._empty = empty
        self._packing = packing
        self._complete = complete
        self._deliver = deliver
        self._number = 0
        self._waiting: deque[_Waiting] = deque()
        self._broken: ProducerBrokenError | None = None
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task = asyncio.create_task(self._run())

    def put(self, event: Event) -> asyncio.Future[Place]:
        """Queue an event; the future tells where it stands once it is acknowledged."""
        sent: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        # Who does not await the future meets the failure at the next one; asyncio need not warn.
        sent.add_done_callback(lambda future: future.cancelled() or future.exception())
        if self._broken is not None:
            sent.set_exception(self._broken)
            return sent
        self._waiting.append(_Waiting(event, sent))
        self._idle.clear()
        self._work.set()
        return sent

    async def idle(self) -> None:
        """Wait until nothing is queued nor under way."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Drop what is queued; its senders are told."""
        self._break(ProducerBrokenError("the producer was closed"))
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            while self._waiting:
                await asyncio.sleep(self._packing.linger_s)
                count = self._packing.room([item.event for item in self._waiting])
                await self._send([self._waiting.popleft() for _ in range(count)])
            self._work.clear()
            self._idle.set()

    async def _send(self, items: Sequence[_Waiting]) -> None:
        batch = EventBatch()
        batch.CopyFrom(self._empty)
        batch.first_sequence = self._number
        for number, item in enumerate(items, self._number):
            self._complete(item.event, number)
            batch.events.append(item.event)
        try:
            place = await self._deliver(batch)
        except BusUnavailableError as error:
            broken = ProducerBrokenError(str(error))
            self._break(broken)
            _fail(items, broken)
        except BusError as error:
            # Refused: nothing was written, so the next record takes the same numbers.
            _fail(items, error)
        except BaseException:
            self._break(ProducerBrokenError("the producer stopped in the middle of a record"))
            _fail(items, self._broken)
            raise
        else:
            self._number += len(items)
            for item in items:
                if not item.sent.done():
                    item.sent.set_result(place)

    def _break(self, error: ProducerBrokenError) -> None:
        self._broken = self._broken or error
        _fail(self._waiting, error)
        self._waiting.clear()
        self._idle.set()


def _fail(items: Sequence[_Waiting], error: BaseException | None) -> None:
    for item in items:
        if not item.sent.done():
            item.sent.set_exception(error or ProducerBrokenError("the producer was closed"))
