"""Reading all streams backwards from a position on, that position included."""

from collections.abc import AsyncIterator
from typing import Protocol

from jimbot_stream.eventlog import RecordedEvent


class ReadAll(Protocol):
    """Asks a server for events of all streams; backwards, it leaves out the start."""

    def __call__(
        self, start: int | None, backwards: bool, limit: int | None
    ) -> AsyncIterator[RecordedEvent]:
        """At most limit events."""
        ...


async def read_inclusive(
    ask: ReadAll, start: int | None, backwards: bool, limit: int | None
) -> AsyncIterator[RecordedEvent]:
    """Events from the start on, as an ``EventLog`` reads them."""
    left = limit
    if backwards and start is not None and left != 0:
        # The server reads backwards from a position exclusive: fetch that one forwards.
        async for event in ask(start, False, 1):
            if event.position == start:
                yield event
                left = None if left is None else left - 1
    if left != 0:
        async for event in ask(start, backwards, left):
            yield event
