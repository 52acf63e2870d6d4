"""What a player cannot know is removed from a state before anything looks at it.

Some bridges tell all: the draw pile in the order of drawing, and what lies face down.
A policy that saw it would learn to cheat, and its results would mean nothing.
"""

from collections.abc import Iterable

from jimbot_stream.contracts import Card, GameState, Item

_CardKey = tuple[bool, int, int, int, int, str, str, str, bool, bool]


def hide(state: GameState) -> None:
    """Sort the piles and take the identity of whatever lies face down, in place."""
    _hide_cards(state, state.hand)
    _hide_cards(state, state.discard_pile)
    _sort_pile(state)
    if len(state.discard_pile) > 1:
        state.discard_pile.sort(key=_key)
    for row in (state.jokers, state.consumables, state.shop_cards, state.pack):
        for item in row:
            if item.face_down:
                item.CopyFrom(Item(face_down=True, eternal=item.eternal))


def _hide_cards(state: GameState, cards: Iterable[Card]) -> None:
    """Mask cards; like the game's own deck view, count them among the unseen.

    Without that, the hidden cards would be known: whatever of the deck is nowhere else.
    """
    for card in cards:
        if not card.face_down:
            continue
        masked = Card(face_down=True, forced=card.forced)
        if card.id or card.rank or card.suit:
            card.face_down = card.forced = False
            state.draw_pile.append(card)
        card.CopyFrom(masked)


def _sort_pile(state: GameState) -> None:
    before, sorted_already = (-1, -1, -1), True
    for card in state.draw_pile:
        if card.face_down:
            card.face_down = False  # it is the pile that is hidden, not what is in it
        place = (card.suit, card.rank, card.id)
        sorted_already = sorted_already and before < place
        before = place
    if not sorted_already:  # whoever plays fair sends it sorted; sorting costs more than a look
        state.draw_pile.sort(key=_key)


def _key(card: Card) -> _CardKey:
    looks = (card.enhancement, card.edition, card.seal, card.debuffed, card.played_this_ante)
    return (card.face_down, card.suit, card.rank, card.id, card.bonus, *looks)
