from jimbot_stream.contracts import Card, GameState, Item, Suit
from jimbot_stream.streams.intake.visibility import hide


def test_the_draw_pile_tells_no_order() -> None:
    pile = [Card(id=n, suit=Suit.SUIT_HEARTS, rank=2 + n) for n in (5, 1, 9, 3)]
    one, other = GameState(draw_pile=pile), GameState(draw_pile=reversed(pile))
    hide(one)
    hide(other)
    assert one == other
    assert [card.id for card in one.draw_pile] == [1, 3, 5, 9]


def test_cards_differing_in_anything_are_told_in_one_order() -> None:
    pile = [Card(rank=2, seal="Red"), Card(rank=2), Card(rank=2, enhancement="m_glass")]
    one, other = GameState(draw_pile=pile), GameState(draw_pile=pile[::-1])
    hide(one)
    hide(other)
    assert one == other


def test_a_face_down_card_keeps_nothing_but_its_place() -> None:
    hidden = Card(id=3, suit=Suit.SUIT_CLUBS, rank=9, seal="Red", debuffed=True, face_down=True)
    state = GameState(hand=[Card(id=1, rank=2), hidden])
    hide(state)
    assert state.hand[1] == Card(face_down=True)


def test_a_face_down_card_cannot_be_told_by_what_is_missing_elsewhere() -> None:
    hidden = Card(id=3, suit=Suit.SUIT_CLUBS, rank=9, face_down=True)
    state = GameState(hand=[hidden], draw_pile=[Card(id=4, suit=Suit.SUIT_CLUBS, rank=8)])
    hide(state)
    assert [card.id for card in state.draw_pile] == [4, 3]
    assert not any(card.face_down for card in state.draw_pile)


def test_face_down_jokers_lose_their_key_and_price() -> None:
    state = GameState(jokers=[Item(key="j_egg", sell_value=9, eternal=True, face_down=True)])
    hide(state)
    # That it is eternal shows: it cannot be sold.
    assert list(state.jokers) == [Item(face_down=True, eternal=True)]


def test_what_was_discarded_face_down_counts_among_the_unseen() -> None:
    state = GameState(
        hand=[Card(face_down=True, forced=True, id=9, rank=4, suit=Suit.SUIT_CLUBS)],
        draw_pile=[Card(id=3, rank=9, suit=Suit.SUIT_CLUBS)],
        discard_pile=[
            Card(id=5, rank=2, suit=Suit.SUIT_SPADES, face_down=True),
            Card(id=4, rank=3, suit=Suit.SUIT_SPADES),
            Card(id=1, rank=3, suit=Suit.SUIT_HEARTS),
        ],
    )
    hide(state)
    assert list(state.hand) == [Card(face_down=True, forced=True)]
    assert [card.id for card in state.draw_pile] == [9, 3, 5]
    assert [card.id for card in state.discard_pile] == [1, 4, 0]
    again = GameState()
    again.CopyFrom(state)
    hide(again)
    assert again == state


def test_hiding_twice_changes_nothing_more() -> None:
    hidden = Card(id=3, suit=Suit.SUIT_CLUBS, rank=9, face_down=True)
    state = GameState(hand=[hidden], draw_pile=[Card(id=2), Card(id=1)])
    hide(state)
    again = GameState()
    again.CopyFrom(state)
    hide(again)
    assert again == state
