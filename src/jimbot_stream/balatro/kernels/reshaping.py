"""Changing, destroying and creating cards of the hand: the work of tarots and spectrals."""

from typing import Any

import numpy as np

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import create, deal, jit, moving
from jimbot_stream.balatro.state import MAX_HAND
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import SPECTRAL
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.streams import NUMBER

_FACE_DOWN = int(Mark.FACE_DOWN)
_DEBUFFED = int(Mark.DEBUFFED)
_FORCED = int(Mark.FORCED)
_PLAYED = int(Mark.PLAYED_THIS_ANTE)
_GLASS = int(Enhancement.GLASS)
_STONE = int(Enhancement.STONE)
_ACE = 14
_JACK = 11
_COPIES = 2  # that Cryptid adds
_IMMOLATED = 5
_IMMOLATE_PAYS = 20
_FAMILIAR_CARDS = 3
_GRIM_CARDS = 2
_INCANTATION_CARDS = 4
_SUITS = (int(Suit.SPADES), int(Suit.HEARTS), int(Suit.DIAMONDS), int(Suit.CLUBS))
_FAMILIAR = SPECTRAL["c_familiar"]
_INCANTATION = SPECTRAL["c_incantation"]
_AURA_STREAM = NUMBER["aura"]
_IMMOLATE_STREAM = NUMBER["immolate"]
_DESTROY_STREAM = NUMBER["random_destroy"]
_FAMILIAR_STREAM = NUMBER["familiar_create"]
_GRIM_STREAM = NUMBER["grim_create"]
_INCANTATION_STREAM = NUMBER["incantation_create"]
_ENHANCE_STREAM = NUMBER["spe_card"]
_SIGIL_STREAM = NUMBER["sigil"]
_OUIJA_STREAM = NUMBER["ouija"]


# --- cards in hand ---------------------------------------------------------------------


@jit
def _at(s: Any, position: int) -> int:
    return int(s.hand[position])


@jit
def _first(mask: int) -> int:
    """Position of the leftmost card of a mask."""
    position = 0
    while mask >> position & 1 == 0:
        position += 1
    return position


@jit
def enhance(s: Any, c: int, enhancement: int) -> None:
    """Give a card an enhancement; the game then forgets that it was played in this ante."""
    card = s.cards[c]
    card.enhancement = enhancement
    card.marks = int(card.marks) & ~_PLAYED & 255
    deal.debuff_card(s, c)


@jit
def enhance_all(s: Any, mask: int, enhancement: int) -> None:
    """Give cards an enhancement."""
    for position in range(int(s.hand_count)):
        if mask >> position & 1:
            enhance(s, _at(s, position), enhancement)


@jit
def dye(s: Any, mask: int, suit: int) -> None:
    """Turn cards into a suit."""
    for position in range(int(s.hand_count)):
        if mask >> position & 1:
            c = _at(s, position)
            s.cards[c].suit = suit
            deal.debuff_card(s, c)


@jit
def strengthen(s: Any, mask: int) -> None:
    """Raise the rank of cards by one; an Ace becomes a 2."""
    for position in range(int(s.hand_count)):
        if mask >> position & 1:
            c = _at(s, position)
            rank = int(s.cards[c].rank)
            s.cards[c].rank = 2 if rank == _ACE else rank + 1
            deal.debuff_card(s, c)


@jit
def _copy_card(s: Any, onto: int, like: int) -> None:
    """Make a card as another one; which was created first, and what lies face down, stays."""
    card = s.cards[onto]
    other = s.cards[like]
    card.rank = other.rank
    card.suit = other.suit
    card.enhancement = other.enhancement
    card.edition = other.edition
    card.seal = other.seal
    card.bonus = other.bonus
    kept = int(card.marks) & (_FACE_DOWN | _FORCED)
    card.marks = kept | (int(other.marks) & (_DEBUFFED | _PLAYED | _FORCED))


@jit
def death(s: Any, mask: int) -> None:
    """The left of two cards becomes the right one."""
    left = _first(mask)
    right = _first(mask & ~(1 << left))
    _copy_card(s, _at(s, left), _at(s, right))


