"""A state reads well as text."""

from jimbot_stream.balatro import actions, view, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, Item


def test_a_state_in_play() -> None:
    run = new_run("OOOO155")
    run.step(actions.pack(Verb.SELECT_BLIND))
    assert view.state_text(wire.state_message(run)).splitlines() == [
        "ante 1  round 1  $4  selecting hand",
        "bl_small  0 / 300  hands 4  discards 4",
        "hand  J♠ J♥ J♣ J♦ T♥ T♣ 9♣ 7♦",
    ]


def test_hidden_and_debuffed_cards() -> None:
    hidden = Card(face_down=True)
    debuffed = Card(rank=14, suit=pb.SUIT_HEARTS, debuffed=True)
    assert view.cards_text([hidden, debuffed, Card()]) == "▒▒ (A♥) ??"
    assert view.cards_text([]) == "none"


def test_a_foreign_state() -> None:
    text = view.state_text(GameState(won=True, jokers=[Item(key="j_joker"), Item(face_down=True)]))
    assert "phase unknown  won" in text
    assert text.endswith("jokers  j_joker, face down")
