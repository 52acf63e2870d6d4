"""A state reads well as text."""

from jimbot_stream.balatro import actions, view, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Blind, Card, GameState, HandLevel, Item, Tag


def test_a_state_in_play() -> None:
    run = new_run("OOOO155")
    run.step(actions.pack(Verb.SELECT_BLIND))
    lines = view.state_text(wire.state_message(run)).splitlines()
    assert lines[:2] == [
        "ante 1  round 1  $4  selecting hand",
        "Small Blind  0 / 300  hands 4  discards 4",
    ]
    assert lines[-1] == "hand  J♠ J♥ J♣ J♦ T♥ T♣ 9♣ 7♦"


def test_hidden_and_debuffed_cards() -> None:
    hidden = Card(face_down=True)
    debuffed = Card(rank=14, suit=pb.SUIT_HEARTS, debuffed=True)
    assert view.cards_text([hidden, debuffed, Card()]) == "▒▒ (A♥) ??"
    assert view.cards_text([Card(face_down=True, forced=True)]) == "!▒▒"
    assert view.cards_text([]) == "none"


def test_a_card_is_told_with_what_it_bears() -> None:
    card = Card(
        rank=13, suit=pb.SUIT_SPADES, enhancement="m_glass", edition="e_foil", seal="Red", bonus=10
    )
    assert view.card_text(card) == "K♠+glass+foil+red+10"
    assert view.card_text(Card(enhancement="m_stone", seal="Gold")) == "stone+gold"


def test_a_joker_is_told_with_what_it_has_grown_to() -> None:
    runner = Item(key="j_runner", value=45, edition="e_foil", eternal=True)
    assert view.item_text(runner) == "Runner +45 Chips [foil, eternal]"
    assert view.item_text(Item(key="j_constellation")) == "Constellation X1 Mult"
    assert view.item_text(Item(face_down=True, eternal=True)) == "face down [eternal]"
    late = Item(key="j_joker", perishable=True, perish_left=1)
    assert view.item_text(late) == "Joker [perishable, 1 round left]"


def test_the_shop_is_told_with_its_prices() -> None:
    state = GameState(
        phase=pb.PHASE_SHOP,
        reroll_cost=6,
        shop_cards=[
            Item(key="j_joker", cost=2),
            Item(cost=1, card=Card(rank=10, suit=pb.SUIT_CLUBS)),
        ],
        shop_packs=[Item(key="p_arcana_mega_1", coupon=True)],
        shop_vouchers=[Item(key="v_hone", cost=10)],
    )
    lines = view.state_text(state).splitlines()
    assert lines[2:] == [
        "shop  Joker $2 | T♣ $1",
        "packs  Mega Arcana Pack free",
        "vouchers on sale  Hone $10",
        "reroll  $6",
    ]


def test_a_pack_tags_vouchers_levels_and_the_boss() -> None:
    state = GameState(
        phase=pb.PHASE_PACK,
        boss="bl_hook",
        pack=[Item(key="c_fool"), Item(key="c_sun")],
        pack_picks=1,
        vouchers=["v_blank"],
        tags=["tag_double"],
        consumables=[Item(key="c_pluto", edition="e_negative")],
        hand_levels=[HandLevel(hand="Pair", level=3), HandLevel(hand="Flush", level=1, played=2)],
    )
    assert view.state_text(state).splitlines()[2:] == [
        "boss  The Hook: Discards 2 cards of the hand at random after every play.",
        "consumables  Pluto [negative]",
        "pack  The Fool | The Sun (take 1)",
        "vouchers  Blank",
        "tags  Double Tag",
        "levels  Pair 3",
    ]
    state.boss_disabled = True
    assert "The Hook (disabled): " in view.state_text(state)


def test_what_skipping_earns() -> None:
    offers = [Tag(key="tag_skip"), Tag(key="tag_orbital", hand="Flush")]
    state = GameState(phase=pb.PHASE_BLIND_SELECT, blind=Blind(key="bl_small"), tag_offers=offers)
    assert "skipping earns  Speed Tag, then Orbital Tag (Flush)" in view.state_text(state)
    state.blind.key = "bl_big"
    assert "skipping earns  Orbital Tag (Flush)" in view.state_text(state)
    state.blind.key = "bl_hook"
    assert "skipping earns" not in view.state_text(state)


def test_a_foreign_state() -> None:
    text = view.state_text(GameState(won=True, jokers=[Item(key="j_mod"), Item(face_down=True)]))
    assert "phase unknown  won" in text
    assert text.endswith("jokers  j_mod | face down")
