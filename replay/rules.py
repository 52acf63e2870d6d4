"""One game's own events: numbered without a gap, and following from seed and rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.contracts.v1.decision_pb2 import DecisionMade
from jimbot_stream.contracts.v1.game_pb2 import (
    Action,
    ActionApplied,
    GameEnded,
    GameStarted,
    GameState,
    StateObserved,
)
from jimbot_stream.replay.difference import first_difference
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.verdict import Cause, Divergence, Kind, Match, Verdict


def retrace(history: History) -> Iterator[Verdict]:
    """One verdict for each state and each action of a game, in order, and one for the game.

    Once a game has left its rules, the states that follow are not compared: they would
    only repeat the first difference. States of foreign games have nothing to follow from
    and get no verdict.
    """
    yield from _Retrace(history).verdicts()


@dataclass(slots=True)
class _Retrace:
    history: History
    run: Run | None = None
    """The game being played again; None for foreign games and once the rules are left."""
    ours: bool = False
    """The game was played by our own rules."""
    next_sequence: int = 0
    states: dict[int, GameState] = field(default_factory=dict)
    """States by their number within the game."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Numbers of the states by their revision."""
    decided: dict[str, DecisionMade] = field(default_factory=dict)
    """Decisions so far by request id."""
    obeyed: set[str] = field(default_factory=set)
    ended: bool = False

    def verdicts(self) -> Iterator[Verdict]:
        whole = True
        for entry in self.history.entries:
            for verdict in self._judged(entry):
                whole = whole and verdict.kind != self.kind
                yield verdict
        if whole:
            yield Match(self.kind, self.history.stream, 0)

    @property
    def kind(self) -> Kind:
        """What the game is, as far as it was read."""
        return "game" if self.ours else "foreign game"

    def _judged(self, entry: Entry) -> Iterator[Verdict]:
        if isinstance(entry.message, DecisionMade):
            yield from self._remember(entry, entry.message)
        elif entry.message is not None:
            yield from self._judge(entry)
        elif entry.event.type != DecisionMade.DESCRIPTOR.name:
            list(self._place(entry))  # its number was used, whatever else is wrong with it

    def _judge(self, entry: Entry) -> Iterator[Verdict]:
        comparable = self.run is not None
        found = list(self._faults(entry))  # all of them: the game goes on while they are looked for
        if found:
            yield found[0]
        elif comparable and not isinstance(entry.message, (GameStarted, GameEnded)):
            yield Match(self._kind(entry), entry.event.stream, entry.event.revision)

    def _remember(self, entry: Entry, made: DecisionMade) -> Iterator[Verdict]:
        if made.request_id in self.decided:
            yield self._finding(
                entry, "request_id", "one decision per request", made.request_id, "tampering"
            )
        self.decided.setdefault(made.request_id, made)

    def _faults(self, entry: Entry) -> Iterator[Divergence]:
        yield from self._place(entry)
        message = entry.message
        if isinstance(message, GameStarted):
            yield from self._started(entry, message)
        elif isinstance(message, StateObserved):
            yield from self._observed(entry, message.state)
        elif isinstance(message, ActionApplied):
            yield from self._applied(entry, message)
        elif isinstance(message, GameEnded):
            yield from self._over(entry, message)

    def _place(self, entry: Entry) -> Iterator[Divergence]:
        expected = self.next_sequence
        recorded = entry.metadata.get("sequence", "")
        number = int(recorded) if recorded.isdecimal() else -1
        self.next_sequence = max(number, expected) + 1
        if number < expected or (self.ours and number > expected):
            # Numbers of foreign events that intake refused are left out for good.
            yield self._finding(
                entry, "metadata.sequence", str(expected), recorded or "(none)", "missing"
            )
        if expected > 0 and isinstance(entry.message, GameStarted):
            yield self._finding(entry, "type", "an event after GameStarted", "GameStarted", "rules")
        if self.ended:
            yield self._finding(entry, "type", "nothing after GameEnded", entry.event.type, "rules")

    def _started(self, entry: Entry, started: GameStarted) -> Iterator[Divergence]:
        if not started.rules_version:
            return
        self.ours = True
        if started.rules_version == RULES_VERSION:
            yield from self._begin(entry, started)
            return
        yield self._finding(
            entry,
            "rules_version",
            RULES_VERSION,
            started.rules_version,
            "rules",
            "The game was played by other rules than this release has.",
        )

    def _begin(self, entry: Entry, started: GameStarted) -> Iterator[Divergence]:
        try:
            self.run = new_run(
                started.seed, deck=started.deck, stake=started.stake, win_ante=started.win_ante
            )
        except ValueError as error:
            begun = f"{started.seed!r}, {started.deck}, stake {started.stake}"
            told = "seed, deck, stake and last ante of a game"
            yield self._finding(entry, "seed", told, begun, "seed", f"{error}.")

    def _observed(self, entry: Entry, state: GameState) -> Iterator[Divergence]:
        self.states[self.next_sequence - 1] = state
        self.numbers[entry.event.revision] = self.next_sequence - 1
        if self.run is None:
            return
        difference = first_difference(wire.state_message(self.run), state)
        if difference is None:
            return
        self.run = None
        path, expected, got = difference
        yield self._finding(
            entry, f"state.{path}", expected, got, "seed" if path == "seed" else "rules"
        )

    def _applied(self, entry: Entry, applied: ActionApplied) -> Iterator[Divergence]:
        if self.run is not None:
            yield from self._step(self.run, entry, applied.action)
        newest = max(self.states, default=-1)
        if self.ours and applied.state_sequence != newest:
            yield self._finding(
                entry,
                "state_sequence",
                str(newest),
                str(applied.state_sequence),
                "rules",
                "An action is carried out in the newest state.",
            )
        if applied.request_id:
            yield from self._obeys(entry, applied)

    def _step(self, run: Run, entry: Entry, action: Action) -> Iterator[Divergence]:
        try:
            wire.step_message(run, action)
        except ValueError as error:
            self.run = None
            yield self._finding(
                entry,
                "action",
                "a legal action",
                _text(action),
                "rules",
                f"The rules say: {error}.",
            )

    def _obeys(self, entry: Entry, applied: ActionApplied) -> Iterator[Divergence]:
        made = self.decided.get(applied.request_id)
        if made is None:
            yield self._finding(
                entry, "request_id", "a decision made before", applied.request_id, "missing"
            )
        elif made.action != applied.action:
            yield self._finding(
                entry,
                "action",
                _text(made.action),
                _text(applied.action),
                "rules",
                "The player did not do what was decided.",
            )
        elif self.ours and self._decided_elsewhere(made, applied):
            yield self._finding(
                entry,
                "state_sequence",
                str(self.numbers[made.state_revision]),
                str(applied.state_sequence),
                "rules",
                "The decision was made for another state.",
            )
        if applied.request_id in self.obeyed:
            yield self._finding(
                entry, "request_id", "one action per decision", applied.request_id, "rules"
            )
        self.obeyed.add(applied.request_id)

    def _decided_elsewhere(self, made: DecisionMade, applied: ActionApplied) -> bool:
        number = self.numbers.get(made.state_revision)  # None: the decision itself is blamed
        return number is not None and number != applied.state_sequence

    def _over(self, entry: Entry, over: GameEnded) -> Iterator[Divergence]:
        self.ended = True
        if not self.states or not self.ours:
            return
        if self.run is not None and not self.run.over and over.reason in ("won", "lost"):
            yield self._finding(
                entry,
                "reason",
                "a game that is over by the rules",
                over.reason,
                "rules",
                "Its last events are missing, or the player gave up.",
            )
        last = self.states[max(self.states)]
        best = max(max(state.chips, state.best_score) for state in self.states.values())
        told = "won" if last.won else "lost"
        reason = told if over.reason in ("won", "lost") else over.reason  # or the player's own word
        expected = GameEnded(
            reason=reason, won=last.won, ante=last.ante, round=last.round, best_score=best
        )
        for name in ("won", "ante", "round", "best_score", "reason"):
            ours, theirs = getattr(expected, name), getattr(over, name)
            if ours != theirs:
                yield self._finding(entry, name, repr(ours), repr(theirs), "rules")

    def _finding(
        self, entry: Entry, name: str, expected: str, got: str, cause: Cause, why: str = ""
    ) -> Divergence:
        return finding(entry.event, self._kind(entry), name, expected, got, cause, why)

    def _kind(self, entry: Entry) -> Kind:
        if isinstance(entry.message, StateObserved):
            return "state"
        return "action" if isinstance(entry.message, ActionApplied) else self.kind


def _text(action: Action) -> str:
    return " ".join(str(action).split()) or "{}"
