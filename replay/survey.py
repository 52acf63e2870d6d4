"""One pass over the log: which histories there are, and what no single one can show."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import orjson

from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import SEALS
from jimbot_stream.replay.history import (
    CHECKPOINT_PREFIX,
    EVALUATION_PREFIX,
    GAME_PREFIX,
    RUN_PREFIX,
    SERVICE_PREFIX,
    finding,
    read_metadata,
)
from jimbot_stream.replay.verdict import Cause, Divergence, Match, Verdict

Origins = Mapping[str, AbstractSet[str]]
"""Runs by checkpoint; equal untrained weights may begin several."""


@dataclass(slots=True)
class Survey:
    """What a log holds, in the order in which it began."""

    games: dict[str, int] = field(default_factory=dict)
    """Streams of games, with the number of decisions in each."""
    runs: dict[str, list[int]] = field(default_factory=dict)
    """Streams of training runs, with the revisions of updates, failed ones as well."""
    following: dict[str, set[int]] = field(default_factory=dict)
    """Of the updates of a run those that begin with what was pruned: the one before makes it."""
    pruned: dict[str, int] = field(default_factory=dict)
    """Runs that let go of blobs, with the number of those."""
    checkpoints: dict[str, int] = field(default_factory=dict)
    """Streams of checkpoints, with the number of events in each."""
    saved: dict[str, bytes] = field(default_factory=dict)
    """Checkpoints of training runs, with the data of their CheckpointSaved."""
    evaluations: dict[str, int] = field(default_factory=dict)
    """Streams of evaluations, with the number of events in each."""
    seals: list[str] = field(default_factory=list)
    """The stream of seals, where there is one."""
    service: list[str] = field(default_factory=list)
    """The stream of what is in service, where there is one."""
    origins: dict[str, set[str]] = field(default_factory=dict)
    """Runs by checkpoint, of all that were saved; an empty name for those that nobody trained."""
    verdicts: list[Verdict] = field(default_factory=list)
    """On the log as a whole: requests decided in two games, checkpoints of unknown origin."""


@dataclass(slots=True)
class _Reading:
    found: Survey = field(default_factory=Survey)
    decided: dict[str, str] = field(default_factory=dict)
    """Stream by request."""
    used: dict[str, RecordedEvent] = field(default_factory=dict)
    """First decision by checkpoint."""
    begins: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    """Blobs that updates begin with, by run and revision."""
    pruned: dict[str, set[str]] = field(default_factory=dict)
    """By run."""
    own: list[RecordedEvent] = field(default_factory=list)
    """What the checkpoints' own streams say."""

    def take(self, event: RecordedEvent) -> None:
        if event.stream.startswith(GAME_PREFIX):
            self._take_game(event)
        elif event.stream.startswith(RUN_PREFIX):
            self._take_run(event)
        elif event.stream.startswith(CHECKPOINT_PREFIX):
            streams = self.found.checkpoints
            streams[event.stream] = streams.get(event.stream, 0) + 1
            self.own.append(event)
            name = _field(event.data, "checkpoint")
            self.found.origins.setdefault(name, set()).add(_field(event.data, "run_id"))
        elif event.stream.startswith(EVALUATION_PREFIX):
            count = self.found.evaluations.get(event.stream, 0)
            self.found.evaluations[event.stream] = count + 1
        elif event.stream.startswith(SERVICE_PREFIX) and event.stream not in self.found.service:
            self.found.service.append(event.stream)
        elif event.stream == SEALS and not self.found.seals:
            self.found.seals.append(event.stream)

    def _take_game(self, event: RecordedEvent) -> None:
        count = self.found.games.setdefault(event.stream, 0)
        if event.type != "DecisionMade":
            return
        self.found.games[event.stream] = count + 1
        self.used.setdefault(_field(event.data, "checkpoint"), event)
        try:
            request = read_metadata(event.metadata).get("$correlationId", "")
        except ValueError:
            return  # the game's own verification reports it
        first = self.decided.setdefault(request, event.stream)
        if first != event.stream:  # twice in one game is the game's own verification to report
            why = f"The same request was decided in {first}."
            self._diverge(event, "request_id", "a request not decided before", request, why=why)

    def _take_run(self, event: RecordedEvent) -> None:
        updates = self.found.runs.setdefault(event.stream, [])
        failed = event.type == "UpdateRejected" and not _field(event.data, "rejected")
        if event.type == "UpdateApplied" or failed:
            updates.append(event.revision)
            self.begins.setdefault(event.stream, {})[event.revision] = _begins(event.data)
        elif event.type == "CheckpointsPruned":
            self.pruned.setdefault(event.stream, set()).update(_pruned(event.data))
        elif event.type == "CheckpointSaved":
            name = _field(event.data, "checkpoint")
            self.found.saved.setdefault(name, event.data)
            self.found.origins.setdefault(name, set()).add(_field(event.data, "run_id"))

    def close(self) -> Survey:
        """Look back when everything was read."""
        found = self.found
        for stream, pruned in self.pruned.items():
            found.pruned[stream] = len(pruned)
            begins = self.begins.get(stream, {})
            found.following[stream] = {at for at, names in begins.items() if names & pruned}
        if found.runs or found.checkpoints:  # else it is the export of a few games
            for event in self._unknown_origins():
                self._diverge(
                    event,
                    "checkpoint",
                    "a checkpoint that a training run saved",
                    _field(event.data, "checkpoint"),
                    "missing",
                    "The weights that decided stand in no record: nobody knows how they were made.",
                )
        for event in self.own:
            self._compare_with_run(event)
        if not found.verdicts:
            found.verdicts.append(Match("log", "$all", 0))
        return found

    def _unknown_origins(self) -> Iterator[RecordedEvent]:
        for checkpoint, event in self.used.items():
            recorded = checkpoint in self.found.saved or (
                CHECKPOINT_PREFIX + checkpoint in self.found.checkpoints
            )
            if checkpoint and not recorded:
                yield event

    def _compare_with_run(self, event: RecordedEvent) -> None:
        """Where a training run saved a checkpoint, its own stream repeats what the run says."""
        saved = self.found.saved.get(_field(event.data, "checkpoint"))
        if saved is not None and saved != event.data and _field(event.data, "run_id"):
            wanted, got = saved.decode(errors="replace"), event.data.decode(errors="replace")
            why = "The run that saved the checkpoint says something else."
            self._diverge(event, "data", wanted, got, why=why)

    def _diverge(
        self,
        event: RecordedEvent,
        name: str,
        expected: str,
        got: str,
        cause: Cause = "tampering",
        why: str = "",
    ) -> None:
        self.found.verdicts.append(finding(event, "log", name, expected, got, cause, why))


