"""What the record says of how a checkpoint or an evaluation was made."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, TypeVar

import orjson
from google.protobuf.message import Message

from jimbot_stream.agents.lookup import among_saved, is_hex, newest_of, saved
from jimbot_stream.contracts import (
    CheckpointSaved,
    EpisodeReference,
    EvaluationCompleted,
    EvaluationStarted,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.contracts.json_codec import to_dict
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.naming import CHECKPOINT, EVALUATION, GAME, RUN
from jimbot_stream.replay.attesting.statement import (
    Provenance,
    Resource,
    blob,
    content,
    event,
    library,
)

_NO_LIBRARIES: Final = ("compute_class", "device", "python")
"""Names of an environment that are no packages."""
_FOUND: Final = ("evaluation_id", "environment_json", "rules_version", "player_version")
"""Fields of an evaluation's beginning that nobody chose."""
M = TypeVar("M", bound=Message)
Told = tuple[RecordedEvent, M]


class UnknownSubjectError(ValueError):
    """Nothing is recorded of what is asked about, or not enough; the message says what."""


async def provenance_of(log: LogReader, subject: str) -> Provenance:
    """How a checkpoint or an evaluation came about.

    ``subject`` is letters of a checkpoint's sha256, a run, which means the checkpoint that it goes
    on with, or the id of an evaluation.

    Raises:
        UnknownSubjectError: it means nothing, or several things; or its record is not whole.
        LogUnavailableError: no answer.
    """
    events = await _stream(log, EVALUATION + subject)
    if events:
        return _of_evaluation(events)
    known = await saved(log)
    try:
        newest = "" if is_hex(subject) else await newest_of(log, subject)
        told = known[newest or among_saved(known, subject)]
    except (ValueError, KeyError) as error:
        raise UnknownSubjectError(
            f"{subject!r} means no checkpoint, run or evaluation of the log: {error}"
        ) from error
    checkpoint = told.checkpoint
    if not told.run_id:
        return _of_nobody(checkpoint, await _stream(log, CHECKPOINT + checkpoint))
    return await _of_checkpoint(log, told)


async def _of_checkpoint(log: LogReader, told: CheckpointSaved) -> Provenance:
    events = await _stream(log, RUN + told.run_id)
    began, started = _first(events, RunStarted)
    if told.checkpoint == started.checkpoint:
        return _beginning(began, started, told)
    for recorded, update in _all(events, UpdateApplied):
        if update.checkpoint_out == told.checkpoint:
            return await _of_update(log, (began, started), (recorded, update), told)
    raise UnknownSubjectError(
        f"run {told.run_id} saved {told.checkpoint} and records no update that made it:"
        " jimbot-replay verify says what is wrong with it"
    )


def _beginning(began: RecordedEvent, started: RunStarted, told: CheckpointSaved) -> Provenance:
    """A run's first weights follow from its seed, or are those of another run."""
    environment = _object(started.environment_json)
    source = [blob("begun_from", started.begun_from)] if started.begun_from else []
    return Provenance(
        _checkpoint(told.checkpoint),
        "beginning",
        _asked(started),
        {"environment": environment, "size": told.size},
        [*source, event("record", began), *_libraries(environment)],
        [],
        began,
        {"rules": told.rules_version, **_python(environment)},
    )


async def _of_update(
    log: LogReader, begun: Told[RunStarted], applied: Told[UpdateApplied], told: CheckpointSaved
) -> Provenance:
    (began, started), (recorded, update) = begun, applied
    environment = _object(update.environment_json)
    before = _named_blobs(
        checkpoint_in=update.checkpoint_in,
        sampler_in=update.rollout.sampler_in,
        memory_in=update.memory_in,
    )
    games = [await _game(log, each) for each in update.episodes]
    records = [event("run", began), event("record", recorded)]
    return Provenance(
        _checkpoint(told.checkpoint),
        "update",
        _asked(started) | {"update": update.update, "config": _object(update.config_json)},
        _derived(update) | {"environment": environment, "size": told.size},
        [*before, *games, *records, *_libraries(environment)],
        _named_blobs(sampler_out=update.rollout.sampler_out, memory_out=update.memory_out),
        recorded,
        {"rules": told.rules_version, **_python(environment)},
    )


