"""A state as text for people: what lies in front of the player, in a few lines.

Reads the visible state alone, whoever produced it, so it shows no more than a player sees.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jimbot_stream.balatro import prose
from jimbot_stream.balatro.naming import face, name_of, short
from jimbot_stream.balatro.prose_jokers import value_text
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables import jokers
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND

if TYPE_CHECKING:
    from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, Item, Tag

_HIDDEN = "▒▒"
_STONE = "m_stone"


def card_text(card: "Card") -> str:
    """A card and what it bears, for example ``T♥`` or ``K♠+glass+foil+red``.

    A bracket marks a debuffed card, an exclamation mark one that must be chosen.
    """
    forced = "!" if card.forced else ""
    if card.face_down:
        return forced + _HIDDEN
    text = "stone" if card.enhancement == _STONE else face(card.rank, card.suit)
    text = "+".join([text, *_borne(card)])
    return forced + (f"({text})" if card.debuffed else text)


def _borne(card: "Card") -> Iterator[str]:
    if card.enhancement and card.enhancement != _STONE:
        yield short(card.enhancement)
    if card.edition:
        yield short(card.edition)
    if card.seal:
        yield card.seal.lower()
    if card.bonus:
        yield str(card.bonus)


def cards_text(cards: "Sequence[Card]") -> str:
    """Cards in a row."""
    return " ".join(map(card_text, cards)) if cards else "none"


def item_text(item: "Item") -> str:
    """A joker, consumable or ware, for example ``Runner +45 Chips [foil, eternal]``."""
    marks = ", ".join(_marks(item))
    tail = f" [{marks}]" if marks else ""
    if item.face_down:
        return f"face down{tail}"
    return " ".join(filter(None, [_item_name(item), _value(item)])) + tail


def _item_name(item: "Item") -> str:
    return card_text(item.card) if item.HasField("card") else name_of(item.key)


def _value(item: "Item") -> str:
    number = jokers.NUMBER.get(item.key)
    if number is None:
        return ""
    joker = jokers.JOKERS[number - 1]
    return value_text(joker, item.value or joker.value)


def _marks(item: "Item") -> Iterator[str]:
    if item.edition and not item.HasField("card"):
        yield short(item.edition)
    for mark in ("eternal", "rental", "debuffed"):
        if getattr(item, mark):
            yield mark
    if item.perishable:
        left = item.perish_left
        yield f"perishable, {left} round{'s' * (left != 1)} left" if left else "perishable"


def ware_text(item: "Item") -> str:
    """A ware with its price."""
    return f"{item_text(item)} {'free' if item.coupon else f'${item.cost}'}"


def tag_text(tag: "Tag") -> str:
    """A tag on offer, with the poker hand that an Orbital Tag names."""
    return f"{name_of(tag.key)} ({tag.hand})" if tag.hand else name_of(tag.key)


def offers(state: "GameState") -> "Sequence[Tag]":
    """The tags that skipping can still earn in this ante, the one at hand first."""
    passed = {"bl_small": 0, "bl_big": 1}.get(state.blind.key, len(state.tag_offers))
    return state.tag_offers[passed:]


def boss_text(state: "GameState") -> str:
    """The boss of the ante and what it does; empty when it is unknown."""
    number = BLIND.get(state.boss)
    if number is None:
        return ""
    row = BLINDS[number - 1]
    off = " (disabled)" if state.boss_disabled else ""
    return f"{row.name}{off}: {prose.sentence(row)}"


def state_text(state: "GameState") -> str:
    """A state in a few lines; what is empty has no line."""
    lines = [_head(state), _blind(state)]
    for name, text in _rows(state):
        if text:
            lines.append(f"{name}  {text}")
    return "\n".join(lines)


def _head(state: "GameState") -> str:
    known = int(state.phase) in set(Phase)
    phase = Phase(state.phase).name.replace("_", " ").lower() if known else "phase unknown"
    won = "  won" if state.won else ""
    return f"ante {state.ante}  round {state.round}  ${state.money}  {phase}{won}"


def _blind(state: "GameState") -> str:
    score = f"{state.chips:,.0f} / {state.blind.chips_required:,.0f}"
    left = f"hands {state.hands_left}  discards {state.discards_left}"
    return f"{name_of(state.blind.key)}  {score}  {left}"


def _rows(state: "GameState") -> Iterator[tuple[str, str]]:
    yield "boss", boss_text(state)
    if int(state.phase) == Phase.BLIND_SELECT:
        yield "skipping earns", ", then ".join(map(tag_text, offers(state)))
    yield "hand", " ".join(map(card_text, state.hand))
    yield "jokers", " | ".join(map(item_text, state.jokers))
    yield "consumables", " | ".join(map(item_text, state.consumables))
    yield "pack", _pack(state)
    if int(state.phase) == Phase.SHOP:
        yield "shop", " | ".join(map(ware_text, state.shop_cards))
        yield "packs", " | ".join(map(ware_text, state.shop_packs))
        yield "vouchers on sale", " | ".join(map(ware_text, state.shop_vouchers))
        yield "reroll", f"${state.reroll_cost}"
    yield "vouchers", ", ".join(map(name_of, state.vouchers))
    yield "tags", ", ".join(map(name_of, state.tags))
    yield "levels", _levels(state)


def _pack(state: "GameState") -> str:
    if not state.pack:
        return ""
    left = f" (take {state.pack_picks})" if state.pack_picks else ""
    return " | ".join(map(item_text, state.pack)) + left


def _levels(state: "GameState") -> str:
    grown = (row for row in state.hand_levels if row.level > 1)
    return ", ".join(f"{row.hand} {row.level}" for row in grown)
