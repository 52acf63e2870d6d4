"""What a round is about for some jokers: idol, rank, suits, listed poker hand."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.cards import SHOWN_SUITS, Suit
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Enhancement
from jimbot_stream.balatro.tables.streams import NUMBER

_STONE = int(Enhancement.STONE)
_ACE = 14
_SPADES = int(Suit.SPADES)
_SUITS = tuple(int(suit) for suit in SHOWN_SUITS)
_IDOL = NUMBER["idol"]
_MAIL = NUMBER["mail"]
_ANCIENT = NUMBER["anc"]
_CASTLE = NUMBER["cas"]
_TO_DO = NUMBER["to_do"]
_TO_DO_LIST = JOKER["j_todo_list"]
# The game lists visible hands in the order of a Lua hash table, which differs between sessions;
# this is the order of most saved games. The secret hands, seen in none, stand last.
_LISTED = tuple(
    HAND[name]
    for name in (
        *("Full House", "Flush", "Pair", "High Card", "Straight Flush", "Straight"),
        *("Two Pair", "Three of a Kind", "Four of a Kind"),
        *("Five of a Kind", "Flush House", "Flush Five"),
    )
)
_PLAIN_HANDS = 9


@jit
def _target_card(s: Any, r: Any, stream: int) -> int:
    """A card at random that is no Stone Card, by order of creation; -1 where there is none."""
    count = 0
    for c in range(int(s.card_count)):
        if s.cards[c].enhancement != _STONE:
            count += 1
    if count == 0:
        return -1
    left = rng.pick(r, stream, int(s.ante), count)
    for c in range(int(s.card_count)):
        if s.cards[c].enhancement != _STONE:
            if left == 0:
                return c
            left -= 1
    return -1


@jit
def ancient(s: Any, r: Any) -> None:
    """Give Ancient Joker another suit; with none so far, any."""
    current = int(s.ancient_suit)
    count = 4 if current == 0 else 3
    left = rng.pick(r, _ANCIENT, int(s.ante), count)
    for suit in _SUITS:
        if suit == current:
            continue
        if left == 0:
            s.ancient_suit = suit
            return
        left -= 1


@jit
def new_round(s: Any, r: Any) -> None:
    """Set the targets anew: at the start of a run and at the end of every round."""
    c = _target_card(s, r, _IDOL)
    s.idol_rank = int(s.cards[c].rank) if c >= 0 else _ACE
    s.idol_suit = int(s.cards[c].suit) if c >= 0 else _SPADES
    c = _target_card(s, r, _MAIL)
    s.mail_rank = int(s.cards[c].rank) if c >= 0 else _ACE
    ancient(s, r)
    c = _target_card(s, r, _CASTLE)
    s.castle_suit = int(s.cards[c].suit) if c >= 0 else _SPADES


@jit
def _visible(s: Any, hand: int, place: int) -> bool:
    return place < _PLAIN_HANDS or s.played[hand] > 0


@jit
def visible_hand(s: Any, r: Any, stream: int, other_than: int) -> int:
    """A poker hand at random among those that the player knows, but for one (-1: none)."""
    count = 0
    for place in range(len(_LISTED)):
        if _visible(s, _LISTED[place], place) and _LISTED[place] != other_than:
            count += 1
    left = rng.pick(r, stream, 0, count)
    for place in range(len(_LISTED)):
        if _visible(s, _LISTED[place], place) and _LISTED[place] != other_than:
            if left == 0:
                return _LISTED[place]
            left -= 1
    return other_than


@jit
def listed_hand(s: Any, r: Any, other_than: int) -> int:
    """The poker hand of a To Do List: another than before; -1 for a new list."""
    return visible_hand(s, r, _TO_DO, other_than)


@jit
def copied(s: Any, r: Any, joker: Any) -> None:
    """Spend what the copy of a To Do List draws before it takes over the original's hand."""
    if joker.id == _TO_DO_LIST:
        listed_hand(s, r, -1)
