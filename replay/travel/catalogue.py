"""What a log holds, a line for each stream: made in one pass, from what its events say."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.replay.history import (
    AUDIT_PREFIX,
    CHECKPOINT_PREFIX,
    EVALUATION_PREFIX,
    GAME_PREFIX,
    RUN_PREFIX,
    SERVICE_PREFIX,
)

CATEGORIES: Final[Mapping[str, str]] = {
    "games": GAME_PREFIX,
    "runs": RUN_PREFIX,
    "evaluations": EVALUATION_PREFIX,
    "checkpoints": CHECKPOINT_PREFIX,
    "service": SERVICE_PREFIX,
    "seals": AUDIT_PREFIX,
}
"""What can be listed, by what its streams begin with."""
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which streams are listed; what is empty leaves nothing out."""

    category: str = ""
    game: str = ""
    run: str = ""
    checkpoint: str = ""
    """First letters of one that decided, was made, or was played."""
    type: str = ""
    """Of an event that the stream must hold."""
    since: datetime | None = None
    until: datetime | None = None
    """Bounds of the time at which the log stored the first event."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What streams begin with that can match."""
        if self.game:
            return (GAME_PREFIX + self.game,)
        if self.run:
            return (RUN_PREFIX + self.run,)
        return (CATEGORIES[self.category],) if self.category else ()


@dataclass(slots=True)
class Line:
    """A stream."""

    stream: str
    begun_ns: int
    last_ns: int = 0
    types: dict[str, int] = field(default_factory=dict)
    """How many events of each type."""
    checkpoints: dict[str, None] = field(default_factory=dict)
    """Those that its events name, in their order."""
    told: dict[str, Any] = field(default_factory=dict)
    """What is to be said of it, by name."""

    @property
    def events(self) -> int:
        """All of them."""
        return sum(self.types.values())

    def take(self, event: RecordedEvent) -> None:
        """Count a further event, and keep what it says."""
        self.last_ns = event.created_ns
        self.types[event.type] = self.types.get(event.type, 0) + 1
        try:
            data = orjson.loads(event.data)
        except orjson.JSONDecodeError:
            return  # fsck and verify report it
        if isinstance(data, dict):
            for name in ("checkpoint", "checkpoint_out"):
                if isinstance(data.get(name), str) and data[name]:
                    self.checkpoints[data[name]] = None
            self.told.update(_told(event.type, data))

    def matches(self, wanted: Wanted) -> bool:
        """Whether the stream is one of those that are asked for."""
        begun, (since, until) = self.begun_ns / 1e9, (wanted.since, wanted.until)
        return (
            (not wanted.type or wanted.type in self.types)
            and (not wanted.checkpoint or self._names(wanted.checkpoint))
            and (since is None or begun >= since.timestamp())
            and (until is None or begun < until.timestamp())
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "stream": self.stream,
            "events": self.events,
            "types": self.types,
            "begun_ns": self.begun_ns,
            "last_ns": self.last_ns,
            "checkpoints": list(self.checkpoints),
            **self.told,
        }

    def _names(self, letters: str) -> bool:
        own = self.stream.startswith(CHECKPOINT_PREFIX + letters)
        return own or any(name.startswith(letters) for name in self.checkpoints)


async def catalogue(log: LogReader, wanted: Wanted) -> AsyncIterator[Line]:
    """The streams that match, in the order in which they began.

    Raises:
        LogUnavailableError: no answer.
    """
    lines: dict[str, Line] = {}
    async for event in log.read_all(prefixes=wanted.prefixes):
        if event.stream not in lines:
            lines[event.stream] = Line(event.stream, event.created_ns)
        lines[event.stream].take(event)
    exact = wanted.prefixes[0] if wanted.game or wanted.run else ""
    for line in lines.values():
        if line.matches(wanted) and (not exact or line.stream == exact):
            yield line


def _told(kind: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in _SAID.get(kind, ()):
        if name in data:
            value = data[name]
            yield name, value.get("mean", 0.0) if isinstance(value, dict) else value
    if kind == "GameEnded":
        yield "ended", data.get("reason", "") or "over"


_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "GameStarted": ("seed", "deck", "stake", "rules_version"),
    "GameEnded": ("won", "ante", "round"),
    "RunStarted": ("algorithm", "run_seed"),
    "UpdateApplied": ("update",),
    "RunEnded": ("reason",),
    "EvaluationStarted": ("player", "checkpoint", "purpose", "games"),
    "EvaluationCompleted": ("ante", "beaten", "won"),
    "CheckpointSaved": ("run_id", "update", "size"),
    "SealCreated": ("size", "root"),
}
"""Fields worth a word, by type of event; later events overwrite what earlier ones said."""


def sentence(line: Line) -> str:
    """What a person wants to know of the stream."""
    words = [f"{name} {_short(value)}" for name, value in line.told.items() if value != ""]
    if line.stream.startswith(GAME_PREFIX):
        words.append(f"{line.types.get('DecisionMade', 0)} decisions")
        words += [f"by {', '.join(name[:_SHOWN] for name in line.checkpoints)}"] * bool(
            line.checkpoints
        )
    return ", ".join(words)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    text = str(value)
    return text[:_SHOWN] if len(text) == 64 else text
