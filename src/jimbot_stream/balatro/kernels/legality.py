"""What may be done in a state, and why not.

``refusal`` answers for one action. ``families`` tells everything that may be done, one row
for each verb or slot; both are built of the same conditions, so that they cannot disagree.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import MOST_CARDS, VERBS, Verb
from jimbot_stream.balatro.kernels import (
    economy,
    items,
    jit,
    owned,
    usable,
)
from jimbot_stream.balatro.refusals import REASONS as REASONS
from jimbot_stream.balatro.refusals import Refusal
from jimbot_stream.balatro.state import MAX_CONSUMABLES, MAX_JOKERS, Kind, Phase
from jimbot_stream.balatro.tables.economy import BOSS_REROLL_DOLLARS
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.vouchers import NUMBER

LEGAL = int(Refusal.LEGAL)
UNKNOWN_VERB = int(Refusal.UNKNOWN_VERB)
_WRONG_PHASE = int(Refusal.WRONG_PHASE)
_STRAY = int(Refusal.STRAY_ARGUMENT)
_NO_CARDS = int(Refusal.NO_CARDS)
_TOO_MANY_CARDS = int(Refusal.TOO_MANY_CARDS)
_CARD_NOT_IN_HAND = int(Refusal.CARD_NOT_IN_HAND)
_NO_HANDS_LEFT = int(Refusal.NO_HANDS_LEFT)
_NO_DISCARDS_LEFT = int(Refusal.NO_DISCARDS_LEFT)
_FORCED_MISSING = int(Refusal.FORCED_CARD_MISSING)
_NO_SUCH_SLOT = int(Refusal.NO_SUCH_SLOT)
_NOT_ENOUGH_MONEY = int(Refusal.NOT_ENOUGH_MONEY)
_NO_JOKER_ROOM = int(Refusal.NO_JOKER_ROOM)
_NO_CONSUMABLE_ROOM = int(Refusal.NO_CONSUMABLE_ROOM)
_NOT_A_CONSUMABLE = int(Refusal.NOT_A_CONSUMABLE)
_ETERNAL_REFUSED = int(Refusal.ETERNAL)
_BOSS_CANNOT_BE_SKIPPED = int(Refusal.BOSS_CANNOT_BE_SKIPPED)
_NO_BOSS_REROLL = int(Refusal.NO_BOSS_REROLL)
_BOSS_REROLLED = int(Refusal.BOSS_REROLLED)
_SAME_PLACE = int(Refusal.SAME_PLACE)

_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_SELECT_BLIND = int(Verb.SELECT_BLIND)
_SKIP_BLIND = int(Verb.SKIP_BLIND)
_CASH_OUT = int(Verb.CASH_OUT)
_NEXT_ROUND = int(Verb.NEXT_ROUND)
_BUY_CARD = int(Verb.BUY_CARD)
_BUY_VOUCHER = int(Verb.BUY_VOUCHER)
_BUY_PACK = int(Verb.BUY_PACK)
_BUY_AND_USE = int(Verb.BUY_AND_USE)
_PICK_PACK = int(Verb.PICK_PACK)
_SKIP_PACK = int(Verb.SKIP_PACK)
_SELL_JOKER = int(Verb.SELL_JOKER)
_SELL_CONSUMABLE = int(Verb.SELL_CONSUMABLE)
_USE = int(Verb.USE)
_REROLL = int(Verb.REROLL)
_REROLL_BOSS = int(Verb.REROLL_BOSS)
_MOVE_HAND = int(Verb.REARRANGE_HAND)
_MOVE_JOKERS = int(Verb.REARRANGE_JOKERS)
_MOVE_CONSUMABLES = int(Verb.REARRANGE_CONSUMABLES)
_BLIND_SELECT = int(Phase.BLIND_SELECT)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_ROUND_EVAL = int(Phase.ROUND_EVAL)
_SHOP = int(Phase.SHOP)
_PACK = int(Phase.PACK)
_JOKER = int(Kind.JOKER)
_NEGATIVE = int(Edition.NEGATIVE)
_ETERNAL = int(Mark.ETERNAL)
_BOSS = 2
_DIRECTORS_CUT = NUMBER["v_directors_cut"]
_RETCON = NUMBER["v_retcon"]

_ANY = 1 << _BLIND_SELECT | 1 << _SELECTING_HAND | 1 << _ROUND_EVAL | 1 << _SHOP | 1 << _PACK
_PHASES = np.zeros(VERBS + 1, dtype=np.int64)
"""By verb: bit set of the phases in which it belongs."""
_PHASES[[_PLAY, _DISCARD]] = 1 << _SELECTING_HAND
_PHASES[[_SELECT_BLIND, _SKIP_BLIND, _REROLL_BOSS]] = 1 << _BLIND_SELECT
_PHASES[_CASH_OUT] = 1 << _ROUND_EVAL
_PHASES[[_NEXT_ROUND, _REROLL, _BUY_CARD, _BUY_VOUCHER, _BUY_PACK, _BUY_AND_USE]] = 1 << _SHOP
_PHASES[[_PICK_PACK, _SKIP_PACK]] = 1 << _PACK
_PHASES[[_SELL_JOKER, _SELL_CONSUMABLE, _USE, _MOVE_JOKERS, _MOVE_CONSUMABLES]] = _ANY
_PHASES[_MOVE_HAND] = 1 << _SELECTING_HAND | 1 << _PACK
_PHASES.setflags(write=False)
TAKES_CARDS = 1 << _PLAY | 1 << _DISCARD | 1 << _BUY_AND_USE | 1 << _PICK_PACK | 1 << _USE
MOVES = 1 << _MOVE_HAND | 1 << _MOVE_JOKERS | 1 << _MOVE_CONSUMABLES
SELLS = 1 << _SELL_JOKER | 1 << _SELL_CONSUMABLE
BUYS = 1 << _BUY_CARD | 1 << _BUY_VOUCHER | 1 << _BUY_PACK | 1 << _BUY_AND_USE
TAKES_SLOT = BUYS | MOVES | SELLS | 1 << _PICK_PACK | 1 << _USE
BARE = ((1 << VERBS + 1) - 2) & ~(TAKES_CARDS | TAKES_SLOT)
"""Bit sets of verbs, by what they name and do; the bare ones name nothing."""


@jit
def in_phase(s: Any, verb: int) -> bool:
    """Whether a verb belongs in the phase where the run stands."""
    return bool(_PHASES[verb] >> int(s.phase) & 1 == 1)


@jit
def affords(s: Any, cost: int) -> int:
    """Whether something can be paid, in debt where a joker allows it; what is free always."""
    return LEGAL if cost <= 0 or cost <= int(s.money) + owned.debt(s) else _NOT_ENOUGH_MONEY


@jit
def room_for(s: Any, item: Any) -> int:
    """Whether there is room for an item; a Negative one brings its own."""
    kind = int(item.kind)
    extra = 1 if int(item.edition) == _NEGATIVE else 0
    if kind == _JOKER:
        full = items.joker_room(s) + extra <= 0 or s.joker_count >= MAX_JOKERS
        return _NO_JOKER_ROOM if full else LEGAL
    if usable.is_consumable(kind):
        full = items.consumable_room(s) + extra <= 0 or s.consumable_count >= MAX_CONSUMABLES
        return _NO_CONSUMABLE_ROOM if full else LEGAL
    return LEGAL


@jit
def _buy_refusal(s: Any, verb: int, item: Any) -> int:
    if item.kind == 0:
        return _NO_SUCH_SLOT
    refused = affords(s, items.price(s, item))
    if refused != LEGAL:
        return refused
    if verb == _BUY_CARD:
        return room_for(s, item)
    if verb == _BUY_AND_USE:
        return usable.refusal(s, int(item.kind), int(item.id), 0)
    return LEGAL


@jit
def _pick_refusal(s: Any, item: Any) -> int:
    kind = int(item.kind)
    if kind == 0:
        return _NO_SUCH_SLOT
    if usable.is_consumable(kind):
        return usable.refusal(s, kind, int(item.id), 0)
    return room_for(s, item)


@jit
def count_of(s: Any, verb: int) -> int:
    """How many slots there are for a verb that takes one."""
    if verb in (_BUY_CARD, _BUY_AND_USE):
        return int(s.shop_count)
    if verb == _BUY_VOUCHER:
        return int(s.vouchers_count)
    if verb == _BUY_PACK:
        return int(s.packs_count)
    if verb == _PICK_PACK:
        return int(s.pack_count)
    if verb in (_SELL_JOKER, _MOVE_JOKERS):
        return int(s.joker_count)
    return int(s.hand_count) if verb == _MOVE_HAND else int(s.consumable_count)


@jit
def slot_refusal(s: Any, verb: int, slot: int) -> int:
    """Why a verb may not be applied to a slot, whatever its cards or target."""
    count = count_of(s, verb)
    if slot >= count:
        return _NO_SUCH_SLOT
    if 1 << verb & MOVES:
        return LEGAL if count > 1 else _SAME_PLACE
    if verb in (_BUY_CARD, _BUY_AND_USE):
        return _buy_refusal(s, verb, s.shop[slot])
    if verb == _BUY_VOUCHER:
        return _buy_refusal(s, verb, s.shop_vouchers[slot])
    if verb == _BUY_PACK:
        return _buy_refusal(s, verb, s.packs[slot])
    if verb == _PICK_PACK:
        return _pick_refusal(s, s.pack[slot])
    if verb == _SELL_JOKER:
        return _ETERNAL_REFUSED if int(s.jokers[slot].marks) & _ETERNAL else LEGAL
    if verb == _USE:
        item = s.consumables[slot]
        return usable.refusal(s, int(item.kind), int(item.id), 1)
    return LEGAL


@jit
def item_of(s: Any, verb: int, slot: int) -> tuple[int, int]:
    """Kind and id of what a verb that takes slot and cards is about."""
    if verb == _USE:
        return int(s.consumables[slot].kind), int(s.consumables[slot].id)
    if verb == _PICK_PACK:
        return int(s.pack[slot].kind), int(s.pack[slot].id)
    return int(s.shop[slot].kind), int(s.shop[slot].id)


@jit
def _hand_refusal(s: Any, verb: int) -> int:
    if verb == _PLAY and s.hands_left <= 0:
        return _NO_HANDS_LEFT
    if verb == _DISCARD and s.discards_left <= 0:
        return _NO_DISCARDS_LEFT
    return LEGAL


@jit
def _card_refusal(s: Any, cards: int) -> int:
    if cards == 0:
        return _NO_CARDS
    if cards >> int(s.hand_count) != 0:
        return _CARD_NOT_IN_HAND
    if usable.bits(cards) > MOST_CARDS:
        return _TOO_MANY_CARDS
    return _FORCED_MISSING if usable.forced_mask(s) & ~cards != 0 else LEGAL


@jit
def _boss_reroll_refusal(s: Any) -> int:
    if not items.redeemed(s, _RETCON):
        if not items.redeemed(s, _DIRECTORS_CUT):
            return _NO_BOSS_REROLL
        if s.rerolls > 0:
            return _BOSS_REROLLED
    return affords(s, BOSS_REROLL_DOLLARS)


@jit
def bare_refusal(s: Any, verb: int) -> int:
    """Why a verb without slot and cards may not be done in its phase."""
    if verb == _SKIP_BLIND:
        return _BOSS_CANNOT_BE_SKIPPED if s.blind == _BOSS else LEGAL
    if verb == _REROLL:
        return affords(s, economy.reroll_cost(s))
    return _boss_reroll_refusal(s) if verb == _REROLL_BOSS else LEGAL


@jit
def _slotted_refusal(s: Any, verb: int, slot: int, target: int, cards: int) -> int:
    refused = slot_refusal(s, verb, slot)
    if refused != LEGAL:
        return refused
    if 1 << verb & MOVES:
        if target >= count_of(s, verb):
            return _NO_SUCH_SLOT
        return _SAME_PLACE if target == slot else LEGAL
    if 1 << verb & TAKES_CARDS == 0:
        return LEGAL
    kind, number = item_of(s, verb, slot)
    if usable.is_consumable(kind):
        return usable.target_refusal(s, kind, number, cards)
    return _STRAY if cards != 0 else LEGAL


@jit
def refusal(s: Any, action: int) -> int:
    """Why a canonical action may not be done; ``LEGAL`` when it may."""
    if action < 0:
        return UNKNOWN_VERB
    verb = action >> 40
    if verb < 1 or verb > VERBS:
        return UNKNOWN_VERB
    if not in_phase(s, verb):
        return _WRONG_PHASE
    slot = action >> 32 & 255
    target = action >> 24 & 255
    cards = action & 0xFFFFFF
    if (
        (slot != 0 and 1 << verb & TAKES_SLOT == 0)
        or (target != 0 and 1 << verb & MOVES == 0)
        or (cards != 0 and 1 << verb & TAKES_CARDS == 0)
    ):
        return _STRAY
    if 1 << verb & TAKES_SLOT:
        return _slotted_refusal(s, verb, slot, target, cards)
    if verb in (_PLAY, _DISCARD):
        refused = _hand_refusal(s, verb)
        return refused if refused != LEGAL else _card_refusal(s, cards)
    return bare_refusal(s, verb)


# --- everything at once ----------------------------------------------------------------

VERB, FEWEST, MOST, SELECTABLE, FORCED, SLOTS, TARGETS = range(7)
"""Columns of a family; the last four are bit masks."""
FAMILY_COLUMNS = 7
MAX_FAMILIES = 64


@jit
def _row(out: NDArray[np.int64], count: int, verb: int, slots: int) -> int:
    for column in range(FAMILY_COLUMNS):
        out[count, column] = 0
    out[count, VERB] = verb
    out[count, SLOTS] = slots
    return count + 1


@jit
def _card_families(s: Any, out: NDArray[np.int64], count: int) -> int:
    forced = usable.forced_mask(s)
    if s.hand_count == 0 or usable.bits(forced) > MOST_CARDS:
        return count
    for verb in (_PLAY, _DISCARD):
        if _hand_refusal(s, verb) != LEGAL:
            continue
        count = _row(out, count, verb, 0)
        out[count - 1, FEWEST] = max(1, usable.bits(forced))
        out[count - 1, MOST] = min(MOST_CARDS, int(s.hand_count))
        out[count - 1, SELECTABLE] = usable.hand_mask(s)
        out[count - 1, FORCED] = forced
    return count


@jit
def _aim(s: Any, out: NDArray[np.int64], at: int, kind: int, number: int) -> None:
    """Write the cards that a consumable may act on into its family."""
    may = usable.selectable(s, kind, number)
    must = usable.forced_mask(s)
    out[at, FEWEST] = max(usable.fewest(kind, number), usable.bits(must))
    out[at, MOST] = min(usable.most(kind, number), usable.bits(may))
    out[at, SELECTABLE] = may
    out[at, FORCED] = must


@jit
def _slot_families(s: Any, verb: int, out: NDArray[np.int64], count: int) -> int:
    """One family of all slots that take no cards, one for each slot that does."""
    plain = 0
    for slot in range(count_of(s, verb)):
        if slot_refusal(s, verb, slot) != LEGAL:
            continue
        if 1 << verb & TAKES_CARDS:
            kind, number = item_of(s, verb, slot)
            if usable.is_consumable(kind) and usable.fewest(kind, number) > 0:
                count = _row(out, count, verb, 1 << slot)
                _aim(s, out, count - 1, kind, number)
                continue
        plain |= 1 << slot
    if plain != 0:
        count = _row(out, count, verb, plain)
        if 1 << verb & MOVES:
            out[count - 1, TARGETS] = plain
    return count


@jit
def families(s: Any, out: NDArray[np.int64]) -> int:
    """Write out[MAX_FAMILIES, FAMILY_COLUMNS]: all legal actions in factored form; their number.

    A row stands for each of its slots with each of its targets (a move to its own place
    excepted) and each choice of ``FEWEST`` to ``MOST`` of the selectable cards that
    includes the forced ones. Together the rows are exactly the legal actions.
    """
    count = 0
    for verb in range(1, VERBS + 1):
        if not in_phase(s, verb):
            continue
        if 1 << verb & TAKES_SLOT:
            count = _slot_families(s, verb, out, count)
        elif verb == _PLAY:
            count = _card_families(s, out, count)
        elif verb != _DISCARD and bare_refusal(s, verb) == LEGAL:
            count = _row(out, count, verb, 0)
    return count
