"""A state told in BalatroBot's words is read back as the same visible state."""

import json
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.codecs import canonical
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.gamestate import gamestate
from jimbot_stream.contracts import Card, GameState, Item, Phase, Suit
from jimbot_stream.streams.intake.balatrobot import is_state, state_message
from jimbot_stream.streams.intake.loose import Given

SAME = (
    "phase",
    "seed",
    "deck",
    "stake",
    "ante",
    "round",
    "money",
    "chips",
    "hands_left",
    "hands_played",
    "discards_left",
    "reroll_cost",
    "joker_slots",
    "consumable_slots",
    "vouchers",
    "tags",
    "boss",
)
"""Fields that the schema has as they are."""
ROWS = ("jokers", "consumables", "shop_cards", "shop_vouchers", "shop_packs", "pack")


def back(state: GameState) -> GameState:
    told = json.loads(json.dumps(gamestate(state)))
    assert is_state(told)
    return state_message(Given(told))


def tellable_card(card: Card) -> Card:
    """What the schema tells of a card."""
    kept = Card()
    kept.CopyFrom(card)
    for field in ("bonus", "forced", "played_this_ante"):
        kept.ClearField(field)
    return kept


def tellable_item(item: Item) -> Item:
    kept = Item()
    kept.CopyFrom(item)
    for field in ("value", "counter", "perish_left", "coupon"):
        kept.ClearField(field)
    if item.HasField("card"):
        kept.card.CopyFrom(tellable_card(item.card))
        kept.edition = item.card.edition  # the area's cards bear it as items do
    return kept


def levels(state: GameState) -> dict[str, tuple[int, int]]:
    return {row.hand: (row.level, row.played) for row in state.hand_levels}


def check(state: GameState) -> None:
    read = back(state)
    for field in SAME:
        assert getattr(read, field) == getattr(state, field), field
    assert read.hand_size == max(state.hand_size, 0)
    for row in ("hand", "draw_pile"):
        assert list(getattr(read, row)) == list(map(tellable_card, getattr(state, row)))
    for row in ROWS:
        if row.startswith("shop") and state.phase != Phase.PHASE_SHOP:
            continue
        told = list(map(tellable_item, getattr(state, row)))
        assert [item.key for item in getattr(read, row)] == [item.key for item in told]
        for seen, item in zip(getattr(read, row), told, strict=True):
            if not item.HasField("card"):
                assert seen == item
            else:
                assert seen.card == item.card
    known = levels(read)
    assert all(known[hand] == row for hand, row in levels(state).items())
    if not state.won:
        assert read.blind.key == state.blind.key
        assert read.blind.chips_required == state.blind.chips_required


def walk(seed: str, steps: int) -> Iterator[Run]:
    """A run that goes ahead, at random."""
    run = new_run(seed)
    choices = np.random.Generator(np.random.Philox(7))
    for _ in range(steps):
        yield run
        if run.over:
            return
        actions = np.flatnonzero(run.legal())
        run.step(canonical(int(choices.choice(actions))))


@pytest.mark.parametrize("seed", ["ALEEB", "OOOO155", "2K9H9HN"])
def test_what_is_told_is_read_back(seed: str) -> None:
    for run in walk(seed, 40):
        check(wire.state_message(run))


def test_a_full_table_is_read_back() -> None:
    state = GameState(
        phase=Phase.PHASE_SHOP,
        deck="b_red",
        stake=8,
        jokers=[
            Item(key="j_runner", sell_value=3, edition="e_foil", eternal=True, value=45),
            Item(key="j_egg", perishable=True, perish_left=3, rental=True, debuffed=True),
            Item(face_down=True),
        ],
        shop_packs=[Item(key="p_arcana_mega_2", cost=8)],
        hand=[
            Card(id=1, rank=13, suit=Suit.SUIT_SPADES, enhancement="m_glass", seal="Red"),
            Card(id=2, enhancement="m_stone", edition="e_holo", debuffed=True),
            Card(face_down=True),
        ],
    )
    check(state)


def test_words_are_those_of_version_1() -> None:
    run = new_run("ALEEB", deck="b_ghost", stake=8)
    told = gamestate(wire.state_message(run))
    assert (told["deck"], told["stake"], told["state"]) == ("GHOST", "GOLD", "BLIND_SELECT")
    assert told["blinds"]["small"]["status"] == "SELECT"
    assert told["blinds"]["big"]["status"] == "UPCOMING"
    assert told["consumables"]["cards"][0]["set"] == "SPECTRAL"
    assert next(iter(told["hands"])) == "Flush Five"
    assert told["hands"]["Pair"]["played_this_round"] == 0


def test_the_order_of_drawing_is_not_told() -> None:
    run = new_run("ALEEB")
    run.step(int(Verb.SELECT_BLIND) << 40)
    shown = gamestate(wire.state_message(run))["cards"]["cards"]
    drawn = [run.state["cards"][c]["birth"] for c in run.state["draw"][: len(shown)]]
    assert [card["id"] for card in shown] != drawn
    assert {card["id"] for card in shown} == set(drawn)


def test_a_won_run_is_told_by_the_beaten_boss() -> None:
    state = GameState(phase=Phase.PHASE_ROUND_EVAL, ante=8, won=True, boss="bl_final_bell")
    state.blind.key, state.blind.boss, state.blind.chips_required = "bl_final_bell", True, 100000
    assert gamestate(state)["blinds"]["boss"]["status"] == "DEFEATED"
    assert back(state).won


def test_foreign_states_are_told_as_strict_json() -> None:
    infinite = float("inf")
    state = GameState(
        phase=99,  # type: ignore[arg-type] # of a later contract
        stake=12,
        chips=infinite,
        hand=[
            Card(rank=20, suit=9, seal="Pink", enhancement="m_new"),  # type: ignore[arg-type]
            Card(rank=20, suit=Suit.SUIT_CLUBS),
        ],
    )
    state.blind.key, state.blind.chips_required = "bl_small", infinite
    told = gamestate(state)
    text = json.dumps(told, allow_nan=False)
    assert json.loads(text) == told
    assert (told["state"], told["stake"]) == ("MENU", "")
    assert told["round"]["chips"] == told["blinds"]["small"]["score"] == sys.float_info.max
    assert [card["key"] for card in told["hand"]["cards"]] == ["", ""]
    state.chips = float("nan")
    assert gamestate(state)["round"]["chips"] == 0
