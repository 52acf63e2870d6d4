"""Whether a record is the one that was written, without executing any of it.

Chains and ids of all streams, seals and anchor, every blob that the record names, and the file of
an embedded log. ``jimbot-replay verify`` says whether what was written is also what happens.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from jimbot_stream.agents.keeping.elsewhere import named_by
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.digest import StreamVerifier, read_chain_fields
from jimbot_stream.eventlog.naming import CHECKPOINT, SEALS, identifier
from jimbot_stream.replay.chains import chain_faults, check_file
from jimbot_stream.replay.history import MESSAGES, finding, read_metadata
from jimbot_stream.replay.seals.inspecting import Inspection, Retention, Trust, lets_go
from jimbot_stream.replay.verdict import Divergence, Match, Verdict


@dataclass(slots=True)
class _Named:
    """A blob, and the event that named it first."""

    event: RecordedEvent
    is_memory: bool


@dataclass(slots=True)
class Integrity:
    """One examination of a log, its blobs and its file."""

    log: LogReader
    blobs: BlobStore
    trust: Trust
    retention: Retention | None = None
    file: Path | None = None
    unsealed: int = 0
    """Events behind the newest seal."""
    let_go: int = 0
    """Sealed events that the retention of their streams let go."""
    unchained: int = 0
    """Events of streams that are not ours, and bear no chain."""
    _streams: dict[str, StreamVerifier] = field(default_factory=dict)
    _named: dict[str, _Named] = field(default_factory=dict)
    _pruned: set[str] = field(default_factory=set)
    _seals: list[RecordedEvent] = field(default_factory=list)
    _position: int = -1

    async def verdicts(self) -> AsyncIterator[Verdict]:
        """A verdict for each event, seal, sealed event, blob, and for the file.

        Raises:
            LogUnavailableError: no answer.
            EventLogError: the file is not an event log.
        """
        async for event in self.log.read_all():
            self._take(event)
            faults = [*self._misplaced(event), *[each async for each in self._faults(event)]]
            yield faults[0] if faults else Match("event", event.stream, event.revision)
        inspection = Inspection(self.log, self.blobs, self.trust, self.retention)
        async for verdict in inspection.verdicts(self._seals):
            yield verdict
        self.unsealed, self.let_go = inspection.unsealed, inspection.let_go
        for verdict in self._blobs():
            yield verdict
        for verdict in check_file(self.file) if self.file is not None else ():
            yield verdict

    def _take(self, event: RecordedEvent) -> None:
        if event.stream == SEALS:
            self._seals.append(event)
        if event.stream.startswith(CHECKPOINT):
            self._named.setdefault(identifier(event.stream), _Named(event, is_memory=False))
        try:
            for name, is_memory in named_by(event):
                self._named.setdefault(name, _Named(event, is_memory))
            if event.type == "CheckpointsPruned":
                self._pruned.update(orjson.loads(event.data)["blobs"])
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # the event is damaged, which its chain says

    def _misplaced(self, event: RecordedEvent) -> Iterator[Divergence]:
        if event.position <= self._position:
            wanted = f"more than {self._position}"
            yield finding(event, "event", "position", wanted, f"{event.position}", "tampering")
        self._position = max(self._position, event.position)

    async def _faults(self, event: RecordedEvent) -> AsyncIterator[Divergence]:
        is_first = event.stream not in self._streams
        verifier = self._streams.setdefault(event.stream, StreamVerifier(event.stream))
        ours = event.stream.partition("-")[0] + "-" in MESSAGES
        if not ours and None in read_chain_fields(event):
            self.unchained += 1
            return
        kept_from = is_first and event.revision > 0 and await self._lets_go(event)
        try:
            metadata = read_metadata(event.metadata)
        except ValueError:
            metadata = {}
        for fault in chain_faults(event, metadata, verifier, is_first=is_first and not kept_from):
            yield fault

    async def _lets_go(self, event: RecordedEvent) -> bool:
        """Whether the retention of a stream explains that it begins with this event."""
        return self.retention is not None and lets_go(
            await self.retention(event.stream), event.revision - 1
        )

    def _blobs(self) -> Iterator[Verdict]:
        """Every blob once, those first that events name, then the blocks of replay memories."""
        blocks: dict[str, _Named] = {}
        for name, named in sorted(self._named.items()):
            yield from self._blob(name, named, blocks)
        for name, named in sorted(blocks.items()):
            if name not in self._named:
                yield from self._blob(name, named, {})

    def _blob(self, name: str, named: _Named, blocks: dict[str, _Named]) -> Iterator[Verdict]:
        if name in self._pruned and not self.blobs.has(name):
            return
        try:
            data = self.blobs.get(name)
            found = manifest.blocks_of(data) if named.is_memory else []
        except (BlobError, ValueError) as error:
            yield finding(named.event, "blob", "sha256", name, str(error), "weights")
            return
        for block in found:
            blocks.setdefault(block, _Named(named.event, is_memory=False))
        yield Match("blob", name, 0)

    def notes(self) -> Iterator[str]:
        """What a person should know beside the findings."""
        if not self._seals:
            yield "Nothing is sealed: whoever can compute chains anew leaves no trace. Seal it."
        elif self.trust.anchor is None and self.trust.key is None:
            yield "No anchor and no public key: whoever can write seals leaves no trace."
        if self.unsealed:
            yield f"{self.unsealed:,} events came after the newest seal."
        if self.let_go:
            yield f"{self.let_go:,} sealed events were let go by the retention of their streams."
        if self.unchained:
            yield f"{self.unchained:,} events of other writers bear no chain."
