"""Calls to BalatroBot over JSON-RPC as actions of ours; positions count from 0 on both sides."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jimbot_stream.contracts import Action, ActionVerb
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.recorded_call import moves
from jimbot_stream.streams.intake.rejection import Rejected

LOOKS: Final = frozenset(
    {"gamestate", "health", "menu", "rpc.discover", "save", "screenshot", "start"}
)
"""Methods that choose nothing within a game; those that begin or leave one show in its states."""


def actions_of(method: str, given: Given) -> Sequence[Action]:
    """The actions that a call came to, in order; none where it only looks.

    Raises:
        Rejected: no verb stands for the method (a game that was loaded or changed from outside
            is none), or its parameters are not what they must be.
    """
    if method in LOOKS:
        return ()
    reader = _METHODS.get(method)
    if reader is None:
        detail = f"no verb stands for the method {method[:40]!r}"
        raise Rejected("unknown_function", given.path, detail)
    return reader(given)


def _bare(verb: ActionVerb) -> Callable[[Given], Sequence[Action]]:
    return lambda given: [Action(verb=verb)]


def _hand(verb: ActionVerb) -> Callable[[Given], Sequence[Action]]:
    return lambda given: [Action(verb=verb, cards=sorted(given.integers("cards")))]


def _slot(verbs: Mapping[str, ActionVerb]) -> Callable[[Given], Sequence[Action]]:
    """One position, in the row that the only parameter names."""

    def read(given: Given) -> Sequence[Action]:
        row = _only(given, verbs)
        return [Action(verb=verbs[row], slot=given.integer(row))]

    return read


def _use(given: Given) -> Sequence[Action]:
    _only(given, ("consumable",))
    verb = ActionVerb.ACTION_VERB_USE
    cards = sorted(given.integers("cards"))
    return [Action(verb=verb, slot=given.integer("consumable"), cards=cards)]


def _pack(given: Given) -> Sequence[Action]:
    if _only(given, ("card", "skip")) == "card":
        verb = ActionVerb.ACTION_VERB_PICK_PACK
        cards = sorted(given.integers("targets"))
        return [Action(verb=verb, slot=given.integer("card"), cards=cards)]
    if not given.flag("skip"):
        raise Rejected("bad_action", given.at("skip"), "neither takes a card nor skips the pack")
    return [Action(verb=ActionVerb.ACTION_VERB_SKIP_PACK)]


def _rearrange(given: Given) -> Sequence[Action]:
    row = _only(given, _ROWS)
    order = given.integers(row)
    if sorted(order) != list(range(len(order))):
        raise Rejected("bad_action", given.at(row), "is not a new order of the whole row")
    return [Action(verb=_ROWS[row], slot=slot, target=to) for slot, to in moves(order)]


def _only(given: Given, names: Mapping[str, ActionVerb] | Sequence[str]) -> str:
    """The one of the names that is given."""
    found = [name for name in names if name in given]
    if len(found) != 1:
        wanted = ", ".join(names)
        raise Rejected("bad_action", given.path, f"needs exactly one of {wanted}")
    return found[0]


_ROWS: Final = {
    "hand": ActionVerb.ACTION_VERB_REARRANGE_HAND,
    "jokers": ActionVerb.ACTION_VERB_REARRANGE_JOKERS,
    "consumables": ActionVerb.ACTION_VERB_REARRANGE_CONSUMABLES,
}
_METHODS: Final[Mapping[str, Callable[[Given], Sequence[Action]]]] = {
    "select": _bare(ActionVerb.ACTION_VERB_SELECT_BLIND),
    "skip": _bare(ActionVerb.ACTION_VERB_SKIP_BLIND),
    "reroll_boss": _bare(ActionVerb.ACTION_VERB_REROLL_BOSS),
    "play": _hand(ActionVerb.ACTION_VERB_PLAY),
    "discard": _hand(ActionVerb.ACTION_VERB_DISCARD),
    "cash_out": _bare(ActionVerb.ACTION_VERB_CASH_OUT),
    "next_round": _bare(ActionVerb.ACTION_VERB_NEXT_ROUND),
    "reroll": _bare(ActionVerb.ACTION_VERB_REROLL),
    "buy": _slot(
        {
            "card": ActionVerb.ACTION_VERB_BUY_CARD,
            "voucher": ActionVerb.ACTION_VERB_BUY_VOUCHER,
            "pack": ActionVerb.ACTION_VERB_BUY_PACK,
        }
    ),
    "buy_and_use": _slot({"card": ActionVerb.ACTION_VERB_BUY_AND_USE}),
    "sell": _slot(
        {
            "joker": ActionVerb.ACTION_VERB_SELL_JOKER,
            "consumable": ActionVerb.ACTION_VERB_SELL_CONSUMABLE,
        }
    ),
    "use": _use,
    "pack": _pack,
    "rearrange": _rearrange,
}
