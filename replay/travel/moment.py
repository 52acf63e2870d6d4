"""A game or a run as it stood at one of its events.

Every state of a game stands in its stream, so the newest one up to an event is the snapshot, and
nothing has to be executed to show it. Executing the rules from the start gives the same state, or
the record is wrong: that comparison is ``difference``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    GameEnded,
    GameStarted,
    GameState,
    StateObserved,
    UpdateApplied,
)
from jimbot_stream.contracts.v1.learning_pb2 import RunStarted
from jimbot_stream.replay.difference import Difference, first_difference
from jimbot_stream.replay.history import Entry, History


class MomentError(ValueError):
    """There is no such moment, or it cannot be executed; the message says why."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A game at an event."""

    revision: int
    state: GameState
    """The newest that was observed."""
    observed_at: int
    """Its revision."""
    decided: DecisionMade | None
    """What was decided for that state by then."""
    applied: ActionApplied | None
    """What was done in that state by then: its outcome is the next state."""
    ended: GameEnded | None


def game_at(history: History, revision: int) -> Moment:
    """A game at a revision.

    Raises:
        MomentError: no event has it, or no state was observed by then.
    """
    entries = _until(history, revision)
    observed = [entry for entry in entries if isinstance(entry.message, StateObserved)]
    if not observed:
        raise MomentError(f"no state was observed in {history.stream} up to revision {revision}")
    last = observed[-1]
    assert isinstance(last.message, StateObserved)
    since = [entry.message for entry in entries if entry.event.revision > last.event.revision]
    return Moment(
        revision,
        last.message.state,
        last.event.revision,
        next((m for m in since if isinstance(m, DecisionMade)), None),
        next((m for m in since if isinstance(m, ActionApplied)), None),
        next((m for m in since if isinstance(m, GameEnded)), None),
    )


def executed(history: History, moment: Moment) -> GameState:
    """The same state, by the rules alone: from seed, deck and stake through every action.

    Raises:
        MomentError: the game is not one of these rules, or the rules refuse an action.
    """
    entries = _until(history, moment.observed_at)
    run = _begun(history, entries)
    for entry in entries:
        if isinstance(entry.message, ActionApplied):
            try:
                wire.step_message(run, entry.message.action)
            except ValueError as error:
                raise MomentError(
                    f"the rules refuse the action {entry.event.revision}@{history.stream}: {error}"
                ) from error
    return wire.state_message(run)


def difference(history: History, moment: Moment) -> Difference | None:
    """Where the executed state is another one than the recorded.

    Raises:
        MomentError: it cannot be executed.
    """
    return first_difference(executed(history, moment), moment.state)


def _begun(history: History, entries: Sequence[Entry]) -> Run:
    started = next((e.message for e in entries if isinstance(e.message, GameStarted)), None)
    if started is None or not started.rules_version:
        raise MomentError(f"{history.stream} is a foreign game: its states are what was recorded")
    if started.rules_version != RULES_VERSION:
        raise MomentError(
            f"{history.stream} was played by the rules {started.rules_version}, these are"
            f" {RULES_VERSION}: use the release that played it"
        )
    try:
        return new_run(
            started.seed, deck=started.deck, stake=started.stake, win_ante=started.win_ante
        )
    except ValueError as error:
        raise MomentError(f"0@{history.stream} begins no game: {error}") from error


def _until(history: History, revision: int) -> list[Entry]:
    found = [entry for entry in history.entries if entry.event.revision <= revision]
    if not found or found[-1].event.revision != revision:
        newest = history.entries[-1].event.revision
        raise MomentError(f"{history.stream} has no event {revision}: the newest is {newest}")
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """A training run at an event."""

    algorithm: str
    updates: int
    decisions: int
    """Learned from so far."""
    checkpoint: str
    """What the next update would begin with."""
    metrics: dict[str, float]
    """Of the last update."""


def run_at(history: History, revision: int) -> Standing:
    """A run at a revision.

    Raises:
        MomentError: no event has it, or the run does not begin with its start.
    """
    from jimbot_stream.agents.lineage import LINEAGE, Lineage

    entries = _until(history, revision)
    started = entries[0].message
    if not isinstance(started, RunStarted):
        raise MomentError(f"{history.stream} does not begin with its RunStarted")
    lineage = Lineage()
    updates = [e.message for e in entries if isinstance(e.message, UpdateApplied)]
    for entry in entries:
        if entry.message is not None and entry.event.type in LINEAGE:
            lineage.take(entry.message)
    metrics = dict(updates[-1].metrics) if updates else {}
    steps = sum(update.steps for update in updates)
    return Standing(started.algorithm, len(updates), steps, lineage.newest, metrics)
