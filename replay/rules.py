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
    """One verdict for each event of a game that is not a decision, in order.

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
    decided: dict[str, Action] = field(default_factory=dict)
    """Actions decided so far by request id."""
    obeyed: set[str] = field(default_factory=set)
    ended: bool = False

    def verdicts(self) -> Iterator[Verdict]:
        for entry in self.history.entries:
            if isinstance(entry.message, DecisionMade):
                yield from self._remember(entry, entry.message)
            elif entry.message is not None:
                yield from self._judge(entry)
            elif entry.event.type != DecisionMade.DESCRIPTOR.name:
                list(self._place(entry))  # its number was used, whatever else is wrong with it

    def _judge(self, entry: Entry) -> Iterator[Verdict]:
        kind = _kind(entry)
        comparable = kind == "game" or self.run is not None
        found = list(self._faults(entry))
        if found:
            yield found[0]
        elif comparable:
            yield Match(kind, entry.event.stream, entry.event.revision)

    def _remember(self, entry: Entry, made: DecisionMade) -> Iterator[Verdict]:
        if made.request_id in self.decided:
            yield _finding(
                entry, "request_id", "one decision per request", made.request_id, "tampering"
            )
        self.decided.setdefault(made.request_id, made.action)

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
            yield _finding(
                entry, "metadata.sequence", str(expected), recorded or "(none)", "missing"
            )
        if expected > 0 and isinstance(entry.message, GameStarted):
            yield _finding(entry, "type", "an event after GameStarted", "GameStarted", "rules")
        if self.ended:
            yield _finding(entry, "type", "nothing after GameEnded", entry.event.type, "rules")

    def _started(self, entry: Entry, started: GameStarted) -> Iterator[Divergence]:
        if not started.rules_version:
            return
        self.ours = True
        if started.rules_version == RULES_VERSION:
            yield from self._begin(entry, started)
            return
        yield _finding(
            entry,
            "rules_version",
            RULES_VERSION,
            started.rules_version,
            "rules",
            "The game was played by other rules than this release has.",
        )

    def _begin(self, entry: Entry, started: GameStarted) -> Iterator[Divergence]:
        try:
            self.run = new_run(started.seed, started.win_ante)
        except ValueError as error:
            yield _finding(entry, "seed", "a seed", repr(started.seed), "seed", f"{error}.")

    def _observed(self, entry: Entry, state: GameState) -> Iterator[Divergence]:
        self.states[self.next_sequence - 1] = state
        if self.run is None:
            return
        difference = first_difference(wire.state_message(self.run), state)
        if difference is None:
            return
        self.run = None
        path, expected, got = difference
        yield _finding(entry, f"state.{path}", expected, got, "seed" if path == "seed" else "rules")

    def _applied(self, entry: Entry, applied: ActionApplied) -> Iterator[Divergence]:
        if self.run is not None:
            yield from self._step(self.run, entry, applied.action)
        if self.ours and applied.state_sequence not in self.states:
            yield _finding(
                entry,
                "state_sequence",
                "a state observed before",
                str(applied.state_sequence),
                "missing",
            )
        if applied.request_id:
            yield from self._obeys(entry, applied)

    def _step(self, run: Run, entry: Entry, action: Action) -> Iterator[Divergence]:
        try:
            wire.step_message(run, action)
        except ValueError as error:
            self.run = None
            yield _finding(
                entry,
                "action",
                "a legal action",
                _text(action),
                "rules",
                f"The rules say: {error}.",
            )

    def _obeys(self, entry: Entry, applied: ActionApplied) -> Iterator[Divergence]:
        decided = self.decided.get(applied.request_id)
        if decided is None:
            yield _finding(
                entry, "request_id", "a decision made before", applied.request_id, "missing"
            )
        elif decided != applied.action:
            yield _finding(
                entry,
                "action",
                _text(decided),
                _text(applied.action),
                "rules",
                "The player did not do what was decided.",
            )
        if applied.request_id in self.obeyed:
            yield _finding(
                entry, "request_id", "one action per decision", applied.request_id, "rules"
            )
        self.obeyed.add(applied.request_id)

    def _over(self, entry: Entry, over: GameEnded) -> Iterator[Divergence]:
        self.ended = True
        if not self.states or not self.ours:
            return
        last = self.states[max(self.states)]
        best = max(state.chips for state in self.states.values())
        expected = GameEnded(won=last.won, ante=last.ante, round=last.round, best_score=best)
        for name in ("won", "ante", "round", "best_score"):
            ours, theirs = getattr(expected, name), getattr(over, name)
            if ours != theirs:
                yield _finding(entry, name, repr(ours), repr(theirs), "rules")


def _finding(
    entry: Entry, name: str, expected: str, got: str, cause: Cause, why: str = ""
) -> Divergence:
    return finding(entry.event, _kind(entry), name, expected, got, cause, why)


def _kind(entry: Entry) -> Kind:
    return "state" if isinstance(entry.message, StateObserved) else "game"


def _text(action: Action) -> str:
    return " ".join(str(action).split()) or "{}"
