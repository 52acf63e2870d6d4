"""A log against its seals: what was changed, inserted, moved or taken away since they were made.

Chains and ids show an edit by somebody who does not know them. Whoever computes them anew, and the
hash over a file's rows too, is found here: the lists of leaves are blobs, bound to the roots, and
the roots to a signature or to an anchor.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jimbot_stream.checkpoints import BlobError
from jimbot_stream.eventlog import LogReader, RecordedEvent, StreamMetadata
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.history import finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.seals.keys import PublicKey
from jimbot_stream.replay.seals.leaves import Leaf, from_lines, leaf_of
from jimbot_stream.replay.seals.merkle import Frontier, root_of
from jimbot_stream.replay.seals.note import Note
from jimbot_stream.replay.seals.record import Seal, SealError, check_succession, read_seal
from jimbot_stream.replay.verdict import Divergence, Kind, Match, Verdict

Retention = Callable[[str], Awaitable[StreamMetadata]]
"""What a stream's metadata say of events that it no longer keeps."""


@dataclass(slots=True)
class Trust:
    """By whom or what a root is believed."""

    key: PublicKey | None = None
    """The newest seal, and every one, must bear its signature."""
    anchor: Note | None = None
    """What was kept elsewhere."""


@dataclass(slots=True)
class _Sealed:
    leaves: list[Leaf] = field(default_factory=list)
    """Of all seals whose lists are sound."""
    frontier: Frontier = field(default_factory=Frontier)
    broken: bool = False
    """A list is damaged: what it held is unknown, and so is all that follows."""


class _Place(NamedTuple):
    stream: str
    revision: int
    position: int


