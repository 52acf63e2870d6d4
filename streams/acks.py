"""Records are worked on many at a time and acknowledged one after the other.

Faust commits an offset as soon as it is at most one above the committed one, so an
acknowledgement that overtakes an earlier record would lose that record in a crash.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass(slots=True)
class Ticket(Generic[K]):
    """A record that is being worked on."""

    partition: K
    generation: int
    ack: Callable[[], object]
    done: bool = field(default=False)


class OrderedAcks(Generic[K]):
    """Acknowledges records of a partition in the order in which they came."""

    def __init__(self) -> None:
        self._open: dict[K, deque[Ticket[K]]] = {}
        self._generation: int | None = None

    def __len__(self) -> int:
        """Records that came and are not acknowledged."""
        return sum(len(line) for line in self._open.values())

    def begin(self, partition: K, generation: int, ack: Callable[[], object]) -> Ticket[K]:
        """Note that a record came; a newer generation of the group starts new lines."""
        if generation != self._generation:
            # Lines of all partitions: what the other ones gathered is dropped with theirs.
            self._open.clear()
            self._generation = generation
        ticket = Ticket(partition, generation, ack)
        self._open.setdefault(partition, deque()).append(ticket)
        return ticket

    def finish(self, ticket: Ticket[K]) -> None:
        """Note that a record is done with, and acknowledge all that nothing stands before.

        A record of an older generation is not acknowledged: its partition was given
        away and perhaps came back, and the record with it.
        """
        ticket.done = True
        if ticket.generation != self._generation:
            return
        line = self._open[ticket.partition]
        while line and line[0].done:
            line.popleft().ack()