@jit
def cryptid(s: Any, mask: int) -> None:
    """Add copies of a card to the hand."""
    like = _at(s, _first(mask))
    card = s.cards[like]
    for _ in range(_COPIES):
        c = deal.add_card(
            s,
            int(card.rank),
            int(card.suit),
            int(card.enhancement),
            int(card.edition),
            int(card.seal),
        )
        if c >= 0:
            s.cards[c].bonus = card.bonus
            s.cards[c].marks = int(card.marks) & (_DEBUFFED | _PLAYED)
            deal.to_hand(s, c)


@jit
def seal(s: Any, mask: int, colour: int) -> None:
    """Give a card a seal, in place of the one it has."""
    s.cards[_at(s, _first(mask))].seal = colour


@jit
def aura(s: Any, r: Any, mask: int) -> None:
    """Give a card an edition at random, but not Negative."""
    edition = create.edition(r, _AURA_STREAM, int(s.ante), 1.0, True, True)
    s.cards[_at(s, _first(mask))].edition = edition


@jit
def sigil(s: Any, r: Any) -> None:
    """Turn the hand into one suit at random."""
    suit = _SUITS[rng.pick(r, _SIGIL_STREAM, int(s.ante), len(_SUITS))]
    dye(s, (1 << int(s.hand_count)) - 1, suit)


@jit
def ouija(s: Any, r: Any) -> None:
    """Turn the hand into one rank at random; it becomes smaller for good."""
    rank = 2 + rng.pick(r, _OUIJA_STREAM, int(s.ante), _ACE - 1)
    for position in range(int(s.hand_count)):
        c = _at(s, position)
        s.cards[c].rank = rank
        deal.debuff_card(s, c)
    s.hand_size -= 1


# --- destroying and creating playing cards ---------------------------------------------


@jit
def _dissolve(s: Any, mask: int) -> None:
    """Destroy cards of the hand without a Glass Joker noticing.

    Jokers are told of these cards before they break, and a Glass Joker counts broken cards
    only; so glass is taken for plain.
    """
    for position in range(int(s.hand_count)):
        if mask >> position & 1 and s.cards[_at(s, position)].enhancement == _GLASS:
            s.cards[_at(s, position)].enhancement = 0
    deal.destroy_mask(s, mask)


@jit
def immolate(s: Any, r: Any) -> None:
    """The positions of the hand, by age of their cards, are shuffled; the first ones go."""
    count = int(s.hand_count)
    everything = (1 << count) - 1
    order = np.zeros(MAX_HAND, dtype=np.int64)
    for place in range(count):
        order[place] = moving.oldest_card(s, everything, place)
    rng.shuffle_seed(order, count, rng.use(r, _IMMOLATE_STREAM, int(s.ante), 0))
    mask = 0
    for place in range(min(_IMMOLATED, count)):
        mask |= 1 << int(order[place])
    _dissolve(s, mask)
    s.money += _IMMOLATE_PAYS


@jit
def _destroy_one(s: Any, r: Any) -> None:
    count = int(s.hand_count)
    place = rng.pick(r, _DESTROY_STREAM, int(s.ante), count)
    _dissolve(s, 1 << moving.oldest_card(s, (1 << count) - 1, place))


@jit
def _drawn_rank(r: Any, spectral: int, ante: int) -> int:
    if spectral == _FAMILIAR:
        return _JACK + rng.pick(r, _FAMILIAR_STREAM, ante, 3)
    if spectral == _INCANTATION:
        return 2 + rng.pick(r, _INCANTATION_STREAM, ante, 9)
    return _ACE


@jit
def replace(s: Any, r: Any, spectral: int) -> None:
    """Familiar, Grim and Incantation: one card of the hand goes, enhanced ones come."""
    _destroy_one(s, r)
    ante = int(s.ante)
    count = _GRIM_CARDS
    stream = _GRIM_STREAM
    if spectral == _FAMILIAR:
        count = _FAMILIAR_CARDS
        stream = _FAMILIAR_STREAM
    elif spectral == _INCANTATION:
        count = _INCANTATION_CARDS
        stream = _INCANTATION_STREAM
    for _ in range(count):
        rank = _drawn_rank(r, spectral, ante)
        suit = _SUITS[rng.pick(r, stream, ante, len(_SUITS))]
        enhancement = 1 + rng.pick(r, _ENHANCE_STREAM, ante, 7)
        if enhancement >= _STONE:  # never a Stone Card
            enhancement += 1
        c = deal.add_card(s, rank, suit, enhancement, 0, 0)
        if c >= 0:
            deal.to_hand(s, c)
