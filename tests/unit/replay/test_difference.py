"""The first differing field of two messages, by path."""

import pytest

from jimbot_stream.contracts import Action, ActionVerb, Card, GameState, UpdateApplied
from jimbot_stream.replay.difference import ABSENT, first_difference


@pytest.mark.parametrize(
    ("expected", "got", "difference"),
    [
        (GameState(money=4), GameState(money=5), ("money", "4", "5")),
        (
            GameState(hand=[Card(id=1), Card(id=2)]),
            GameState(hand=[Card(id=1), Card(id=3)]),
            ("hand[1].id", "2", "3"),
        ),
        (GameState(hand=[Card(id=1)]), GameState(), ("hand[0]", "id: 1", ABSENT)),
        (GameState(tags=["a"]), GameState(tags=["a", "b"]), ("tags[1]", ABSENT, "'b'")),
        (
            Action(verb=ActionVerb.ACTION_VERB_PLAY),
            Action(verb=ActionVerb.ACTION_VERB_DISCARD),
            ("verb", "ACTION_VERB_PLAY", "ACTION_VERB_DISCARD"),
        ),
        (Action(cards=[1, 2]), Action(cards=[1, 4]), ("cards[1]", "2", "4")),
        (
            UpdateApplied(metrics={"loss": 1.0}),
            UpdateApplied(metrics={"loss": 2.0}),
            ("metrics", "{'loss': 1.0}", "{'loss': 2.0}"),
        ),
    ],
)
def test_the_first_differing_field_is_named_with_both_values(
    expected: GameState, got: GameState, difference: tuple[str, str, str]
) -> None:
    assert first_difference(expected, got) == difference


def test_a_message_that_is_set_differs_from_none() -> None:
    expected, got = GameState(), GameState()
    expected.blind.SetInParent()

    assert first_difference(expected, got) == ("blind", "{}", ABSENT)


def test_fields_are_looked_at_in_the_order_of_their_numbers() -> None:
    difference = first_difference(GameState(ante=1, money=1), GameState(ante=2, money=2))

    assert difference == ("ante", "1", "2")


def test_equal_messages_have_no_difference() -> None:
    assert first_difference(GameState(money=4), GameState(money=4)) is None
