"""A training run, checked for continuity, and its updates, computed again."""

import json
import math
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from jimbot_stream.agents.checkpoint import canonical_json, from_bytes, sha256, untrained
from jimbot_stream.agents.feed import read_game
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.ppo.config import from_json, shuffle_seed
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.rollouts.config import ALGORITHM
from jimbot_stream.agents.trajectory import Game, batch_of, trajectory
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    EpisodeReference,
    RunEnded,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.replay import rollouts, tolerance
from jimbot_stream.replay.history import GAME_PREFIX, Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Cause, Divergence, Kind, Match, Tolerated, Verdict
from jimbot_stream.replay.weights import weight_difference


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
    yield from _unequal(entry, ("checkpoint", name, message.checkpoint, "weights"))
    if message.run_id:
        if message.checkpoint not in saved:
            why = "That run saved no such checkpoint."
            yield finding(
                entry.event, "checkpoint", "run_id", "its run", message.run_id, "missing", why
            )
        return
    yield from _blob_faults(entry, message, blobs)
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
    updates: int = 0

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
        elif isinstance(message, RunEnded):
            yield from _unequal(
                entry,
                ("updates", self.updates, message.updates, "missing"),
                ("checkpoint", self.newest, message.checkpoint, "weights"),
            )

    def _begin(self, entry: Entry, started: RunStarted) -> Iterator[Divergence]:
        self.started, self.newest = started, started.checkpoint
        yield from _unequal(entry, ("run_id", self.history.name, started.run_id, "tampering"))
        expected = sha256(untrained(started.run_seed))
        if expected != started.checkpoint:
            yield _other_rules(entry, started.checkpoint, self.blobs) or self._not_untrained(
                entry, started, expected
            )
        yield from _blob_faults(entry, CheckpointSaved(checkpoint=started.checkpoint), self.blobs)

    def _not_untrained(self, entry: Entry, started: RunStarted, expected: str) -> Divergence:
        cause, why = _blame(started.environment_json, "weights")
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
        yield from _unequal(
            entry,
            ("run_id", self.history.name, update.run_id, "tampering"),
            ("update", self.updates, update.update, "missing"),
            ("checkpoint_in", self.newest, update.checkpoint_in, "weights"),
        )
        if self.started is not None:
            seed = shuffle_seed(self.started.run_seed, update.update)
            config = self.started.config_json
            yield from _unequal(
                entry,
                ("shuffle_seed", seed, update.shuffle_seed, "seed"),
                ("config_json", config, update.config_json, "tampering"),
            )
        if self.started is not None:
            algorithm = ALGORITHM if update.HasField("rollout") else "ppo"
            told = self.started.algorithm
            yield from _unequal(entry, ("algorithm", algorithm, told, "tampering"))
        if self.updates > 1:  # before the first update nobody recorded where the games stand
            got = update.rollout.sampler_in
            yield from _unequal(entry, ("rollout.sampler_in", self.sampler, got, "tampering"))
        self.sampler = update.rollout.sampler_out
        self.parent, self.newest, self.updates = self.newest, update.checkpoint_out, update.update

    def _saved(self, entry: Entry, saved: CheckpointSaved) -> Iterator[Divergence]:
        yield from _unequal(
            entry,
            ("checkpoint", self.newest, saved.checkpoint, "weights"),
            ("update", self.updates, saved.update, "missing"),
            ("parent", self.parent, saved.parent, "weights"),
            ("sampler", self.sampler, saved.sampler, "tampering"),
        )
        yield from _blob_faults(entry, saved, self.blobs)
        if saved.sampler:
            games = CheckpointSaved(checkpoint=saved.sampler)
            yield from _blob_faults(entry, games, self.blobs)


async def repeat_updates(
    history: History, revisions: Iterable[int], log: LogReader, blobs: Blobs
) -> AsyncIterator[Verdict]:
    """Compute updates of a run again, from the games that the log holds."""
    for revision in revisions:
        entry = history.at(revision)
        if entry is not None and isinstance(entry.message, UpdateApplied):
            started = next((message for _, message in history.all(RunStarted)), RunStarted())
            yield await _repeat(entry, entry.message, started.run_seed, log, blobs)


