"""Which poker hand played cards form, what else they contain, and which of them score.

``read`` looks at the cards in hand once; ``evaluate`` then takes any set of places.
"""

from typing import Any

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.tables.compiled_jokers import PASSIVES
from jimbot_stream.balatro.tables.hands import NUMBER
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Then

FLUSH_FIVE = NUMBER["Flush Five"]
FLUSH_HOUSE = NUMBER["Flush House"]
FIVE = NUMBER["Five of a Kind"]
STRAIGHT_FLUSH = NUMBER["Straight Flush"]
FOUR = NUMBER["Four of a Kind"]
FULL_HOUSE = NUMBER["Full House"]
FLUSH = NUMBER["Flush"]
STRAIGHT = NUMBER["Straight"]
THREE = NUMBER["Three of a Kind"]
TWO_PAIR = NUMBER["Two Pair"]
PAIR = NUMBER["Pair"]
HIGH_CARD = NUMBER["High Card"]

_OF_FIVE = 1 << FIVE | 1 << FOUR | 1 << THREE | 1 << PAIR
_OF_FOUR = 1 << FOUR | 1 << THREE | 1 << PAIR
_OF_HOUSE = 1 << FULL_HOUSE | 1 << TWO_PAIR | 1 << THREE | 1 << PAIR
_OF_THREE = 1 << THREE | 1 << PAIR
_OF_TWO_PAIR = 1 << TWO_PAIR | 1 << PAIR
# Pairs of equal rank among the cards tell the groups apart: 2+2 has 2, 3 has 3, 3+2 has 4, …
_PAIRS_OF_TWO_PAIR, _PAIRS_OF_THREE, _PAIRS_OF_HOUSE = 2, 3, 4
_PAIRS_OF_FOUR, _PAIRS_OF_FIVE = 6, 10

_ACE = 14
_MOST = 5
"""Most cards of a poker hand."""
_FOUR_FINGERS = 1 << int(Then.FOUR_FINGERS)
_SHORTCUT = 1 << int(Then.SHORTCUT)
_SPLASH = 1 << int(Then.SPLASH)
_SMEARED = 1 << int(Then.SMEARED)
_PAREIDOLIA = 1 << int(Then.PAREIDOLIA)
_DOUBLE_ODDS = 1 << int(Then.DOUBLE_ODDS)
_DEBUFFED = int(Mark.DEBUFFED)
_FACE_DOWN = int(Mark.FACE_DOWN)
_WILD = int(Enhancement.WILD)
_STONE = int(Enhancement.STONE)
_ALL_SUITS = 2 + 4 + 8 + 16
_BLACK_SUITS = 2 + 16
_RED_SUITS = 4 + 8
# Of several suits that make a flush the game takes the first: Spades, Hearts, Clubs, Diamonds.
_FLUSH_ORDER = (4, 3, 1, 2)


@jit
def read_passives(s: Any, w: Any) -> None:
    """What the jokers change by being owned; a preview takes those seen alone."""
    hidden = _FACE_DOWN if w.preview != 0 else 0
    w.passives = 0
    w.odds = 1.0
    for slot in range(int(s.joker_count)):
        seen = int(s.jokers[slot].marks) & (_DEBUFFED | hidden) == 0
        w.joker_seen[slot] = int(seen)
        if seen:
            passives = int(PASSIVES[int(s.jokers[slot].id)])
            w.passives = int(w.passives) | passives
            if passives & _DOUBLE_ODDS:
                w.odds *= 2.0


@jit
def _suits(suit: int, enhancement: int, smeared: bool) -> int:
    """Bit set of the suits that a card counts as."""
    if enhancement == _STONE:
        return 0
    if enhancement == _WILD:
        return _ALL_SUITS
    own = 1 << suit
    if not smeared or suit == 0:
        return own
    return _RED_SUITS if own & _RED_SUITS else _BLACK_SUITS


@jit
def read_place(s: Any, w: Any, place: int, c: int, enhancement: int) -> None:
    """What poker hands ask of the card at a place; its enhancement may differ from its own."""
    bit = 1 << place
    marks = int(s.cards[c].marks)
    seen = w.preview == 0 or marks & _FACE_DOWN == 0
    debuffed = marks & _DEBUFFED != 0
    smeared = int(w.passives) & _SMEARED != 0
    stone = seen and enhancement == _STONE
    rank = int(s.cards[c].rank) if seen and not stone else 0
    shown = _suits(int(s.cards[c].suit), enhancement, smeared) if seen else 0
    flush = shown
    if debuffed and enhancement == _WILD and seen:
        flush = _suits(int(s.cards[c].suit), 0, smeared)
    face = (
        seen
        and not debuffed
        and (int(w.passives) & _PAREIDOLIA != 0 or (rank > 10 and rank < _ACE))
    )
    w.card[place] = c
    w.rank[place] = rank
    w.enhancement[place] = enhancement if seen else 0
    w.suits_shown[place] = shown
    w.suits[place] = 0 if debuffed else shown
    w.suits_flush[place] = flush
    w.suit_units[place] = (
        (flush >> 1 & 1) | (flush >> 2 & 1) << 8 | (flush >> 3 & 1) << 16 | (flush >> 4 & 1) << 24
    )
    w.live = int(w.live) & ~bit | (bit if seen and not debuffed else 0)
    w.stones = int(w.stones) & ~bit | (bit if stone else 0)
    w.faces = int(w.faces) & ~bit | (bit if face else 0)


