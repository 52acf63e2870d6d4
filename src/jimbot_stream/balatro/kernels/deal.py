"""The deck and its piles: adding, destroying, shuffling, drawing, sorting, debuffing cards."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import cards, growth, items, jit, owned
from jimbot_stream.balatro.state import MAX_CARDS, MAX_HAND, Phase
from jimbot_stream.balatro.tables.blinds import NUMBER
from jimbot_stream.balatro.tables.compiled_owned import BOSS_DEBUFFS
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.schema import Then, When
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM

_SELECTING_HAND = int(Phase.SELECTING_HAND)
_DEBUFFED = int(Mark.DEBUFFED)
_FACE_DOWN = int(Mark.FACE_DOWN)
_FORCED = int(Mark.FORCED)
_PLAYED = int(Mark.PLAYED_THIS_ANTE)
_SHOWN = ~(_FACE_DOWN | _FORCED) & 255
_STONE = int(Enhancement.STONE)
_CARD_ADDED = int(When.CARD_ADDED)
_CARD_DESTROYED = int(When.CARD_DESTROYED)
_SMEARED = int(Then.SMEARED)
_WHEEL_STREAM = STREAM["wheel"]
_WHEEL = NUMBER["bl_wheel"]
_HOUSE = NUMBER["bl_house"]
_MARK = NUMBER["bl_mark"]
_FISH = NUMBER["bl_fish"]
_SERPENT = NUMBER["bl_serpent"]
_PILLAR = NUMBER["bl_pillar"]
_PLANT = NUMBER["bl_plant"]
_LEAF = NUMBER["bl_final_leaf"]
_WHEEL_ODDS = 7.0
_SERPENT_DRAWS = 3
# Clubs 2, Diamonds 1, Hearts 3, Spades 4: the game's order of suits within a rank.
_SUIT_PLACE = (0, 2, 1, 3, 4)


@jit
def add_card_quiet(s: Any, rank: int, suit: int, enhancement: int, edition: int, seal: int) -> int:
    """Create a playing card that is in no pile yet; its index, or -1 where there is no room."""
    c = int(s.card_count)
    if c >= MAX_CARDS:
        return -1
    card = s.cards[c]
    card.rank = rank
    card.suit = suit
    card.enhancement = enhancement
    card.edition = edition
    card.seal = seal
    card.marks = 0
    card.bonus = 0
    card.birth = items.next_birth(s)
    s.card_count += 1
    return c


@jit
def add_card(s: Any, rank: int, suit: int, enhancement: int, edition: int, seal: int) -> int:
    """The same, and the jokers take notice."""
    c = add_card_quiet(s, rank, suit, enhancement, edition, seal)
    if c >= 0:
        growth.notify(s, _CARD_ADDED, c)
    return c


@jit
def to_draw(s: Any, c: int) -> None:
    """Lay a card beneath the draw pile, as the game does (CardArea:emplace)."""
    for at in range(int(s.draw_count), 0, -1):
        s.draw[at] = s.draw[at - 1]
    s.draw[0] = c
    s.draw_count += 1


@jit
def to_hand(s: Any, c: int) -> None:
    """Put a card at the right end of the hand; where the hand is full, under the draw pile."""
    if s.hand_count >= MAX_HAND:
        to_draw(s, c)
        return
    s.hand[int(s.hand_count)] = c
    s.hand_count += 1


@jit
def _renumber(pile: Any, count: int, a: int, b: int) -> None:
    for at in range(count):
        if pile[at] == a:
            pile[at] = b
        elif pile[at] == b:
            pile[at] = a


@jit
def swap_cards(s: Any, a: int, b: int) -> None:
    """Exchange the numbers of two cards; both stay where they lie."""
    one, two = s.cards[a], s.cards[b]
    rank, suit, enhancement = int(one.rank), int(one.suit), int(one.enhancement)
    edition, seal, marks = int(one.edition), int(one.seal), int(one.marks)
    bonus, birth = int(one.bonus), int(one.birth)
    one.rank, one.suit, one.enhancement = two.rank, two.suit, two.enhancement
    one.edition, one.seal, one.marks = two.edition, two.seal, two.marks
    one.bonus, one.birth = two.bonus, two.birth
    two.rank, two.suit, two.enhancement = rank, suit, enhancement
    two.edition, two.seal, two.marks = edition, seal, marks
    two.bonus, two.birth = bonus, birth
    _renumber(s.hand, int(s.hand_count), a, b)
    _renumber(s.draw, int(s.draw_count), a, b)
    _renumber(s.gone, int(s.gone_count), a, b)


@jit
def _without(pile: Any, count: int, c: int) -> int:
    """Take a card out of a pile and renumber those created after it; the new count."""
    kept = 0
    for at in range(count):
        card = int(pile[at])
        if card == c:
            continue
        pile[kept] = card - 1 if card > c else card
        kept += 1
    return kept


@jit
def forget(s: Any, c: int) -> None:
    """Remove a card from the deck without notice; indices of later cards fall by one."""
    s.hand_count = _without(s.hand, int(s.hand_count), c)
    s.draw_count = _without(s.draw, int(s.draw_count), c)
    s.gone_count = _without(s.gone, int(s.gone_count), c)
    for at in range(c, int(s.card_count) - 1):
        card = s.cards[at]
        after = s.cards[at + 1]
        card.rank = after.rank
        card.suit = after.suit
        card.enhancement = after.enhancement
        card.edition = after.edition
        card.seal = after.seal
        card.marks = after.marks
        card.bonus = after.bonus
        card.birth = after.birth
    s.card_count -= 1
    last = s.cards[int(s.card_count)]
    last.rank = 0
    last.suit = 0
    last.enhancement = 0
    last.edition = 0
    last.seal = 0
    last.marks = 0
    last.bonus = 0
    last.birth = 0


@jit
def destroy(s: Any, c: int) -> None:
    """Destroy a card; the jokers take notice first."""
    growth.notify(s, _CARD_DESTROYED, c)
    forget(s, c)


@jit
def destroy_mask(s: Any, mask: int) -> None:
    """Destroy the cards at positions of the hand; all are noticed before any is gone."""
    for position in range(int(s.hand_count)):
        if mask >> position & 1:
            growth.notify(s, _CARD_DESTROYED, int(s.hand[position]))
    for position in range(int(s.hand_count) - 1, -1, -1):
        if mask >> position & 1:
            forget(s, int(s.hand[position]))


@jit
def collect(s: Any) -> None:
    """Return every card to the draw pile, in order of creation, face up."""
    for c in range(int(s.card_count)):
        s.draw[c] = c
        s.cards[c].marks = int(s.cards[c].marks) & _SHOWN
    s.draw_count = s.card_count
    s.hand_count = 0
    s.gone_count = 0


@jit
def shuffle(s: Any, r: Any, stream: int, ante: int) -> None:
    """Collect all cards and shuffle them with a stream."""
    collect(s)
    rng.shuffle_seed(s.draw, int(s.draw_count), rng.use(r, stream, ante, 0))


@jit
def _shown_as(s: Any, c: int) -> float:
    """By what the hand is sorted, highest first (Card:get_nominal)."""
    card = s.cards[c]
    rank = int(card.rank)
    worth = float(cards.chips_of_rank(rank))
    if rank >= 11:
        worth += 0.1 * (rank - 10)
    place = _SUIT_PLACE[int(card.suit)]
    return worth - 10.0 * place if int(card.enhancement) == _STONE else worth + 0.01 * place


@jit
def sort_hand(s: Any) -> None:
    """Sort the hand by rank, then suit, highest first; older cards first among equals."""
    for at in range(1, int(s.hand_count)):
        c = int(s.hand[at])
        worth = _shown_as(s, c)
        to = at
        while to > 0:
            before = int(s.hand[to - 1])
            other = _shown_as(s, before)
            if other > worth or (other == worth and before < c):
                break
            s.hand[to] = before
            to -= 1
        s.hand[to] = c


@jit
def _comes_face_down(s: Any, r: Any, c: int) -> bool:
    """Whether the boss has a drawn card lie face down (Blind:stay_flipped)."""
    boss = cards.live_boss(s)
    if boss == _WHEEL:
        return rng.roll(r, _WHEEL_STREAM, 0) < owned.odds(s) / _WHEEL_ODDS
    if boss == _HOUSE:
        return bool(s.hands_played == 0 and s.discards_used == 0)
    if boss == _MARK:
        return cards.face_of_boss(s, c)
    return boss == _FISH and bool(s.boss_ready == 1)


@jit
def draw_cards(s: Any, r: Any, count: int) -> None:
    """Draw cards to the hand and sort it."""
    for _ in range(count):
        if s.draw_count <= 0 or s.hand_count >= MAX_HAND:
            break
        s.draw_count -= 1
        c = int(s.draw[int(s.draw_count)])
        if _comes_face_down(s, r, c):
            s.cards[c].marks = int(s.cards[c].marks) | _FACE_DOWN
        s.hand[int(s.hand_count)] = c
        s.hand_count += 1
    sort_hand(s)


@jit
def fill_hand(s: Any, r: Any) -> None:
    """Draw up to the hand size; against The Serpent always 3 after the first draw."""
    wanted = int(s.hand_size) - int(s.hand_count)
    if cards.live_boss(s) == _SERPENT and (s.hands_played > 0 or s.discards_used > 0):
        wanted = _SERPENT_DRAWS
    if wanted > 0:
        draw_cards(s, r, wanted)


@jit
def discard(s: Any, mask: int) -> None:
    """Lay the cards at positions of the hand aside until the round ends."""
    kept = 0
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        if mask >> position & 1:
            s.cards[c].marks = int(s.cards[c].marks) & ~_FORCED & 255
            s.gone[int(s.gone_count)] = c
            s.gone_count += 1
        else:
            s.hand[kept] = c
            kept += 1
    s.hand_count = kept


@jit
def _debuffed_by(s: Any, boss: int, c: int, smeared: bool) -> bool:
    suit = int(BOSS_DEBUFFS[boss])
    if suit > 0:
        return cards.suited(s, c, suit, smeared)
    if boss == _PLANT:
        return cards.face_of_boss(s, c)
    if boss == _PILLAR:
        return int(s.cards[c].marks) & _PLAYED != 0
    return boss == _LEAF


@jit
def debuff_card(s: Any, c: int) -> None:
    """Debuff a card if the boss at work debuffs it, else free it (Blind:debuff_card)."""
    boss = cards.live_boss(s)
    marks = int(s.cards[c].marks) & ~_DEBUFFED & 255
    if boss > 0 and _debuffed_by(s, boss, c, owned.has(s, _SMEARED) > 0):
        marks |= _DEBUFFED
    s.cards[c].marks = marks


@jit
def debuff_cards(s: Any) -> None:
    """Debuff the cards that the boss at work debuffs, and no others."""
    for c in range(int(s.card_count)):
        debuff_card(s, c)


@jit
def follow_hand_size(s: Any, r: Any, before: int) -> None:
    """Draw as many cards as the hand size has grown in the midst of a round.

    A hand that shrinks keeps its cards (CardArea:change_size).
    """
    grown = int(s.hand_size) - before
    if grown > 0 and s.phase == _SELECTING_HAND and s.hand_size > 1 and s.hand_count > 0:
        draw_cards(s, r, grown)