async def _repeat(
    entry: Entry, update: UpdateApplied, run_seed: int, log: LogReader, blobs: Blobs
) -> Verdict:
    for number, episode in enumerate(update.episodes):
        absent = await _absent(entry, f"episodes[{number}]", episode, log)
        if absent is not None:
            return absent
    from jimbot_stream.agents.update import apply_update  # loads RLlib, for seconds

    try:
        before = blobs.get(update.checkpoint_in)
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        return _unusable(entry, "checkpoint_in", error)
    refused = _other_rules(entry, update.checkpoint_in, blobs)
    if refused is not None:
        return refused
    if update.HasField("rollout"):
        return _replay_rollout(entry, update, run_seed, before, blobs)
    try:
        config = from_json(update.config_json)
        games = [await read_game(log, episode) for episode in update.episodes]
        batch = batch_of([trajectory(game, reward_named(config.reward)) for game in games])
        after = apply_update(before, batch, config, update.shuffle_seed)
    except Exception as error:  # noqa: BLE001 - an edited batch can fail anywhere
        text = f"{type(error).__name__}: {error}"
        return finding(entry.event, "update", "episodes", "a batch to learn from", text, "missing")
    faults = _batch_faults(entry, update, games, run_seed)
    told = _Told(batch.steps, config.shards)
    return next(faults, None) or _compare(entry, update, after, told, blobs)


def _replay_rollout(
    entry: Entry, update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs
) -> Verdict:
    """An update that was played in the simulator."""
    try:
        repeated = rollouts.repeat(update, run_seed, before, blobs)
    except Exception as error:  # noqa: BLE001 - an edited record can fail anywhere
        text = f"{type(error).__name__}: {error}"
        return finding(entry.event, "update", "rollout", "games to play again", text, "missing")
    told = _Told(repeated.update.steps, repeated.config.shards)
    verdict = _compare(entry, update, repeated.update, told, blobs)
    if not isinstance(verdict, Match):
        return verdict
    return next(rollouts.rollout_faults(entry, update, repeated), verdict)


def _batch_faults(
    entry: Entry, update: UpdateApplied, games: Sequence[Game], run_seed: int
) -> Iterator[Divergence]:
    """An update learns from games of its run and its checkpoint, each once, in order of id."""
    names = [episode.game_id for episode in update.episodes]
    if names != sorted(set(names)):
        expected = ", ".join(sorted(set(names)))
        yield finding(entry.event, "update", "episodes", expected, ", ".join(names), "tampering")
    for number, game in enumerate(games):
        played = {(made.run_seed, made.checkpoint) for made in game.made if made.checkpoint}
        if played != {(run_seed, update.checkpoint_in)}:
            yield finding(
                entry.event,
                "update",
                f"episodes[{number}]",
                f"a game of seed {run_seed} and checkpoint {update.checkpoint_in}",
                f"{game.name} of {sorted(played)}",
                "tampering",
                "Another policy played that game, or another run.",
            )


async def _absent(
    entry: Entry, name: str, episode: EpisodeReference, log: LogReader
) -> Divergence | None:
    """The game that an update learned from must still be there, up to the event used last."""
    stream = GAME_PREFIX + episode.game_id
    try:
        last = [e.revision async for e in log.read_stream(stream, backwards=True, limit=1)]
    except StreamNotFoundError:
        last = []
    if last and last[0] >= episode.last_revision:
        return None
    return finding(
        entry.event,
        "update",
        name,
        f"{episode.last_revision}@{stream}",
        f"a stream that ends at {last[0]}" if last else "no such stream",
        "missing",
        "The update learned from events that the log no longer holds.",
    )


class _Outcome(Protocol):
    """An update as it comes out here."""

    @property
    def checkpoint(self) -> bytes: ...
    @property
    def metrics(self) -> dict[str, float]: ...


@dataclass(frozen=True, slots=True)
class _Told:
    """What the record also tells of an update."""

    steps: int
    threads: int


