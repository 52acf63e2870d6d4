"""What a logged event says, in one line for a person who audits a game."""

from collections.abc import Callable
from math import exp
from typing import Any, Final

import orjson

from jimbot_stream.balatro import view
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    ActionVerb,
    DecisionMade,
    DecisionSource,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog import RecordedEvent

_MOVES: Final[frozenset[int]] = frozenset(
    {Verb.REARRANGE_HAND, Verb.REARRANGE_JOKERS, Verb.REARRANGE_CONSUMABLES}
)
_SLOTTED: Final[frozenset[int]] = _MOVES | {
    Verb.BUY_CARD,
    Verb.BUY_VOUCHER,
    Verb.BUY_PACK,
    Verb.BUY_AND_USE,
    Verb.PICK_PACK,
    Verb.SELL_JOKER,
    Verb.SELL_CONSUMABLE,
    Verb.USE,
}
SHORT: Final = 12
"""Digits of a checkpoint that are shown: enough to tell it from the others of a run."""


def summary(event: RecordedEvent) -> str | None:
    """The event in a line; None for types without one, and for what cannot be read."""
    if event.type not in _SAY:
        return None
    kind, say = _SAY[event.type]
    try:
        return say(read_event(kind, event))
    except (ShapeError, UnknownSchemaError, orjson.JSONDecodeError):
        return None


def action_text(action: Action) -> str:
    """An action as its verb and what it takes: ``play 0 2 4``, ``use slot 1 on 0``."""
    known = action.verb in ActionVerb.values()
    name = ActionVerb.Name(action.verb) if known else f"verb {action.verb}"
    words = [name.removeprefix("ACTION_VERB_").lower().replace("_", " ")]
    cards = [str(position) for position in action.cards]
    if action.verb in _SLOTTED:
        words.append(f"slot {action.slot}")
        cards = ["on", *cards] if cards else []
    if action.verb in _MOVES:
        words.append(f"to {action.target}")
    return " ".join([*words, *cards])


def _observed(fact: StateObserved) -> str:
    return " | ".join(view.state_text(fact.state).splitlines())


def _decided(fact: DecisionMade) -> str:
    by = DecisionSource.Name(fact.decided_by).removeprefix("DECISION_SOURCE_").lower()
    weights = f" {fact.checkpoint[:SHORT]}" if fact.checkpoint else ""
    chance = f"probability {exp(fact.log_prob):.3f}"
    return f"{action_text(fact.action)}  ({by}{weights}, {chance}, value {fact.value:+.2f})"


def _applied(fact: ActionApplied) -> str:
    return action_text(fact.action)


_SAY: Final[dict[str, tuple[type[Any], Callable[[Any], str]]]] = {
    "StateObserved": (StateObserved, _observed),
    "DecisionMade": (DecisionMade, _decided),
    "ActionApplied": (ActionApplied, _applied),
}
