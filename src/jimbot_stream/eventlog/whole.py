"""Writing a stream whose every event is known beforehand, in pieces that may be interrupted."""

from collections.abc import Iterable, Iterator
from typing import Final

from jimbot_stream.eventlog import EventLog, EventLogError, StreamNotFoundError
from jimbot_stream.eventlog.journal import Entry, StreamJournal

_PART_BYTES: Final = 1 << 19
"""Data of an append; the log takes twice that, with what surrounds it."""


class OtherwiseError(EventLogError):
    """The stream holds something else than what was to be written."""


async def last_type(log: EventLog, stream: str) -> str:
    """Type of the stream's last event; empty where there is none."""
    try:
        async for last in log.read_stream(stream, backwards=True, limit=1):
            return last.type
    except StreamNotFoundError:
        pass
    return ""


async def write_whole(log: EventLog, stream: str, entries: Iterable[Entry]) -> int:
    """Write a stream, or the rest of it where an earlier call was broken off; how many events.

    Raises:
        OtherwiseError: what stands there is not how the entries begin; nothing was written.
        LogUnavailableError: no answer; the same call goes on where this one stopped.
    """
    journal = await StreamJournal.open(log, stream, keep_events=True)
    rest = iter(entries)
    for event in journal.events:
        entry = next(rest, None)
        if entry is None:
            raise OtherwiseError(f"{stream} holds more than was to be written")
        if (event.type, event.data) != (entry.type, entry.data):
            raise OtherwiseError(
                f"{stream}: event {event.revision}, {event.type}, stands there otherwise;"
                " it was left as it is"
            )
    written = 0
    for part in _parts(rest):
        written += len(await journal.append(part))
    return written


def _parts(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Entries in order, so many together as an append takes."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        if part and size + len(entry.data) > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry.data)
    if part:
        yield part
