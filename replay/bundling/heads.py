"""How far each stream of a bundle goes: a line for each, by which a change is located."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import chain_of
from jimbot_stream.replay.lines import BundleError


@dataclass(frozen=True, slots=True)
class Head:
    """A stream as it was exported."""

    stream: str
    events: int
    first: int
    """Revision of its first event."""
    last: int
    """Revision of its last."""
    chain: str
    """h of its last event (``eventlog.digest``)."""


@dataclass(slots=True)
class Heads:
    """Heads of streams, while their events pass by."""

    found: dict[str, Head] = field(default_factory=dict)
    """In the order in which the streams begin."""

    def take(self, event: RecordedEvent) -> None:
        """The next event of its stream."""
        before = self.found.get(event.stream)
        first = event.revision if before is None else before.first
        count = 1 if before is None else before.events + 1
        self.found[event.stream] = Head(event.stream, count, first, event.revision, chain_of(event))

    def lines(self) -> Iterator[bytes]:
        """A line for each stream."""
        for head in self.found.values():
            yield orjson.dumps(asdict(head)) + b"\n"


def read_heads(path: Path) -> dict[str, Head]:
    """The heads of a bundle, by stream.

    Raises:
        BundleError: the file is not there, or a line is none.
    """
    try:
        with path.open("rb") as file:
            return {head.stream: head for head in _heads(path, file)}
    except OSError as error:
        raise BundleError(str(error)) from error


def _heads(path: Path, lines: Iterable[bytes]) -> Iterator[Head]:
    for number, line in enumerate(lines, 1):
        try:
            yield Head(**orjson.loads(line))
        except (ValueError, TypeError) as error:
            raise BundleError(f"{path}, line {number}: not a stream: {error!r}") from error
