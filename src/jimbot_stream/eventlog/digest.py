"""The chain of one stream: each event's metadata names the hash of the event before it.

It needs nothing of the store, so it is the same in the embedded log and in KurrentDB.
For the event at revision n::

    h(n) = sha256 of the JSON list [h(n-1), stream, n, id, type, sha256(data), sha256(metadata)]

all hashes in hexadecimal, h(-1) = "", no spaces, as orjson writes it. The metadata
bears ``digest`` = sha256(data) and ``prev`` = h(n-1), and is hashed as stored: one
changed bit in data, metadata, type, id or order breaks the chain at that event. A
cut tail cannot be seen from inside: keep the newest h of a stream elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

import orjson

from jimbot_stream.eventlog import RecordedEvent

Kind = Literal["data", "metadata", "prev", "revision", "chain"]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a log that is not as it was written."""

    stream: str
    revision: int
    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.revision}@{self.stream}: {self.kind}: {self.detail}"


def chained_metadata(metadata: Mapping[str, str], data: bytes, previous: str) -> bytes:
    """Metadata with ``digest`` and ``prev``, in the bytes to store."""
    digest = sha256(data).hexdigest()
    return orjson.dumps({**metadata, "digest": digest, "prev": previous})


def chain(
    previous: str,
    stream: str,
    revision: int,
    event_id: UUID,
    event_type: str,
    data: bytes,
    metadata: bytes,
) -> str:
    """h(n) of the event, given h(n-1)."""
    parts = [
        previous,
        stream,
        revision,
        str(event_id),
        event_type,
        sha256(data).hexdigest(),
        sha256(metadata).hexdigest(),
    ]
    return sha256(orjson.dumps(parts)).hexdigest()


def chain_of(event: RecordedEvent) -> str:
    """h(n) of a recorded event, taking h(n-1) from its metadata."""
    previous = read_chain_fields(event)[1] or ""
    return _chain(previous, event)


def read_chain_fields(event: RecordedEvent) -> tuple[str | None, str | None]:
    """``digest`` and ``prev`` of the event's metadata; None where it has none."""
    try:
        fields = orjson.loads(event.metadata or b"{}")
    except orjson.JSONDecodeError:
        return None, None
    if not isinstance(fields, dict):
        return None, None
    digest, previous = fields.get("digest"), fields.get("prev")
    return (
        digest if isinstance(digest, str) else None,
        previous if isinstance(previous, str) else None,
    )


class StreamVerifier:
    """Checks the events of one stream, given to it in order."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.events = 0
        self.unchained = 0
        """Events without ``digest`` and ``prev``: written by somebody else."""
        self.head = ""
        """h of the last event."""
        self._revision: int | None = None
        self._chained = False

    def check(self, event: RecordedEvent) -> Iterator[Damage]:
        """What is wrong with the next event, or with the one before it."""
        self.events += 1
        yield from self._check_revision(event)
        digest, previous = read_chain_fields(event)
        if digest is None or previous is None:
            yield from self._check_unchained(event)
        else:
            yield from self._check_chained(event, digest, previous)
        self._revision = event.revision
        self.head = _chain(previous or "", event)

    @property
    def expected(self) -> int | None:
        """Revision of the next event; None where any may be the first."""
        return None if self._revision is None else self._revision + 1

    def _check_revision(self, event: RecordedEvent) -> Iterator[Damage]:
        wanted = event.revision if self.expected is None else self.expected
        if event.revision > wanted:
            yield self._damage(event.revision, "revision", f"revision {wanted} is missing")
        elif event.revision < wanted:
            told = f"it stands after revision {self._revision}"
            yield self._damage(event.revision, "revision", told)

    def _check_unchained(self, event: RecordedEvent) -> Iterator[Damage]:
        self.unchained += 1
        if self._chained:
            yield self._damage(event.revision, "metadata", "digest and prev are gone")

    def _check_chained(self, event: RecordedEvent, digest: str, previous: str) -> Iterator[Damage]:
        if sha256(event.data).hexdigest() != digest:
            yield self._damage(event.revision, "data", "the data do not match their digest")
        # Also after an event without marks: its own hash is known, whoever wrote it.
        if self._revision is not None and previous != self.head:
            yield self._damage(
                event.revision, "prev", f"does not follow the event at revision {self._revision}"
            )
        elif self._revision is None and event.revision == 0 and previous:
            yield self._damage(event.revision, "prev", "the first event must follow nothing")
        self._chained = True

    def _damage(self, revision: int, kind: Kind, detail: str) -> Damage:
        return Damage(self.stream, revision, kind, detail)


def verify_stream(events: Iterable[RecordedEvent], stream: str) -> list[Damage]:
    """Check the whole chain of a stream; empty when every byte is as it was written."""
    verifier = StreamVerifier(stream)
    return [damage for event in events for damage in verifier.check(event)]


def _chain(previous: str, event: RecordedEvent) -> str:
    return chain(
        previous,
        event.stream,
        event.revision,
        event.id,
        event.type,
        event.data,
        event.metadata,
    )
