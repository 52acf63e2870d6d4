"""Events made from the states of programs that know nothing of our contracts.

Such a program tells states and nothing else. Its events are not numbered (-1: the
worker assigns the next number), and a GameStarted goes before each state: the worker
drops it when the game is known. Ids derive from the content, so that telling the same
state twice changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid5

from jimbot_stream.contracts import (
    DecisionRequest,
    Event,
    EventBatch,
    EventType,
    GameEnded,
    GameStarted,
    GameState,
    Phase,
    StateObserved,
)
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import PAYLOADS, SCHEMA_VERSION
from jimbot_stream.streams.intake.verbs import DECIDABLE

NAMESPACE = UUID("5f0c3f6e-6d4c-5b8a-9a39-0e7d0a6f2b11")
"""Under which ids of foreign games and events are derived."""

UNNUMBERED = -1

LAST_MS = 253_402_300_799_999
"""The end of the year 9999, in milliseconds: no event is later."""

Payload = GameStarted | StateObserved | GameEnded | DecisionRequest

_TYPES = {
    GameStarted: EventType.EVENT_TYPE_GAME_STARTED,
    StateObserved: EventType.EVENT_TYPE_STATE_OBSERVED,
    GameEnded: EventType.EVENT_TYPE_GAME_ENDED,
    DecisionRequest: EventType.EVENT_TYPE_DECISION_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a foreign record came from."""

    source: str
    program: str
    """The program's name, for GameStarted.origin."""
    game: str = ""
    """Game id, when the sender gave one."""
    timestamp_ns: int = 0
    asks: bool = False
    """True: whatever is seen, the sender asks what to do."""
    win_ante: int = 8

    def game_id(self, seed: str) -> str:
        """The game that a state with this seed belongs to.

        Raises:
            Rejected: there is no way to tell.
        """
        if self.game:
            return self.game
        if not seed:
            raise Rejected("missing_field", "seed", "without a seed, name the game in a header")
        return str(uuid5(NAMESPACE, f"{self.source}/{seed}"))


@dataclass(frozen=True, slots=True)
class Sight:
    """A state that a foreign program told."""

    state: GameState
    asks: bool = False
    """It asks what to do in it."""
    request_id: str = ""
    """Its own id of the question; empty: derived from game and state."""
    time_limit_ms: int = 0


def batch_of(origin: Origin, sights: Iterable[Sight]) -> EventBatch:
    """The batch that tells these states; the same state twice in a row is told once.

    Raises:
        Rejected: a state belongs to no game.
    """
    batch = EventBatch(source=origin.source, first_sequence=UNNUMBERED)
    last = None
    for sight in sights:
        if sight != last:
            batch.events.extend(_events(origin, sight))
        last = sight
    return batch


def _events(origin: Origin, sight: Sight) -> Sequence[Event]:
    state = sight.state
    game_id = origin.game_id(state.seed)
    events = [_event(origin, game_id, _started(origin, state))]
    if (origin.asks or sight.asks) and state.phase in DECIDABLE:
        events.append(_event(origin, game_id, _request(game_id, sight)))
    else:
        events.append(_event(origin, game_id, StateObserved(state=state)))
    if state.phase == Phase.PHASE_GAME_OVER:
        events.append(_event(origin, game_id, _ended(state)))
    return events


def _started(origin: Origin, state: GameState) -> GameStarted:
    return GameStarted(
        seed=state.seed,
        deck=state.deck,
        stake=state.stake,
        win_ante=origin.win_ante,
        origin=origin.program,
    )


def _request(game_id: str, sight: Sight) -> DecisionRequest:
    digest = _digest(sight.state.SerializeToString)
    return DecisionRequest(
        request_id=sight.request_id or str(uuid5(NAMESPACE, f"{game_id}/request/{digest}")),
        state=sight.state,
        time_limit_ms=sight.time_limit_ms,
    )


def _ended(state: GameState) -> GameEnded:
    return GameEnded(
        won=state.won,
        ante=state.ante,
        round=state.round,
        best_score=state.chips,
        reason="won" if state.won else "lost",
    )


def _event(origin: Origin, game_id: str, payload: Payload) -> Event:
    kind = _TYPES[type(payload)]
    identity = f"{game_id}/{kind}/{_digest(payload.SerializeToString)}"
    event = Event(
        event_id=str(uuid5(NAMESPACE, identity)),
        correlation_id=game_id,
        type=kind,
        source=origin.source,
        schema_version=SCHEMA_VERSION,
        game_id=game_id,
        sequence=UNNUMBERED,
    )
    event.timestamp.FromNanoseconds(origin.timestamp_ns)
    getattr(event, PAYLOADS[kind]).CopyFrom(payload)
    return event


def _digest(serialize: Callable[..., bytes]) -> str:
    return sha256(serialize(deterministic=True)).hexdigest()