def _asked(started: RunStarted) -> dict[str, Any]:
    """What whoever began a run chose."""
    names = ("run_id", "run_seed", "algorithm")
    return {name: getattr(started, name) for name in names}


def _derived(update: UpdateApplied) -> dict[str, Any]:
    """What an update came to do, besides what it was told."""
    names = ("shuffle_seed", "threads", "steps")
    rollout = {"rollout": to_dict(update.rollout)} if update.HasField("rollout") else {}
    return {name: getattr(update, name) for name in names} | rollout


def _of_nobody(checkpoint: str, events: list[RecordedEvent]) -> Provenance:
    """An untrained checkpoint that no run began with: its bytes tell its seed."""
    recorded, told = _first(events, CheckpointSaved)
    return Provenance(
        _checkpoint(checkpoint),
        "beginning",
        {},
        {"size": told.size},
        [event("record", recorded)],
        [],
        recorded,
        {"rules": told.rules_version},
    )


def _of_evaluation(events: list[RecordedEvent]) -> Provenance:
    began, started = _first(events, EvaluationStarted)
    ended, completed = _first(events, EvaluationCompleted)
    environment = _object(started.environment_json)
    means = {name: to_dict(getattr(completed, name)) for name in ("ante", "beaten", "won")}
    results = [event("results", each) for each in events if each.type == "GamesEvaluated"]
    played = _named_blobs(checkpoint=started.checkpoint)
    return Provenance(
        {"name": EVALUATION + started.evaluation_id, "digest": {"sha256": completed.digest}},
        "evaluation",
        {name: told for name, told in to_dict(started).items() if name not in _FOUND},
        {"environment": environment, "player_version": started.player_version},
        [*played, event("record", began), *_libraries(environment)],
        [content("means", means), *results],
        ended,
        {"rules": started.rules_version, **_python(environment)},
    )


async def _game(log: LogReader, episode: EpisodeReference) -> Resource:
    last = episode.last_revision
    try:
        read = log.read_stream(GAME + episode.game_id, from_revision=last, limit=1)
        async for found in read:
            if found.revision == last:
                return event("game", found)
    except StreamNotFoundError:
        pass
    raise UnknownSubjectError(
        f"{last}@{GAME}{episode.game_id}, which an update learned from, is not in the log"
    )


async def _stream(log: LogReader, stream: str) -> list[RecordedEvent]:
    try:
        return [each async for each in _read(log, stream)]
    except StreamNotFoundError:
        return []


async def _read(log: LogReader, stream: str) -> AsyncIterator[RecordedEvent]:
    async for each in log.read_stream(stream):
        yield each


def _all(events: list[RecordedEvent], kind: type[M]) -> list[Told[M]]:
    name = kind.DESCRIPTOR.name
    return [(each, read_event(kind, each)) for each in events if each.type == name]


def _first(events: list[RecordedEvent], kind: type[M]) -> Told[M]:
    found = _all(events, kind)
    if not found:
        where = events[0].stream if events else "a stream that is not there"
        raise UnknownSubjectError(f"{where} holds no {kind.DESCRIPTOR.name}: it is not whole")
    return found[0]


def _checkpoint(digest: str) -> Resource:
    return {"name": CHECKPOINT + digest, "digest": {"sha256": digest}}


def _named_blobs(**digests: str) -> list[Resource]:
    return [blob(name, digest) for name, digest in digests.items() if digest]


def _libraries(environment: Mapping[str, Any]) -> list[Resource]:
    told = sorted(environment.items())
    return [library(name, str(told)) for name, told in told if name not in _NO_LIBRARIES]


def _python(environment: Mapping[str, Any]) -> dict[str, str]:
    return {"python": str(environment["python"])} if "python" in environment else {}


def _object(text: str) -> dict[str, Any]:
    """Recorded JSON; empty where it is none, which its own verification reports."""
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
