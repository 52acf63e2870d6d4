"""What a playing card counts as: its suit, its rank, whether it is a face card."""

from typing import Any

from jimbot_stream.balatro.kernels import jit, owned
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Then

_DEBUFFED = int(Mark.DEBUFFED)
_WILD = int(Enhancement.WILD)
_STONE = int(Enhancement.STONE)
_DIAMONDS = int(Suit.DIAMONDS)
_HEARTS = int(Suit.HEARTS)
_SMEARED = int(Then.SMEARED)
_PAREIDOLIA = int(Then.PAREIDOLIA)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_BOSS = 2


@jit
def live_boss(s: Any) -> int:
    """Id of the boss whose ability is at work; 0 outside its round and when disabled."""
    if s.phase == _SELECTING_HAND and s.blind == _BOSS and s.boss_off == 0:
        return int(s.boss)
    return 0


@jit
def blind_at_hand(s: Any) -> int:
    """Id of the blind at hand, or on offer."""
    return int(s.boss) if s.blind == _BOSS else int(s.blind) + 1


@jit
def red(suit: int) -> bool:
    """Hearts and Diamonds."""
    return suit in (_DIAMONDS, _HEARTS)


@jit
def same_suit(own: int, suit: int, smeared: bool) -> bool:
    """Whether a suit counts as another."""
    return own == suit or (smeared and red(own) == red(suit))


@jit
def suited(s: Any, c: int, suit: int, smeared: bool) -> bool:
    """Whether a card is of a suit, debuffed or not (Card:is_suit with bypass)."""
    enhancement = int(s.cards[c].enhancement)
    if enhancement == _STONE:
        return False
    return enhancement == _WILD or same_suit(int(s.cards[c].suit), suit, smeared)


@jit
def has_suit(s: Any, c: int, suit: int) -> bool:
    """Whether a card is of a suit; a debuffed card is of none (Card:is_suit)."""
    if int(s.cards[c].marks) & _DEBUFFED:
        return False
    return suited(s, c, suit, owned.has(s, _SMEARED) > 0)


@jit
def rank_of(s: Any, c: int) -> int:
    """Rank, 2 to 14; 0 for a Stone Card."""
    return 0 if int(s.cards[c].enhancement) == _STONE else int(s.cards[c].rank)


@jit
def face_of_boss(s: Any, c: int) -> bool:
    """Whether a card is a face card to a boss: debuffed or not."""
    rank = rank_of(s, c)
    return 11 <= rank <= 13 or owned.has(s, _PAREIDOLIA) > 0


@jit
def is_face(s: Any, c: int) -> bool:
    """Whether a card is a face card; a debuffed card is not."""
    return int(s.cards[c].marks) & _DEBUFFED == 0 and face_of_boss(s, c)


@jit
def chips_of_rank(rank: int) -> int:
    """Chips that a rank scores."""
    if rank == 14:
        return 11
    return min(rank, 10)
