"""A training run, checked for continuity: numbered, linked, and begun as its seed says."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from jimbot_stream.agents.algorithms import ALGORITHMS, FromPlay
from jimbot_stream.agents.checkpoint import from_bytes, sha256, taken_over, untrained
from jimbot_stream.agents.gate.config import from_json
from jimbot_stream.agents.gate.succession import WITHDRAWN, WORSE
from jimbot_stream.agents.keeping.rule import Record
from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.soundness import UNREADABLE
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    CheckpointsPruned,
    CurriculumAdvanced,
    EpisodeRejected,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.replay import curricula
from jimbot_stream.replay.blame import blame, blob_faults, other_rules, unequal
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.pruned import pruned_names, pruning_faults
from jimbot_stream.replay.verdict import Divergence, Kind, Match, Verdict


def check_run(history: History, blobs: Blobs) -> Iterator[Verdict]:
    """One verdict for each checkpoint of a run, and one for the run: numbered and linked."""
    yield from _Continuity(history, blobs).verdicts()


def check_saved(history: History, saved: Collection[str], blobs: Blobs) -> Iterator[Verdict]:
    """A verdict for a checkpoint's own stream, unless a run's stream gives it.

    A checkpoint was either saved by a training run, or nobody trained it.
    """
    for entry, message in history.all(CheckpointSaved):
        fault = next(_origin_faults(entry, message, history.name, saved, blobs), None)
        if fault is not None:
            yield fault
        elif message.checkpoint not in saved:
            yield Match("checkpoint", entry.event.stream, entry.event.revision)


def first(started: RunStarted, blobs: Blobs) -> bytes:
    """The checkpoint that a run must have begun with.

    Raises:
        BlobError: the one whose weights it took over is missing or damaged.
        CheckpointError: it is not a checkpoint.
    """
    if started.begun_from:
        return taken_over(started.run_seed, blobs.get(started.begun_from))
    return untrained(started.run_seed)


def _weights(started: RunStarted) -> str:
    return "bytes around those weights" if started.begun_from else "untrained weights"


def _origin_faults(
    entry: Entry, message: CheckpointSaved, name: str, saved: Collection[str], blobs: Blobs
) -> Iterator[Divergence]:
    yield from unequal(entry, ("checkpoint", name, message.checkpoint, "weights"))
    if message.run_id:
        if message.checkpoint not in saved:
            why = "That run saved no such checkpoint."
            yield finding(
                entry.event, "checkpoint", "run_id", "its run", message.run_id, "missing", why
            )
        return
    yield from blob_faults(entry, message, blobs)
    try:
        read = from_bytes(blobs.get(message.checkpoint))
    except Exception:  # noqa: BLE001 - reported above
        return
    if (
        sha256(untrained(read.run_seed)) != message.checkpoint
        and read.rules_version == RULES_VERSION
    ):
        why = "Only untrained weights come without a run."
        expected = sha256(untrained(read.run_seed))
        yield finding(
            entry.event, "checkpoint", "run_id", expected, message.checkpoint, "weights", why
        )


@dataclass(slots=True)
class _Continuity:
    """Goes along a run and remembers the newest checkpoint."""

    history: History
    blobs: Blobs
    started: RunStarted | None = None
    lineage: Lineage = field(default_factory=Lineage)
    parent: str = ""
    sampler: str = ""
    memory: str = ""
    applied: bool = False
    """An update was applied before."""
    config: str = ""
    """In effect."""
    stage: list[UpdateApplied] = field(default_factory=list)
    """Updates since the games were last changed, or since the beginning."""
    anew: bool = False
    """The next update begins with other games than the last one left."""
    record: Record = field(default_factory=Record)
    """What may be pruned."""
    pruned: set[str] = field(default_factory=set)
    """Blobs that the record says were let go, sooner or later."""

    def __post_init__(self) -> None:
        """Look ahead: what is pruned was there before."""
        self.pruned = pruned_names(self.history)

    def verdicts(self) -> Iterator[Verdict]:
        whole = True
        for entry in self.history.entries:
            if entry.message is None:
                continue
            kind: Kind = "checkpoint" if isinstance(entry.message, CheckpointSaved) else "run"
            faults = list(self._faults(entry, kind))
            if faults:
                whole = whole and kind != "run"
                yield faults[0]
            elif isinstance(entry.message, CheckpointSaved) and self._lies(
                entry.message.checkpoint
            ):
                yield Match(kind, entry.event.stream, entry.event.revision)
        if whole:
            yield Match("run", self.history.stream, 0)

    def _faults(self, entry: Entry, kind: Kind) -> Iterator[Divergence]:
        message = entry.message
        if (self.started is None) != isinstance(message, RunStarted):
            wanted = "RunStarted" if self.started is None else "an event after RunStarted"
            yield finding(entry.event, kind, "type", wanted, entry.event.type, "missing")
        if isinstance(message, RunStarted):
            yield from self._begin(entry, message)
        elif isinstance(message, UpdateApplied):
            yield from self._update(entry, message)
        elif isinstance(message, CheckpointSaved):
            yield from self._saved(entry, message)
        elif isinstance(message, UpdateRejected):
            yield from self._rejected(entry, message)
        elif isinstance(message, EpisodeRejected):
            yield from unequal(
                entry, ("update", self.lineage.number + 1, message.update, "missing")
            )
        elif isinstance(message, CurriculumAdvanced):
            yield from self._advanced(entry, message)
        elif isinstance(message, PopulationExploited):
            yield from self._exploited(entry, message)
        elif isinstance(message, CheckpointsPruned):
            run = (self.history.name, self.lineage.number, self.record)
            yield from pruning_faults(entry, message, run, self.blobs)
        elif isinstance(message, RunEnded):
            yield from unequal(
                entry,
                ("updates", self.lineage.number, message.updates, "missing"),
                ("checkpoint", self.lineage.newest, message.checkpoint, "weights"),
            )
        if message is not None:
            self.lineage.take(message)
            self.record.take(message)

    def _begin(self, entry: Entry, started: RunStarted) -> Iterator[Divergence]:
        self.started, self.config = started, started.config_json
        with suppress(ValueError):  # reported where the gate's decisions are checked
            gate = from_json(started.gate_json)
            self.lineage = Lineage(gate.every if gate else 0)
            self.record = Record(gate_every=self.lineage.every)
        yield from unequal(entry, ("run_id", self.history.name, started.run_id, "tampering"))
        yield from self._first_faults(entry, started)
        yield from blob_faults(entry, CheckpointSaved(checkpoint=started.checkpoint), self.blobs)

    def _first_faults(self, entry: Entry, started: RunStarted) -> Iterator[Divergence]:
        try:
            expected = sha256(first(started, self.blobs))
        except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
            text = f"{type(error).__name__}: {error}"
            yield finding(entry.event, "run", "begun_from", "a usable blob", text, "weights")
            return
        if expected != started.checkpoint:
            yield other_rules(entry, started.checkpoint, self.blobs) or self._not_untrained(
                entry, started, expected
            )

    def _not_untrained(self, entry: Entry, started: RunStarted, expected: str) -> Divergence:
        cause, why = blame(started.environment_json, "weights")
        return finding(
            entry.event,
            "run",
            "checkpoint",
            expected,
            started.checkpoint,
            cause,
            f"The run's seed gives other {_weights(started)}. {why}".strip(),
        )

    def _update(self, entry: Entry, update: UpdateApplied) -> Iterator[Divergence]:
        yield from curricula.left_out(entry, self._due())
        yield from unequal(
            entry,
            ("run_id", self.history.name, update.run_id, "tampering"),
            ("update", self.lineage.number + 1, update.update, "missing"),
            ("checkpoint_in", self.lineage.newest, update.checkpoint_in, "weights"),
        )
        if self.started is not None:
            seed = shuffle_seed(self.started.run_seed, update.update)
            yield from unequal(
                entry,
                ("shuffle_seed", seed, update.shuffle_seed, "seed"),
                ("config_json", self.config, update.config_json, "tampering"),
            )
            yield from self._algorithm_faults(entry, update, self.started.algorithm)
        if self.applied:  # before the first update nobody recorded where the games stand
            got, wanted = update.rollout.sampler_in, self._standing()
            yield from unequal(
                entry,
                ("rollout.sampler_in", wanted, got, "tampering"),
                ("memory_in", self.memory, update.memory_in, "tampering"),
            )
        self.stage.append(update)
        self.anew = False
        self.sampler, self.memory = update.rollout.sampler_out, update.memory_out
        self.parent, self.applied = self.lineage.newest, True

    def _rejected(self, entry: Entry, rejected: UpdateRejected) -> Iterator[Divergence]:
        """Either the newest checkpoint is turned down, or an update made none."""
        lineage = self.lineage
        yield from unequal(entry, ("run_id", self.history.name, rejected.run_id, "tampering"))
        if not rejected.rejected:
            yield from unequal(
                entry,
                ("update", lineage.number + 1, rejected.update, "missing"),
                ("checkpoint", lineage.newest, rejected.checkpoint, "weights"),
            )
            return
        yield from unequal(
            entry,
            ("update", lineage.number, rejected.update, "missing"),
            ("rejected", lineage.newest, rejected.rejected, "weights"),
        )
        if rejected.cause == WORSE:
            yield from unequal(
                entry, ("checkpoint", lineage.incumbent, rejected.checkpoint, "weights")
            )
            if not lineage.undecided:
                wanted = "an update that the gate compares"
                got = str(rejected.update)
                yield finding(entry.event, "run", "update", wanted, got, "tampering")
        elif rejected.cause not in (WITHDRAWN, UNREADABLE):
            wanted = ", ".join((WORSE, WITHDRAWN, UNREADABLE))
            yield finding(entry.event, "run", "cause", wanted, rejected.cause, "tampering")
        elif rejected.checkpoint not in lineage.made or rejected.checkpoint == lineage.newest:
            wanted = "an earlier checkpoint of the run"
            yield finding(entry.event, "run", "checkpoint", wanted, rejected.checkpoint, "weights")

    def _standing(self) -> str:
        """Where the games stand for the next update."""
        if not self.anew or self.started is None:
            return self.sampler
        try:
            return curricula.begun(self.config, self.started.run_seed)
        except ValueError as error:
            return f"games of {self.config}: {error}"

    def _due(self) -> CurriculumAdvanced | None:
        return curricula.step_due(self.history.name, self.lineage.number, self.config, self.stage)

    def _advanced(self, entry: Entry, told: CurriculumAdvanced) -> Iterator[Divergence]:
        yield from curricula.step_faults(entry, told, self._due())
        self._change(told.config_json)
        self.stage.clear()

    def _exploited(self, entry: Entry, told: PopulationExploited) -> Iterator[Divergence]:
        """What the run itself shows; the members' runs show the rest."""
        yield from unequal(
            entry,
            ("run_id", self.history.name, told.run_id, "tampering"),
            ("update", self.lineage.number, told.update, "missing"),
            ("checkpoint_before", self.lineage.newest, told.checkpoint_before, "weights"),
        )
        self._change(told.config_json)

    def _change(self, config: str) -> None:
        self.anew = self.anew or curricula.games_changed(self.config, config)
        self.config = config

    def _saved(self, entry: Entry, saved: CheckpointSaved) -> Iterator[Divergence]:
        yield from unequal(
            entry,
            ("checkpoint", self.lineage.newest, saved.checkpoint, "weights"),
            ("update", self.lineage.number, saved.update, "missing"),
            ("parent", self.parent, saved.parent, "weights"),
            ("sampler", self.sampler, saved.sampler, "tampering"),
            ("memory", self.memory, saved.memory, "tampering"),
        )
        if self._lies(saved.checkpoint):
            yield from blob_faults(entry, saved, self.blobs)
        for snapshot in filter(self._lies, filter(None, (saved.sampler, saved.memory))):
            yield from blob_faults(entry, CheckpointSaved(checkpoint=snapshot), self.blobs)

    def _lies(self, name: str) -> bool:
        """Whether a blob must lie there: what was pruned is checked if it is there all the same."""
        return name not in self.pruned or self.blobs.has(name)

    def _algorithm_faults(
        self, entry: Entry, update: UpdateApplied, told: str
    ) -> Iterator[Divergence]:
        """An update plays in the simulator if, and only if, the run's algorithm does."""
        plays = update.HasField("rollout")
        if isinstance(ALGORITHMS.get(told), FromPlay) != plays:
            wanted = "one that plays" if plays else "one that learns from recorded games"
            yield finding(entry.event, "run", "algorithm", wanted, told, "tampering")
