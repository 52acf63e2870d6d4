"""Calls of a recorded bot as actions of ours."""

from collections.abc import Callable, Mapping, Sequence

from jimbot_stream.contracts import Action, ActionVerb
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.rejection import Rejected

START_RUN = "start_run"
GO_TO_MENU = "go_to_menu"


def actions_of(name: str, given: Given) -> Sequence[Action]:
    """The actions that a call came to, in order; rearranging takes one per card moved.

    Raises:
        Rejected: the call is not known, or its arguments are not what they must be.
    """
    reader = _CALLS.get(name)
    if reader is None:
        detail = f"no verb stands for the call {name[:40]!r}"
        raise Rejected("unknown_function", given.path, detail)
    return reader(given)


def _blind(given: Given) -> Sequence[Action]:
    return [Action(verb=_choice(given, _BLIND))]


def _hand(given: Given) -> Sequence[Action]:
    return [Action(verb=_choice(given, _HAND), cards=sorted(given.integers("cards")))]


def _cash_out(_given: Given) -> Sequence[Action]:
    return [Action(verb=ActionVerb.ACTION_VERB_CASH_OUT)]


def _shop(given: Given) -> Sequence[Action]:
    return [Action(verb=_choice(given, _SHOP), slot=given.integer("index"))]


def _use(given: Given) -> Sequence[Action]:
    cards = sorted(given.integers("cards"))
    verb = ActionVerb.ACTION_VERB_USE
    return [Action(verb=verb, slot=given.integer("index"), cards=cards)]


def _sell(verb: ActionVerb) -> Callable[[Given], Sequence[Action]]:
    return lambda given: [Action(verb=verb, slot=given.integer("index"))]


def _rearrange(verb: ActionVerb, row: str) -> Callable[[Given], Sequence[Action]]:
    def read(given: Given) -> Sequence[Action]:
        order = given.integers(row)
        if sorted(order) != list(range(len(order))):
            raise Rejected("bad_action", given.at(row), "is not a new order of the whole row")
        return [Action(verb=verb, slot=slot, target=to) for slot, to in moves(order)]

    return read


def moves(order: Sequence[int]) -> list[tuple[int, int]]:
    """The moves (position, new position) that bring a row into a new order.

    One move where one is enough; else from left to right.
    """
    start = list(range(len(order)))
    for slot in start:
        to = order.index(slot)
        if slot != to and _moved(start, slot, to) == list(order):
            return [(slot, to)]
    found, row = [], start
    for to, wanted in enumerate(order):
        slot = row.index(wanted)
        if slot != to:
            found.append((slot, to))
            row = _moved(row, slot, to)
    return found


def _moved(row: Sequence[int], slot: int, to: int) -> list[int]:
    moved = [*row[:slot], *row[slot + 1 :]]
    moved.insert(to, row[slot])
    return moved


def _choice(given: Given, verbs: Mapping[str, ActionVerb]) -> ActionVerb:
    action = given.text("action")
    if action not in verbs:
        detail = f"expected one of {', '.join(verbs)}, got {action[:40]!r}"
        raise Rejected("unknown_function", given.at("action"), detail)
    return verbs[action]


_BLIND = {
    "select": ActionVerb.ACTION_VERB_SELECT_BLIND,
    "skip": ActionVerb.ACTION_VERB_SKIP_BLIND,
}
_HAND = {
    "play_hand": ActionVerb.ACTION_VERB_PLAY,
    "discard": ActionVerb.ACTION_VERB_DISCARD,
}
_SHOP = {
    "next_round": ActionVerb.ACTION_VERB_NEXT_ROUND,
    "reroll": ActionVerb.ACTION_VERB_REROLL,
    "buy_card": ActionVerb.ACTION_VERB_BUY_CARD,
    "buy_and_use_card": ActionVerb.ACTION_VERB_BUY_AND_USE,
    "redeem_voucher": ActionVerb.ACTION_VERB_BUY_VOUCHER,
    "open_pack": ActionVerb.ACTION_VERB_BUY_PACK,
}
_CALLS: Mapping[str, Callable[[Given], Sequence[Action]]] = {
    "skip_or_select_blind": _blind,
    "play_hand_or_discard": _hand,
    "cash_out": _cash_out,
    "shop": _shop,
    "use_consumable": _use,
    "sell_joker": _sell(ActionVerb.ACTION_VERB_SELL_JOKER),
    "sell_consumable": _sell(ActionVerb.ACTION_VERB_SELL_CONSUMABLE),
    "rearrange_hand": _rearrange(ActionVerb.ACTION_VERB_REARRANGE_HAND, "cards"),
    "rearrange_jokers": _rearrange(ActionVerb.ACTION_VERB_REARRANGE_JOKERS, "jokers"),
    "rearrange_consumables": _rearrange(
        ActionVerb.ACTION_VERB_REARRANGE_CONSUMABLES, "consumables"
    ),
}
