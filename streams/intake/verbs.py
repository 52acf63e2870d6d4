"""What each verb needs: the phases it belongs to, and whether it names cards and slots."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass

from jimbot_stream.contracts import Action, ActionVerb, GameState, LegalAction, Phase

_BLINDS = Phase.PHASE_BLIND_SELECT
_HAND = Phase.PHASE_SELECTING_HAND
_EVAL = Phase.PHASE_ROUND_EVAL
_SHOP = Phase.PHASE_SHOP
_PACK = Phase.PHASE_PACK

DECIDABLE: frozenset[int] = frozenset({_BLINDS, _HAND, _EVAL, _SHOP, _PACK})
"""Phases in which a player can do something."""

MOST_CARDS = 5
"""Cards that can be chosen at once."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a verb needs."""

    phases: frozenset[int]
    cards: bool = False
    """Names positions in the hand."""
    row: str = ""
    """Field of GameState that the slot is a position in; empty: it takes no slot."""
    moves: bool = False
    """Names a second position of the row."""
    counter: str = ""
    """Field of GameState that must be above 0."""


def _in(*phases: Phase) -> frozenset[int]:
    return frozenset(phases)


_ANY = DECIDABLE
NEEDS: Mapping[int, Needs] = {
    ActionVerb.ACTION_VERB_PLAY: Needs(_in(_HAND), cards=True, counter="hands_left"),
    ActionVerb.ACTION_VERB_DISCARD: Needs(_in(_HAND), cards=True, counter="discards_left"),
    ActionVerb.ACTION_VERB_SELECT_BLIND: Needs(_in(_BLINDS)),
    ActionVerb.ACTION_VERB_SKIP_BLIND: Needs(_in(_BLINDS)),
    ActionVerb.ACTION_VERB_CASH_OUT: Needs(_in(_EVAL)),
    ActionVerb.ACTION_VERB_NEXT_ROUND: Needs(_in(_SHOP)),
    ActionVerb.ACTION_VERB_BUY_CARD: Needs(_in(_SHOP), row="shop_cards"),
    ActionVerb.ACTION_VERB_BUY_VOUCHER: Needs(_in(_SHOP), row="shop_vouchers"),
    ActionVerb.ACTION_VERB_BUY_PACK: Needs(_in(_SHOP), row="shop_packs"),
    ActionVerb.ACTION_VERB_BUY_AND_USE: Needs(_in(_SHOP), cards=True, row="shop_cards"),
    ActionVerb.ACTION_VERB_PICK_PACK: Needs(_in(_PACK), cards=True, row="pack"),
    ActionVerb.ACTION_VERB_SKIP_PACK: Needs(_in(_PACK)),
    ActionVerb.ACTION_VERB_SELL_JOKER: Needs(_ANY, row="jokers"),
    ActionVerb.ACTION_VERB_SELL_CONSUMABLE: Needs(_ANY, row="consumables"),
    ActionVerb.ACTION_VERB_USE: Needs(_ANY, cards=True, row="consumables"),
    ActionVerb.ACTION_VERB_REROLL: Needs(_in(_SHOP)),
    ActionVerb.ACTION_VERB_REROLL_BOSS: Needs(_in(_BLINDS)),
    ActionVerb.ACTION_VERB_REARRANGE_HAND: Needs(_in(_HAND, _PACK), row="hand", moves=True),
    ActionVerb.ACTION_VERB_REARRANGE_JOKERS: Needs(_ANY, row="jokers", moves=True),
    ActionVerb.ACTION_VERB_REARRANGE_CONSUMABLES: Needs(_ANY, row="consumables", moves=True),
}
"""Every verb that can be carried out."""

MUST_CHOOSE = frozenset({ActionVerb.ACTION_VERB_PLAY, ActionVerb.ACTION_VERB_DISCARD})
"""Verbs that mean nothing without cards."""


def row_length(state: GameState, needs: Needs) -> int:
    """How many slots the verb can name."""
    row: Sized = getattr(state, needs.row)
    return len(row)


def fits(action: Action, family: LegalAction) -> bool:
    """Whether the action is one of the family."""
    if action.verb != family.verb:
        return False
    cards = set(action.cards)
    return (
        family.min_cards <= len(action.cards) <= family.max_cards
        and cards <= set(family.selectable_cards)
        and cards >= set(family.forced_cards)
        and _named(action.slot, family.slots)
        and _named(action.target, family.targets)
    )


def _named(position: int, allowed: Sequence[int]) -> bool:
    return position in allowed if allowed else position == 0
