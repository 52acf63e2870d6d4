"""States as the game's own tables show them, in recordings of the first bridges.

They bear the game's numbers of its states and its keys. Left-over fields are not read: a
hand after the round, a shop that was left. What such a recording does not hold stays at
its default: the draw pile, the levels of hands, and the score that a blind asks for.
"""

from jimbot_stream.contracts import Blind, Card, GameState, Item, Phase, Suit
from jimbot_stream.streams.intake.loose import Given, word
from jimbot_stream.streams.intake.visibility import hide
from jimbot_stream.streams.intake.vocabulary import (
    BLINDS,
    DECKS,
    EDITIONS,
    ENHANCEMENTS,
    RANKS,
    SEALS,
    STATE_NUMBERS,
    STONE,
    SUITS,
)

_ON_DECK = {"Small": "bl_small", "Big": "bl_big"}
BOSS = "Boss"
"""``blind_on_deck`` of a boss."""
_WITH_HAND = (Phase.PHASE_SELECTING_HAND, Phase.PHASE_PACK)


def phase(raw: Given) -> Phase:
    """The phase; a number that the game does not have is a transition."""
    return STATE_NUMBERS.get(raw.integer("state"), Phase.PHASE_TRANSITION)


def state_message(raw: Given, seed: str, ante: int) -> GameState:
    """The state as its player saw it; seed and ante stand elsewhere in the recording.

    Raises:
        Rejected: something in it is not what it must be; the field is a path in the JSON.
    """
    game = raw.object("game")
    current = game.object("current_round")
    state = GameState(
        phase=phase(raw),
        seed=seed,
        deck=word(DECKS, game.object("selected_back").text("name")),
        stake=game.integer("stake"),
        ante=ante,
        round=game.integer("round"),
        money=game.dollars("dollars"),
        blind=_blind(raw, game),
        chips=game.score("chips"),
        hands_left=_hands_left(raw, current),
        discards_left=current.integer("discards_left"),
        hands_played=current.integer("hands_played"),
        reroll_cost=current.dollars("reroll_cost"),
        vouchers=sorted(game.object("used_vouchers").value),
        won=ante > game.integer("win_ante") > 0,
    )
    _put_areas(state, raw)
    hide(state)
    return state


def _hands_left(raw: Given, current: Given) -> int:
    """Hands left; the oldest recordings do not tell, and then it is the one that must be left."""
    if "hands_left" in current:
        return current.integer("hands_left")
    return int(phase(raw) == Phase.PHASE_SELECTING_HAND)


def _put_areas(state: GameState, raw: Given) -> None:
    state.jokers.extend(_row(raw, "jokers"))
    state.consumables.extend(_row(raw, "consumeables"))  # the game spells it so
    if state.phase in _WITH_HAND:
        state.hand.extend(map(_card, _cards(raw, "hand")))
    if state.phase == Phase.PHASE_PACK:
        state.pack.extend(_row(raw, "pack_cards"))
    if state.phase == Phase.PHASE_SHOP:
        state.shop_cards.extend(_row(raw, "shop_jokers"))
        state.shop_vouchers.extend(_row(raw, "shop_vouchers"))
        state.shop_packs.extend(_row(raw, "shop_booster"))
    state.hand_size = _limit(raw, "hand")
    state.joker_slots = _limit(raw, "jokers")
    state.consumable_slots = _limit(raw, "consumeables")


def _row(raw: Given, area: str) -> list[Item]:
    return [_item(card) for card in _cards(raw, area)]


def _cards(raw: Given, area: str) -> list[Given]:
    """The cards of an area; the oldest recordings have nothing else in it."""
    if isinstance(raw.value.get(area), list):
        return raw.objects(area)
    return raw.object(area).objects("cards")


def _limit(raw: Given, area: str) -> int:
    if isinstance(raw.value.get(area), list):
        return 0
    return max(raw.object(area).object("config").integer("card_limit"), 0)


def _card(raw: Given) -> Card:
    face = raw.object("base" if "base" in raw else "config")
    face = face if "suit" in face else face.object("card")
    card = Card(
        id=max(raw.integer("sort_id"), 0),
        enhancement=word(ENHANCEMENTS, raw.text("label")),
        edition=_edition(raw),
        seal=word(SEALS, raw.text("seal")),
        debuffed=_debuffed(raw),
        face_down=raw.text("facing") == "back",
    )
    if card.enhancement != STONE:
        card.suit = SUITS.get(face.text("suit"), Suit.SUIT_UNSPECIFIED)
        card.rank = RANKS.get(face.name("value"), 0)
    return card


def _item(raw: Given) -> Item:
    ability = raw.object("ability")
    item = Item(
        key=raw.object("config").text("center_key"),
        cost=raw.dollars("cost"),
        sell_value=raw.dollars("sell_cost"),
        edition=_edition(raw),
        eternal=ability.flag("eternal"),
        perishable=ability.flag("perishable"),
        rental=ability.flag("rental"),
        debuffed=_debuffed(raw),
        face_down=raw.text("facing") == "back",
    )
    if "base" in raw and raw.object("base").value:
        item.card.CopyFrom(_card(raw))
    return item


def _edition(raw: Given) -> str:
    return word(EDITIONS, raw.object("edition").text("type"))


def _debuffed(raw: Given) -> bool:
    return raw.flag("debuff") or raw.flag("debuf")  # one bridge misspells it


def _blind(raw: Given, game: Given) -> Blind:
    """The blind being played, by the game's own name for it, or the one on offer."""
    on_deck = game.text("blind_on_deck")
    last = game.object("last_blind").text("name")
    key = _ON_DECK.get(on_deck, "")
    if phase(raw) == Phase.PHASE_SELECTING_HAND:
        key = word(BLINDS, last) or key
    return Blind(key=key, boss=on_deck == BOSS)
