"""A state as a picture is one well-formed SVG that shows every card once and leaks nothing."""

from xml.etree import ElementTree as ET

import pytest

from jimbot_stream.balatro import view_svg
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Blind, Card, GameState, Item

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table() -> GameState:
    return GameState(
        phase=pb.PHASE_SHOP,
        seed="ALEEB",
        boss="bl_hook",
        blind=Blind(key="bl_hook", chips_required=1600),
        jokers=[Item(key="j_runner", value=45, edition="e_foil"), Item(face_down=True)],
        consumables=[Item(key="c_fool")],
        shop_cards=[Item(cost=1, card=Card(rank=10, suit=pb.SUIT_HEARTS, seal="Gold"))],
        shop_packs=[Item(key="p_arcana_mega_1", coupon=True)],
        shop_vouchers=[Item(key="v_hone", cost=10)],
        hand=[
            Card(rank=13, suit=pb.SUIT_SPADES, enhancement="m_glass", seal="Red"),
            Card(enhancement="m_stone"),
            Card(rank=2, suit=pb.SUIT_CLUBS, debuffed=True),
            Card(face_down=True),
        ],
    )


def tips(picture: str) -> list[str]:
    root = ET.fromstring(picture)
    return [title.text or "" for title in root.iterfind(f"{SVG}g/{SVG}title")]


def test_every_card_is_drawn_once_in_order(table: GameState) -> None:
    assert [tip.partition(":")[0] for tip in tips(view_svg.svg(table))] == [
        "Runner",
        "face down",
        "The Fool",
        "T♥+gold",
        "Hone",
        "Mega Arcana Pack",
        "K♠+glass+red",
        "stone",
        "(2♣)",
        "face down",
    ]


def test_pointing_at_a_card_tells_its_rule(table: GameState) -> None:
    assert "gains 15 Chips for every hand that contains a Straight." in tips(view_svg.svg(table))[0]


def test_the_text_goes_with_the_picture(table: GameState) -> None:
    root = ET.fromstring(view_svg.svg(table))
    described = root.findtext(f"{SVG}desc")
    assert described is not None
    assert "jokers  Runner +45 Chips [foil] | face down" in described
    assert "<pre>" in view_svg.html(table)


def test_names_cannot_break_out_of_the_page() -> None:
    state = GameState(jokers=[Item(key="<script>")], seed="<b>")
    assert "<script>" not in view_svg.html(state)
    assert "<b>" not in view_svg.html(state)
    ET.fromstring(view_svg.svg(state))


def test_a_long_hand_stays_on_the_table() -> None:
    cards = [Card(rank=2, suit=pb.SUIT_CLUBS)] * 24
    root = ET.fromstring(view_svg.svg(GameState(hand=cards)))
    places = [group.attrib["transform"] for group in root.iterfind(f"{SVG}g")]
    last = float(places[-1].removeprefix("translate(").split()[0])
    assert len(places) == 24
    assert last < view_svg.WIDTH - 84


def test_an_empty_state_is_a_picture_too() -> None:
    ET.fromstring(view_svg.svg(GameState()))


def test_a_foreign_state_is_a_picture_too() -> None:
    odd = Card(
        rank=20,
        suit=9,  # type: ignore[arg-type] # of a later contract
        seal="Pink",
        enhancement="m_new",
        edition="e_new",
    )
    state = GameState(
        phase=pb.PHASE_SHOP,
        stake=12,
        chips=float("inf"),
        hand=[odd, Card(rank=2, suit=9)],  # type: ignore[arg-type]
        shop_cards=[Item(card=odd, cost=3), Item(key="j_new", edition="e_new")],
    )
    assert len(tips(view_svg.svg(state))) == 4
    assert ">?</text>" in view_svg.svg(state)
