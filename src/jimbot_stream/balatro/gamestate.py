"""A visible state as BalatroBot (version 1) would tell it, ready for ``json.dumps``.

So a program written for the real game can be tried on the engine. Unlike the mod, it tells
no more than a player sees: the draw pile is sorted, and what lies face down has no name. What
the schema has no place for (what jokers have grown to, the round's targets, tags on offer)
is left out; texts are the sentences of ``prose``.
"""

import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from jimbot_stream.balatro import naming
from jimbot_stream.balatro.catalogue import by_key
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.stakes import STAKES

if TYPE_CHECKING:
    from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, HandLevel, Item

_STATES: Final[dict[int, str]] = {
    Phase.MENU: "MENU",
    Phase.BLIND_SELECT: "BLIND_SELECT",
    Phase.SELECTING_HAND: "SELECTING_HAND",
    Phase.ROUND_EVAL: "ROUND_EVAL",
    Phase.SHOP: "SHOP",
    Phase.PACK: "SMODS_BOOSTER_OPENED",
    Phase.GAME_OVER: "GAME_OVER",
    Phase.TRANSITION: "HAND_PLAYED",
}
_SETS: Final = {
    "Jokers": "JOKER",
    "Tarot cards": "TAROT",
    "Planet cards": "PLANET",
    "Spectral cards": "SPECTRAL",
    "Vouchers": "VOUCHER",
    "Booster packs": "BOOSTER",
}
_BOOSTER: Final = "p_"
_EXACT: Final = 2**53
_BOSS: Final = 2
_MOST_CHOSEN: Final = 5

Json = dict[str, Any]


def gamestate(state: "GameState") -> Json:
    """The state as a BalatroBot game state."""
    return {
        "state": _STATES.get(int(state.phase), "MENU"),
        "round_num": state.round,
        "ante_num": state.ante,
        "money": state.money,
        "deck": naming.short(state.deck).upper(),
        "stake": _stake(state.stake),
        "seed": state.seed,
        "won": state.won,
        "used_vouchers": {key: _rule(key) for key in state.vouchers},
        "tags": [{"key": key, "name": naming.name_of(key)} for key in state.tags],
        "hands": _hands(state.hand_levels),
        "round": _round(state),
        "blinds": _blinds(state),
        **_areas(state),
    }


def _stake(stake: int) -> str:
    return naming.short(STAKES[stake - 1].key).upper() if 1 <= stake <= len(STAKES) else ""


def _areas(state: "GameState") -> Json:
    return {
        "jokers": _area(map(_item, state.jokers), state.joker_slots),
        "consumables": _area(map(_item, state.consumables), state.consumable_slots),
        "hand": _area(map(_card, state.hand), state.hand_size) | _CHOOSING,
        "cards": _area(map(_card, state.draw_pile), state.starting_cards),
        "pack": _area(map(_item, state.pack), state.pack_picks),
        "shop": _area(map(_item, state.shop_cards), len(state.shop_cards)),
        "vouchers": _area(map(_item, state.shop_vouchers), len(state.shop_vouchers)),
        "packs": _area(map(_item, state.shop_packs), len(state.shop_packs)),
    }


_CHOOSING: Final = {"highlighted_limit": _MOST_CHOSEN}


def _area(cards: Iterable[Json], limit: int) -> Json:
    shown = list(cards)
    return {"count": len(shown), "limit": limit, "cards": shown}


def _set(key: str) -> str:
    if key.startswith(_BOOSTER):  # the catalogue lists one of a pack's pictures
        return "BOOSTER"
    entry = by_key().get(key)
    return _SETS.get(entry.group, "") if entry else ""


def _rule(key: str) -> str:
    entry = by_key().get(key)
    return entry.rule if entry else ""


def _round(state: "GameState") -> Json:
    return {
        "hands_left": state.hands_left,
        "hands_played": state.hands_played,
        "discards_left": state.discards_left,
        "discards_used": state.discards_used,
        "reroll_cost": state.reroll_cost,
        "chips": _score(state.chips),
    }


