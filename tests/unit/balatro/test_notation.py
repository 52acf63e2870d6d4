"""Cards and jokers as people type them."""

import pytest

from jimbot_stream.balatro import notation
from jimbot_stream.balatro.notation import CardSpec, JokerSpec, NotationError
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("KH", CardSpec(13, Suit.HEARTS)),
        ("10s", CardSpec(10, Suit.SPADES)),
        ("T♠", CardSpec(10, Suit.SPADES)),
        ("AC+glass", CardSpec(14, Suit.CLUBS, Enhancement.GLASS)),
        (
            "2D+foil+RED+gold",
            CardSpec(2, Suit.DIAMONDS, Enhancement.GOLD, Edition.FOIL, Seal.RED),
        ),
        ("2D+goldseal", CardSpec(2, Suit.DIAMONDS, seal=Seal.GOLD)),
        ("2D+debuffed", CardSpec(2, Suit.DIAMONDS, marks=Mark.DEBUFFED)),
    ],
)
def test_a_card(text: str, spec: CardSpec) -> None:
    assert notation.card(text) == spec


def test_cards_in_a_row() -> None:
    assert notation.cards("KH, KS 5D") == tuple(map(notation.card, ("KH", "KS", "5D")))
    assert notation.cards("") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1H", "a rank comes first, one of 2 3"),
        ("KX", "one of C D H S"),
        ("K", "a rank comes first"),
        ("KH+shiny", "'shiny' is none of bonus mult"),
        ("KH+negative", "'negative' is none of"),
    ],
)
def test_what_is_no_card_is_told_what_could_stand_there(text: str, says: str) -> None:
    with pytest.raises(NotationError, match=says):
        notation.card(text)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("j_joker", JokerSpec(NUMBER["j_joker"])),
        ("joker+foil", JokerSpec(NUMBER["j_joker"], Edition.FOIL)),
        ("Runner=45", JokerSpec(NUMBER["j_runner"], value=45.0)),
        ("Ride the Bus+eternal=3", JokerSpec(NUMBER["j_ride_the_bus"], marks=16, value=3.0)),
        ("the idol", JokerSpec(NUMBER["j_idol"])),
    ],
)
def test_a_joker(text: str, spec: JokerSpec) -> None:
    assert notation.joker(text) == spec


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nobody", "no joker is called so"),
        ("fool", "no joker is called so"),
        ("the", "that may be"),
        ("joker+shiny", "'shiny' is none of foil holo"),
        ("joker=much", "'much' is no number"),
    ],
)
def test_what_is_no_joker_is_told_what_could_stand_there(text: str, says: str) -> None:
    with pytest.raises(NotationError, match=says):
        notation.joker(text)


def test_a_level() -> None:
    assert notation.level("Two Pair=3") == (9, 3)
    assert notation.level("flush five = 2") == (0, 2)
    with pytest.raises(NotationError, match="poker hand 'two pairs' is none of"):
        notation.level("Two Pairs=3")
    with pytest.raises(NotationError, match="a level from 1"):
        notation.level("Pair=0")
