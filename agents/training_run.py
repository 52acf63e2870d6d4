"""A training run as its stream in the event log tells it: the learner's only memory."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, Protocol, Self

from google.protobuf.message import Message

from jimbot_stream.agents.checkpoint import canonical_json, sha256, taken_over, untrained
from jimbot_stream.agents.gate import config as gates
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.lineage import LINEAGE, Lineage
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo import config as configs
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.soundness import UNREADABLE, Fault, fault_of
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import (
    CheckpointSaved,
    CheckpointsPruned,
    CurriculumAdvanced,
    EpisodeReference,
    EpisodeRejected,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS, read_event
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal
from jimbot_stream.eventlog.naming import checkpoint_stream, run_stream

PRUNED: Final = CheckpointsPruned.DESCRIPTOR.name


class Recordable(Protocol):
    """A configuration: everything but the seed that has a say in a run."""

    def to_json(self) -> str:
        """Canonical JSON."""
        ...


class RunError(Exception):
    """The recorded run cannot be gone on with; the message says why."""


def run_id(run_seed: int) -> str:
    """Name of the training run of a seed."""
    return f"run{run_seed}"


class TrainingRun:
    """One run: where it stands, and what may be added to it.

    Every record is made in one append with an exact version: a second learner of the same
    run either makes the identical record, which the log takes as one, or is refused.
    """

    def __init__(self, log: EventLog, blobs: BlobStore, journal: StreamJournal) -> None:
        self._log = log
        self._journal = journal
        self.blobs = blobs
        self.events: list[RecordedEvent] = list(journal.events)
        """The whole stream; a run has a few events per update."""
        started = self._all("RunStarted")
        if not started:
            raise RunError(f"{journal.stream} does not begin with RunStarted")
        self.started = read_event(RunStarted, started[0])
        self.gate = gates.from_json(self.started.gate_json)
        """Which new checkpoints are compared; None: none is."""
        self.lineage = Lineage(self.gate.every if self.gate else 0)
        self._follow(self.events)

    @classmethod
    async def begin(
        cls,
        log: EventLog,
        blobs: BlobStore,
        run_seed: int,
        config: Recordable,
        algorithm: str = "ppo",
        name: str = "",
        gate: GateConfig | None = None,
        begun_from: str = "",
    ) -> Self:
        """Begin the run of a seed, or go on where it was left; idempotent.

        A run keeps the configuration and the gate with which it began. It is named after its
        seed, or as given. It begins untrained, or with the weights of the checkpoint begun_from.
        Where its newest checkpoint cannot be read, that is recorded, and the run goes on from the
        last one that can.

        Raises:
            RunError: it was begun with another seed, algorithm or checkpoint, or under other
                rules, or begun_from or all of its own checkpoints cannot be used.
        """
        name = name or run_id(run_seed)
        stream = run_stream(name)
        journal = await StreamJournal.open(log, stream, keep_events=True)
        if journal.version < 0:
            begun = RunStarted(
                run_id=name,
                run_seed=run_seed,
                algorithm=algorithm,
                config_json=config.to_json(),
                gate_json=gate.to_json() if gate else "",
                begun_from=begun_from,
            )
            await _start(journal, blobs, begun)
            journal = await StreamJournal.open(log, stream, keep_events=True)
        run = cls(log, blobs, journal)
        run._refuse_foreign(run_seed, algorithm, begun_from)
        await run._go_back_to_a_sound_one()
        await run._index_checkpoint()
        return run

    @property
    def config(self) -> UpdateConfig:
        """The configuration of every update of a run that learns from recorded games."""
        return configs.from_json(self.config_json)

    @property
    def config_json(self) -> str:
        """The configuration in effect: what the run began with, or what changed it last."""
        for event in reversed(self.events):
            if event.type == "CurriculumAdvanced":
                return read_event(CurriculumAdvanced, event).config_json
            if event.type == "PopulationExploited":
                return read_event(PopulationExploited, event).config_json
        return self.started.config_json

    @property
    def updates(self) -> list[UpdateApplied]:
        """Updates recorded, in order."""
        return [read_event(UpdateApplied, event) for event in self._all("UpdateApplied")]

    def newest_updates(self) -> Iterator[UpdateApplied]:
        """Updates since the run's games were last changed, or all of them; newest first."""
        for event in reversed(self.events):
            if event.type == "CurriculumAdvanced":
                return
            if event.type == "UpdateApplied":
                yield read_event(UpdateApplied, event)

    @property
    def checkpoint(self) -> str:
        """The checkpoint that the next update begins with, as sha256 in hex."""
        return self.lineage.newest

    @property
    def update(self) -> int:
        """The last update, applied or rejected; the next one has the next number."""
        return self.lineage.number

    @property
    def applied(self) -> bool:
        """Whether any update was applied."""
        return any(event.type == "UpdateApplied" for event in self.events)

    @property
    def ended(self) -> bool:
        """Nothing was applied since the run was declared over."""
        told = [event.type for event in self.events if event.type != PRUNED]
        return told[-1] == "RunEnded"

    def since_last_update(self) -> list[RecordedEvent]:
        """The last update and what follows it; the whole run when there is none."""
        updates = [at for at, event in enumerate(self.events) if event.type == "UpdateApplied"]
        return self.events[updates[-1] if updates else 0 :]

    @property
    def sampler(self) -> str:
        """Where the games of a run in the simulator stand; empty where they have not begun."""
        saved = self._all("CheckpointSaved")
        return read_event(CheckpointSaved, saved[-1]).sampler

    @property
    def memory(self) -> str:
        """Manifest of its replay memory; empty where there is none."""
        saved = self._all("CheckpointSaved")
        return read_event(CheckpointSaved, saved[-1]).memory

    async def record_update(
        self,
        applied: UpdateApplied,
        data: bytes,
        sampler: bytes = b"",
        left_out: Sequence[EpisodeRejected] = (),
    ) -> list[RecordedEvent]:
        """Store the checkpoint, then record the update that made it; gives the new events.

        With a sampler's snapshot the run can be gone on with, and checked, from there. The blobs
        of a replay memory must be stored already. Games that were left out are recorded before it.

        Raises:
            RunError: somebody else goes on with the same run.
        """
        if self.blobs.put(data) != applied.checkpoint_out:
            raise RunError("the checkpoint stored is not the one of the update")
        saved = CheckpointSaved(
            checkpoint=applied.checkpoint_out,
            size=len(data),
            run_id=self.started.run_id,
            update=applied.update,
            parent=applied.checkpoint_in,
            rules_version=RULES_VERSION,
            sampler=self.blobs.put(sampler) if sampler else "",
            memory=applied.memory_out,
        )
        recorded = await self._append([*left_out, applied, saved])
        await self._index_checkpoint()
        return recorded

    async def record_change(
        self, change: CurriculumAdvanced | PopulationExploited
    ) -> list[RecordedEvent]:
        """Record what changes configuration, or weights, from here on; gives the new events.

        Raises:
            RunError: somebody else goes on with the same run.
        """
        return await self._append([change])

    async def reject(
        self,
        fault: Fault,
        episodes: Sequence[EpisodeReference] = (),
        evaluation_id: str = "",
        stays: str = "",
    ) -> list[RecordedEvent]:
        """Record that an update failed; or, with the checkpoint that stays, turn the newest down.

        Gives the new events.

        Raises:
            RunError: somebody else goes on with the same run.
        """
        rejected = UpdateRejected(
            run_id=self.started.run_id,
            update=self.update if stays else self.update + 1,
            checkpoint=stays or self.checkpoint,
            cause=fault.cause,
            reason=fault.reason,
            episodes=episodes,
            rejected=self.checkpoint if stays else "",
            evaluation_id=evaluation_id,
        )
        return await self._append([rejected])

    async def record_pruned(self, pruned: CheckpointsPruned) -> list[RecordedEvent]:
        """Record which blobs are let go of; they may be deleted after that, and not before.

        Raises:
            RunError: somebody else goes on with the same run.
        """
        return await self._append([pruned])

    async def record_end(self, reason: str) -> list[RecordedEvent]:
        """Declare the run over."""
        ended = RunEnded(
            run_id=self.started.run_id,
            updates=self.update,
            checkpoint=self.checkpoint,
            reason=reason,
        )
        return await self._append([ended])

    async def _append(self, messages: Sequence[Message]) -> list[RecordedEvent]:
        entries = [_entry(message, self.started.run_id) for message in messages]
        revisions = await self._appended(entries)
        stream = self._journal.stream
        recorded = [e async for e in self._log.read_stream(stream, from_revision=revisions[0])]
        self.events += recorded
        self._follow(recorded)
        return recorded

    async def _appended(self, entries: Sequence[Entry]) -> range:
        """Append behind what `jimbot-learn prune` may have added meanwhile."""
        while True:
            try:
                return await self._journal.append(entries)
            except ConflictError as error:
                if not error.events or any(event.type != PRUNED for event in error.events):
                    message = f"another learner goes on with the same run: {error}"
                    raise RunError(message) from error
                self.events += error.events

    def _follow(self, events: Sequence[RecordedEvent]) -> None:
        for event in events:
            if event.type in LINEAGE:
                self.lineage.take(read_event(LINEAGE[event.type], event))

    async def _index_checkpoint(self) -> None:
        """Let the newest checkpoint be found by its sha256; made up for after a crash."""
        saved = self._all("CheckpointSaved")[-1]
        message = read_event(CheckpointSaved, saved)
        journal = await StreamJournal.open(self._log, checkpoint_stream(message.checkpoint))
        if journal.version < 0:
            # A conflict means that a second start of the run was as quick and wrote the same.
            with suppress(ConflictError):
                await journal.append([_entry(message, message.run_id, str(saved.id))])

    def _refuse_foreign(self, run_seed: int, algorithm: str, begun_from: str) -> None:
        if self.started.algorithm != algorithm:
            raise RunError(
                f"{self.started.run_id} was begun with the algorithm {self.started.algorithm!r},"
                f" not {algorithm!r}: choose another run seed"
            )
        if self.started.run_seed != run_seed:
            raise RunError(f"{self.started.run_id} belongs to seed {self.started.run_seed}")
        if begun_from not in ("", self.started.begun_from):
            there = self.started.begun_from
            began = f"with the weights of {there[:12]}" if there else "untrained"
            raise RunError(
                f"{self.started.run_id} began {began}, not with those of {begun_from[:12]}:"
                " choose another run seed"
            )

    async def _go_back_to_a_sound_one(self) -> None:
        fault = fault_of(self.blobs, self.checkpoint)
        if fault is None:
            return
        if fault.cause == UNREADABLE:
            for earlier in sorted(self.lineage.made, key=self.lineage.made.__getitem__)[::-1]:
                if earlier != self.checkpoint and fault_of(self.blobs, earlier) is None:
                    await self.reject(fault, stays=earlier)
                    return
        last = self._all("UpdateRejected")[-1:]
        if self.events[-1:] != last or read_event(UpdateRejected, last[0]).cause != fault.cause:
            await self.reject(fault)
        raise RunError(f"{self.started.run_id}: checkpoint {self.checkpoint[:12]}: {fault.reason}")

    def _all(self, kind: str) -> list[RecordedEvent]:
        return [event for event in self.events if event.type == kind]


