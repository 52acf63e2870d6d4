"""What every check of training says alike: fields that differ, blobs that fail, who is to blame."""

import json
from collections.abc import Iterator, Mapping, Sequence

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.devices import device_told, environment_of
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.learning_pb2 import CheckpointSaved
from jimbot_stream.replay.history import Entry, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Cause, Divergence, Kind


def unequal(entry: Entry, *fields: tuple[str, object, object, Cause]) -> Iterator[Divergence]:
    """A divergence for each field whose expected value is not the recorded one."""
    kind: Kind = "checkpoint" if entry.event.type == "CheckpointSaved" else "run"
    for name, expected, got, cause in fields:
        if expected != got:
            yield finding(entry.event, kind, name, str(expected), str(got) or "(empty)", cause)


def blob_faults(entry: Entry, saved: CheckpointSaved, blobs: Blobs) -> Iterator[Divergence]:
    """Whether the blob of a checkpoint is there, whole, and as large as recorded."""
    kind: Kind = "run" if entry.event.type == "RunStarted" else "checkpoint"
    try:
        blob = blobs.get(saved.checkpoint)
    except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
        text = f"{type(error).__name__}: {error}"
        yield finding(entry.event, kind, "checkpoint", "a usable blob", text, "weights")
        return
    if saved.size and len(blob) != saved.size:
        yield finding(entry.event, kind, "size", f"{len(blob)}", f"{saved.size}", "weights")


def other_rules(entry: Entry, checkpoint: str, blobs: Blobs) -> Divergence | None:
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


def unusable(entry: Entry, name: str, error: Exception) -> Divergence:
    """A field that names a blob which cannot be used."""
    text = f"{type(error).__name__}: {error}"
    return finding(entry.event, "update", name, "a usable blob", text, "weights")


def blame(recorded: str, otherwise: Cause) -> tuple[Cause, str]:
    """Whether libraries, processor or device are others than recorded, which, and what to do."""
    try:
        then = json.loads(recorded)
    except ValueError:
        return otherwise, ""
    if not isinstance(then, dict):
        return otherwise, ""
    here: dict[str, str] = environment_of(device_told(recorded))
    other = [name for name in sorted(here.keys() | then.keys()) if then.get(name) != here.get(name)]
    if not other:
        return otherwise, ""
    changed = [f"{name} was {_told(then, name)}, here {_told(here, name)}" for name in other]
    return "environment", f"{'; '.join(changed)}. {_advice(other)}"


def _advice(other: Sequence[str]) -> str:
    """What to do about an environment that differs in some names."""
    wants = [
        *(["a GPU of that class, with torch built for its CUDA"] if "device" in other else []),
        *(["a processor of that class"] if "compute_class" in other else []),
        *(["those versions"] if {*other} - {"device", "compute_class"} else []),
    ]
    return (
        "This alone can make other bits, and says nothing against the record: to compare them,"
        f" verify it with {' and '.join(wants)} (replay/README.md, On another machine)."
    )


def _told(environment: Mapping[str, str], name: str) -> str | None:
    """A value of an environment, which is silent about the device if that is the CPU."""
    return environment.get(name, "the CPU" if name == "device" else None)
