"""The deck: making it, shuffling it, dealing from it."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.compiled import DECK_RANKS, DECK_SUITS, SUIT_ORDER


@jit
def standard_deck(s: Any) -> None:
    """Give the run its 52 cards, in order of creation."""
    s.card_count = len(DECK_RANKS)
    for card in range(s.card_count):
        s.cards[card].rank = DECK_RANKS[card]
        s.cards[card].suit = DECK_SUITS[card]


@jit
def collect(s: Any) -> None:
    """Return every card to the draw pile, in order of creation."""
    for card in range(s.card_count):
        s.draw[card] = card
    s.draw_count = s.card_count
    s.hand_count = 0
    s.gone_count = 0


@jit
def shuffle(s: Any, streams: Any, stream: int) -> None:
    """Collect all cards and shuffle them with a stream of the present ante."""
    collect(s)
    rng.shuffle_seed(s.draw, s.draw_count, rng.use(streams, stream, int(s.ante)))


@jit
def _shown_before(s: Any, a: int, b: int) -> bool:
    one = s.cards[a]
    two = s.cards[b]
    if one.rank != two.rank:
        return bool(one.rank > two.rank)
    if one.suit != two.suit:
        return bool(SUIT_ORDER[one.suit] > SUIT_ORDER[two.suit])
    return a < b


@jit
def _insert(s: Any, card: int) -> None:
    at = int(s.hand_count)
    while at > 0 and _shown_before(s, card, int(s.hand[at - 1])):
        s.hand[at] = s.hand[at - 1]
        at -= 1
    s.hand[at] = card
    s.hand_count += 1


@jit
def fill_hand(s: Any) -> None:
    """Draw up to the hand size; the hand stays sorted by rank, highest first."""
    while s.hand_count < s.hand_size and s.draw_count > 0:
        s.draw_count -= 1
        _insert(s, int(s.draw[s.draw_count]))


@jit
def remove(s: Any, mask: int) -> None:
    """Lay the masked cards of the hand aside until the round ends."""
    kept = 0
    for position in range(s.hand_count):
        card = s.hand[position]
        if mask >> position & 1:
            s.gone[s.gone_count] = card
            s.gone_count += 1
        else:
            s.hand[kept] = card
            kept += 1
    s.hand_count = kept