@jit
def read(s: Any, w: Any) -> None:
    """Look at the jokers and at all cards in hand."""
    read_passives(s, w)
    w.places = int(s.hand_count)
    for place in range(int(w.places)):
        c = int(s.hand[place])
        read_place(s, w, place, c, int(s.cards[c].enhancement))


@jit
def _straight(ranks: int, need: int, skips: bool) -> int:
    """Bit set of the ranks of the straight among a bit set of ranks; 0 for none."""
    found = 0
    length = 0
    straight = False
    skipped = False
    for step in range(1, _ACE + 1):
        rank = _ACE if step == 1 else step
        if ranks >> rank & 1:
            length += 1
            skipped = False
            found |= 1 << rank
        elif skips and not skipped and step != _ACE:
            skipped = True
        else:
            if straight:
                break
            length = 0
            skipped = False
            found = 0
        if length >= need:
            straight = True
    return found if straight else 0


@jit
def _flush(w: Any, suits: int, need: int) -> int:
    """Bit set of the places of the flush; 0 for none."""
    for suit in _FLUSH_ORDER:
        if suits >> (8 * (suit - 1)) & 255 >= need:
            found = 0
            for at in range(int(w.played)):
                place = int(w.order[at])
                if int(w.suits_flush[place]) >> suit & 1:
                    found |= 1 << place
            return found
    return 0


@jit
def _of_rank(w: Any, ranks: int) -> int:
    """Bit set of the played places whose rank is in a bit set."""
    found = 0
    for at in range(int(w.played)):
        place = int(w.order[at])
        if ranks >> int(w.rank[place]) & 1:
            found |= 1 << place
    return found


@jit
def _grouped(w: Any, ranks: int) -> int:
    """Bit set of the played places whose rank is there more than once."""
    found = 0
    for at in range(int(w.played)):
        place = int(w.order[at])
        if ranks >> 4 * int(w.rank[place]) & 15 > 1:
            found |= 1 << place
    return found


@jit
def _highest(w: Any) -> int:
    """Bit set of the place of the highest card; 0 where there are Stone Cards alone."""
    best = 0
    found = 0
    for at in range(int(w.played)):
        place = int(w.order[at])
        if w.rank[place] > best:
            best = int(w.rank[place])
            found = 1 << place
    return found


@jit
def _groups(pairs: int) -> int:
    """Bit set of the poker hands that groups of equal rank contain."""
    if pairs == 0:
        return 0
    if pairs == 1:
        return 1 << PAIR
    if pairs == _PAIRS_OF_TWO_PAIR:
        return _OF_TWO_PAIR
    if pairs == _PAIRS_OF_THREE:
        return _OF_THREE
    if pairs == _PAIRS_OF_HOUSE:
        return _OF_HOUSE
    return _OF_FOUR if pairs == _PAIRS_OF_FOUR else _OF_FIVE


@jit
def _top(contains: int) -> int:
    """The poker hand played: the first of the table that is contained."""
    hand = 0
    while contains >> hand & 1 == 0:
        hand += 1
    return hand


@jit
def evaluate(w: Any, played: int) -> None:
    """Set the poker hand, what is contained and the scoring places of a set of places."""
    count = 0
    pairs = 0
    ranks = 0  # counters of 4 bits by rank
    rank_set = 0
    suits = 0  # counters of 8 bits by suit
    place = 0
    rest = played
    while rest != 0:
        if rest & 1:
            w.order[count] = place
            count += 1
            suits += int(w.suit_units[place])
            rank = int(w.rank[place])
            if rank > 0:
                pairs += ranks >> 4 * rank & 15
                ranks += 1 << 4 * rank
                rank_set |= 1 << rank
        place += 1
        rest >>= 1
    w.cards = played
    w.played = count
    need = _MOST - 1 if int(w.passives) & _FOUR_FINGERS else _MOST
    flush = 0
    straight = 0
    if need <= count <= _MOST:
        flush = _flush(w, suits, need)
        if pairs == 0 or need < _MOST:
            straight = _straight(rank_set, need, int(w.passives) & _SHORTCUT != 0)
    contains = 1 << HIGH_CARD | _groups(pairs)
    if flush != 0:
        contains |= 1 << FLUSH
        if pairs == _PAIRS_OF_FIVE:
            contains |= 1 << FLUSH_FIVE
        elif pairs == _PAIRS_OF_HOUSE:
            contains |= 1 << FLUSH_HOUSE
    if straight != 0:
        contains |= 1 << STRAIGHT
        if flush != 0:
            contains |= 1 << STRAIGHT_FLUSH
    hand = _top(contains)
    w.hand = hand
    w.contains = contains
    if int(w.passives) & _SPLASH:
        w.scoring = played
        return
    if hand == HIGH_CARD:
        scoring = _highest(w)
    elif hand == FLUSH:
        scoring = flush
    elif hand == STRAIGHT:
        scoring = _of_rank(w, straight)
    elif hand == STRAIGHT_FLUSH:
        scoring = flush | _of_rank(w, straight)
    else:
        scoring = _grouped(w, ranks)
    w.scoring = scoring | (played & int(w.stones))


@jit
def of(s: Any, w: Any, played: int) -> int:
    """The poker hand that cards in hand form."""
    w.preview = 0
    read(s, w)
    evaluate(w, played)
    return int(w.hand)
