"""Updates of a training run, computed again; those that failed must fail again."""

import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from jimbot_stream.agents.algorithms import FromGames, FromPlay, Outcome, algorithm_named
from jimbot_stream.agents.checkpoint import canonical_json, sha256
from jimbot_stream.agents.devices import device_told, environment_of
from jimbot_stream.agents.feed import read_game
from jimbot_stream.agents.keeping.recompute import Recomputed, needs
from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.agents.trajectory import Game
from jimbot_stream.contracts.v1.learning_pb2 import (
    EpisodeReference,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.replay import tolerance
from jimbot_stream.replay.blame import blame, other_rules, unusable
from jimbot_stream.replay.failures import repeat_failure
from jimbot_stream.replay.history import GAME_PREFIX, Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.pruned import not_made_again, recomputed
from jimbot_stream.replay.rollouts import rollout_faults
from jimbot_stream.replay.verdict import Divergence, Match, Tolerated, Verdict
from jimbot_stream.replay.weights import weight_difference


async def repeat_updates(
    history: History, revisions: Iterable[int], log: LogReader, blobs: Blobs
) -> AsyncIterator[Verdict]:
    """Compute updates of a run again; a verdict for each, failed or applied.

    One more for each checkpoint that was pruned and came out again.
    """
    made = recomputed(history, log, blobs)
    for revision in revisions:
        entry = history.at(revision)
        if entry is not None and isinstance(entry.message, UpdateApplied):
            verdict = await _repeat(entry, entry.message, history, log, made)
            faults = _learned_twice(history, entry, entry.message)
            verdict = next(faults, verdict) if isinstance(verdict, Match) else verdict
            yield verdict
            out = entry.message.checkpoint_out
            if isinstance(verdict, Match) and out in made.pruned and not blobs.has(out):
                yield Match("pruned checkpoint", verdict.stream, verdict.revision)
        elif entry is not None and isinstance(entry.message, UpdateRejected):
            yield await repeat_failure(entry, entry.message, history, log, made)


def _learned_twice(history: History, entry: Entry, update: UpdateApplied) -> Iterator[Divergence]:
    """On policy, a game is learned from once, even where the same checkpoint plays on."""
    algorithm = algorithm_named(_started(history).algorithm)
    if not isinstance(algorithm, FromGames) or not algorithm.on_policy:
        return
    lineage = Lineage()
    for earlier in history.entries:
        if earlier.event.revision < entry.event.revision and earlier.message is not None:
            lineage.take(earlier.message)
    for number, episode in enumerate(update.episodes):
        if episode.game_id in lineage.learned:
            name, wanted = f"episodes[{number}]", "a game that no update learned from before"
            yield finding(entry.event, "update", name, wanted, episode.game_id, "tampering")


def _started(history: History) -> RunStarted:
    return next((message for _, message in history.all(RunStarted)), RunStarted())


async def _repeat(
    entry: Entry, update: UpdateApplied, history: History, log: LogReader, blobs: Recomputed
) -> Verdict:
    started = _started(history)
    for number, episode in enumerate(update.episodes):
        absent = await _absent(entry, f"episodes[{number}]", episode, log)
        if absent is not None:
            return absent
    try:
        await blobs.ensure(needs(update))
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        return not_made_again(entry, error)
    try:
        before = blobs.get(update.checkpoint_in)
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        return unusable(entry, "checkpoint_in", error)
    refused = other_rules(entry, update.checkpoint_in, blobs)
    if refused is not None:
        return refused
    try:
        algorithm = algorithm_named(started.algorithm)
    except ValueError as error:
        return finding(
            entry.event, "update", "algorithm", "one of this release", str(error), "missing"
        )
    if isinstance(algorithm, FromPlay):
        first = entry is next(each for each, _ in history.all(UpdateApplied))
        return _replay_play(entry, update, started.run_seed, before, (algorithm, blobs, first))
    return await _replay_games(entry, update, started.run_seed, before, algorithm, log, blobs)


async def _replay_games(
    entry: Entry,
    update: UpdateApplied,
    run_seed: int,
    before: bytes,
    algorithm: FromGames,
    log: LogReader,
    blobs: Recomputed,
) -> Verdict:
    """An update that learned from recorded games."""
    try:
        config = algorithm.read_config(update.config_json)
        games = [await read_game(log, episode) for episode in update.episodes]
        batch = algorithm.batch(games, config)
        after = algorithm.apply(before, batch, config, update.shuffle_seed)
    except Exception as error:  # noqa: BLE001 - an edited batch can fail anywhere
        text = f"{type(error).__name__}: {error}"
        return finding(entry.event, "update", "episodes", "a batch to learn from", text, "missing")
    blobs.remember(update, {sha256(after.checkpoint): after.checkpoint})
    faults = chain(
        _order_faults(entry, update),
        _misplaced(entry, update, lambda name: algorithm.misplaced(name, config, run_seed)),
    )
    if algorithm.on_policy:
        faults = chain(faults, _policy_faults(entry, update, games, run_seed))
    told = _Told(batch.steps, config.shards)
    return next(faults, None) or _compare(entry, update, after, told, blobs)


def _replay_play(
    entry: Entry,
    update: UpdateApplied,
    run_seed: int,
    before: bytes,
    how: tuple[FromPlay, Recomputed, bool],
) -> Verdict:
    """An update that was played in the simulator."""
    algorithm, blobs, first = how
    try:
        config = algorithm.read_config(update.config_json)
        repeated = algorithm.repeat(update, run_seed, before, blobs, first)
    except Exception as error:  # noqa: BLE001 - an edited record can fail anywhere
        text = f"{type(error).__name__}: {error}"
        return finding(entry.event, "update", "rollout", "games to play again", text, "missing")
    blobs.remember(update, {sha256(repeated.checkpoint): repeated.checkpoint, **repeated.left})
    verdict = _compare(entry, update, repeated, _Told(repeated.steps, config.shards), blobs)
    if not isinstance(verdict, Match):
        return verdict
    return next(rollout_faults(entry, update, repeated, config.rollout), verdict)


def _order_faults(entry: Entry, update: UpdateApplied) -> Iterator[Divergence]:
    """An update learns from each of its games once, in order of id."""
    names = [episode.game_id for episode in update.episodes]
    if names != sorted(set(names)):
        expected = ", ".join(sorted(set(names)))
        yield finding(entry.event, "update", "episodes", expected, ", ".join(names), "tampering")


def _misplaced(
    entry: Entry, update: UpdateApplied, why: Callable[[str], str]
) -> Iterator[Divergence]:
    """An update does not learn from games that its run keeps for measuring."""
    for number, episode in enumerate(update.episodes):
        reason = why(episode.game_id)
        if reason:
            name, wanted = f"episodes[{number}]", "a game to learn from"
            yield finding(entry.event, "update", name, wanted, episode.game_id, "tampering", reason)


def _policy_faults(
    entry: Entry, update: UpdateApplied, games: Sequence[Game], run_seed: int
) -> Iterator[Divergence]:
    """An update on policy learns from games of its run and its checkpoint."""
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


@dataclass(frozen=True, slots=True)
class _Told:
    """What the record also tells of an update."""

    steps: int
    threads: int


def _compare(
    entry: Entry, update: UpdateApplied, repeated: Outcome, told: _Told, blobs: Recomputed
) -> Verdict:
    event, after = entry.event, repeated.checkpoint
    if sha256(after) == update.checkpoint_out:
        match = Match("update", event.stream, event.revision)
        return next(_number_faults(entry, update, repeated, told), match)
    cause, why = blame(update.environment_json, "weights")
    if blobs.gone(update.checkpoint_out):
        pruned = f"It was pruned, so that no tensor can be compared. {why}".strip()
        wanted, got = sha256(after), update.checkpoint_out
        return finding(event, "update", "checkpoint_out", wanted, got, cause, pruned)
    try:
        difference = weight_difference(after, blobs.get(update.checkpoint_out))
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        return unusable(entry, "checkpoint_out", error)
    assert difference is not None  # the blob store checks digests, and they differ
    if cause == "environment" and difference.distance <= tolerance.WEIGHTS:
        return Tolerated(
            "update",
            event.stream,
            event.revision,
            update.environment_json,
            canonical_json(environment_of(device_told(update.environment_json))),
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
    entry: Entry, update: UpdateApplied, repeated: Outcome, told: _Told
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
