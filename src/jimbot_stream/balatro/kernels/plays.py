"""The plays that are worth considering, with what each would score.

A pure play is one of which every card scores. What else could be laid beside it changes no
poker hand, so that only one filled-up play is kept for each: the one that throws away the
cards of least worth. Cards that lie face down are fillers: nobody knows what they make.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import MOST_CARDS
from jimbot_stream.balatro.kernels import jit, observation, scoring, usable
from jimbot_stream.balatro.kernels.usable import bits
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Then

CHIPS, MULT, SCORE, DOLLARS, HAND, SCORING = range(6)
"""Columns of what a play would score."""
WORTHS = 6
ROOM = 704
"""Most plays that are looked at: up to five of ten equal cards, 637, and those filled up."""
_REACH = 10  # most cards of which all choices are looked at
_FILLED = 20  # the best so many pure plays are also filled up
_STONE = int(Enhancement.STONE)
_WILD = int(Enhancement.WILD)
_DEBUFFED = int(Mark.DEBUFFED)
_SPLASH = int(Then.SPLASH)
_FOUR_FINGERS = int(Then.FOUR_FINGERS)
_SHORTCUT = int(Then.SHORTCUT)
_SMEARED = int(Then.SMEARED)
_ODD = 0x1111111111111
_FOURS = 0x4444444444444
_HIDDEN_WORTH = 0.6
_STONE_WORTH = 0.1


@jit
def look(s: Any, ranks: NDArray[np.int64], suits: NDArray[np.int64]) -> None:
    """Write rank and suit of every position of the hand; 0 for none, hidden or Stone.

    A suit is 1-4, or 5 for every suit; with Smeared Joker 1 and 4 are both 4, 2 and 3 both 3.
    """
    smeared = observation.passive(s, _SMEARED) > 0
    for position in range(int(s.hand_count)):
        card = s.cards[int(s.hand[position])]
        ranks[position] = 0
        suits[position] = 0
        if int(card.marks) & observation.FACE_DOWN or card.enhancement == _STONE:
            continue
        ranks[position] = int(card.rank)
        suit = int(card.suit)
        if card.enhancement == _WILD and int(card.marks) & _DEBUFFED == 0:
            suits[position] = 5
        elif smeared and suit <= 2:
            suits[position] = 5 - suit
        else:
            suits[position] = suit


@jit
def rate(
    s: Any, ranks: NDArray[np.int64], suits: NDArray[np.int64], worth: NDArray[np.float64]
) -> None:
    """Write how much every card of the hand promises: rank, company, what it bears."""
    count = int(s.hand_count)
    for position in range(count):
        card = s.cards[int(s.hand[position])]
        rank = ranks[position]
        if int(card.marks) & observation.FACE_DOWN:
            worth[position] = _HIDDEN_WORTH
            continue
        told = _STONE_WORTH if rank == 0 else rank / 16.0
        for other in range(count):
            if other == position or rank == 0 or ranks[other] == 0:
                continue
            if ranks[other] == rank:
                told += 1.0
            elif abs(ranks[other] - rank) <= 2:
                told += 0.125
            if suits[other] == suits[position] or suits[other] == 5 or suits[position] == 5:
                told += 0.375
        if card.enhancement > 0 and rank > 0:
            told += 0.5
        if card.edition > 0:
            told += 0.5
        if card.seal > 0:
            told += 0.5
        if int(card.marks) & _DEBUFFED:
            told *= 0.5
        worth[position] = told


@jit
def rising(worth: NDArray[np.float64], count: int, order: NDArray[np.int64]) -> None:
    """Write positions by worth, least first, leftmost first among equals."""
    for position in range(count):
        at = position
        while at > 0 and worth[order[at - 1]] > worth[position]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = position


@jit
def _choose(
    ranks: NDArray[np.int64], count: int, order: NDArray[np.int64], places: NDArray[np.int64]
) -> int:
    """Write the positions of which all choices are looked at, left to right; their number."""
    taken = 0
    mask = 0
    for at in range(count - 1, -1, -1):
        if taken < _REACH and ranks[order[at]] > 0:
            mask |= 1 << int(order[at])
            taken += 1
    found = 0
    for position in range(count):
        if mask >> position & 1:
            places[found] = position
            found += 1
    return found


@jit
def _suit_counter(suit: int) -> int:
    """One card of a suit as packed four-bit counters."""
    if suit == 5:
        return 0x1111
    return 1 << 4 * (suit - 1) if suit > 0 else 0


@jit
def _is_pure(size: int, ranks: int, suits: int, held: int, loose: bool) -> bool:
    """Whether all cards of a choice score: counters of ranks and suits, and the set of ranks."""
    if size == 1:
        return True
    kinds = bits(held & ~2)
    if kinds == 1:
        return True
    if size < 4:
        return False
    if loose:
        return True
    if kinds == 2:
        paired = ranks & _ODD == 0
        return paired if size == 4 else ranks & _FOURS == 0
    if size < 5:
        return False
    for suit in range(4):
        if suits >> 4 * suit & 15 == 5:
            return True
    run = held & held >> 1
    run &= run >> 2
    return kinds == 5 and run & held >> 4 != 0


@jit
def _add(
    s: Any, w: Any, mask: int, count: int, masks: NDArray[np.int64], worths: NDArray[np.float64]
) -> int:
    """Preview a play and append it, unless it is there or has too many cards; the new count."""
    if count >= ROOM or bits(mask) > MOST_CARDS:
        return count
    scoring.preview(s, w, mask, worths[count])
    masks[count] = mask
    return count + 1


@jit
def _there(mask: int, count: int, masks: NDArray[np.int64]) -> bool:
    found = False
    for at in range(count):
        found = found or masks[at] == mask
    return found


@jit
def _pure(
    s: Any,
    w: Any,
    ranks: NDArray[np.int64],
    suits: NDArray[np.int64],
    order: NDArray[np.int64],
    masks: NDArray[np.int64],
    worths: NDArray[np.float64],
) -> int:
    """Append all pure plays; their number."""
    places = np.empty(_REACH, dtype=np.int64)
    reach = _choose(ranks, int(s.hand_count), order, places)
    table = np.zeros((1 << reach, 4), dtype=np.int64)  # counters of ranks, of suits; set; mask
    for at in range(reach):
        place = int(places[at])
        rank, suit = int(ranks[place]), _suit_counter(int(suits[place]))
        told = observation.rank_bits(rank)
        for below in range(1 << at):
            choice = below | 1 << at
            table[choice, 0] = table[below, 0] + (1 << 4 * (rank - 2))
            table[choice, 1] = table[below, 1] + suit
            table[choice, 2] = table[below, 2] | told
            table[choice, 3] = table[below, 3] | 1 << place
    loose = observation.passive(s, _FOUR_FINGERS) > 0 or observation.passive(s, _SHORTCUT) > 0
    splash = observation.passive(s, _SPLASH) > 0
    forced = usable.forced_mask(s)
    most = min(MOST_CARDS, reach)
    count = 0
    for choice in range(1, 1 << reach):
        size = bits(choice)
        if size > MOST_CARDS:
            continue
        row = table[choice]
        if not (splash and size == most):  # noqa: SIM102 - one question a line
            if not _is_pure(size, int(row[0]), int(row[1]), int(row[2]), loose):
                continue
        mask = int(row[3]) | forced
        if forced != 0 and _there(mask, count, masks):
            continue
        after = _add(s, w, mask, count, masks, worths)
        if loose and after > count and size >= 4 and int(worths[count, SCORING]) != mask:
            continue
        count = after
    return count


@jit
def _better(at: int, other: int, masks: NDArray[np.int64], worths: NDArray[np.float64]) -> bool:
    """By score, then fewer cards, then the lower mask."""
    if worths[at, SCORE] != worths[other, SCORE]:
        return bool(worths[at, SCORE] > worths[other, SCORE])
    size, size_other = bits(int(masks[at])), bits(int(masks[other]))
    return size < size_other if size != size_other else bool(masks[at] < masks[other])


@jit
def _rank(
    begin: int,
    count: int,
    kept: int,
    most: int,
    masks: NDArray[np.int64],
    worths: NDArray[np.float64],
    ranking: NDArray[np.int64],
) -> int:
    """Sort plays begin … count into a ranking of kept; its new length, at most so many."""
    for new in range(begin, count):
        at = kept
        if kept == most:
            if not _better(new, int(ranking[kept - 1]), masks, worths):
                continue
            at -= 1
        else:
            kept += 1
        while at > 0 and _better(new, int(ranking[at - 1]), masks, worths):
            ranking[at] = ranking[at - 1]
            at -= 1
        ranking[at] = new
    return kept


@jit
def _filled(mask: int, stones: int, count: int, order: NDArray[np.int64]) -> int:
    """A play filled up: with Stone Cards, which score, then with the cards of least worth."""
    for pass_stones in range(2):
        for at in range(count):
            bit = 1 << int(order[at])
            if bits(mask) >= MOST_CARDS:
                return mask
            if pass_stones == 1 or stones & bit:
                mask |= bit
    return mask


@jit
def stones_of(s: Any) -> int:
    """Positions of Stone Cards that lie face up."""
    mask = 0
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        if observation.face_up(s, c) and s.cards[c].enhancement == _STONE:
            mask |= 1 << position
    return mask


@jit
def find(
    s: Any,
    w: Any,
    ranks: NDArray[np.int64],
    suits: NDArray[np.int64],
    order: NDArray[np.int64],
    most: int,
    masks: NDArray[np.int64],
    worths: NDArray[np.float64],
    ranking: NDArray[np.int64],
) -> int:
    """Find the plays worth considering and rank the best of them; how many are ranked.

    masks[ROOM] and worths[ROOM, WORTHS] hold the plays, ranking[most] which of them are best.
    """
    hand = int(s.hand_count)
    stones = stones_of(s)
    forced = usable.forced_mask(s)
    count = _pure(s, w, ranks, suits, order, masks, worths)
    kept = _rank(0, count, 0, most, masks, worths, ranking)
    pure = count
    for at in range(min(kept, _FILLED)):
        mask = _filled(int(masks[ranking[at]]), stones, hand, order)
        if not _there(mask, count, masks):
            count = _add(s, w, mask, count, masks, worths)
    if stones != 0 or count == 0:
        mask = _filled(forced, stones, hand, order) if count == 0 else stones | forced
        if not _there(mask, count, masks):
            count = _add(s, w, mask, count, masks, worths)
    return _rank(pure, count, kept, most, masks, worths, ranking)


@jit
def every(s: Any, w: Any, masks: NDArray[np.int64], worths: NDArray[np.float64]) -> int:
    """List all legal plays, few cards first, with what each would score; how many.

    Writes as many as masks and worths[_, WORTHS] have room for.
    """
    hand = int(s.hand_count)
    if s.phase != observation.SELECTING_HAND or s.hands_left <= 0:
        return 0
    scoring.prepare(s, w)
    forced = usable.forced_mask(s)
    count = 0
    for size in range(1, min(MOST_CARDS, hand) + 1):
        mask = (1 << size) - 1
        while mask >> hand == 0 and count < len(masks):
            if forced & ~mask == 0:
                masks[count] = mask
                scoring.preview(s, w, mask, worths[count])
                count += 1
            low = mask & -mask
            high = mask + low
            mask = high | ((mask ^ high) // low >> 2)
    return count
