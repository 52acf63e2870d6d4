"""The shape of an in-toto statement v1 with a SLSA provenance v1 predicate.

Sources: in-toto attestation framework, spec/v1/statement.md and resource_descriptor.md; SLSA v1.0,
provenance. Names of ours are URNs: ``urn:jimbot:event:<revision>@<stream>`` is an event of the log,
its sha256 that of its data and its ``jimbotChain`` its value in the chain of its stream
(``eventlog.digest``), which binds all events before it; ``urn:jimbot:blob:<sha256>`` is a blob.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

import orjson

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import chain_of
from jimbot_stream.replay.bundling.cloudevents import rfc3339

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/provenance/v1"
_URN: Final = "urn:jimbot:"
_EXACT: Final = 2**53
Resource = dict[str, Any]
"""A ResourceDescriptor of in-toto."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a thing came about."""

    subject: Resource
    kind: str
    """What kind of making it was: ``beginning``, ``update`` or ``evaluation``."""
    asked: Mapping[str, Any]
    """What whoever began it chose."""
    derived: Mapping[str, Any]
    """What followed from that, or was found on the machine."""
    materials: Sequence[Resource]
    byproducts: Sequence[Resource]
    record: RecordedEvent
    """The event that says so."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of rules and libraries."""

    def statement(self) -> bytes:
        """The statement as JSON; equal records give equal bytes."""
        told = {
            "_type": STATEMENT,
            "subject": [self.subject],
            "predicateType": PREDICATE,
            "predicate": {
                "buildDefinition": {
                    "buildType": f"{_URN}build:{self.kind}:v1",
                    "externalParameters": exact(self.asked),
                    "internalParameters": exact(self.derived),
                    "resolvedDependencies": list(self.materials),
                },
                "runDetails": {
                    "builder": {"id": f"{_URN}builder:jimbot-stream", "version": self.versions},
                    "metadata": {
                        "invocationId": _address(self.record),
                        "finishedOn": rfc3339(self.record.created_ns),
                    },
                    "byproducts": list(self.byproducts),
                },
            },
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def exact(value: Any) -> Any:
    """JSON whose integers beyond 2^53 are decimal strings: many readers make doubles of numbers."""
    if isinstance(value, Mapping):
        return {name: exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [exact(each) for each in value]
    too_long = isinstance(value, int) and abs(value) > _EXACT
    return str(value) if too_long else value


def blob(name: str, digest: str) -> Resource:
    """A blob of the log, by what it is to the subject."""
    return {"name": name, "uri": f"{_URN}blob:{digest}", "digest": {"sha256": digest}}


def event(name: str, recorded: RecordedEvent) -> Resource:
    """An event of the log, and by its chain all that stand before it in its stream."""
    digest = {"sha256": sha256(recorded.data).hexdigest(), "jimbotChain": chain_of(recorded)}
    return {"name": name, "uri": _address(recorded), "digest": digest}


def content(name: str, value: object) -> Resource:
    """Something small that is told in full."""
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return {
        "name": name,
        "mediaType": "application/json",
        "content": b64encode(data).decode(),
        "digest": {"sha256": sha256(data).hexdigest()},
    }


def library(name: str, version: str) -> Resource:
    """A package of the Python Package Index, as a package URL; the record has no digest of it."""
    return {"name": name, "uri": f"pkg:pypi/{quote(name)}@{quote(version)}"}


def _address(recorded: RecordedEvent) -> str:
    return f"{_URN}event:{recorded.revision}@{quote(recorded.stream, safe='.-_')}"
