"""What the worker knows of one game: the fold of its stream, and what it is about to append."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, NamedTuple

from jimbot_stream.bus import Place
from jimbot_stream.contracts import (
    DecisionMade,
    DecisionReply,
    Event,
    GameStarted,
    GameState,
    LegalAction,
    StateObserved,
)
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.journal import Entry
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.streams.episode import Episode, GameFact, read_fact, read_metadata

UNNUMBERED: Final = -1
"""Sequence of an event whose producer does not count: it is the game's next one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A valid event as it came in; whether it is new, its game knows."""

    event: Event
    place: Place
    index: int
    """Position within its record."""
    asker: str
    """Source of the record: replies go there."""
    read_at: float
    """When the worker read it, by ``Clock.monotonic``."""

    @property
    def origin(self) -> str:
        """What tells a repeated delivery of an event without a number."""
        return self.event.event_id or f"{self.place}/{self.index}"


class Logged(NamedTuple):
    """Where a numbered event stands in the log."""

    revision: int
    digest: str


class Seen(NamedTuple):
    """The last state of the game, and what was allowed in it."""

    number: int
    state: GameState
    legal: tuple[LegalAction, ...] = ()


@dataclass(slots=True)
class Game:
    """One game; absorbs events in the order of its stream, appended or about to be."""

    id: str
    episode: Episode = field(init=False)
    next: int = 0
    """Number of the next event of the game."""
    tip: int = 0
    """The number after the highest one in the stream; below next after rejected events."""
    logged: dict[int, Logged] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    """Events that came without a number: origin to the number that they were given."""
    replies: dict[str, DecisionReply] = field(default_factory=dict)
    """By request id: what was recorded is what is answered."""
    started: bool = False
    seen: Seen | None = None
    unsaved: list[list[Entry]] = field(default_factory=list)
    """Entries that stand here and not yet in the log; a group stays in one append."""

    def __post_init__(self) -> None:
        self.episode = Episode(self.id)

    @property
    def stream(self) -> str:
        """The game's stream in the log."""
        return game_stream(self.id)

    def absorb(self, event: RecordedEvent) -> None:
        """Take in an event of the log."""
        fact = read_fact(event)
        if fact is None:  # of a later release
            self.episode = replace(self.episode, last_revision=event.revision)
        else:
            self._take(fact, event.revision, event.data, read_metadata(event))

    def write(self, arrival: Arrival, number: int, facts: Sequence[tuple[GameFact, bytes]]) -> None:
        """Take in facts that an arrival brought, each with its JSON; keep them for the append."""
        group = []
        for fact, data in facts:
            kind = type(fact).__name__
            metadata = _metadata(arrival, number, kind)
            correlation = fact.request_id if isinstance(fact, DecisionMade) else self.id
            group.append(Entry(kind, data, correlation, arrival.event.event_id, metadata))
            self._take(fact, self.episode.last_revision + 1, data, metadata)
        self.unsaved.append(group)

    def skip(self, number: int) -> None:
        """Go on after this number."""
        self.next = max(self.next, number + 1)

    def reply(self, made: DecisionMade, revision: int) -> DecisionReply:
        """The answer that a recorded decision gives."""
        return DecisionReply(
            request_id=made.request_id,
            action=made.action,
            decision=f"{revision}@{self.stream}",
            checkpoint=made.checkpoint,
            decided_by=made.decided_by,
            log_prob=made.log_prob,
            value=made.value,
        )

    def _take(self, fact: GameFact, revision: int, data: bytes, metadata: dict[str, str]) -> None:
        self.episode = self.episode.apply(fact, revision, metadata.get("producer", ""))
        number = int(metadata.get("sequence", UNNUMBERED))
        if isinstance(fact, DecisionMade):
            self.replies[fact.request_id] = self.reply(fact, revision)
            if self.seen is not None and self.seen.number == number:
                self.seen = Seen(number, self.seen.state, tuple(fact.legal))
            return
        self.logged[number] = Logged(revision, sha256(data).hexdigest())
        self.tip = max(self.tip, number + 1)
        self.skip(number)
        if "origin" in metadata:
            self.origins[metadata["origin"]] = number
        self.started = self.started or isinstance(fact, GameStarted)
        if isinstance(fact, StateObserved):
            self.seen = Seen(number, fact.state)


def _metadata(arrival: Arrival, number: int, kind: str) -> dict[str, str]:
    event = arrival.event
    told = {
        "kafka": str(arrival.place),
        "producer": event.source or arrival.asker,
        "schema": str(SCHEMA_VERSIONS[kind]),
        "sequence": str(number),
    }
    if event.sequence == UNNUMBERED:
        told["origin"] = arrival.origin
    return told
