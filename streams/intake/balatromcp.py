"""Events of the BalatroMCP mod as states of ours.

A GAME_STATE tells everything; the other types tell what changed and are left out, each
counted under its name. Fields of the mod that hold nothing real (its ``mult``, its shop)
are not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jimbot_stream.contracts import Blind, Card, GameState, Item, Phase, Suit
from jimbot_stream.streams.intake.centers import KEYS
from jimbot_stream.streams.intake.foreign import Sight
from jimbot_stream.streams.intake.loose import Given, word
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.visibility import hide
from jimbot_stream.streams.intake.vocabulary import (
    BLINDS,
    EDITIONS,
    ENHANCEMENTS,
    RANKS,
    SEALS,
    STONE,
    SUITS,
    phase_of,
)

LEFT_OUT = frozenset(
    {
        "HEARTBEAT",
        "MONEY_CHANGED",
        "SCORE_CHANGED",
        "HAND_PLAYED",
        "CARDS_DISCARDED",
        "JOKERS_CHANGED",
        "ROUND_CHANGED",
        "PHASE_CHANGED",
        "ROUND_COMPLETE",
        "JOKER_TRIGGER",
        "SCORING",
        "CONNECTION_TEST",
        "ERROR",
    }
)
"""Types that tell nothing which the next GAME_STATE does not."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one event of the mod comes to."""

    sight: Sight | None = None
    left_out: str = ""
    """Why there is none."""


def is_event(value: object) -> bool:
    """Whether decoded JSON has the shape of one event of the mod."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and ("payload" in value or "data" in value)
    )


def is_batch(value: object) -> bool:
    """Whether decoded JSON has the shape of a batch of the mod."""
    return isinstance(value, dict) and "batch_id" in value and "events" in value


def events_of(value: object) -> Iterator[Given]:
    """The events of a batch, or the one event."""
    raw = Given(value)
    if is_batch(value):
        yield from raw.objects("events")
    else:
        yield raw


def read_event(raw: Given) -> Told:
    """What the event tells.

    Raises:
        Rejected: its type is not known, or something in it is not what it must be.
    """
    kind = raw.text("type").upper()
    if kind in LEFT_OUT:
        return Told(left_out=f"balatromcp:{kind.lower()}")
    if kind == "LEARNING_DECISION":
        return _asked(raw)
    if kind != "GAME_STATE":
        raise Rejected("unknown_type", raw.at("type"), f"{kind[:40]!r} is no type of BalatroMCP")
    return _told(raw.object("payload" if "payload" in raw else "data"))


def _asked(raw: Given) -> Told:
    subtype = raw.text("subtype").upper()
    if subtype != "REQUEST":
        return Told(left_out="balatromcp:learning_decision")
    payload = raw.object("payload")
    told = _told(payload.object("game_state"))
    if told.sight is None:
        return told
    return Told(
        Sight(
            told.sight.state,
            asks=True,
            request_id=payload.text("request_id"),
            time_limit_ms=payload.integer("time_limit_ms"),
        )
    )


def _told(raw: Given) -> Told:
    state = state_message(raw)
    if state.phase == Phase.PHASE_MENU or raw.value.get("in_game") is False:
        return Told(left_out="balatromcp:menu")
    return Told(Sight(state))


def state_message(raw: Given) -> GameState:
    """The state as its player sees it.

    Raises:
        Rejected: something in it is not what it must be; the field is a path in the JSON.
    """
    state = GameState(
        phase=phase_of(raw.text("game_state")),
        seed=raw.name("game_id"),
        ante=raw.integer("ante"),
        round=raw.integer("round"),
        money=raw.dollars("money"),
        chips=raw.score("chips"),
        hands_left=raw.integer("hands_remaining"),
        discards_left=raw.integer("discards_remaining"),
        hand_size=max(raw.integer("hand_size"), 0),
        hand=[_card(card) for card in _ordered(raw, "hand")],
        jokers=[_item(item) for item in _ordered(raw, "jokers")],
        consumables=[_item(item) for item in _ordered(raw, "consumables")],
    )
    if state.phase in (Phase.PHASE_SELECTING_HAND, Phase.PHASE_BLIND_SELECT):
        state.blind.CopyFrom(_blind(raw.object("blind")))
    hide(state)
    return state


def _ordered(raw: Given, row: str) -> list[Given]:
    return sorted(raw.objects(row), key=lambda item: item.integer("position"))


def _card(raw: Given) -> Card:
    card = Card(
        enhancement=word(ENHANCEMENTS, raw.text("enhancement")),
        edition=word(EDITIONS, raw.text("edition")),
        seal=word(SEALS, raw.text("seal")),
    )
    if card.enhancement != STONE:
        card.suit = SUITS.get(raw.text("suit"), Suit.SUIT_UNSPECIFIED)
        card.rank = RANKS.get(raw.name("rank"), 0)
    return card


def _item(raw: Given) -> Item:
    properties = raw.object("properties")
    return Item(
        key=word(KEYS, raw.text("name")),
        sell_value=properties.dollars("sell_value"),
        edition=word(EDITIONS, properties.text("edition")),
    )


def _blind(raw: Given) -> Blind:
    return Blind(
        key=word(BLINDS, raw.text("name")),
        boss=raw.flag("boss"),
        chips_required=raw.score("chips"),
    )
