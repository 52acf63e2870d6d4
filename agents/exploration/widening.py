"""A checkpoint whose network also sees which build its game follows, and back.

A column more of the observation is a column more in the weights of the layers that read it. A
checkpoint keeps those columns, and what Adam remembers of them, as tensors of their own: its
network stays the one that plays without a build, wherever checkpoints are used.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from jimbot_stream.agents.checkpoint import Checkpoint, Tensors

LAYERS: Final = ("context.weight", "value_context.weight")
"""Those that read the observation, [hidden, K]."""
_PARTS: Final = ("module", "adam_first", "adam_second")


def shapes(checkpoint: Checkpoint, columns: int) -> dict[str, tuple[int, ...]]:
    """What a checkpoint keeps besides, for so many further columns."""
    return {name: (checkpoint.shape.hidden, columns) for name, _, _ in _kept()}


def widened(checkpoint: Checkpoint, columns: int, kept: Tensors) -> Checkpoint:
    """Its network with so many columns more; zeros, with which a build has no say, at first."""
    parts: dict[str, Any] = {part: dict(getattr(checkpoint, part)) for part in _PARTS}
    for name, part, layer in _kept():
        own = parts[part][layer]
        blank = np.zeros((len(own), columns), dtype=np.float32)
        parts[part][layer] = np.concatenate((own, kept.get(name, blank)), axis=1)
    shape = replace(checkpoint.shape, features=checkpoint.shape.features + columns)
    return replace(checkpoint, shape=shape, **parts)


def narrowed(checkpoint: Checkpoint, columns: int) -> tuple[Checkpoint, Tensors]:
    """The network without them, and what is to be kept."""
    parts: dict[str, Any] = {part: dict(getattr(checkpoint, part)) for part in _PARTS}
    kept: Tensors = {}
    features = checkpoint.shape.features - columns
    for name, part, layer in _kept():
        whole = parts[part][layer]
        parts[part][layer], kept[name] = whole[:, :features].copy(), whole[:, features:].copy()
    return replace(checkpoint, shape=replace(checkpoint.shape, features=features), **parts), kept


def _kept() -> Iterator[tuple[str, str, str]]:
    """Name of each tensor kept, and what it belongs to."""
    for part in _PARTS:
        for layer in LAYERS:
            yield f"builds.{part}.{layer}", part, layer
