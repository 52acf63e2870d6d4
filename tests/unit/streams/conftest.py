import time
from dataclasses import dataclass, field

import pytest

from jimbot_stream.bus import Place
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    ActionVerb,
    DecisionMade,
    DecisionRequest,
    DecisionSource,
    Event,
    GameEnded,
    GameStarted,
    GameState,
    Phase,
    StateObserved,
)
from jimbot_stream.streams.game import Arrival, Game


@dataclass
class DictRows:
    """The worker's tables as plain dicts."""

    episodes: dict[bytes, bytes] = field(default_factory=dict)
    waiting: dict[bytes, bytes] = field(default_factory=dict)
    sources: dict[bytes, bytes] = field(default_factory=dict)

    async def settled(self) -> None:
        """Nothing is ever under way."""

    def drop(self) -> None:
        """Nothing is ever held back."""


class SkipBlindDecider:
    """Decides everything alike, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def decide(
        self, game: Game, request: DecisionRequest, revision: int, digest: str, read_at: float
    ) -> DecisionMade:
        self.asked += 1
        return DecisionMade(
            request_id=request.request_id,
            state_revision=revision,
            state_digest=digest,
            decision_number=game.episode.decisions,
            checkpoint=f"checkpoint-{self.asked % 2}",
            decided_by=DecisionSource.DECISION_SOURCE_POLICY,
            action=Action(verb=ActionVerb.ACTION_VERB_SKIP_BLIND),
        )

    async def load(self, checkpoint: str) -> None:
        raise AssertionError("no policy is needed here")


def state(round_: int) -> GameState:
    return GameState(
        phase=Phase.PHASE_BLIND_SELECT, seed="TEST", ante=1, round=round_, chips=10.0 * round_
    )


class Script:
    """The events of one game, as a player would send them."""

    def __init__(self, game: str = "g1", rounds: int = 3, *, ends: bool = True) -> None:
        self.game = game
        started = GameStarted(seed="TEST", run_seed=7, rules_version="rules")
        self.events = [Event(game_id=game, source="p", game_started=started)]
        for round_ in range(rounds):
            request = DecisionRequest(request_id=f"{game}:{round_}", state=state(round_))
            self._add(Event(decision_request=request))
            action = Action(verb=ActionVerb.ACTION_VERB_SKIP_BLIND)
            applied = ActionApplied(state_sequence=len(self.events) - 1, action=action)
            self._add(Event(action_applied=applied))
        self._add(Event(state_observed=StateObserved(state=state(rounds))))
        if ends:
            self._add(Event(game_ended=GameEnded(ante=2, round=rounds, reason="lost")))

    def _add(self, event: Event) -> None:
        event.game_id, event.source, event.sequence = self.game, "p", len(self.events)
        self.events.append(event)

    def arrivals(self, order: list[int] | None = None) -> list[Arrival]:
        picked = range(len(self.events)) if order is None else order
        return [arrival(self.events[number], offset) for offset, number in enumerate(picked)]


def arrival(event: Event, offset: int = 0) -> Arrival:
    return Arrival(event, Place("t", 0, offset), 0, "p", read_at=time.monotonic())


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def rows() -> DictRows:
    return DictRows()


@pytest.fixture
def decider() -> SkipBlindDecider:
    return SkipBlindDecider()


@pytest.fixture
def make_script() -> type[Script]:
    return Script
