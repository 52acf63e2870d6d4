"""Advice on a visible state, whoever tells it: what the search would do there."""

from dataclasses import dataclass

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.lookahead.search import Lookahead
from jimbot_stream.contracts.v1.game_pb2 import Action, GameState


@dataclass(frozen=True, slots=True)
class Advice:
    """An action, and how much it promises."""

    action: Action
    worth: float
    """Antes that are still beaten by it; in the midst of a round, what the round is worth."""
    tried: int
    """Candidates that were tried."""


class NothingToAdviseError(ValueError):
    """There is nothing to choose in the state."""


def advise(search: Lookahead, state: GameState, counter: int) -> Advice:
    """The best candidate of a state; counter numbers the questions of a game.

    Raises:
        NothingToAdviseError: no action is legal.
    """
    _, rows, mask, listed = wire.encode(state)
    if not mask.any():
        raise NothingToAdviseError("nothing can be done in this state: there is no advice on it")
    actions, rows = listed[mask], rows[mask]
    values, among = search.values(wire.record(state), 0, actions, rows, counter)
    best = search.best(values, among)
    action = wire.action_message(int(actions[best]))
    return Advice(action, float(values[best]), len(actions))
