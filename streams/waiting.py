"""Events that came before their predecessors, kept until those come.

A game's events travel on three topics, which are read side by side, so an event may
overtake another. It waits here, and in a row of the table ``waiting``, so that it
survives a restart although its record is acknowledged: a hole in one game never holds
back the offsets of the others that share its source.

The rule for holes: at most ``MAX_WAITING`` events of a game wait, and none longer than
``PATIENCE_S`` while its game stands still; whatever is beyond that is rejected with
``sequence_gap``. The hole itself stays open, since a log with a hole would not replay: the
game goes on when its producer sends the missing events again.

Every event has a row of its own. One row for all of a game's would grow beyond what the
bus takes; and a worker that does not know yet that its partition was given away could
write an old one over that of the new owner, and so lose an event. A row of its own it can
at worst write again, or delete once the event is in the log.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from jimbot_stream.bus import Place
from jimbot_stream.contracts import Event
from jimbot_stream.streams.game import Arrival

MAX_WAITING: Final = 512
PATIENCE_S: Final = 180.0
"""More than producers' patience with a bus that is away: one topic may come back late."""


@dataclass(slots=True)
class Waiting:
    """The events of one game that wait, by number; None for one that was rejected.

    A rejected number stays until the log is past it: only here is it known that nothing
    will come under it.
    """

    events: dict[int, Arrival | None] = field(default_factory=dict)
    moved_at: float = 0.0
    """When the game last went on, by ``Clock.monotonic``."""
    _changed: set[int] = field(default_factory=set)

    def keep(self, number: int, arrival: Arrival | None) -> bool:
        """Let an event wait; False when too many do. The first of a number is kept."""
        if number not in self.events and len(self.events) >= MAX_WAITING:
            return False
        if number not in self.events:
            self._set(number, arrival)
        return True

    def due(self, number: int) -> bool:
        """Whether the event with this number is here; it must be taken then."""
        return number in self.events

    def take(self, number: int) -> Arrival | None:
        """The event with this number, which no longer waits; None when it was rejected."""
        arrival = self.events[number]
        if arrival is not None:
            self._remove(number)
        return arrival

    def void(self, number: int) -> None:
        """Note that the event with this number was rejected."""
        self._set(number, None)

    def drop_below(self, number: int) -> None:
        """Forget what took effect already: the table is written after the log."""
        for late in [known for known in self.events if known < number]:
            self._remove(late)

    def overdue(self, now: float) -> Iterator[tuple[int, Arrival]]:
        """Give up the events that waited too long for a game that stands still."""
        for number, arrival in list(self.events.items()):
            if arrival is not None and now - max(arrival.read_at, self.moved_at) > PATIENCE_S:
                self._remove(number)
                yield number, arrival

    def changes(self) -> Iterator[tuple[int, bytes | None]]:
        """Rows that are otherwise than when this was last asked; None: no longer there."""
        changed, self._changed = self._changed, set()
        for number in sorted(changed):
            known = number in self.events
            yield number, orjson.dumps(_pack(self.events[number])) if known else None

    def _set(self, number: int, arrival: Arrival | None) -> None:
        self.events[number] = arrival
        self._changed.add(number)

    def _remove(self, number: int) -> None:
        del self.events[number]
        self._changed.add(number)


class WaitingRows:
    """Which rows of the table belong to a game; the table itself is asked for one row only."""

    def __init__(self) -> None:
        self._numbers: dict[str, set[int]] | None = None

    def forget(self) -> None:
        """Look again: the table may hold other rows now."""
        self._numbers = None

    def load(self, table: Mapping[bytes, bytes], game: str, now: float) -> Waiting:
        """What waits for a game; patience starts again, since no clock survives a restart."""
        found: dict[int, Arrival | None] = {}
        for number in sorted(self._all(table).get(game, ())):
            row = table.get(_key(game, number))
            if row:  # else it is of another partition
                found[number] = _unpack(orjson.loads(row), now)
        return Waiting(found, now)

    def save(self, table: MutableMapping[bytes, bytes], game: str, waiting: Waiting) -> None:
        """Write what changed."""
        numbers = self._all(table).setdefault(game, set())
        for number, row in waiting.changes():
            key = _key(game, number)
            if row is not None:
                numbers.add(number)
                table[key] = row
            elif number in numbers:
                numbers.discard(number)
                table.pop(key, None)
        if not numbers:
            del self._all(table)[game]

    def _all(self, table: Mapping[bytes, bytes]) -> dict[str, set[int]]:
        if self._numbers is None:
            self._numbers = {}
            for key in table:
                game, _, number = key.decode().rpartition("/")
                self._numbers.setdefault(game, set()).add(int(number))
        return self._numbers


def _key(game: str, number: int) -> bytes:
    return f"{game}/{number}".encode()


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
