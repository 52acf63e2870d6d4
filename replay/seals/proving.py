"""Making proofs from a log and the lists of its seals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.seals.leaves import Leaf, leaf_of, leaves_of
from jimbot_stream.replay.seals.merkle import consistency_path, inclusion_path
from jimbot_stream.replay.seals.proof import Consistency, Inclusion
from jimbot_stream.replay.seals.record import Seal, SealError, read_seals

if TYPE_CHECKING:
    from jimbot_stream.replay.policies import Blobs


class Prover:
    """Proves by the seals of a log, as they stand when it is opened."""

    def __init__(self, log: LogReader, seals: Sequence[Seal], leaves: Sequence[Leaf]) -> None:
        """Take seals and all of their leaves; ``open`` reads them."""
        self._log, self.seals, self._leaves = log, seals, leaves

    @classmethod
    async def open(cls, log: LogReader, blobs: "Blobs") -> "Prover":
        """Read seals and lists.

        Raises:
            SealError: nothing is sealed, or a seal is damaged.
            BlobError: a list is missing or damaged.
        """
        seals = await read_seals(log)
        if not seals:
            raise SealError("nothing is sealed yet: jimbot-replay seal does it")
        return cls(log, seals, list(leaves_of(seals, blobs)))

    async def inclusion(self, stream: str, revision: int) -> Inclusion:
        """Prove that an event stands under the newest seal.

        Raises:
            SealError: it is not sealed, or is not what was sealed.
            StreamNotFoundError: no such stream.
        """
        event = await self._event(stream, revision)
        leaf = leaf_of(event)
        index = self._index(leaf)
        if self._leaves[index] != leaf:
            raise SealError(f"{leaf.address} was changed since it was sealed: fsck says more")
        note = self.seals[-1].note
        hashes = [each.hash for each in self._leaves]
        return Inclusion(event, index, inclusion_path(hashes, index), note)

    def consistency(self, older: int, newer: int) -> Consistency:
        """Prove that a seal goes on from an older one, both by their revision.

        Raises:
            SealError: there is no such seal, or the second is older.
        """
        if not 0 <= older <= newer < len(self.seals):
            raise SealError(
                f"no seals {older} and {newer}, in this order, among the {len(self.seals)} of"
                f" {SEALS}"
            )
        first, second = self.seals[older].note, self.seals[newer].note
        hashes = [leaf.hash for leaf in self._leaves[: second.size]]
        return Consistency(first, consistency_path(hashes, first.size), second)

    async def _event(self, stream: str, revision: int) -> RecordedEvent:
        async for event in self._log.read_stream(stream, from_revision=revision, limit=1):
            if event.revision == revision:
                return event
        raise SealError(f"{stream} has no event at revision {revision}")

    def _index(self, wanted: Leaf) -> int:
        for index, leaf in enumerate(self._leaves):
            if leaf.address == wanted.address:
                return index
        raise SealError(
            f"{wanted.address} came after the newest seal, or is a seal itself: jimbot-replay seal"
            " takes in what is new"
        )
