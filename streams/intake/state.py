"""A state, its legal actions and an action: can they be?"""

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from jimbot_stream.contracts import Action, ActionVerb, Card, GameState, LegalAction, Phase, Suit
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.scores import check_score
from jimbot_stream.streams.intake.verbs import (
    DECIDABLE,
    MOST_CARDS,
    MUST_CHOOSE,
    NEEDS,
    Needs,
    row_length,
)
from jimbot_stream.streams.intake.visibility import hide

_COUNTS = (
    "stake",
    "round",
    "hands_left",
    "discards_left",
    "joker_slots",
    "consumable_slots",
    "reroll_cost",
    "hands_played",
    "boss_rerolls",
    "pack_picks",
    "discards_used",
    "hands_total",
    "discards_unused",
    "skips",
    "tarots_used",
    "ectoplasms",
    "starting_cards",
    "reroll_base",
    "reroll_more",
    "free_rerolls",
    "win_ante",
)
_MOST_STAKE = 8
_PHASES = frozenset(Phase.values())
_SUITS = frozenset(Suit.values())
_RANKS = frozenset({0, *range(2, 15)})


def check_counts(message: Message, fields: Iterable[str], prefix: str) -> None:
    """Check that the fields are not negative.

    Raises:
        Rejected: one of them is.
    """
    for field in fields:
        value = getattr(message, field)
        if value < 0:
            raise Rejected("out_of_range", prefix + field, f"cannot be {value}")


def check_state(state: GameState, path: str) -> None:
    """Check a state after taking from it, in place, what its player cannot see.

    Raises:
        Rejected: no game can stand like that.
    """
    hide(state)
    if state.phase == Phase.PHASE_UNSPECIFIED or state.phase not in _PHASES:
        raise Rejected("missing_field", f"{path}.phase", "the phase must be told")
    check_counts(state, _COUNTS, f"{path}.")
    if state.stake > _MOST_STAKE:
        raise Rejected("out_of_range", f"{path}.stake", f"stakes end at {_MOST_STAKE}")
    check_score(state.chips, state.chips_exact, f"{path}.chips")
    blind = state.blind
    check_score(blind.chips_required, blind.chips_required_exact, f"{path}.blind.chips_required")
    check_score(state.best_score, "", f"{path}.best_score")
    check_score(state.best_hand, "", f"{path}.best_hand")
    _check_levels(state, path)
    _check_cards(state, path)


def _check_levels(state: GameState, path: str) -> None:
    for index, level in enumerate(state.hand_levels):
        where = f"{path}.hand_levels[{index}]."
        check_counts(level, ("level", "chips", "mult", "played", "played_this_round"), where)
        if not level.hand:
            raise Rejected("missing_field", where + "hand", "the hand must be named")


def _check_cards(state: GameState, path: str) -> None:
    seen: set[int] = set()
    piles = (
        ("hand", state.hand),
        ("draw_pile", state.draw_pile),
        ("discard_pile", state.discard_pile),
    )
    for name, row in piles:
        for index, card in enumerate(row):
            number = card.id
            if number < 0 or number in seen or card.suit not in _SUITS or card.rank not in _RANKS:
                raise _bad_card(card, f"{path}.{name}[{index}]")
            if number:
                seen.add(number)


def _bad_card(card: Card, where: str) -> Rejected:
    if card.suit not in _SUITS:
        return Rejected("out_of_range", f"{where}.suit", f"{card.suit} is no suit")
    if card.rank not in _RANKS:
        return Rejected("out_of_range", f"{where}.rank", f"{card.rank} is no rank")
    if card.id < 0:
        return Rejected("out_of_range", f"{where}.id", f"cannot be {card.id}")
    return Rejected("bad_cards", f"{where}.id", f"card {card.id} is there twice")


def check_action(action: Action, path: str) -> None:
    """Check an action by itself.

    Raises:
        Rejected: no state allows it.
    """
    needs = NEEDS.get(action.verb)
    if needs is None:
        raise Rejected("bad_action", f"{path}.verb", "the verb is not known")
    check_positions(action.cards, f"{path}.cards")
    if action.cards and not needs.cards:
        raise _useless(action, f"{path}.cards", "cards")
    if action.verb in MUST_CHOOSE and not 1 <= len(action.cards) <= MOST_CARDS:
        detail = f"expected 1 to {MOST_CARDS} cards, got {len(action.cards)}"
        raise Rejected("bad_action", f"{path}.cards", detail)
    if action.slot and not needs.row:
        raise _useless(action, f"{path}.slot", "slot")
    if action.target and not needs.moves:
        raise _useless(action, f"{path}.target", "target")
    check_counts(action, ("slot", "target"), f"{path}.")


