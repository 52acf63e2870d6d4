"""Game states of BalatroBot (version 1, and the raw keys of 2.0) as our GameState.

Counts of areas are not read (they lie outside of the shop), nor texts of effects (they
are translated), nor ``won`` (it leaks from one run into the next).
"""

from jimbot_stream.contracts import Blind, Card, GameState, HandLevel, Item, Phase, Suit
from jimbot_stream.streams.intake.loose import Given, word
from jimbot_stream.streams.intake.visibility import hide
from jimbot_stream.streams.intake.vocabulary import (
    BLINDS,
    DECKS,
    EDITIONS,
    ENHANCEMENTS,
    RANKS,
    SEALS,
    STAKES,
    STONE,
    SUITS,
    phase_of,
)

WIN_ANTE = 8
"""Beating the boss of this ante wins the run."""

_PLAYING = frozenset({"DEFAULT", "ENHANCED", "Default", "Enhanced"})
_BLIND_KEYS = {"small": "bl_small", "big": "bl_big", "boss": ""}
_CURRENT = ("CURRENT", "SELECT", "UPCOMING")
"""Status of the blind that the state is about, the best first."""


def is_state(value: object) -> bool:
    """Whether decoded JSON has the shape of a BalatroBot game state."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("state"), str)
        and "round_num" in value
        and "ante_num" in value
    )


def unwrap(value: object) -> object:
    """The result of a JSON-RPC answer; anything else as it is."""
    if isinstance(value, dict) and "jsonrpc" in value and "result" in value:
        return value["result"]
    return value


def state_message(raw: Given) -> GameState:
    """The state as its player sees it.

    Raises:
        Rejected: something in it is not what it must be; the field is a path in the JSON.
    """
    state = GameState(
        phase=phase_of(raw.text("state")),
        seed=raw.text("seed"),
        deck=word(DECKS, raw.text("deck")),
        stake=STAKES.get(raw.name("stake"), 0),
        ante=raw.integer("ante_num"),
        round=raw.integer("round_num"),
        money=raw.dollars("money"),
        vouchers=sorted(raw.object("used_vouchers").value),
        hand_levels=_levels(raw),
        tags=_tags(raw),
        won=_won(raw),
    )
    _put_round(state, raw.object("round"))
    _put_areas(state, raw)
    blinds = raw.object("blinds")
    if blind := _blind(blinds):
        state.blind.CopyFrom(blind)
    state.boss = _boss(blinds.object("boss"))
    hide(state)
    return state


def _won(raw: Given) -> bool:
    """Whether the boss of the last ante was beaten, by what is seen of blinds and antes.

    Without that boss beaten no run gets past its ante.
    """
    ante = raw.integer("ante_num")
    boss = raw.object("blinds").object("boss")
    return ante > WIN_ANTE or (ante == WIN_ANTE and boss.text("status") == "DEFEATED")


def _put_round(state: GameState, raw: Given) -> None:
    state.hands_left = raw.integer("hands_left")
    state.hands_played = raw.integer("hands_played")
    state.discards_left = raw.integer("discards_left")
    state.reroll_cost = raw.dollars("reroll_cost")
    state.chips = raw.score("chips")


def _put_areas(state: GameState, raw: Given) -> None:
    state.hand.extend(map(_card, raw.object("hand").objects("cards")))
    state.draw_pile.extend(map(_card, raw.object("cards").objects("cards")))
    state.jokers.extend(_row(raw, "jokers"))
    state.consumables.extend(_row(raw, "consumables"))
    if state.phase == Phase.PHASE_PACK:
        state.pack.extend(_row(raw, "pack"))
    if state.phase == Phase.PHASE_SHOP:  # elsewhere its areas are what was left over
        state.shop_cards.extend(_row(raw, "shop"))
        state.shop_vouchers.extend(_row(raw, "vouchers"))
        state.shop_packs.extend(_row(raw, "packs"))
    state.hand_size = _limit(raw, "hand")
    state.joker_slots = _limit(raw, "jokers")
    state.consumable_slots = _limit(raw, "consumables")


def _row(raw: Given, area: str) -> list[Item]:
    return [_item(card) for card in raw.object(area).objects("cards")]


def _limit(raw: Given, area: str) -> int:
    return max(raw.object(area).integer("limit"), 0)


def _card(raw: Given) -> Card:
    modifier, status = raw.object("modifier"), raw.object("state")
    card = Card(
        id=max(raw.integer("id"), 0),
        edition=word(EDITIONS, modifier.text("edition")),
        seal=word(SEALS, modifier.text("seal")),
        debuffed=status.flag("debuff"),
        face_down=status.flag("hidden"),
    )
    if raw.text("set") in _PLAYING:  # of others it is the text of an ability
        card.enhancement = word(ENHANCEMENTS, modifier.text("enhancement"))
    if card.enhancement != STONE:
        value = raw.object("value")
        card.suit = SUITS.get(value.text("suit"), Suit.SUIT_UNSPECIFIED)
        card.rank = RANKS.get(value.name("rank"), 0)
    return card


def _item(raw: Given) -> Item:
    modifier, status, cost = raw.object("modifier"), raw.object("state"), raw.object("cost")
    item = Item(
        key=raw.text("key"),
        cost=cost.dollars("buy"),
        sell_value=cost.dollars("sell"),
        edition=word(EDITIONS, modifier.text("edition")),
        eternal=modifier.flag("eternal"),
        perishable=bool(modifier.value.get("perishable")),  # rounds left, or true
        rental=modifier.flag("rental"),
        debuffed=status.flag("debuff"),
        face_down=status.flag("hidden"),
    )
    if raw.text("set") in _PLAYING:
        item.card.CopyFrom(_card(raw))
    return item


def _levels(raw: Given) -> list[HandLevel]:
    ordered = []
    for hand, given in raw.object("hands").fields():
        level = HandLevel(
            hand=hand,
            level=given.integer("level"),
            chips=given.dollars("chips"),
            mult=given.dollars("mult"),
            played=given.integer("played"),
        )
        ordered.append((given.integer("order"), hand, level))
    return [level for _, _, level in sorted(ordered, key=lambda entry: entry[:2])]


def _tags(raw: Given) -> list[str]:
    tags = raw.array("tags")
    if any(isinstance(tag, dict) for tag in tags):
        return [tag.text("key") for tag in raw.objects("tags")]
    return [Given({"tag": tag}, raw.at("tags")).text("tag") for tag in tags]


def _blind(blinds: Given) -> Blind | None:
    given = [(name, blinds.object(name)) for name in _BLIND_KEYS]
    for status in _CURRENT:
        for name, raw in given:
            if raw.text("status") == status:
                return _blind_message(name, raw)
    return None


def _boss(raw: Given) -> str:
    return raw.text("key") or word(BLINDS, raw.text("name"))


def _blind_message(name: str, raw: Given) -> Blind:
    key = raw.text("key") or _BLIND_KEYS[name] or word(BLINDS, raw.text("name"))
    return Blind(key=key, boss=name == "boss", chips_required=raw.score("score"))
