"""Where two checkpoints differ first, and how far they lie apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import Checkpoint, CheckpointError, from_bytes


@dataclass(frozen=True, slots=True)
class WeightDifference:
    """The first differing tensor, and the largest distance in any."""

    field: str
    expected: str
    got: str
    distance: float
    """Largest absolute difference of two weights; infinite when shapes or counters differ."""


def weight_difference(expected: bytes, got: bytes) -> WeightDifference | None:
    """Compare two checkpoints; None when they are the same bytes.

    Raises:
        CheckpointError: got is not a checkpoint.
    """
    if expected == got:
        return None
    ours, theirs = from_bytes(expected), from_bytes(got)
    for name, left, right in _outsides(ours, theirs):
        if left != right:
            return WeightDifference(name, str(left), str(right), float("inf"))
    differing = [
        (name, left, right)
        for name, left, right in _pairs(ours, theirs)
        if not np.array_equal(left, right)
    ]
    if not differing:  # canonical bytes: impossible unless the container itself changes
        raise CheckpointError("different bytes, yet the same content")
    name, left, right = differing[0]
    place = tuple(int(i) for i in np.argwhere(left != right)[0])
    furthest = max(float(np.max(np.abs(a - b))) for _, a, b in differing)
    return WeightDifference(f"{name}{list(place)}", repr(left[place]), repr(right[place]), furthest)


def _outsides(ours: Checkpoint, theirs: Checkpoint) -> Iterator[tuple[str, object, object]]:
    """What must be equal before tensors can be compared one by one."""
    for name in ("shape", "rules_version", "run_seed", "update", "optimizer_steps", "q"):
        yield name, getattr(ours, name), getattr(theirs, name)
    for name in sorted(ours.extra.keys() | theirs.extra.keys()):
        left, right = ours.extra.get(name), theirs.extra.get(name)
        one, other = (None if part is None else part.shape for part in (left, right))
        yield f"extra.{name}", one, other


def _pairs(
    ours: Checkpoint, theirs: Checkpoint
) -> Iterator[tuple[str, NDArray[np.float32], NDArray[np.float32]]]:
    for part in ("module", "adam_first", "adam_second", "extra"):
        left, right = getattr(ours, part), getattr(theirs, part)
        for name in sorted(left):
            yield f"{part}.{name}", left[name], right[name]
