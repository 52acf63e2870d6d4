"""What one event does to its game: applied, repeated, kept waiting, or rejected.

An event takes effect when its number is the game's next one. A number below is a
repetition, if the log holds the same content under it, else a conflict. A number above
waits (``waiting.py``). Nothing here touches the log: a game collects what is to be
appended, and ``games.py`` appends it before anybody hears of it.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from jimbot_stream.contracts import (
    ActionApplied,
    DecisionReply,
    DecisionRequest,
    GameEnded,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.streams.episode import FACTS, GameFact
from jimbot_stream.streams.game import UNNUMBERED, Arrival, Game
from jimbot_stream.streams.intake.progress import check_action_in, check_forwards, check_number
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.waiting import Waiting

logger = logging.getLogger(__name__)

MAX_FACT_BYTES: Final = 900_000
"""The log takes 1 MiB in one append: a state, its decision, and their metadata."""


class PolicyNeededError(Exception):
    """A decision must wait until its policy is loaded; then everything is applied again."""

    def __init__(self, checkpoint: str) -> None:
        super().__init__(checkpoint)
        self.checkpoint = checkpoint


Decide = Callable[[Game, DecisionRequest, int, str, float], GameFact]
"""Decides a request of a game: state revision, state digest and the time it was read."""


@dataclass(slots=True)
class Outcome:
    """What some arrivals of one game led to; true once the game's entries are in the log."""

    replies: list[tuple[Arrival, DecisionReply]] = field(default_factory=list)
    rejected: list[tuple[Arrival, Rejected]] = field(default_factory=list)
    repeated: int = 0
    kept: int = 0
    closes: bool = False
    """The game's end was among them."""


class Applier:
    """Applies arrivals to one game, in the order of their numbers."""

    def __init__(self, game: Game, waiting: Waiting, decide: Decide) -> None:
        self.game = game
        self.waiting = waiting
        self.outcome = Outcome()
        self._decide = decide

    def apply(self, items: Iterable[Arrival | int], now: float) -> Outcome:
        """Apply arrivals and whatever waited for them.

        An int stands for an event with that number that was rejected before it came here.
        """
        before = self.game.next
        self.waiting.drop_below(self.game.tip)
        self._drain()
        for item in items:
            if isinstance(item, int):
                self._void(item)
            else:
                self._offer(item)
            self._drain()
        if self.game.next > before:
            self.waiting.moved_at = now
        for number, arrival in self.waiting.overdue(now):
            self._reject(arrival, _gap(number, self.game.next, "for too long"))
        self.waiting.drop_below(self.game.tip)
        return self.outcome

    def _void(self, number: int) -> None:
        if number >= self.game.next:
            self.waiting.void(number)

    def _offer(self, arrival: Arrival) -> None:
        number = self._number(arrival)
        if number <= self.game.next:
            self._settle(arrival, number)
        elif self.waiting.keep(number, arrival):
            self.outcome.kept += 1
        else:
            self._reject(arrival, _gap(number, self.game.next, "with too many others"))

    def _drain(self) -> None:
        while self.waiting.due(self.game.next):
            number = self.game.next
            arrival = self.waiting.take(number)
            if arrival is None:
                self.game.skip(number)
            else:
                self._settle(arrival, number)

    def _settle(self, arrival: Arrival, number: int) -> None:
        try:
            self._route(arrival, number)
        except Rejected as reason:
            self._reject(arrival, reason)
            self._void(number)
        except PolicyNeededError:
            raise
        except Exception as error:
            logger.exception("%s: %s was not applied", arrival.place, arrival.event.event_id)
            self._reject(arrival, Rejected("internal_error", "", repr(error)))
            self._void(number)

    def _route(self, arrival: Arrival, number: int) -> None:
        event = arrival.event
        if event.WhichOneof("payload") == "decision_request":
            self._request(arrival, number, event.decision_request)
            return
        payload = event.WhichOneof("payload")
        self._fact(arrival, number, getattr(event, payload) if payload else None)

    def _fact(self, arrival: Arrival, number: int, fact: GameFact | None) -> None:
        if type(fact).__name__ not in FACTS or fact is None:
            raise Rejected("unknown_type", "type", "not an event of a game")
        self.outcome.closes |= isinstance(fact, GameEnded)
        data = to_json(fact)
        if self._known(number, data):
            self.outcome.repeated += 1
            return
        self._check_progress(fact)
        self.game.write(arrival, number, [(fact, data)])

    def _request(self, arrival: Arrival, number: int, request: DecisionRequest) -> None:
        recorded = self.game.replies.get(request.request_id)
        if recorded is not None:
            self.outcome.repeated += 1
            self.outcome.replies.append((arrival, recorded))
            return
        state = StateObserved(state=request.state)
        data = to_json(state)
        if self._known(number, data):
            self._decide_on(arrival, number, self.game.logged[number].revision, data, [])
        else:
            self._check_progress(state)
            revision = self.game.episode.last_revision + 1
            self._decide_on(arrival, number, revision, data, [state])

    def _decide_on(
        self, arrival: Arrival, number: int, revision: int, data: bytes, before: list[GameFact]
    ) -> None:
        request = arrival.event.decision_request
        digest = sha256(data).hexdigest()
        made = self._decide(self.game, request, revision, digest, arrival.read_at)
        facts = [*((fact, data) for fact in before), (made, to_json(made))]
        self.game.write(arrival, number, facts)
        self.outcome.replies.append((arrival, self.game.replies[request.request_id]))

    def _number(self, arrival: Arrival) -> int:
        """The event's number; without one: what it was given before, or the next."""
        event, game = arrival.event, self.game
        if event.sequence != UNNUMBERED:
            return event.sequence
        if arrival.origin in game.origins:
            return game.origins[arrival.origin]
        asked = event.WhichOneof("payload") == "decision_request"
        if asked and game.seen and game.seen.state == event.decision_request.state:
            return game.seen.number
        return game.next

    def _known(self, number: int, data: bytes) -> bool:
        """Whether the log holds this content under this number.

        Raises:
            Rejected: it holds something else there.
        """
        if len(data) > MAX_FACT_BYTES:
            detail = f"{len(data)} bytes of JSON, at most {MAX_FACT_BYTES}"
            raise Rejected("oversize", "payload", detail)
        known = self.game.logged.get(number)
        if known is None and number < self.game.next:
            raise Rejected("sequence_conflict", "sequence", f"{number} was left out before")
        digest = sha256(data).hexdigest()
        return not check_number(known.digest if known else None, digest, number)

    def _check_progress(self, fact: GameFact) -> None:
        game = self.game
        if game.episode.ended:
            raise Rejected("after_end", "game_id", f"game {game.id} is over")
        if isinstance(fact, StateObserved) and game.seen is not None:
            check_forwards(game.seen.state, fact.state)
        if isinstance(fact, ActionApplied):
            self._check_action(fact)

    def _check_action(self, fact: ActionApplied) -> None:
        """Check an action against its state, if that is the last one: no other is remembered."""
        seen = self.game.seen
        if seen is not None and seen.number == fact.state_sequence:
            check_action_in(seen.state, seen.legal, fact.action)

    def _reject(self, arrival: Arrival, reason: Rejected) -> None:
        self.outcome.rejected.append((arrival, reason))


def _gap(number: int, expected: int, why: str) -> Rejected:
    detail = f"number {number} waited {why}: number {expected} of the game never came"
    return Rejected("sequence_gap", "sequence", detail)