async def survey(log: LogReader) -> Survey:
    """Read the whole log once."""
    reading = _Reading()
    async for event in log.read_all():
        reading.take(event)
    return reading.close()


def absent(stream: str) -> Divergence:
    """A stream was asked for that the log does not hold."""
    return Divergence("log", stream, 0, "stream", "a stream of the log", "nothing", "missing")


def _field(data: bytes, name: str) -> str:
    """A text of the data; empty where there is none, which its own verification reports."""
    try:
        fields: Any = orjson.loads(data)
    except ValueError:
        return ""
    found = fields.get(name) if isinstance(fields, dict) else None
    return found if isinstance(found, str) else ""


def _begins(data: bytes) -> set[str]:
    """Blobs that an update begins with."""
    try:
        told: Any = orjson.loads(data)
        names = [told.get("checkpoint_in"), told.get("memory_in"), told["rollout"]["sampler_in"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        names = [_field(data, "checkpoint_in")]  # it learned from recorded games, or is damaged
    return {name for name in names if isinstance(name, str) and name}


def _pruned(data: bytes) -> set[str]:
    try:
        names = orjson.loads(data)["blobs"]
        return {name for name in names if isinstance(name, str)}
    except (KeyError, TypeError, ValueError):
        return set()  # its own verification reports it
