"""Blobs that something else than their own run's updates names."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson

from jimbot_stream.eventlog import EventLog, LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import RUN

_NAMES: Final = {
    "DecisionMade": ("checkpoint",),
    "EvaluationStarted": ("checkpoint",),
    "CheckpointPromoted": ("checkpoint", "replaced"),
    "CheckpointRefused": ("checkpoint", "incumbent"),
    "CheckpointRolledBack": ("checkpoint", "withdrawn"),
    "SealCreated": ("leaves",),
}
"""Fields that name checkpoints, by type of event, in streams that are no run's."""
_OF_RUNS: Final = {
    "RunStarted": ("checkpoint", "begun_from"),
    "UpdateApplied": ("checkpoint_in", "checkpoint_out", "memory_in", "memory_out"),
    "UpdateRejected": ("checkpoint", "rejected"),
    "PopulationExploited": ("from_checkpoint", "checkpoint_before"),
    "CheckpointSaved": ("checkpoint", "sampler", "memory"),
}
"""The same in streams of runs; a sampler's snapshot is named by CheckpointSaved, too."""
_MEMORIES: Final = ("memory", "memory_in", "memory_out")


class Elsewhere:
    """What all the log names but one run, read on from where it was read last."""

    def __init__(self, log: EventLog | LogReader, stream: str) -> None:
        """Leave out the stream of that run."""
        self._log = log
        self._stream = stream
        self._position: int | None = None
        self.names: set[str] = set()
        self.memories: set[str] = set()
        """Those of them that are manifests of replay memories."""

    async def refresh(self) -> None:
        """Read what is new.

        Raises:
            LogUnavailableError: no answer.
        """
        types = [*_NAMES, *_OF_RUNS]
        async for event in self._log.read_all(from_position=self._position, types=types):
            self._position = event.position + 1
            if event.stream != self._stream:
                self._take(event)

    def with_blocks(self, blocks: Callable[[str], list[str]]) -> set[str]:
        """The names, and the blocks that manifests among them name."""
        return self.names.union(*(blocks(name) for name in sorted(self.memories)))

    def _take(self, event: RecordedEvent) -> None:
        for name, is_memory in named_by(event):
            self.names.add(name)
            if is_memory:
                self.memories.add(name)


def named_by(event: RecordedEvent) -> Iterator[tuple[str, bool]]:
    """Blobs that an event names, and whether they are manifests of replay memories."""
    fields = (_OF_RUNS if event.stream.startswith(RUN) else _NAMES).get(event.type, ())
    for name, value in _texts(event.data, fields):
        yield value, name in _MEMORIES


def _texts(data: bytes, fields: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not fields:
        return
    told: Any = orjson.loads(data)
    for name in fields:
        value = told.get(name)
        if isinstance(value, str) and value:
            yield name, value
