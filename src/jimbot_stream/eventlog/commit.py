"""Whether an append may go ahead: the server's ``IndexWriter.CheckCommit``, rule by rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from jimbot_stream.eventlog import Expected, ExpectedVersion, StreamNotFoundError

NO_EVENTS = -1
"""Revision of the last event of a stream without events."""


class SoftDeletedError(StreamNotFoundError):
    """The stream must exist and is soft-deleted; on the wire this is not "not found"."""


@dataclass(slots=True)
class StreamState:
    """What the writer knows of a stream."""

    number: int | None = None
    """Row of the stream's name; None before its first event."""
    last: int = NO_EVENTS
    tombstoned: bool = False
    soft_deleted: bool = False
    has_metadata: bool = False


class Decision(Enum):
    """Outcome of the check."""

    WRITE = auto()
    ALREADY_WRITTEN = auto()
    WRONG_VERSION = auto()
    TOMBSTONED = auto()
    SOFT_DELETED = auto()


def check_commit(
    state: StreamState,
    expected: ExpectedVersion,
    ids: Sequence[bytes],
    id_at: Callable[[int], bytes | None],
) -> Decision:
    """Decide as the server does; id_at gives the id of the stream's event at a revision.

    With ANY or EXISTS nothing is compared: the server keeps a cache of recent ids for
    them, which promises nothing, so nobody may lean on it.
    """
    if state.tombstoned:
        return Decision.TOMBSTONED
    if expected is Expected.ANY:
        return Decision.WRITE
    if expected is Expected.EXISTS:
        if state.soft_deleted:
            return Decision.SOFT_DELETED
        exists = state.last > NO_EVENTS or state.has_metadata
        return Decision.WRITE if exists else Decision.WRONG_VERSION
    version = NO_EVENTS if expected is Expected.NO_STREAM else expected
    if version < state.last:
        return _compare(state, version, ids, id_at)
    return Decision.WRITE if version == state.last else Decision.WRONG_VERSION


def _compare(
    state: StreamState, version: int, ids: Sequence[bytes], id_at: Callable[[int], bytes | None]
) -> Decision:
    for place, own in enumerate(ids):
        if id_at(version + 1 + place) == own:
            continue
        if place == 0 and version == NO_EVENTS and state.soft_deleted:
            return Decision.WRITE
        return Decision.WRONG_VERSION
    return Decision.ALREADY_WRITTEN
