"""A training run, checked for continuity: numbered, linked, and begun as its seed says."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from jimbot_stream.agents.algorithms import ALGORITHMS, FromPlay
from jimbot_stream.agents.checkpoint import from_bytes, sha256, untrained
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    CurriculumAdvanced,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.replay import curricula
from jimbot_stream.replay.blame import blame, blob_faults, other_rules, unequal
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Blobs
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
    newest: str = ""
    parent: str = ""
    sampler: str = ""
    memory: str = ""
    updates: int = 0
    config: str = ""
    """In effect."""
    stage: list[UpdateApplied] = field(default_factory=list)
    """Updates since the games were last changed, or since the beginning."""
    anew: bool = False
    """The next update begins with other games than the last one left."""

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
            elif kind == "checkpoint":
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
        elif isinstance(message, CurriculumAdvanced):
            yield from self._advanced(entry, message)
        elif isinstance(message, PopulationExploited):
            yield from self._exploited(entry, message)
        elif isinstance(message, RunEnded):
            yield from unequal(
                entry,
                ("updates", self.updates, message.updates, "missing"),
                ("checkpoint", self.newest, message.checkpoint, "weights"),
            )

    def _begin(self, entry: Entry, started: RunStarted) -> Iterator[Divergence]:
        self.started, self.newest = started, started.checkpoint
        self.config = started.config_json
        yield from unequal(entry, ("run_id", self.history.name, started.run_id, "tampering"))
        expected = sha256(untrained(started.run_seed))
        if expected != started.checkpoint:
            yield other_rules(entry, started.checkpoint, self.blobs) or self._not_untrained(
                entry, started, expected
            )
        yield from blob_faults(entry, CheckpointSaved(checkpoint=started.checkpoint), self.blobs)

    def _not_untrained(self, entry: Entry, started: RunStarted, expected: str) -> Divergence:
        cause, why = blame(started.environment_json, "weights")
        return finding(
            entry.event,
            "run",
            "checkpoint",
            expected,
            started.checkpoint,
            cause,
            f"The run's seed gives other untrained weights. {why}".strip(),
        )

    def _update(self, entry: Entry, update: UpdateApplied) -> Iterator[Divergence]:
        self.updates += 1
        yield from curricula.left_out(entry, self._due())
        yield from unequal(
            entry,
            ("run_id", self.history.name, update.run_id, "tampering"),
            ("update", self.updates, update.update, "missing"),
            ("checkpoint_in", self.newest, update.checkpoint_in, "weights"),
        )
        if self.started is not None:
            seed = shuffle_seed(self.started.run_seed, update.update)
            yield from unequal(
                entry,
                ("shuffle_seed", seed, update.shuffle_seed, "seed"),
                ("config_json", self.config, update.config_json, "tampering"),
            )
            yield from self._algorithm_faults(entry, update, self.started.algorithm)
        if self.updates > 1:  # before the first update nobody recorded where the games stand
            got, wanted = update.rollout.sampler_in, self._standing()
            yield from unequal(
                entry,
                ("rollout.sampler_in", wanted, got, "tampering"),
                ("memory_in", self.memory, update.memory_in, "tampering"),
            )
        self.stage.append(update)
        self.anew = False
        self.sampler, self.memory = update.rollout.sampler_out, update.memory_out
        self.parent, self.newest, self.updates = self.newest, update.checkpoint_out, update.update

    def _standing(self) -> str:
        """Where the games stand for the next update."""
        if not self.anew or self.started is None:
            return self.sampler
        try:
            return curricula.begun(self.config, self.started.run_seed)
        except ValueError as error:
            return f"games of {self.config}: {error}"

    def _due(self) -> CurriculumAdvanced | None:
        return curricula.step_due(self.history.name, self.config, self.stage)

    def _advanced(self, entry: Entry, told: CurriculumAdvanced) -> Iterator[Divergence]:
        yield from curricula.step_faults(entry, told, self._due())
        self._change(told.config_json)
        self.stage.clear()

    def _exploited(self, entry: Entry, told: PopulationExploited) -> Iterator[Divergence]:
        """What the run itself shows; the members' runs show the rest."""
        yield from unequal(
            entry,
            ("run_id", self.history.name, told.run_id, "tampering"),
            ("update", self.updates, told.update, "missing"),
            ("checkpoint_before", self.newest, told.checkpoint_before, "weights"),
        )
        self._change(told.config_json)
        self.newest = told.from_checkpoint

    def _change(self, config: str) -> None:
        self.anew = self.anew or curricula.games_changed(self.config, config)
        self.config = config

    def _saved(self, entry: Entry, saved: CheckpointSaved) -> Iterator[Divergence]:
        yield from unequal(
            entry,
            ("checkpoint", self.newest, saved.checkpoint, "weights"),
            ("update", self.updates, saved.update, "missing"),
            ("parent", self.parent, saved.parent, "weights"),
            ("sampler", self.sampler, saved.sampler, "tampering"),
            ("memory", self.memory, saved.memory, "tampering"),
        )
        yield from blob_faults(entry, saved, self.blobs)
        for snapshot in filter(None, (saved.sampler, saved.memory)):
            yield from blob_faults(entry, CheckpointSaved(checkpoint=snapshot), self.blobs)

    def _algorithm_faults(
        self, entry: Entry, update: UpdateApplied, told: str
    ) -> Iterator[Divergence]:
        """An update plays in the simulator if, and only if, the run's algorithm does."""
        plays = update.HasField("rollout")
        if isinstance(ALGORITHMS.get(told), FromPlay) != plays:
            wanted = "one that plays" if plays else "one that learns from recorded games"
            yield finding(entry.event, "run", "algorithm", wanted, told, "tampering")
