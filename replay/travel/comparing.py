"""The first difference of two games, of two runs, or of two checkpoints, and what follows it.

What differs by nature is not compared: names of games, requests and runs, times, positions.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

import numpy as np
from google.protobuf.message import Message

from jimbot_stream.agents.checkpoint import Checkpoint, CheckpointError, from_bytes
from jimbot_stream.checkpoints import BlobError
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    RunStarted,
    StateObserved,
    UpdateApplied,
)
from jimbot_stream.replay.difference import ABSENT, first_difference
from jimbot_stream.replay.history import Entry, History
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.weights import weight_difference

_OWN: Final[Mapping[type[Message], Sequence[str]]] = {
    ActionApplied: ("request_id",),
    DecisionMade: ("request_id", "decision_number"),
    RunStarted: ("run_id",),
    UpdateApplied: ("run_id", "episodes"),
}
"""Fields that two histories differ in by nature."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two differ."""

    where: str
    """Of the first of both, for example ``8@game-a``."""
    other: str
    """The same of the second."""
    field: str
    one: str
    two: str

    def __str__(self) -> str:
        """In a line."""
        return f"{self.where} | {self.other}: {self.field}: {self.one} | {self.two}"


@dataclass(slots=True)
class Comparison:
    """What came of comparing two."""

    alike: int = 0
    """Events, or tensors, before the first difference."""
    differences: list[Difference] = field(default_factory=list)
    """The first one first."""
    notes: list[str] = field(default_factory=list)
    """What a person should know besides."""

    def to_dict(self) -> dict[str, Any]:
        """For machines."""
        parts = [{name: getattr(d, name) for name in d.__slots__} for d in self.differences]
        return {"alike": self.alike, "differences": parts, "notes": self.notes}


def compare_games(one: History, two: History) -> Comparison:
    """Event by event up to the first that differs; behind it two games have nothing in common."""
    found = Comparison()
    for left, right in zip_longest(one.entries, two.entries):
        told = _between(left, right, one.stream, two.stream)
        if told is not None:
            found.differences.append(told)
            break
        found.alike += 1
    found.notes += [_ending(history) for history in (one, two)]
    return found


def compare_runs(one: History, two: History, blobs: Blobs) -> Comparison:
    """How they began and were told to learn, and the first update that made other weights."""
    found = Comparison()
    begun, updates = (
        [[e for e in h.entries if isinstance(e.message, kind)] for h in (one, two)]
        for kind in (RunStarted, UpdateApplied)
    )
    for left, right in zip(*begun, strict=False):
        found.differences += _beginnings(left, right)
    for left, right in zip_longest(*updates):
        told = None if left is None or right is None else _outcome(left, right)
        if told is not None or left is None or right is None:
            missing = _between(left, right, one.stream, two.stream)
            found.differences += [each for each in (told or missing,) if each]
            if told is not None:
                found.notes += _weights(told.one, told.two, blobs)
            break
        found.alike += 1
    found.notes.append(f"{found.alike:,} updates made the same weights")
    return found


def compare_checkpoints(one: str, two: str, blobs: Blobs) -> Comparison:
    """Headers, then every tensor: how many weights differ, and how far.

    Raises:
        BlobError: one is missing or damaged.
        CheckpointError: one is no checkpoint.
    """
    left, right = from_bytes(blobs.get(one)), from_bytes(blobs.get(two))
    found = Comparison()
    for name in ("rules_version", "shape", "run_seed", "update", "optimizer_steps", "q"):
        values = [str(getattr(each, name)) for each in (left, right)]
        if values[0] != values[1]:
            found.differences.append(Difference(one[:12], two[:12], name, *values))
    for name, a, b in _tensors(left, right):
        if a is not None and b is not None and np.array_equal(a, b):
            found.alike += 1
            continue
        found.differences.append(Difference(one[:12], two[:12], name, *_apart(a, b)))
    return found