async def _start(journal: StreamJournal, blobs: BlobStore, begun: RunStarted) -> None:
    """Record the beginning, with the checkpoint that follows from the run's seed."""
    data, name = _first(begun, blobs), begun.run_id
    begun.environment_json = canonical_json(environment())
    begun.checkpoint = blobs.put(data)
    saved = CheckpointSaved(
        checkpoint=sha256(data), size=len(data), run_id=name, rules_version=RULES_VERSION
    )
    # On a conflict a second start of the seed was quicker; the caller reads what it wrote.
    with suppress(ConflictError):
        await journal.append([_entry(begun, name), _entry(saved, name)])


def _first(begun: RunStarted, blobs: BlobStore) -> bytes:
    if not begun.begun_from:
        return untrained(begun.run_seed)
    fault = fault_of(blobs, begun.begun_from)
    if fault is not None:
        raise RunError(f"checkpoint {begun.begun_from[:12]}: {fault.reason}")
    return taken_over(begun.run_seed, blobs.get(begun.begun_from))


def _entry(message: Message, correlation: str, causation: str = "") -> Entry:
    kind = message.DESCRIPTOR.name
    return Entry(
        type=kind,
        data=to_json(message),
        correlation=correlation,
        causation=causation,
        metadata={"producer": f"learner-{correlation}", "schema": str(SCHEMA_VERSIONS[kind])},
    )
