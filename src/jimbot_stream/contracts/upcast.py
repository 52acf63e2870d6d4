"""Upcasters: logged events of older schemas, lifted to the current one, step by step.

The log is never rewritten, so an event is read for ever in the shape in which it was
written. Each upcaster lifts the JSON of one type by one version and is pure; readers
apply them in a chain and then see current messages only. A change that protobuf itself
tolerates (a new field) needs no new version.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import orjson
from google.protobuf.message import Message

from jimbot_stream.contracts.json_codec import ShapeError, from_dict

Data = dict[str, Any]
Upcaster = Callable[[Data], Data]
M = TypeVar("M", bound=Message)

SCHEMA_VERSIONS: Mapping[str, int] = {
    "GameStarted": 1,
    "StateObserved": 1,
    "DecisionMade": 1,
    "ActionApplied": 1,
    "GameEnded": 1,
    "RunStarted": 1,
    "UpdateApplied": 1,
    "CheckpointSaved": 1,
    "RunEnded": 1,
    "UpdateRejected": 1,
    "EpisodeRejected": 1,
    "PopulationExploited": 1,
    "CurriculumAdvanced": 1,
    "EvaluationStarted": 1,
    "GamesEvaluated": 1,
    "EvaluationCompleted": 1,
    "CheckpointPromoted": 1,
    "CheckpointRefused": 1,
    "CheckpointRolledBack": 1,
    "CheckpointsPruned": 1,
    "SealCreated": 1,
}
"""Current schema version of every logged type."""

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(type, version) to the function that lifts its JSON to the next version."""


class Logged(Protocol):
    """An event as a log holds it."""

    @property
    def data(self) -> bytes:
        """JSON of the message."""
        ...

    @property
    def metadata(self) -> bytes:
        """A flat JSON object of strings, among them ``schema``."""
        ...


class UnknownSchemaError(ValueError):
    """A logged event of a version that this release cannot read."""


def upcast(
    kind: str,
    version: int,
    data: Data,
    *,
    current: Mapping[str, int] = SCHEMA_VERSIONS,
    steps: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Data:
    """Lift the JSON of a logged event to the current schema of its type.

    Types that the table does not know are passed through: they belong to somebody else.

    Raises:
        UnknownSchemaError: the version is newer than this release, or no upcaster
            leads on from it.
    """
    newest = current.get(kind)
    if newest is None:
        return data
    if version > newest:
        raise UnknownSchemaError(
            f"{kind} has schema {version}, this release reads up to {newest}: upgrade it"
        )
    for step in range(version, newest):
        if (kind, step) not in steps:
            raise UnknownSchemaError(f"{kind} has schema {step}, from which nothing leads on")
        data = steps[kind, step](data)
    return data


def read_logged(cls: type[M], version: int, data: bytes) -> M:
    """The message in the data of a logged event, whatever version it was written in.

    Raises:
        UnknownSchemaError: no way from that version to the current one.
        ShapeError: the data is not JSON of the message's shape.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ShapeError(f"not JSON: {error}") from None
    if type(value) is not dict:
        raise ShapeError("expected an object")
    return from_dict(cls, upcast(cls.DESCRIPTOR.name, version, value))


def read_event(cls: type[M], event: Logged) -> M:
    """The message of a logged event, lifted from the schema that its metadata names.

    Raises:
        UnknownSchemaError: no way from that schema to the current one.
        ShapeError: the data is not JSON of the message's shape.
    """
    return read_logged(cls, schema_of(event.metadata), event.data)


def schema_of(metadata: bytes) -> int:
    """The schema that metadata names; 1 where it names none.

    Raises:
        UnknownSchemaError: it names something else than a number.
    """
    fields = orjson.loads(metadata or b"{}")
    try:
        return int(fields.get("schema", "1"))
    except ValueError:
        raise UnknownSchemaError(f"schema {fields['schema']!r} is not a number") from None
