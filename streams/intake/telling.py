"""Telling a game after the fact: numbered events of a recorded game, ready for the bus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid5

from jimbot_stream.balatro import wire
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    DecisionRequest,
    Event,
    EventBatch,
    EventType,
    GameEnded,
    GameStarted,
    GameState,
    LegalAction,
    StateObserved,
)
from jimbot_stream.streams import topics
from jimbot_stream.streams.intake.foreign import NAMESPACE
from jimbot_stream.streams.intake.possible import legal_of
from jimbot_stream.streams.intake.progress import check_action_in
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import PAYLOADS, SCHEMA_VERSION

WINDOW = 32
"""Events that are sent before any later one; the worker holds few that come too early."""

Payload = GameStarted | StateObserved | DecisionRequest | ActionApplied | GameEnded

_KINDS: dict[type[Payload], tuple[EventType, str]] = {
    GameStarted: (EventType.EVENT_TYPE_GAME_STARTED, topics.GAME_LIFECYCLE.name),
    StateObserved: (EventType.EVENT_TYPE_STATE_OBSERVED, topics.GAME_STATE.name),
    ActionApplied: (EventType.EVENT_TYPE_ACTION_APPLIED, topics.GAME_STATE.name),
    DecisionRequest: (EventType.EVENT_TYPE_DECISION_REQUEST, topics.DECISION_REQUEST.name),
    GameEnded: (EventType.EVENT_TYPE_GAME_ENDED, topics.GAME_LIFECYCLE.name),
}


@dataclass(frozen=True, slots=True)
class Posted:
    """An event and the topic (without prefix) that it belongs on."""

    topic: str
    event: Event


@dataclass(slots=True)
class Telling:
    """One game, told step by step; numbers, ids and requests follow from the order."""

    source: str
    game_id: str
    posted: list[Posted] = field(default_factory=list)
    decisions: int = 0
    ended: bool = False
    best_score: float = 0.0
    state: GameState | None = None
    """The last state told."""
    legal: Sequence[LegalAction] = ()
    _state_number: int = -1

    def begin(self, started: GameStarted, time_ns: int = 0) -> None:
        """Tell that the game began."""
        self._post(started, time_ns)

    def see(self, state: GameState, time_ns: int = 0) -> None:
        """Tell a state, as a request wherever our actions can decide it; once if it stays."""
        if state == self.state:
            return
        self.best_score = max(self.best_score, state.chips, state.best_score)
        self.legal = legal_of(state)
        if wire.decidable(state, self.legal):
            self._state_number = self._post(self._request(state), time_ns)
            self.decisions += 1
        else:
            self._state_number = self._post(StateObserved(state=state), time_ns)
        self.state = state

    def act(self, action: Action, time_ns: int = 0) -> None:
        """Tell that an action was carried out in the last state told.

        Raises:
            Rejected: it was not legal there; it is not told.
        """
        if self.state is None:
            raise Rejected("illegal_action", "action", "no state was seen before it")
        check_action_in(self.state, self.legal, action, "action")
        self._post(ActionApplied(state_sequence=self._state_number, action=action), time_ns)

    def end(self, reason: str, time_ns: int = 0) -> None:
        """Tell that the game is over, unless it was told before."""
        if self.ended:
            return
        self.ended = True
        last = self.state or GameState()
        ended = GameEnded(
            won=last.won,
            ante=last.ante,
            round=last.round,
            best_score=self.best_score,
            reason=reason,
        )
        self._post(ended, time_ns)

    def _request(self, state: GameState) -> DecisionRequest:
        return DecisionRequest(
            request_id=f"{self.game_id}-{len(self.posted)}",
            state=state,
            legal=self.legal,
            decision_number=self.decisions,
        )

    def _post(self, payload: Payload, time_ns: int) -> int:
        kind, topic = _KINDS[type(payload)]
        number = len(self.posted)
        asked = payload.request_id if isinstance(payload, DecisionRequest) else ""
        event = Event(
            event_id=str(uuid5(NAMESPACE, f"{self.game_id}/{number}")),
            correlation_id=asked or self.game_id,
            type=kind,
            source=self.source,
            schema_version=SCHEMA_VERSION,
            game_id=self.game_id,
            sequence=number,
        )
        if time_ns > 0:
            event.timestamp.FromNanoseconds(time_ns)
        getattr(event, PAYLOADS[kind]).CopyFrom(payload)
        self.posted.append(Posted(topic, event))
        return number


def batches(source: str, posted: Sequence[Posted]) -> Iterator[tuple[str, EventBatch]]:
    """The events as batches, each with its topic, numbered per topic as a source must."""
    numbers: dict[str, int] = {}
    for start in range(0, len(posted), WINDOW):
        by_topic: dict[str, EventBatch] = {}
        for each in posted[start : start + WINDOW]:
            batch = by_topic.setdefault(
                each.topic,
                EventBatch(source=source, first_sequence=numbers.get(each.topic, 0)),
            )
            batch.events.append(each.event)
        for topic, batch in by_topic.items():
            numbers[topic] = batch.first_sequence + len(batch.events)
            yield topic, batch
