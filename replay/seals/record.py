"""The seals of a log, each checked in itself and against the one before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jimbot_stream.contracts import SealCreated
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog import LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.seals.merkle import Frontier
from jimbot_stream.replay.seals.note import Note, read_note


class SealError(ValueError):
    """A seal of the log is not what a seal can be, or there is none."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal, sound in itself: its parts say the same."""

    event: RecordedEvent
    told: SealCreated
    note: Note
    frontier: Sequence[bytes]
    """Roots of the complete subtrees, largest first."""

    @property
    def address(self) -> str:
        """The event as ``<revision>@<stream>``."""
        return f"{self.event.revision}@{self.event.stream}"


def origin_of(first_leaf: bytes) -> str:
    """Name of a log: its first event is like no other's."""
    return f"jimbot-stream/{first_leaf.hex()[:16]}"


def read_seal(event: RecordedEvent) -> Seal:
    """The seal of an event.

    Raises:
        SealError: it cannot be read, or contradicts itself; the message says where.
    """
    where = f"{event.revision}@{event.stream}"
    try:
        told = read_event(SealCreated, event)
        note = read_note(told.note)
        frontier = Frontier(told.size, [bytes.fromhex(node) for node in told.frontier])
    except (UnknownSchemaError, ValueError) as error:
        raise SealError(f"{where} is no seal: {error}") from error
    if (note.size, note.root.hex()) != (told.size, told.root):
        raise SealError(f"{where}: its note names another root than the event")
    if frontier.root() != note.root:
        raise SealError(f"{where}: its frontier leads to another root")
    return Seal(event, told, note, tuple(frontier.nodes))


def check_succession(before: Seal | None, seal: Seal) -> None:
    """Whether a seal goes on from the one before it.

    Raises:
        SealError: it does not.
    """
    size, root = (before.told.size, before.told.root) if before else (0, "")
    if (seal.told.previous_size, seal.told.previous_root) != (size, root):
        raise SealError(f"{seal.address} does not go on from the seal before it")
    if seal.told.size < size or (before and before.note.origin != seal.note.origin):
        raise SealError(f"{seal.address} seals less than, or another log than, the one before")


def seals_of(events: Iterable[RecordedEvent]) -> list[Seal]:
    """The seals of their stream's events.

    Raises:
        SealError: one is damaged, or does not go on from the one before it.
    """
    seals: list[Seal] = []
    for event in events:
        seal = read_seal(event)
        check_succession(seals[-1] if seals else None, seal)
        seals.append(seal)
    return seals


async def read_seals(log: LogReader) -> list[Seal]:
    """All seals of a log; none where nothing is sealed.

    Raises:
        SealError: one is damaged, or does not go on from the one before it.
        LogUnavailableError: no answer.
    """
    try:
        return seals_of([event async for event in log.read_stream(SEALS)])
    except StreamNotFoundError:
        return []
