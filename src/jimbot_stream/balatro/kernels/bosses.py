"""What boss blinds do, but for what happens while a hand scores; and undoing it."""

from typing import Any

import numpy as np

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import cards, deal, items, jit, moving
from jimbot_stream.balatro.state import MAX_JOKERS
from jimbot_stream.balatro.tables.blinds import NUMBER
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM

_BOSS = 2
_DEBUFFED = int(Mark.DEBUFFED)
_FACE_DOWN = int(Mark.FACE_DOWN)
_FORCED = int(Mark.FORCED)
_PERISHABLE = int(Mark.PERISHABLE)
_HOOK = NUMBER["bl_hook"]
_HOUSE = NUMBER["bl_house"]
_WALL = NUMBER["bl_wall"]
_WHEEL = NUMBER["bl_wheel"]
_FISH = NUMBER["bl_fish"]
_WATER = NUMBER["bl_water"]
_MANACLE = NUMBER["bl_manacle"]
_NEEDLE = NUMBER["bl_needle"]
_TOOTH = NUMBER["bl_tooth"]
_MARK = NUMBER["bl_mark"]
_ACORN = NUMBER["bl_final_acorn"]
_LEAF = NUMBER["bl_final_leaf"]
_VESSEL = NUMBER["bl_final_vessel"]
_HEART = NUMBER["bl_final_heart"]
_BELL = NUMBER["bl_final_bell"]
_HOOK_STREAM = STREAM["hook"]
_ACORN_STREAM = STREAM["aajk"]
_HEART_STREAM = STREAM["crimson_heart"]
_BELL_STREAM = STREAM["cerulean_bell"]
_HOOKED = 2
_SHUFFLES = 3


@jit
def begin(s: Any) -> None:
    """Set the blind at hand to work (Blind:set_blind); the phase is that of the round."""
    boss = int(s.boss) if s.blind == _BOSS else 0
    s.boss_off = 0
    s.boss_hands = 0
    s.boss_hand = 0
    s.boss_triggered = 0
    s.boss_ready = 0 if boss == _FISH else 1
    if boss == _WATER:
        s.boss_hands = s.discards_left
        s.discards_left = 0
    elif boss == _NEEDLE:
        s.boss_hands = s.hands - 1
        s.hands_left -= s.boss_hands
    elif boss == _MANACLE:
        s.hand_size -= 1
    elif boss == _ACORN:
        for slot in range(int(s.joker_count)):
            s.jokers[slot].marks = int(s.jokers[slot].marks) | _FACE_DOWN
    deal.debuff_cards(s)


@jit
def shuffle_jokers(s: Any, r: Any) -> None:
    """Amber Acorn: shuffle the jokers, three times from the order of their age."""
    order = np.zeros(MAX_JOKERS, dtype=np.int64)
    count = int(s.joker_count)
    for _ in range(_SHUFFLES):
        for place in range(count):
            slot = moving.oldest(s.jokers, count, -1, place)
            order[place] = s.jokers[slot].birth
        rng.shuffle_seed(order, count, rng.use(r, _ACORN_STREAM, int(s.ante), 0))
    for place in range(count):
        for slot in range(place, count):
            if s.jokers[slot].birth == order[place]:
                moving.move(s.jokers, slot, place)
                break


@jit
def show_jokers(s: Any) -> None:
    """Turn all jokers face up."""
    for slot in range(int(s.joker_count)):
        s.jokers[slot].marks = int(s.jokers[slot].marks) & ~_FACE_DOWN & 255


@jit
def free_jokers(s: Any, r: Any) -> None:
    """Give debuffed jokers their effect back, but for those that have perished."""
    for slot in range(int(s.joker_count)):
        joker = s.jokers[slot]
        if int(joker.marks) & _PERISHABLE == 0 or joker.perish > 0:
            size = int(s.hand_size)
            items.debuff_joker(s, slot, False)
            deal.follow_hand_size(s, r, size)


@jit
def unforce(s: Any) -> None:
    """No card must be chosen any more."""
    for c in range(int(s.card_count)):
        s.cards[c].marks = int(s.cards[c].marks) & ~_FORCED & 255


