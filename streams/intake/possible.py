"""What may be done in a visible state of the full game, as far as the state tells.

Used for recordings, whose players had every verb. It is generous where a state does not
tell: which cards a consumable takes is for the game to judge.
"""

from collections.abc import Iterable, Sequence

from jimbot_stream.contracts import ActionVerb, GameState, Item, LegalAction, Phase
from jimbot_stream.streams.intake.verbs import DECIDABLE, MOST_CARDS


def legal_of(state: GameState) -> list[LegalAction]:
    """The legal families of the state, in the order of their verbs."""
    families = [*_of_phase(state), *_of_rows(state)]
    return sorted(families, key=lambda family: family.verb)


def _of_phase(state: GameState) -> Iterable[LegalAction]:
    if state.phase == Phase.PHASE_SELECTING_HAND:
        return _with_hand(state)
    if state.phase == Phase.PHASE_BLIND_SELECT:
        skip = [] if state.blind.boss else [_bare(ActionVerb.ACTION_VERB_SKIP_BLIND)]
        return [_bare(ActionVerb.ACTION_VERB_SELECT_BLIND), *skip]
    if state.phase == Phase.PHASE_ROUND_EVAL:
        return [_bare(ActionVerb.ACTION_VERB_CASH_OUT)]
    if state.phase == Phase.PHASE_SHOP:
        return _in_shop(state)
    if state.phase == Phase.PHASE_PACK:
        pick = _slots(ActionVerb.ACTION_VERB_PICK_PACK, range(len(state.pack)), state)
        return [*pick, _bare(ActionVerb.ACTION_VERB_SKIP_PACK)]
    return []


def _with_hand(state: GameState) -> Iterable[LegalAction]:
    cards = range(len(state.hand))
    left = (
        (ActionVerb.ACTION_VERB_PLAY, state.hands_left),
        (ActionVerb.ACTION_VERB_DISCARD, state.discards_left),
    )
    for verb, times in left:
        if times > 0 and cards:
            most = min(MOST_CARDS, len(cards))
            yield LegalAction(verb=verb, min_cards=1, max_cards=most, selectable_cards=cards)


def _in_shop(state: GameState) -> Iterable[LegalAction]:
    yield _bare(ActionVerb.ACTION_VERB_NEXT_ROUND)
    yield from _slots(ActionVerb.ACTION_VERB_BUY_CARD, _payable(state, state.shop_cards))
    yield from _slots(ActionVerb.ACTION_VERB_BUY_VOUCHER, _payable(state, state.shop_vouchers))
    yield from _slots(ActionVerb.ACTION_VERB_BUY_PACK, _payable(state, state.shop_packs))
    usable = [slot for slot in _payable(state, state.shop_cards) if _usable(state.shop_cards[slot])]
    yield from _slots(ActionVerb.ACTION_VERB_BUY_AND_USE, usable, state)
    if state.money >= state.reroll_cost:
        yield _bare(ActionVerb.ACTION_VERB_REROLL)


def _of_rows(state: GameState) -> Iterable[LegalAction]:
    """What is possible in every phase in which anything is."""
    if state.phase not in DECIDABLE:
        return
    jokers, consumables = range(len(state.jokers)), range(len(state.consumables))
    sellable = [slot for slot in jokers if not state.jokers[slot].eternal]
    yield from _slots(ActionVerb.ACTION_VERB_SELL_JOKER, sellable)
    yield from _slots(ActionVerb.ACTION_VERB_SELL_CONSUMABLE, consumables)
    yield from _slots(ActionVerb.ACTION_VERB_USE, consumables, state)
    yield from _moves(ActionVerb.ACTION_VERB_REARRANGE_JOKERS, jokers)
    yield from _moves(ActionVerb.ACTION_VERB_REARRANGE_CONSUMABLES, consumables)
    if state.phase in (Phase.PHASE_SELECTING_HAND, Phase.PHASE_PACK):
        yield from _moves(ActionVerb.ACTION_VERB_REARRANGE_HAND, range(len(state.hand)))


def _payable(state: GameState, row: Sequence[Item]) -> list[int]:
    return [slot for slot, item in enumerate(row) if item.cost <= state.money]


def _usable(item: Item) -> bool:
    return item.key.startswith("c_")


def _bare(verb: ActionVerb) -> LegalAction:
    return LegalAction(verb=verb)


def _slots(
    verb: ActionVerb, slots: Iterable[int], targets: GameState | None = None
) -> Iterable[LegalAction]:
    """The family of the slots, if there are any; with targets, on up to five of its hand."""
    family = LegalAction(verb=verb, slots=slots)
    if targets is not None:
        family.selectable_cards.extend(range(len(targets.hand)))
        family.max_cards = min(MOST_CARDS, len(targets.hand))
    return [family] if family.slots else []


def _moves(verb: ActionVerb, row: range) -> Iterable[LegalAction]:
    return [LegalAction(verb=verb, slots=row, targets=row)] if len(row) > 1 else []