def _compare(
    entry: Entry, update: UpdateApplied, repeated: _Outcome, told: _Told, blobs: Blobs
) -> Verdict:
    event, after = entry.event, repeated.checkpoint
    if sha256(after) == update.checkpoint_out:
        match = Match("update", event.stream, event.revision)
        return next(_number_faults(entry, update, repeated, told), match)
    try:
        difference = weight_difference(after, blobs.get(update.checkpoint_out))
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        return _unusable(entry, "checkpoint_out", error)
    assert difference is not None  # the blob store checks digests, and they differ
    cause, why = _blame(update.environment_json, "weights")
    if cause == "environment" and difference.distance <= tolerance.WEIGHTS:
        return Tolerated(
            "update",
            event.stream,
            event.revision,
            update.environment_json,
            canonical_json(environment()),
            difference.distance,
            tolerance.WEIGHTS,
        )
    first = (
        f"First difference: {difference.field} is {difference.got},"
        f" but should be {difference.expected}. {why}"
    )
    return finding(
        event,
        "update",
        "checkpoint_out",
        sha256(after),
        update.checkpoint_out,
        cause,
        first.strip(),
    )


def _number_faults(
    entry: Entry, update: UpdateApplied, repeated: _Outcome, told: _Told
) -> Iterator[Divergence]:
    """Equal weights come with equal numbers for people; early records have no metrics."""
    found: dict[str, tuple[float, float]] = {
        "steps": (told.steps, update.steps),
        "threads": (told.threads, update.threads),
    }
    told_any = bool(update.metrics) or update.HasField("rollout")
    names = repeated.metrics.keys() | update.metrics.keys() if told_any else set()
    for name in sorted(names):
        ours = repeated.metrics.get(name, math.nan)
        if math.isfinite(ours) or name in update.metrics:  # JSON knows no others
            found[f"metrics.{name}"] = (ours, update.metrics.get(name, math.nan))
    for name, (ours, theirs) in found.items():
        if ours != theirs:
            yield finding(entry.event, "update", name, repr(ours), repr(theirs), "tampering")


def _other_rules(entry: Entry, checkpoint: str, blobs: Blobs) -> Divergence | None:
    """Under other rules than its own a checkpoint sees other observations."""
    try:
        rules = from_bytes(blobs.get(checkpoint)).rules_version
    except Exception:  # noqa: BLE001 - that it is spoilt is reported where its bytes are needed
        return None
    if rules == RULES_VERSION:
        return None
    kind: Kind = "update" if entry.event.type == "UpdateApplied" else "run"
    return finding(
        entry.event,
        kind,
        "rules_version",
        RULES_VERSION,
        rules,
        "rules",
        "The checkpoint was made for other rules than this release has.",
    )


def _unusable(entry: Entry, name: str, error: Exception) -> Divergence:
    text = f"{type(error).__name__}: {error}"
    return finding(entry.event, "update", name, "a usable blob", text, "weights")


def _blame(recorded: str, otherwise: Cause) -> tuple[Cause, str]:
    """Whether libraries or processor are others than recorded, and which."""
    try:
        then = json.loads(recorded)
    except ValueError:
        return otherwise, ""
    here: dict[str, str] = environment()
    changed = [
        f"{name} was {then.get(name)}, here {here.get(name)}"
        for name in sorted(here.keys() | dict(then).keys())
        if then.get(name) != here.get(name)
    ]
    return ("environment", f"{'; '.join(changed)}.") if changed else (otherwise, "")


def _blob_faults(entry: Entry, saved: CheckpointSaved, blobs: Blobs) -> Iterator[Divergence]:
    kind: Kind = "run" if entry.event.type == "RunStarted" else "checkpoint"
    try:
        blob = blobs.get(saved.checkpoint)
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        text = f"{type(error).__name__}: {error}"
        yield finding(entry.event, kind, "checkpoint", "a usable blob", text, "weights")
        return
    if saved.size and len(blob) != saved.size:
        yield finding(entry.event, kind, "size", f"{len(blob)}", f"{saved.size}", "weights")


def _unequal(entry: Entry, *fields: tuple[str, object, object, Cause]) -> Iterator[Divergence]:
    kind: Kind = "checkpoint" if entry.event.type == "CheckpointSaved" else "run"
    for name, expected, got, cause in fields:
        if expected != got:
            yield finding(entry.event, kind, name, str(expected), str(got) or "(empty)", cause)