class Inspection:
    """Compares one log with its seals."""

    def __init__(
        self, log: LogReader, blobs: Blobs, trust: Trust, retention: Retention | None = None
    ) -> None:
        """Without retention, every event that was sealed must be there."""
        self._log, self._blobs, self._trust, self._retention = log, blobs, trust, retention
        self._sealed = _Sealed()
        self.unsealed = 0
        """Events that came after the newest seal."""
        self.let_go = 0
        """Events that were sealed and that the retention of their streams let go."""

    async def verdicts(self, seals: Sequence[RecordedEvent]) -> AsyncIterator[Verdict]:
        """One for each seal, each sealed event, and the anchor if there is one.

        Raises:
            LogUnavailableError: no answer.
        """
        for verdict in self._seals(seals):
            yield verdict
        for verdict in self._anchored():
            yield verdict
        async for verdict in self._events():
            yield verdict

    def _seals(self, events: Iterable[RecordedEvent]) -> Iterator[Verdict]:
        before: Seal | None = None
        for event in events:
            try:
                seal = read_seal(event)
                check_succession(before, seal)
            except SealError as error:
                self._sealed.broken = True
                yield _wrong(event, "seal", "a seal that goes on from the one before", str(error))
                continue
            before = seal
            yield self._listed(seal) or self._signed(seal) or _match("seal", event)

    def _listed(self, seal: Seal) -> Divergence | None:
        """Take the leaves that a seal added."""
        try:
            data = self._blobs.get(seal.told.leaves) if seal.told.leaves else b""
            added = list(from_lines(data))
        except (BlobError, ValueError) as error:
            self._sealed.broken = True
            return _wrong(seal.event, "leaves", "a usable list", str(error))
        for leaf in added:
            self._sealed.frontier.add(leaf.hash)
        if not self._sealed.broken and self._sealed.frontier.root() != seal.note.root:
            self._sealed.broken = True
            found = self._sealed.frontier.root().hex()
            return _wrong(seal.event, "root", found, seal.told.root)
        self._sealed.leaves += added
        return None

    def _signed(self, seal: Seal) -> Divergence | None:
        key = self._trust.key
        if key is None or seal.note.signed_by(key):
            return None
        names = ", ".join(each.name for each in seal.note.signatures) or "nobody"
        return _wrong(seal.event, "signature", f"that of {key.name}", f"signed by {names}")

    def _anchored(self) -> Iterator[Verdict]:
        note = self._trust.anchor
        if note is None:
            return
        leaves = self._sealed.leaves
        if note.size > len(leaves):
            told = f"{note.size:,} events"
            why = "The anchor vouches for more than the seals do: the end of the log was cut off."
            yield _about_log("anchor", told, f"{len(leaves):,} sealed", why)
        elif root_of(leaf.hash for leaf in leaves[: note.size]) != note.root:
            why = "The log was written anew, seals included, since the anchor was kept."
            yield _about_log("anchor", note.root.hex(), "another root", why)
        else:
            yield Match("seal", "anchor", 0)

    async def _events(self) -> AsyncIterator[Verdict]:
        places = {leaf.address: place for place, leaf in enumerate(self._sealed.leaves)}
        seen: set[str] = set()
        new: list[_Place] = []
        furthest = 0
        async for event in self._log.read_all():
            if event.stream == SEALS:
                continue
            leaf = leaf_of(event)
            place = places.get(leaf.address)
            if place is None:
                new.append(_Place(event.stream, event.revision, event.position))
                continue
            for inserted in self._inserted(new):
                yield inserted
            new.clear()
            seen.add(leaf.address)
            yield self._compared(event, leaf, place, furthest)
            furthest = max(furthest, place + 1)
        self.unsealed = len(new)
        async for missing in self._missing(seen):
            yield missing

    def _inserted(self, new: Iterable["_Place"]) -> Iterator[Divergence]:
        """Events that no seal knows, and behind which a sealed one stands."""
        if self._sealed.broken:
            return  # they may stand in the list that is damaged
        why = "It was inserted: a sealed event stands behind it, and no seal knows it."
        for at in new:
            yield Divergence(
                "sealed event", at.stream, at.revision, "place", "behind all that is sealed",
                "before", "tampering", why, at.position,
            )  # fmt: skip

    def _compared(self, event: RecordedEvent, leaf: Leaf, place: int, furthest: int) -> Verdict:
        if leaf != self._sealed.leaves[place]:
            why = "It is another event than the one that was sealed here."
            wanted = self._sealed.leaves[place].hash.hex()
            return _wrong(event, "leaf", wanted, leaf.hash.hex(), why, kind="sealed event")
        if place < furthest:
            why = "It was moved: before it stands what was sealed after it."
            return _wrong(event, "place", f"{place}", "later", why, kind="sealed event")
        return _match("sealed event", event)

    async def _missing(self, seen: set[str]) -> AsyncIterator[Divergence]:
        for place, leaf in enumerate(self._sealed.leaves):
            if leaf.address in seen:
                continue
            if await self._may_be_gone(leaf):
                self.let_go += 1
                continue
            why = "It was sealed, and is gone."
            yield Divergence(
                "sealed event", leaf.stream, leaf.revision, "event", leaf.hash.hex(), "nothing",
                "missing", why, place,
            )  # fmt: skip

    async def _may_be_gone(self, leaf: Leaf) -> bool:
        return self._retention is not None and lets_go(
            await self._retention(leaf.stream), leaf.revision
        )


def lets_go(told: StreamMetadata, revision: int) -> bool:
    """Whether a stream's metadata allow that an event is not kept.

    By number or by age, none of the oldest can be told to have been let go too early.
    """
    bounded = told.max_count is not None or told.max_age_s is not None
    return bounded or revision < (told.truncate_before or 0)


def _match(kind: Kind, event: RecordedEvent) -> Match:
    return Match(kind, event.stream, event.revision)


def _wrong(
    event: RecordedEvent,
    name: str,
    expected: str,
    got: str,
    why: str = "",
    kind: Kind = "seal",
) -> Divergence:
    return finding(event, kind, name, expected, got, "tampering", why)


def _about_log(name: str, expected: str, got: str, why: str) -> Divergence:
    return Divergence("seal", "anchor", 0, name, expected, got, "tampering", why, 0)
