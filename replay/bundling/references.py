"""What an event refers to: blobs by sha256, and other streams."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import orjson

from jimbot_stream.eventlog import RecordedEvent

_BLOBS: Final[Mapping[str, tuple[str, ...]]] = {
    "DecisionMade": ("checkpoint",),
    "RunStarted": ("checkpoint", "begun_from"),
    "UpdateApplied": ("checkpoint_in", "checkpoint_out", "memory_out", "rollout.sampler_out"),
    "UpdateRejected": ("checkpoint", "rejected"),
    "PopulationExploited": ("from_checkpoint", "checkpoint_before"),
    "CheckpointSaved": ("checkpoint", "sampler", "memory"),
    "RunEnded": ("checkpoint",),
    "EvaluationStarted": ("checkpoint",),
    "CheckpointPromoted": ("checkpoint", "replaced"),
    "CheckpointRefused": ("checkpoint", "incumbent"),
    "CheckpointRolledBack": ("checkpoint", "withdrawn"),
    "SealCreated": ("leaves",),
}
"""Fields that name blobs, by type of event. Where games and memory stood before an update, the one
before left; before the first one, the seed says."""
_NAME_NONE: Final = frozenset(
    {
        "GameStarted",
        "StateObserved",
        "ActionApplied",
        "GameEnded",
        "EpisodeRejected",
        "CurriculumAdvanced",
        "CheckpointsPruned",
        "GamesEvaluated",
        "EvaluationCompleted",
    }
)
"""Types of which no field names a blob that has to be there."""
_CHECKPOINTS: Final = frozenset(
    ("checkpoint", "begun_from", "from_checkpoint", "replaced", "incumbent", "withdrawn")
)
"""Of those fields: checkpoints that may come from another run."""
LINKING: Final = (*_BLOBS, "EpisodeRejected")
"""Types of events that refer to other streams."""
_RUNS: Final = ("run_id", "from_run", "by")
_EVALUATIONS: Final = ("evaluation_id", "replaced_evaluation_id", "incumbent_evaluation_id")


def blobs_named(event: RecordedEvent) -> Iterator[str]:
    """Blobs that an event needs."""
    for field in _BLOBS.get(event.type, ()):
        value = _at(_fields(event.data), field)
        if is_digest(value):
            yield value


def digests_in(event: RecordedEvent) -> set[str]:
    """Whatever could name a blob in an event of a type that this table does not know."""
    if event.type in _BLOBS or event.type in _NAME_NONE:
        return set()
    return set(filter(is_digest, _texts(_fields(event.data))))


def pruned_blobs(event: RecordedEvent) -> list[str]:
    """Blobs that an event says were let go."""
    names = _fields(event.data).get("blobs") if event.type == "CheckpointsPruned" else None
    return list(filter(is_digest, names)) if isinstance(names, list) else []


def environments(event: RecordedEvent) -> Iterator[str]:
    """Classes of machines that an event says it was made on."""
    if event.type not in _BLOBS:
        return
    told = _fields(event.data)
    if isinstance(told.get("compute_class"), str):
        yield told["compute_class"]
    environment = _fields(str(told.get("environment_json", "")).encode())
    if isinstance(environment.get("compute_class"), str):
        yield environment["compute_class"]


def checkpoints_told(event: RecordedEvent) -> set[str]:
    """Checkpoints that decided, played, were begun from or were in service."""
    told, fields = _fields(event.data), _BLOBS.get(event.type, ())
    values = (told.get(field) for field in fields if field in _CHECKPOINTS)
    return {str(value) for value in values if is_digest(value)}


def games_told(event: RecordedEvent) -> set[str]:
    """Ids of games that an update learned from, would have, or did not."""
    told = _fields(event.data)
    episodes = told.get("episodes", [])
    listed = [*(episodes if isinstance(episodes, list) else ()), told.get("episode")]
    values = (each.get("game_id") for each in listed if isinstance(each, dict))
    return {value for value in values if isinstance(value, str) and value}


def runs_told(event: RecordedEvent) -> set[str]:
    """Names of runs."""
    told = _fields(event.data)
    scores = told.get("scores")
    return _values(told, _RUNS) | (set(scores) if isinstance(scores, dict) else set())


def evaluations_told(event: RecordedEvent) -> set[str]:
    """Ids of evaluations."""
    return _values(_fields(event.data), _EVALUATIONS)


def is_digest(value: object) -> bool:
    """Whether it is a sha256 in lower-case hexadecimal."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _values(told: Mapping[str, Any], names: tuple[str, ...]) -> set[str]:
    return {value for value in map(partial(_at, told), names) if isinstance(value, str) and value}


def _at(told: Mapping[str, Any], path: str) -> Any:
    value: Any = told
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _fields(data: bytes) -> dict[str, Any]:
    """The data as an object; empty where it is none, which its own verification reports."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