def _between(left: Entry | None, right: Entry | None, one: str, two: str) -> Difference | None:
    """Where two events say different things."""
    where, other = _address(left, one), _address(right, two)
    if left is None or right is None:
        there = [ABSENT if each is None else each.event.type for each in (left, right)]
        return Difference(where, other, "event", *there)
    if left.event.type != right.event.type:
        return Difference(where, other, "type", left.event.type, right.event.type)
    if left.message is None or right.message is None:
        same = left.event.data == right.event.data
        return None if same else Difference(where, other, "data", "unreadable", "unreadable")
    told = first_difference(_common(left.message), _common(right.message))
    return None if told is None else Difference(where, other, *told)


def _common(message: Message) -> Message:
    copy = type(message)()
    copy.CopyFrom(message)
    for name in _OWN.get(type(message), ()):
        copy.ClearField(name)
    return copy


def _address(entry: Entry | None, stream: str) -> str:
    return f"end@{stream}" if entry is None else f"{entry.event.revision}@{stream}"


def _ending(history: History) -> str:
    states = [e.message.state for e in history.entries if isinstance(e.message, StateObserved)]
    decisions = sum(isinstance(e.message, DecisionMade) for e in history.entries)
    reached = f"ante {states[-1].ante}, round {states[-1].round}" if states else "no state"
    return f"{history.stream}: {decisions:,} decisions, {reached}"


def _beginnings(left: Entry, right: Entry) -> Iterator[Difference]:
    """Every part of the configuration and of the environment that differs."""
    one, two = left.message, right.message
    assert isinstance(one, RunStarted)
    assert isinstance(two, RunStarted)
    where = _address(left, left.event.stream), _address(right, right.event.stream)
    for name in ("algorithm", "run_seed", "checkpoint", "begun_from"):
        if getattr(one, name) != getattr(two, name):
            yield Difference(*where, name, str(getattr(one, name)), str(getattr(two, name)))
    for name in ("config_json", "environment_json"):
        flat = [dict(_flat(json.loads(getattr(each, name) or "{}"))) for each in (one, two)]
        for key in sorted(flat[0].keys() | flat[1].keys()):
            values = [flat[0].get(key, ABSENT), flat[1].get(key, ABSENT)]
            if values[0] != values[1]:
                yield Difference(*where, f"{name.removesuffix('_json')}.{key}", *values)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat(part, f"{path}.{name}" if path else str(name))
    else:
        yield path, json.dumps(value)


def _outcome(left: Entry, right: Entry) -> Difference | None:
    one, two = left.message, right.message
    assert isinstance(one, UpdateApplied)
    assert isinstance(two, UpdateApplied)
    if one.checkpoint_out == two.checkpoint_out:
        return None
    where = _address(left, left.event.stream), _address(right, right.event.stream)
    return Difference(*where, "checkpoint_out", one.checkpoint_out, two.checkpoint_out)


def _weights(one: str, two: str, blobs: Blobs) -> Iterator[str]:
    """The first tensor that differs, where both checkpoints are at hand."""
    try:
        told = weight_difference(blobs.get(one), blobs.get(two))
    except (BlobError, CheckpointError) as error:
        yield f"their weights cannot be compared: {error}"
        return
    if told is not None:
        far = "" if told.distance == float("inf") else f", at most {told.distance:.3g} apart"
        yield f"the first difference of these: {told.field}: {told.expected} | {told.got}{far}"


def _tensors(left: Checkpoint, right: Checkpoint) -> Iterator[tuple[str, Any, Any]]:
    for part in ("module", "adam_first", "adam_second", "extra"):
        one, two = getattr(left, part), getattr(right, part)
        for name in sorted(one.keys() | two.keys()):
            yield f"{part}.{name}", one.get(name), two.get(name)


def _apart(one: Any, two: Any) -> tuple[str, str]:
    """What is said of two tensors that differ."""
    if one is None or two is None or one.shape != two.shape:
        shapes = [ABSENT if each is None else f"shape {each.shape}" for each in (one, two)]
        return shapes[0], shapes[1]
    gap = np.abs(one.astype(np.float64) - two)
    share = f"{np.count_nonzero(gap):,} of {gap.size:,} differ"
    length = float(np.sqrt(np.square(gap).sum()))
    return share, f"at most {gap.max():.3g}, together {length:.3g} (L2)"
