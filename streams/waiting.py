"""Events that came before their predecessors, kept until those come.

A game's events travel on three topics, which are read side by side, so an event may
overtake another. It waits here, and in a row of the table ``waiting``, so that it
survives a restart although its record is acknowledged: a hole in one game never holds
back the offsets of the others that share its source.

The rule for holes: at most ``MAX_WAITING`` events of a game wait, and none longer than
``PATIENCE_S``; whatever is beyond that is rejected with ``sequence_gap``. The hole itself
stays open, since a log with a hole would not replay: the game goes on when its producer
sends the missing events again.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from jimbot_stream.bus import Place
from jimbot_stream.contracts import Event
from jimbot_stream.streams.game import Arrival

MAX_WAITING: Final = 512
PATIENCE_S: Final = 30.0


@dataclass(slots=True)
class Waiting:
    """The events of one game that wait, by number; None for one that was rejected.

    A rejected number stays until the log is past it: only here is it known that nothing
    will come under it.
    """

    events: dict[int, Arrival | None] = field(default_factory=dict)

    def keep(self, number: int, arrival: Arrival | None) -> bool:
        """Let an event wait; False when too many do. The first of a number is kept."""
        if number not in self.events and len(self.events) >= MAX_WAITING:
            return False
        self.events.setdefault(number, arrival)
        return True

    def due(self, number: int) -> bool:
        """Whether the event with this number is here; it must be taken then."""
        return number in self.events

    def take(self, number: int) -> Arrival | None:
        """The event with this number, which no longer waits; None when it was rejected."""
        arrival = self.events[number]
        if arrival is not None:
            del self.events[number]
        return arrival

    def void(self, number: int) -> None:
        """Note that the event with this number was rejected."""
        self.events[number] = None

    def drop_below(self, number: int) -> None:
        """Forget what took effect already: the table is written after the log."""
        for late in [known for known in self.events if known < number]:
            del self.events[late]

    def overdue(self, now: float) -> Iterator[tuple[int, Arrival]]:
        """Give up the events that waited too long."""
        for number, arrival in list(self.events.items()):
            if arrival is not None and now - arrival.read_at > PATIENCE_S:
                del self.events[number]
                yield number, arrival

    def to_row(self) -> bytes:
        """The row as the table holds it; empty when nothing waits."""
        rows = [(number, _pack(arrival)) for number, arrival in sorted(self.events.items())]
        return orjson.dumps(rows) if rows else b""

    @classmethod
    def from_row(cls, row: bytes | None, now: float) -> "Waiting":
        """Read a row; patience starts again, since no clock survives a restart."""
        rows = orjson.loads(row) if row else []
        return cls({number: _unpack(packed, now) for number, packed in rows})


def _pack(arrival: Arrival | None) -> list[Any] | None:
    if arrival is None:
        return None
    place = arrival.place
    event = b64encode(arrival.event.SerializeToString(deterministic=True)).decode()
    return [place.topic, place.partition, place.offset, arrival.index, arrival.asker, event]


def _unpack(packed: list[Any] | None, now: float) -> Arrival | None:
    if packed is None:
        return None
    topic, partition, offset, index, asker, event = packed
    read = Event.FromString(b64decode(event))
    return Arrival(read, Place(topic, partition, offset), index, asker, now)
