"""Appending a seal: read what is new, add it to the tree, list it in a blob, then say so.

A seal goes on from the one before it and reads no event twice. The blob is on disk before the event
that names it. Two sealers at once conflict, and one of them fails: nothing is sealed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import SealCreated
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.seals.keys import PrivateKey
from jimbot_stream.replay.seals.leaves import Leaf, leaf_of, leaves_of, to_lines
from jimbot_stream.replay.seals.merkle import Frontier
from jimbot_stream.replay.seals.note import Note
from jimbot_stream.replay.seals.record import Seal, SealError, origin_of, read_seal, seals_of

_KIND = SealCreated.DESCRIPTOR.name


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing came to."""

    seal: Seal
    added: int
    """Events that were not sealed before; 0: the seal is the one that was there."""


class Sealer:
    """Seals a log."""

    def __init__(self, log: EventLog, blobs: BlobStore, key: PrivateKey | None = None) -> None:
        """Without a key, seals are not signed: then only the anchor vouches for them."""
        self._log, self._blobs, self._key = log, blobs, key

    async def seal(self) -> Sealed:
        """Seal everything that is new; where nothing is, and the newest seal is signed so, nothing.

        Raises:
            SealError: the log is empty, or a seal is damaged.
            BlobError: the list of leaves of a seal is damaged.
            ConflictError: another sealer was faster.
            LogUnavailableError: no answer.
        """
        journal = await StreamJournal.open(self._log, SEALS, keep_events=True)
        seals = seals_of(journal.events)
        last = seals[-1] if seals else None
        leaves, position = await self._new(seals)
        if last is not None and not leaves and self._is_signed(last):
            return Sealed(last, 0)
        if last is None and not leaves:
            raise SealError("the log holds no event: there is nothing to seal")
        told = self._told(leaves, last, position)
        return Sealed(await self._append(journal, told), len(leaves))

    def _is_signed(self, seal: Seal) -> bool:
        return self._key is None or seal.note.signed_by(self._key.public)

    async def _new(self, seals: Sequence[Seal]) -> tuple[list[Leaf], int]:
        """Leaves that no seal has, and the position of the last that has one then."""
        position = seals[-1].told.last_position if seals else 0
        start = await self._start(seals)
        sealed: set[str] = set()
        if seals and start is None:  # another store, or that event is gone: by their addresses
            sealed = {leaf.address for leaf in leaves_of(seals, self._blobs)}
        leaves: list[Leaf] = []
        async for event in self._log.read_all(from_position=start):
            leaf = leaf_of(event)
            if event.stream != SEALS and leaf.address not in sealed:
                leaves.append(leaf)
                position = event.position
        return leaves, position

    async def _start(self, seals: Sequence[Seal]) -> int | None:
        """Position behind what was sealed; None where the event that was there is not."""
        listed = [seal for seal in seals if seal.told.leaves]
        if not listed:
            return None
        *_, newest = leaves_of(listed[-1:], self._blobs)
        event = await self._at(listed[-1].told.last_position)
        return event.position + 1 if event is not None and leaf_of(event) == newest else None

    async def _at(self, position: int) -> RecordedEvent | None:
        async for event in self._log.read_all(from_position=position, limit=1):
            return event
        return None

    def _told(self, leaves: Sequence[Leaf], last: Seal | None, position: int) -> SealCreated:
        frontier = Frontier(last.told.size, last.frontier) if last else Frontier()
        for leaf in leaves:
            frontier.add(leaf.hash)
        origin = last.note.origin if last else origin_of(leaves[0].hash)
        note = Note(origin, frontier.size, frontier.root())
        note = note if self._key is None else note.sign(self._key)
        return SealCreated(
            size=frontier.size,
            root=note.root.hex(),
            previous_size=last.told.size if last else 0,
            previous_root=last.told.root if last else "",
            frontier=[node.hex() for node in frontier.nodes],
            leaves=self._blobs.put(to_lines(leaves)) if leaves else "",
            last_position=position,
            note=str(note),
        )

    async def _append(self, journal: StreamJournal, told: SealCreated) -> Seal:
        metadata = {"producer": "sealer", "schema": str(SCHEMA_VERSIONS[_KIND])}
        entry = Entry(_KIND, to_json(told), told.root, metadata=metadata)
        (revision,) = await journal.append([entry])
        async for event in self._log.read_stream(SEALS, from_revision=revision, limit=1):
            return read_seal(event)
        raise SealError(f"{revision}@{SEALS} was written and cannot be read")
