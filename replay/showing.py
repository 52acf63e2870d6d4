"""``jimbot-replay show``: events as text or JSON."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console

from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.reading import summary


class AddressError(ValueError):
    """Not the address of anything in the log."""


async def show_events(address: str, what: str, console: Console, *, as_json: bool) -> None:
    """Print a stream, or with ``<revision>@<stream>`` one event in full.

    Raises:
        AddressError: malformed, or no such event.
        EventLogError: no such stream, or no answer.
    """
    revision, stream = parse_address(what)
    async with open_reader(address) as log:
        async for event in _events(log, stream, revision):
            if as_json:
                text = orjson.dumps(as_dict(event)).decode()
            elif revision is None:
                text = one_line(event)
            else:
                text = in_full(event)
            console.out(text, highlight=False)


def parse_address(text: str) -> tuple[int | None, str]:
    """Revision and stream of ``<revision>@<stream>``, or None and the stream.

    Raises:
        AddressError: what stands before the @ is no revision.
    """
    before, at, stream = text.rpartition("@")
    if not at:
        return None, text
    if not before.isdecimal() or not stream:
        raise AddressError(f"{text!r} is not REVISION@STREAM")
    return int(before), stream


async def _events(
    log: LogReader, stream: str, revision: int | None
) -> AsyncIterator[RecordedEvent]:
    if revision is None:
        async for event in log.read_stream(stream):
            yield event
        return
    async for event in log.read_stream(stream, from_revision=revision, limit=1):
        if event.revision == revision:
            yield event
            return
    raise AddressError(f"{stream} has no event at revision {revision}")


def as_dict(event: RecordedEvent) -> dict[str, Any]:
    """The event as plain values, its JSON opened; what is no JSON stands as text."""
    return {
        "stream": event.stream,
        "revision": event.revision,
        "position": event.position,
        "id": str(event.id),
        "type": event.type,
        "created_ns": event.created_ns,
        "data": _opened(event.data),
        "metadata": _opened(event.metadata),
    }


def one_line(event: RecordedEvent) -> str:
    """Revision, time, type, and what the event says or else the beginning of its data."""
    data = event.data.decode(errors="replace")
    shown = summary(event) or (data if len(data) <= 100 else f"{data[:99]}…")
    return f"{event.revision:>5}  {_time(event)}  {event.type:<15}  {shown}"


def in_full(event: RecordedEvent) -> str:
    """Everything, data and metadata indented."""
    parts = [
        f"{event.revision}@{event.stream}  {event.type}",
        f"position {event.position}, id {event.id}, stored {_time(event)}",
        "data " + _indented(event.data),
        "metadata " + _indented(event.metadata),
    ]
    return "\n".join(parts)


def _time(event: RecordedEvent) -> str:
    seconds = datetime.fromtimestamp(event.created_ns / 1e9, UTC)
    return seconds.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00") + "Z"


def _opened(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode(errors="replace")


def _indented(content: bytes) -> str:
    return orjson.dumps(_opened(content), option=orjson.OPT_INDENT_2).decode()
