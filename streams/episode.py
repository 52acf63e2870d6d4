"""One game, folded: the only place where an episode's row is computed from its events.

The worker folds what it appends, a rebuild folds what the log holds; both get the same
row, because both come here.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import orjson

from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    EpisodeClosed,
    GameEnded,
    GameStarted,
    StateObserved,
)
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog, RecordedEvent

GameFact = GameStarted | StateObserved | DecisionMade | ActionApplied | GameEnded

FACTS: Final[dict[str, type[GameFact]]] = {
    kind.__name__: kind
    for kind in (GameStarted, StateObserved, DecisionMade, ActionApplied, GameEnded)
}
"""What a game's stream holds, by event type."""

STREAM_PREFIX: Final = "game-"


@dataclass(frozen=True, slots=True)
class Episode:
    """What is known of a game after some of its events; the row of the episode table."""

    game_id: str
    source: str = ""
    run_seed: int = 0
    seed: str = ""
    rules_version: str = ""
    states: int = 0
    decisions: int = 0
    actions: int = 0
    ante: int = 0
    round: int = 0
    best_score: float = 0.0
    won: bool = False
    reason: str = ""
    checkpoints: tuple[str, ...] = ()
    """In order of first use."""
    last_revision: int = -1
    ended: bool = False

    def apply(self, fact: GameFact, revision: int, source: str) -> "Episode":
        """The episode after one more event; types that are not known change the revision only.

        Raises:
            ValueError: the event is not the next one of the stream.
        """
        if revision <= self.last_revision:
            raise ValueError(f"revision {revision} after {self.last_revision} of {self.game_id}")
        step = _STEPS.get(type(fact))
        told = step(self, fact) if step else {}
        if not self.source:
            told["source"] = source
        return replace(self, last_revision=revision, **told)

    def to_row(self) -> bytes:
        """The row as the table and the pages hold it: JSON in the order of the fields."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_row(cls, row: bytes) -> "Episode":
        """Read a row."""
        fields = orjson.loads(row)
        return cls(**{**fields, "checkpoints": tuple(fields["checkpoints"])})

    def closed(self) -> EpisodeClosed:
        """The announcement that every event of the game is in the log."""
        fields = asdict(self)
        del fields["ended"]
        return EpisodeClosed(**fields)


def _started(_: Episode, fact: GameStarted) -> dict[str, Any]:
    return {"run_seed": fact.run_seed, "seed": fact.seed, "rules_version": fact.rules_version}


def _observed(before: Episode, fact: StateObserved) -> dict[str, Any]:
    state = fact.state
    return {
        "states": before.states + 1,
        "ante": state.ante,
        "round": state.round,
        "best_score": max(before.best_score, state.chips),
        "won": before.won or state.won,
    }


def _decided(before: Episode, fact: DecisionMade) -> dict[str, Any]:
    told: dict[str, Any] = {"decisions": before.decisions + 1}
    if fact.checkpoint and fact.checkpoint not in before.checkpoints:
        told["checkpoints"] = (*before.checkpoints, fact.checkpoint)
    return told


def _acted(before: Episode, _: ActionApplied) -> dict[str, Any]:
    return {"actions": before.actions + 1}


def _ended(before: Episode, fact: GameEnded) -> dict[str, Any]:
    return {
        "won": fact.won,
        "ante": fact.ante or before.ante,
        "round": fact.round or before.round,
        "best_score": max(before.best_score, fact.best_score),
        "reason": fact.reason,
        "ended": True,
    }


_STEPS: Final[dict[type[Any], Callable[[Episode, Any], dict[str, Any]]]] = {
    GameStarted: _started,
    StateObserved: _observed,
    DecisionMade: _decided,
    ActionApplied: _acted,
    GameEnded: _ended,
}


def read_fact(event: RecordedEvent) -> GameFact | None:
    """The message that a logged event holds; None for a type that this version does not know."""
    kind = FACTS.get(event.type)
    return None if kind is None else read_event(kind, event)


def read_metadata(event: RecordedEvent) -> dict[str, str]:
    """The metadata of a logged event."""
    found: dict[str, str] = orjson.loads(event.metadata)
    return found


def game_of(stream: str) -> str:
    """The game whose stream this is."""
    return stream.removeprefix(STREAM_PREFIX)


def fold(before: Episode, event: RecordedEvent) -> Episode:
    """The episode after one more event of the log."""
    fact = read_fact(event)
    if fact is None:
        return replace(before, last_revision=event.revision)
    return before.apply(fact, event.revision, read_metadata(event).get("producer", ""))


async def rebuild(log: EventLog) -> dict[str, Episode]:
    """Every episode, computed from the log alone."""
    episodes: dict[str, Episode] = {}
    events: AsyncIterator[RecordedEvent] = log.read_all(prefixes=[STREAM_PREFIX])
    async for event in events:
        game = game_of(event.stream)
        episodes[game] = fold(episodes.get(game, Episode(game)), event)
    return episodes
