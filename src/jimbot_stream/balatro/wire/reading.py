"""From a visible state, whoever tells it, to a run's record.

What a state does not tell gets the value that a run has by itself: of its deck, of a new
joker, of level 1. Which unseen card lies where stays open: face-down places take the last
cards of the sorted pile, so that counts come out right and nothing looks at them. What
these rules do not know (a modded joker) becomes an item that lies face down.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import prices
from jimbot_stream.balatro.state import (
    MAX_CARDS,
    MAX_CONSUMABLES,
    MAX_HAND,
    MAX_JOKERS,
    MAX_PACK,
    MAX_PACKS,
    MAX_SHOP,
    MAX_TAGS,
    MAX_VOUCHERS,
    STATE,
    Kind,
    Phase,
    blank,
    plain,
)
from jimbot_stream.balatro.tables.compiled_owned import START_COUNTER, START_VALUE
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.packs import PackKind
from jimbot_stream.balatro.wire import keys
from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, HandLevel, Item

_BOSS = 2
_ACE = 14
_SUITS = 4
_STAKES = 8
_STONE = "m_stone"
_WIN_ANTE = 8
_PERISHES_AFTER = 5
_MOST_DOLLARS = 2**30
"""More that a foreign item sells for is not told apart."""
_MARKS = (
    ("debuffed", Mark.DEBUFFED),
    ("eternal", Mark.ETERNAL),
    ("perishable", Mark.PERISHABLE),
    ("rental", Mark.RENTAL),
    ("coupon", Mark.COUPON),
)
_HELD = frozenset({Kind.TAROT, Kind.PLANET, Kind.SPECTRAL})
_OFFERED = _HELD | {Kind.JOKER, Kind.CARD}
_KINDS: Mapping[str, AbstractSet[int]] = {
    "jokers": frozenset({Kind.JOKER}),
    "consumables": _HELD,
    "shop": _OFFERED,
    "shop_vouchers": frozenset({Kind.VOUCHER}),
    "packs": frozenset({Kind.PACK}),
    "pack": _OFFERED,
}
"""What can lie in each row."""
_PACK_OF: Mapping[int, int] = {
    Kind.JOKER: PackKind.BUFFOON,
    Kind.TAROT: PackKind.ARCANA,
    Kind.PLANET: PackKind.CELESTIAL,
    Kind.SPECTRAL: PackKind.SPECTRAL,
    Kind.CARD: PackKind.STANDARD,
}


def record(state: GameState) -> NDArray[Any]:
    """The visible state as one record of ``state.STATE``."""
    states = blank(STATE)
    s: Any = plain(states, STATE)[0]
    for name, field in keys.NUMBERS.items():
        s[field] = getattr(state, name)
    for name, field in keys.FLAGS.items():
        s[field] = getattr(state, name)
    _read_blind(s, state)
    _read_levels(s, state.hand_levels)
    _read_targets(s, state)
    _read_cards(s, state)
    _read_items(s, state)
    _read_tags(s, state)
    _read_memory(s, state)
    _fill_gaps(s, state)
    _read_worth(states, s, state)
    return states


def _read_blind(s: Any, state: GameState) -> None:
    number = keys.BLIND.get(state.blind.key, 0)
    boss = state.blind.boss or number > _BOSS
    s["blind"] = _BOSS if boss else max(number - 1, 0)
    s["boss"] = keys.BLIND.get(state.boss, 0) or (number if number > _BOSS else 0)
    s["required"] = state.blind.chips_required


def _read_levels(s: Any, rows: Sequence[HandLevel]) -> None:
    s["level"] = 1
    for row in rows:
        number = keys.HAND.get(row.hand)
        if number is not None:
            s["level"][number] = max(row.level, 1)
            s["played"][number] = row.played
            s["played_now"][number] = row.played_this_round


def _read_targets(s: Any, state: GameState) -> None:
    targets = state.targets
    s["idol_rank"], s["idol_suit"] = targets.idol_rank, targets.idol_suit
    s["mail_rank"] = targets.mail_rank
    s["ancient_suit"], s["castle_suit"] = targets.ancient_suit, targets.castle_suit


# --- cards -----------------------------------------------------------------------------

_Look = tuple[int, ...]
_BLANK: _Look = (0,) * 8
_EDITION = 3


def _look(card: Card, marks: int = 0) -> _Look:
    """The card as the fields of ``state.CARD``."""
    marks |= Mark.DEBUFFED if card.debuffed else 0
    marks |= Mark.FORCED if card.forced else 0
    marks |= Mark.PLAYED_THIS_ANTE if card.played_this_ante else 0
    rank, suit = int(card.rank), int(card.suit)
    if card.enhancement == _STONE:
        rank, suit = 2, 1  # what is beneath does not show; some rank tells it from a blank
    return (
        rank if 2 <= rank <= _ACE else 0,
        suit if 1 <= suit <= _SUITS else 0,
        keys.ENHANCEMENT.get(card.enhancement, 0),
        keys.EDITION.get(card.edition, 0),
        keys.SEAL.get(card.seal, 0),
        int(marks),
        card.bonus,
        card.id,
    )


def _read_cards(s: Any, state: GameState) -> None:
    hand = list(state.hand)[:MAX_HAND]
    gone = list(state.discard_pile)[: MAX_CARDS - len(hand)]
    unseen = [_look(card) for card in state.draw_pile]
    aura = any(item.key == "c_aura" for item in state.consumables)
    placed = [_place(card, unseen, aura) for card in (*hand, *gone)]
    looks = [*placed, *unseen[: MAX_CARDS - len(placed)]]
    age = sorted(range(len(looks)), key=lambda at: looks[at][-1])  # stable: 0 is no age
    index = [0] * len(looks)
    for c, at in enumerate(age):
        index[at] = c
    s["card_count"] = len(looks)
    s["cards"][: len(looks)] = [looks[at] for at in age]
    ends = (0, len(hand), len(placed), len(looks))
    for pile, start, end in zip(("hand", "gone", "draw"), ends, ends[1:], strict=False):
        s[pile][: end - start] = index[start:end]
        s[f"{pile}_count"] = end - start


def _place(card: Card, unseen: list[_Look], aura: bool) -> _Look:
    """The card, or for a face-down one any of the unseen; a held Aura tells of its edition."""
    if not card.face_down:
        return _look(card)
    fitting = [
        at for at, look in enumerate(unseen) if not aura or (look[_EDITION] > 0) == card.has_edition
    ]
    look = list(unseen.pop(fitting[-1] if fitting else -1) if unseen else _BLANK)
    look[5] |= int(Mark.FACE_DOWN | (Mark.FORCED if card.forced else 0))
    return tuple(look)


# --- items -----------------------------------------------------------------------------


def _read_items(s: Any, state: GameState) -> None:
    jokers = _put(s, "jokers", "joker_count", state.jokers[:MAX_JOKERS])
    if state.no_plain_joker:
        for joker in s["jokers"][: s["joker_count"]]:
            if int(joker["marks"]) & Mark.FACE_DOWN:
                joker["edition"] = Edition.FOIL  # which one is not known, and nothing looks
    held = _put(s, "consumables", "consumable_count", state.consumables[:MAX_CONSUMABLES])
    _put(s, "shop", "shop_count", state.shop_cards[:MAX_SHOP])
    _put(s, "shop_vouchers", "vouchers_count", state.shop_vouchers[:MAX_VOUCHERS])
    _put(s, "packs", "packs_count", state.shop_packs[:MAX_PACKS])
    _put(s, "pack", "pack_count", state.pack[:MAX_PACK])
    deck = DECKS[keys.DECK.get(state.deck, 1) - 1]
    slots = state.joker_slots or deck.joker_slots + jokers
    s["joker_slots"] = slots - jokers
    slots = state.consumable_slots or deck.consumable_slots + held
    s["consumable_slots"] = slots - held


def _put(s: Any, row: str, count: str, told: Iterable[Item]) -> int:
    """Fill a row; how many of it are Negative."""
    negatives = number = 0
    for number, item in enumerate(told, start=1):
        into = s[row][number - 1]
        _read_item(into, item, _KINDS[row])
        negatives += int(into["edition"]) == Edition.NEGATIVE
    s[count] = number
    return negatives


def _read_item(into: Any, item: Item, kinds: AbstractSet[int]) -> None:
    into["marks"] = sum(int(mark) for name, mark in _MARKS if getattr(item, name))
    card = item.HasField("card") and Kind.CARD in kinds
    if card and not item.face_down:
        into["kind"] = Kind.CARD
        traits = ("rank", "suit", "enhancement", "edition", "seal")
        for trait, number in zip(traits, _look(item.card), strict=False):
            into[trait] = number
    elif item.face_down or keys.ITEM.get(item.key, (0, 0))[0] not in kinds:
        into["marks"] |= int(Mark.FACE_DOWN)
        return
    else:
        into["kind"], into["id"] = keys.ITEM[item.key]
    into["edition"] = keys.EDITION.get(item.edition, 0) or into["edition"]
    if into["kind"] == Kind.JOKER:
        _read_joker(into, item)


def _read_joker(into: Any, item: Item) -> None:
    number = int(into["id"])
    into["value"] = item.value or START_VALUE[number]
    into["counter"] = item.counter or START_COUNTER[number]
    untold = item.perishable and not item.perish_left and not item.debuffed
    into["perish"] = _PERISHES_AFTER if untold else min(max(item.perish_left, 0), 127)


def _read_worth(states: NDArray[Any], s: Any, state: GameState) -> None:
    """What prices tell: a joker that sells for more than half its price, a free ware."""
    worth = np.zeros(prices.SHAPE, dtype=np.int64)
    prices.fill(states, worth)
    rows = worth.tolist()
    for row, told in ((prices.JOKERS, state.jokers), (prices.CONSUMABLES, state.consumables)):
        into = s["jokers" if row == prices.JOKERS else "consumables"]
        for slot, item in enumerate(told[: len(into)]):
            if item.sell_value > 0 and not item.face_down:
                into[slot]["sell"] = min(item.sell_value, _MOST_DOLLARS) - rows[row][slot]
    for row, name, wares in (
        (prices.SHOP, "shop", state.shop_cards),
        (prices.VOUCHERS, "shop_vouchers", state.shop_vouchers),
        (prices.PACKS, "packs", state.shop_packs),
    ):
        for slot, item in enumerate(wares[: len(s[name])]):
            if item.cost == 0 and rows[row][slot] > 0:
                s[name][slot]["marks"] |= int(Mark.COUPON)


# --- what the run remembers ------------------------------------------------------------


def _read_tags(s: Any, state: GameState) -> None:
    hands = iter(state.orbital_hands)
    known = [key for key in state.tags if key in keys.TAG][:MAX_TAGS]
    for place, key in enumerate(known):
        hand = next(hands, "") if key == "tag_orbital" else ""
        s["tags"][place] = (keys.TAG[key], keys.HAND.get(hand, 0))
    s["tag_count"] = len(known)
    for place, offer in enumerate(state.tag_offers[:2]):
        s["offers"][place] = (keys.TAG.get(offer.key, 0), keys.HAND.get(offer.hand, 0))


def _read_memory(s: Any, state: GameState) -> None:
    s["boss_hands"] = keys.bits_of(state.boss_hands, keys.HAND)
    s["boss_hand"] = keys.HAND.get(state.boss_hand, -1) + 1
    s["boss_most"] = keys.HAND.get(state.boss_most_played, 0)
    s["vouchers"] = keys.bits_of(state.vouchers, keys.VOUCHER)
    s["planets_used"] = keys.bits_of(state.planets_used, keys.PLANET)
    kind, number = keys.ITEM.get(state.last_consumable, (0, 0))
    s["last_consumable_kind"], s["last_consumable"] = kind, number
    s["last_hand"] = keys.HAND.get(state.last_hand, -1) + 1


def _fill_gaps(s: Any, state: GameState) -> None:
    """What nobody told."""
    s["deck"] = keys.DECK.get(state.deck, 0) or 1
    deck = DECKS[int(s["deck"]) - 1]
    s["stake"] = min(max(state.stake, 1), _STAKES)
    s["win_ante"] = state.win_ante or _WIN_ANTE
    s["hands"] = state.hands_per_round or deck.hands
    s["starting_cards"] = state.starting_cards or 52
    if not (state.reroll_base or state.reroll_more or state.free_rerolls):
        s["reroll_base"] = state.reroll_cost
    s["pack_kind"] = min(max(state.pack_kind, 0), max(PackKind))
    if s["phase"] == Phase.PACK:
        s["pack_kind"] = s["pack_kind"] or _PACK_OF.get(int(s["pack"][0]["kind"]), 0)
        s["pack_picks"] = state.pack_picks or 1
        s["pack_return"] = state.pack_return or Phase.SHOP
