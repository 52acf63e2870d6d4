"""Proofs that hold without the log: of one event under a seal, of one seal going on from another.

A proof is one JSON file. ``check`` needs that file alone, and, to trust the root that it leads to,
the sealer's public key or a note that was kept elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import BundleError, from_line, to_line
from jimbot_stream.replay.seals.leaves import leaf_of
from jimbot_stream.replay.seals.merkle import ProofError, root_by_inclusion, roots_by_consistency
from jimbot_stream.replay.seals.note import Note, read_note

INCLUSION: Final = "jimbot-stream/inclusion-proof/1"
CONSISTENCY: Final = "jimbot-stream/consistency-proof/1"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An event stands under a root."""

    event: RecordedEvent
    index: int
    """Place of its leaf, from 0."""
    path: Sequence[bytes]
    note: Note

    def to_json(self) -> bytes:
        """The file."""
        told = {
            "format": INCLUSION,
            "event": orjson.loads(to_line(self.event)),
            "index": self.index,
            "path": [node.hex() for node in self.path],
            "note": str(self.note),
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"

    def check(self) -> None:
        """Whether the event's own bytes lead to the root of the note.

        Raises:
            ProofError: they do not.
        """
        leaf = leaf_of(self.event).hash
        if root_by_inclusion(leaf, self.index, self.note.size, self.path) != self.note.root:
            raise ProofError("the event does not stand under the root of the seal: it was changed")

    def __str__(self) -> str:
        event = self.event
        return (
            f"{event.revision}@{event.stream}, {event.type}, is event {self.index:,} of the"
            f" {self.note.size:,} sealed as {self.note.root.hex()}"
        )


@dataclass(frozen=True, slots=True)
class Consistency:
    """A seal has everything that an older one has, unchanged and in the same order."""

    older: Note
    path: Sequence[bytes]
    note: Note

    def to_json(self) -> bytes:
        """The file."""
        told = {
            "format": CONSISTENCY,
            "older": str(self.older),
            "path": [node.hex() for node in self.path],
            "note": str(self.note),
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"

    def check(self) -> None:
        """Whether the root of the older leads to both roots.

        Raises:
            ProofError: it does not, or they are seals of different logs.
        """
        if self.older.origin != self.note.origin:
            raise ProofError("the two seals are of different logs")
        older, newer = self.older, self.note
        found = roots_by_consistency(older.size, newer.size, self.path, older.root)
        if found != (older.root, newer.root):
            raise ProofError("the newer seal does not go on from the older: history was changed")

    def __str__(self) -> str:
        return (
            f"the {self.note.size:,} events sealed as {self.note.root.hex()} begin with the"
            f" {self.older.size:,} sealed as {self.older.root.hex()}"
        )


Proof = Inclusion | Consistency


def read_proof(content: bytes) -> Proof:
    """The proof of a file; ``check`` says whether it holds.

    Raises:
        ProofError: it is none, or of a later format.
    """
    try:
        told = orjson.loads(content)
        return _READERS[told["format"]](told)
    except (KeyError, TypeError, ValueError, BundleError) as error:
        raise ProofError(f"not a proof that this release can read: {error!r}") from error


def _inclusion(told: Mapping[str, Any]) -> Inclusion:
    event = from_line(orjson.dumps(told["event"]))
    return Inclusion(event, int(told["index"]), _path(told), read_note(told["note"]))


def _consistency(told: Mapping[str, Any]) -> Consistency:
    return Consistency(read_note(told["older"]), _path(told), read_note(told["note"]))


def _path(told: Mapping[str, Any]) -> list[bytes]:
    return [bytes.fromhex(node) for node in told["path"]]


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Proof]] = {
    INCLUSION: _inclusion,
    CONSISTENCY: _consistency,
}