def _useless(action: Action, path: str, part: str) -> Rejected:
    return Rejected("bad_action", path, f"{ActionVerb.Name(action.verb)} takes no {part}")


def check_positions(positions: Sequence[int], path: str, end: int | None = None) -> None:
    """Check that positions are ascending, none twice, and below the end.

    Raises:
        Rejected: they are not.
    """
    last = -1
    for index, position in enumerate(positions):
        if position <= last:
            detail = "must ascend from 0, none twice"
            raise Rejected("bad_cards", f"{path}[{index}]", detail)
        last = position
    if end is not None and last >= end:
        raise Rejected("bad_cards", path, f"there are {end}, so {last} is out of range")


def check_legal(state: GameState, legal: Sequence[LegalAction], path: str) -> None:
    """Check a request's state for a decision to be made, and its legal actions against it.

    Raises:
        Rejected: nothing can be decided, or something legal is not possible.
    """
    if state.phase not in DECIDABLE:
        detail = f"nothing can be decided in {Phase.Name(state.phase)}"
        raise Rejected("bad_legal", "payload.state.phase", detail)
    without_slot: set[int] = set()
    for index, family in enumerate(legal):
        where = f"{path}[{index}]"
        needs = _needs_of(state, family, where)
        _check_choice(state, family, where)
        _check_slots(state, family, needs, where)
        if not needs.row and family.verb in without_slot:
            raise Rejected("bad_legal", f"{where}.verb", "this verb is listed twice")
        without_slot.add(family.verb)


def _needs_of(state: GameState, family: LegalAction, where: str) -> Needs:
    needs = NEEDS.get(family.verb)
    if needs is None:
        raise Rejected("bad_legal", f"{where}.verb", "the verb is not known")
    name = ActionVerb.Name(family.verb)
    if state.phase not in needs.phases:
        detail = f"{name} is not possible in {Phase.Name(state.phase)}"
        raise Rejected("bad_legal", f"{where}.verb", detail)
    if needs.counter and getattr(state, needs.counter) < 1:
        raise Rejected("bad_legal", f"{where}.verb", f"{name} with {needs.counter} at 0")
    return needs


def _check_choice(state: GameState, family: LegalAction, where: str) -> None:
    end = len(state.hand)
    check_positions(family.selectable_cards, f"{where}.selectable_cards", end)
    check_positions(family.forced_cards, f"{where}.forced_cards", end)
    least, most = family.min_cards, family.max_cards
    if not 0 <= least <= most <= len(family.selectable_cards) + (most == 0):
        detail = f"{least} to {most} of {len(family.selectable_cards)} cards cannot be chosen"
        raise Rejected("bad_legal", f"{where}.max_cards", detail)
    if not set(family.forced_cards) <= set(family.selectable_cards):
        raise Rejected("bad_legal", f"{where}.forced_cards", "must be among the selectable")
    if len(family.forced_cards) > most:
        raise Rejected("bad_legal", f"{where}.forced_cards", f"more than the {most} allowed")
    if family.verb in MUST_CHOOSE and not 1 <= most <= MOST_CARDS:
        raise Rejected("bad_legal", f"{where}.max_cards", f"must be 1 to {MOST_CARDS}")


def _check_slots(state: GameState, family: LegalAction, needs: Needs, where: str) -> None:
    if not needs.row:
        if family.slots or family.targets:
            raise Rejected("bad_legal", f"{where}.slots", "this verb takes no slot")
        return
    end = row_length(state, needs)
    if not family.slots:
        raise Rejected("bad_legal", f"{where}.slots", "this verb needs a slot")
    check_positions(family.slots, f"{where}.slots", end)
    check_positions(family.targets, f"{where}.targets", end)


def check_possible(state: GameState, action: Action, path: str) -> None:
    """Check that the state has what the action names.

    Whether the rules allow it is for the legal actions to say; this is what can be told
    of any game, of foreign ones as well.

    Raises:
        Rejected: it is not possible there.
    """
    needs = NEEDS[action.verb]
    name = ActionVerb.Name(action.verb)
    if state.phase not in needs.phases:
        detail = f"{name} in {Phase.Name(state.phase)}"
        raise Rejected("illegal_action", f"{path}.verb", detail)
    if needs.counter and getattr(state, needs.counter) < 1:
        raise Rejected("illegal_action", f"{path}.verb", f"{name} with {needs.counter} at 0")
    if action.cards and action.cards[-1] >= len(state.hand):
        detail = f"there are {len(state.hand)} cards in hand"
        raise Rejected("illegal_action", f"{path}.cards", detail)
    if needs.row and max(action.slot, action.target) >= row_length(state, needs):
        detail = f"there are {row_length(state, needs)} in {needs.row}"
        raise Rejected("illegal_action", f"{path}.slot", detail)
