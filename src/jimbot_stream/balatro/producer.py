"""Games of the engine as the project's game events, whoever plays them.

``play`` lets a policy play one game and tells it as it goes. For a batch at full speed there
is a ``Ledger``: it keeps one number an action, in columns, and tells the events of a game
only when they are wanted, by playing it again; the rules are exact, so they come out the same.

The events of a game are numbered from 0: GameStarted; for every action the StateObserved
in which it was done and its ActionApplied; the last StateObserved; GameEnded. What a bus
adds (source, schema version, time) is left to its producer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import RULES_VERSION, engine, wire
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.state import Phase
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    GameState,
    LegalAction,
    StateObserved,
)

ORIGIN: Final = "simulator"
_EVENT_IDS: Final = uuid5(NAMESPACE_URL, "jimbot_stream/balatro/event")

Policy = Callable[[GameState, Sequence[LegalAction]], Action]
"""Chooses one of the legal actions of a visible state."""
_Choose = Callable[[GameState], int | None]
"""The canonical action to be done in a state; None to stop."""


@dataclass(frozen=True, slots=True)
class Game:
    """A game and what it begins with."""

    game_id: str
    seed: str
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = 8
    run_seed: int = 0

    def begin(self) -> Run:
        """The run at its beginning."""
        return engine.new_run(self.seed, deck=self.deck, stake=self.stake, win_ante=self.win_ante)


def play(game: Game, policy: Policy) -> Iterator[Event]:
    """Let a policy play a game to its end, and tell it.

    Raises:
        IllegalActionError: the policy chose what the rules refuse.
        ValueError: its action has no canonical form.
    """

    def choose(state: GameState) -> int | None:
        if int(state.phase) == Phase.GAME_OVER:
            return None
        return wire.canonical(policy(state, wire.legal_messages(state)))

    return _tell(game, choose)


def tell(game: Game, actions: Sequence[int]) -> Iterator[Event]:
    """Tell the game in which these canonical actions were done; it may stop before its end.

    Raises:
        IllegalActionError: the rules refuse one of them, or the game was over before the last.
    """
    rest = iter(actions)
    return _tell(game, lambda _: next(rest, None))


def _tell(game: Game, choose: _Choose) -> Iterator[Event]:
    run = game.begin()
    pen = _Pen(game)
    yield pen.started()
    while True:
        state = wire.state_message(run)
        seen = pen.number
        yield pen.observed(state)
        action = choose(state)
        if action is None:
            break
        run.step(action)
        yield pen.applied(seen, action)
    yield pen.ended(run, state)


class _Pen:
    """Writes the events of one game and numbers them."""

    def __init__(self, game: Game) -> None:
        self.number = 0
        self._game = game

    def started(self) -> Event:
        game = self._game
        started = GameStarted(
            seed=game.seed,
            deck=game.deck,
            stake=game.stake,
            rules_version=RULES_VERSION,
            win_ante=game.win_ante,
            origin=ORIGIN,
            run_seed=game.run_seed,
        )
        return self._numbered(Event(type=EventType.EVENT_TYPE_GAME_STARTED, game_started=started))

    def observed(self, state: GameState) -> Event:
        observed = StateObserved(state=state)
        return self._numbered(
            Event(type=EventType.EVENT_TYPE_STATE_OBSERVED, state_observed=observed)
        )

    def applied(self, seen: int, action: int) -> Event:
        applied = ActionApplied(state_sequence=seen, action=wire.action_message(action))
        return self._numbered(
            Event(type=EventType.EVENT_TYPE_ACTION_APPLIED, action_applied=applied)
        )

    def ended(self, run: Run, state: GameState) -> Event:
        finished = "won" if run.won else "lost"
        ended = GameEnded(
            won=run.won,
            ante=state.ante,
            round=state.round,
            best_score=float(run.state["best_score"]),
            reason=finished if run.over else "quit",
        )
        return self._numbered(Event(type=EventType.EVENT_TYPE_GAME_ENDED, game_ended=ended))

    def _numbered(self, event: Event) -> Event:
        """Give the event its number within the game, and an id that follows from it."""
        game_id = self._game.game_id
        event.game_id = event.correlation_id = game_id
        event.sequence = self.number
        event.event_id = str(uuid5(_EVENT_IDS, f"{game_id}/{self.number}"))
        self.number += 1
        return event


class Ledger:
    """What a batch of games does: a column of games and one of actions.

    One call a step of the batch costs about a microsecond and two integers an action.
    """

    def __init__(self, slots: int) -> None:
        """Begin empty; slots is how many games are played side by side."""
        self.games: list[Game] = []
        self._playing = np.full(slots, -1, dtype=np.int64)
        self._chunks: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []

    def begin(self, slot: int, game: Game) -> int:
        """A new game is played in a slot; its number in ``games``."""
        self.games.append(game)
        self._playing[slot] = len(self.games) - 1
        return len(self.games) - 1

    def add(self, actions: NDArray[np.int64], slots: NDArray[np.integer] | None = None) -> None:
        """Note the canonical actions of one step, of all slots or of those named.

        Raises:
            ValueError: in a slot no game was begun, or there is not one action a slot.
        """
        playing = self._playing if slots is None else self._playing[slots]
        if actions.shape != playing.shape:
            raise ValueError(f"{actions.size} actions for {playing.size} slots")
        if playing.size and int(playing.min()) < 0:
            raise ValueError("an action in a slot in which no game was begun")
        self._chunks.append((playing.copy(), actions.astype(np.int64)))

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Number of the game, and the action, of everything done so far, in order."""
        if not self._chunks:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        games, actions = zip(*self._chunks, strict=True)
        self._chunks = [(np.concatenate(games), np.concatenate(actions))]
        return self._chunks[0]

    def actions(self, number: int) -> list[int]:
        """The actions of a game, by its number in ``games``."""
        games, actions = self.columns()
        told: list[int] = actions[games == number].tolist()
        return told

    def events(self, number: int) -> Iterator[Event]:
        """The events of a game, by its number in ``games``.

        Raises:
            IllegalActionError: an action that was added is not one of this game.
        """
        return tell(self.games[number], self.actions(number))
