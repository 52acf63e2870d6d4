"""What of an event stands in the tree, and the file that lists it.

A leaf's content is the JSON list [stream, revision, h], as orjson writes it without spaces, h the
event's value in the chain of its stream (``eventlog.digest``), in hex: so it is bound to every
byte of data and metadata, to type, id and place. Where the event stands in the order of all streams
is its leaf's place in the tree. The time at which a store says it stored an event is not bound: no
other store would tell the same.

The list of a seal is a blob: a line for each event that it added, hash and address. It tells what
stood where even of an event that is gone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import chain_of
from jimbot_stream.replay.seals.merkle import leaf_hash

if TYPE_CHECKING:
    from jimbot_stream.replay.policies import Blobs
    from jimbot_stream.replay.seals.record import Seal


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the tree."""

    hash: bytes
    stream: str
    revision: int

    @property
    def address(self) -> str:
        """The event as ``<revision>@<stream>``."""
        return f"{self.revision}@{self.stream}"


def leaf_content(stream: str, revision: int, chain: str) -> bytes:
    """What is hashed as a leaf."""
    return orjson.dumps([stream, revision, chain])


def leaf_of(event: RecordedEvent) -> Leaf:
    """The leaf of an event."""
    content = leaf_content(event.stream, event.revision, chain_of(event))
    return Leaf(leaf_hash(content), event.stream, event.revision)


def to_lines(leaves: Iterable[Leaf]) -> bytes:
    """The list of leaves, a line each."""
    return b"".join(f"{leaf.hash.hex()} {leaf.address}\n".encode() for leaf in leaves)


def from_lines(lines: bytes) -> Iterator[Leaf]:
    """The leaves of a list.

    Raises:
        ValueError: a line is not a leaf's.
    """
    for number, line in enumerate(lines.decode().splitlines(), 1):
        digest, _, address = line.partition(" ")
        revision, at, stream = address.partition("@")
        if len(digest) != 64 or not at or not revision.isdecimal():
            raise ValueError(f"line {number} of the list of leaves is none: {line[:80]!r}")
        yield Leaf(bytes.fromhex(digest), stream, int(revision))


def leaves_of(seals: "Iterable[Seal]", blobs: "Blobs") -> Iterator[Leaf]:
    """What seals added, from their lists, in the order of the tree.

    Raises:
        BlobError: a list is missing or damaged.
        ValueError: it is no list of leaves.
    """
    for seal in seals:
        if seal.told.leaves:
            yield from from_lines(blobs.get(seal.told.leaves))