def _score(score: float) -> float:
    """A score as a whole number, as long as a double holds it exactly.

    JSON has no word for infinity: that is the greatest double there is.
    """
    if math.isnan(score):
        return 0
    score = max(min(score, sys.float_info.max), -sys.float_info.max)
    return int(score) if abs(score) < _EXACT else score


def _hands(levels: "Sequence[HandLevel]") -> Json:
    told = {row.hand: row for row in levels}
    hands = {}
    for order, hand in enumerate(HANDS, start=1):
        row = told.get(hand.name)
        level = row.level if row else 1
        chips, mult = (row.chips, row.mult) if row and row.chips else hand.worth(level)
        hands[hand.name] = {
            "order": order,
            "level": level,
            "chips": chips,
            "mult": mult,
            "played": row.played if row else 0,
            "played_this_round": row.played_this_round if row else 0,
        }
    return hands


# --- blinds ----------------------------------------------------------------------------


def _blinds(state: "GameState") -> Json:
    number = BLIND.get(state.blind.key, 0)
    if number == 0:
        return {}
    at = min(number - 1, _BOSS)
    base = state.blind.chips_required / BLINDS[number - 1].factor
    boss = state.boss or (state.blind.key if state.blind.boss else "")
    keys = ("bl_small", "bl_big", boss)
    return {
        name: _blind(state, name, key, _status(state, place - at), base)
        for place, (name, key) in enumerate(zip(("small", "big", "boss"), keys, strict=True))
    }


def _blind(state: "GameState", name: str, key: str, status: str, base: float) -> Json:
    row = BLINDS[BLIND[key] - 1] if key in BLIND else None
    asked = base * row.factor if row else 0.0
    score = state.blind.chips_required if key == state.blind.key else asked
    return {
        "type": name.upper(),
        "status": status,
        "name": row.name if row else "",
        "effect": _rule(key),
        "score": _score(score),
    }


def _status(state: "GameState", ahead: int) -> str:
    if ahead < 0:
        return "DEFEATED"
    if ahead > 0:
        return "UPCOMING"
    if int(state.phase) == Phase.ROUND_EVAL and state.blind.boss and state.won:
        return "DEFEATED"  # by this alone a reader knows that the run is won
    return "SELECT" if int(state.phase) == Phase.BLIND_SELECT else "CURRENT"


# --- cards -----------------------------------------------------------------------------


def _card(card: "Card") -> Json:
    suit = Suit(card.suit).name[0] if int(card.suit) in set(Suit) else ""
    rank = naming.LETTER.get(card.rank, "")
    modifier = {
        "enhancement": naming.short(card.enhancement).upper(),
        "edition": naming.short(card.edition).upper(),
        "seal": card.seal.upper(),
    }
    return {
        "id": card.id,
        "key": f"{suit}_{rank}" if suit and rank else "",
        "set": "ENHANCED" if card.enhancement else "DEFAULT",
        "label": naming.name_of(card.enhancement) if card.enhancement else "Base Card",
        "value": _filled({"suit": suit, "rank": rank}) | {"effect": _rule(card.enhancement)},
        "modifier": _filled(modifier),
        "state": _filled({"debuff": card.debuffed, "hidden": card.face_down}),
        "cost": {"sell": 1, "buy": 0},
    }


def _item(item: "Item") -> Json:
    cost = {"sell": item.sell_value, "buy": item.cost}
    if item.HasField("card"):
        return _card(item.card) | {"cost": cost}
    return {
        "id": 0,  # items bear no number that a player could see
        "key": item.key,
        "set": _set(item.key),
        "label": naming.name_of(item.key),
        "value": {"effect": _rule(item.key)},
        "modifier": _filled(_stickers(item)),
        "state": _filled({"debuff": item.debuffed, "hidden": item.face_down}),
        "cost": cost,
    }


def _stickers(item: "Item") -> Json:
    return {
        "edition": naming.short(item.edition).upper(),
        "eternal": item.eternal,
        "perishable": (item.perish_left or True) if item.perishable else 0,
        "rental": item.rental,
    }


def _filled(fields: Json) -> Json:
    """The fields that say something: BalatroBot leaves the others out."""
    return {name: value for name, value in fields.items() if value}