@jit
def disable(s: Any, r: Any) -> None:
    """Disable the boss at hand and undo what it did (Blind:disable)."""
    boss = int(s.boss)
    s.boss_off = 1
    show_jokers(s)
    if boss == _WATER:
        s.discards_left += s.boss_hands
    elif boss == _NEEDLE:
        s.hands_left += s.boss_hands
    elif boss == _WALL:
        s.required /= 2.0
    elif boss == _VESSEL:
        s.required /= 3.0
    elif boss == _BELL:
        unforce(s)
    elif boss in (_WHEEL, _HOUSE, _MARK, _FISH):
        for position in range(int(s.hand_count)):
            card = s.cards[int(s.hand[position])]
            card.marks = int(card.marks) & ~_FACE_DOWN & 255
    elif boss == _MANACLE:
        size = int(s.hand_size)
        s.hand_size += 1
        deal.follow_hand_size(s, r, size)
        deal.draw_cards(s, r, 1)  # another one: the game draws for the size and for the disabling
    free_jokers(s, r)
    deal.debuff_cards(s)


@jit
def defeat(s: Any, r: Any) -> None:
    """The round is over: what the boss had done for its length ends (Blind:defeat)."""
    if s.blind == _BOSS and s.boss == _MANACLE and s.boss_off == 0:
        s.hand_size += 1
    s.boss_off = 0
    s.boss_ready = 0
    show_jokers(s)
    free_jokers(s, r)
    unforce(s)
    deal.debuff_cards(s)


@jit
def hooked(s: Any, r: Any, mask: int) -> int:
    """The Hook's choice among the cards that are not played, as a mask; 0 without The Hook."""
    if cards.live_boss(s) != _HOOK:
        return 0
    among = ((1 << int(s.hand_count)) - 1) & ~mask
    left = moving.bits(among)
    chosen = 0
    for _ in range(min(_HOOKED, left)):
        place = rng.pick(r, _HOOK_STREAM, int(s.ante), left)
        taken = 1 << moving.oldest_card(s, among, place)
        among &= ~taken
        chosen |= taken
        left -= 1
    return chosen


@jit
def press_play(s: Any, count: int) -> None:
    """What else a boss does when so many cards are played, before they score."""
    boss = cards.live_boss(s)
    if boss == _TOOTH:
        s.money -= count
    elif boss == _FISH or (boss == _HEART and s.joker_count > 0):
        s.boss_ready = 1


@jit
def _force(s: Any, r: Any) -> None:
    for position in range(int(s.hand_count)):
        if int(s.cards[int(s.hand[position])].marks) & _FORCED:
            return
    if s.hand_count == 0:
        return
    place = rng.pick(r, _BELL_STREAM, int(s.ante), int(s.hand_count))
    card = s.cards[int(s.hand[moving.oldest_card(s, -1, place)])]
    card.marks = int(card.marks) | _FORCED


@jit
def _debuff_a_joker(s: Any, r: Any) -> None:
    among = 0
    for slot in range(int(s.joker_count)):
        if int(s.jokers[slot].marks) & _DEBUFFED == 0 or s.joker_count < 2:
            among |= 1 << slot
    free_jokers(s, r)
    seed = rng.use(r, _HEART_STREAM, int(s.ante), 0)
    left = moving.bits(among)
    if left == 0:
        return
    place = int(rng.roll_seed(seed) * left)
    slot = moving.oldest(s.jokers, int(s.joker_count), among, place)
    items.debuff_joker(s, slot, True)


@jit
def drawn(s: Any, r: Any) -> None:
    """What a boss does once cards were drawn to the hand (Blind:drawn_to_hand)."""
    boss = cards.live_boss(s)
    if boss == _BELL:
        _force(s, r)
    elif boss == _HEART and s.boss_ready == 1 and s.joker_count > 0:
        _debuff_a_joker(s, r)
    s.boss_ready = 0


@jit
def luchador(s: Any, r: Any) -> None:
    """Luchador disables whatever boss is at work."""
    if cards.live_boss(s) > 0:
        disable(s, r)


@jit
def joker_sold(s: Any, r: Any) -> None:
    """Verdant Leaf is disabled when a joker is sold."""
    if cards.live_boss(s) == _LEAF:
        disable(s, r)
