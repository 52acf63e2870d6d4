"""Tags: gaining them, and what they do at once or when a round begins or ends.

Those that act on a shop are in ``kernels.shop``, those that open packs in ``kernels.openings``.
"""

from typing import Any

from jimbot_stream.balatro.kernels import create, items, jit
from jimbot_stream.balatro.state import MAX_JOKERS, MAX_TAGS
from jimbot_stream.balatro.tables.tags import NUMBER, TAGS

_INVESTMENT = NUMBER["tag_investment"]
_HANDY = NUMBER["tag_handy"]
_GARBAGE = NUMBER["tag_garbage"]
_DOUBLE = NUMBER["tag_double"]
_JUGGLE = NUMBER["tag_juggle"]
_TOP_UP = NUMBER["tag_top_up"]
_SKIP = NUMBER["tag_skip"]
_ORBITAL = NUMBER["tag_orbital"]
_ECONOMY = NUMBER["tag_economy"]
_HANDY_DOLLARS = TAGS[_HANDY - 1].amount
_GARBAGE_DOLLARS = TAGS[_GARBAGE - 1].amount
_JUGGLE_SIZE = TAGS[_JUGGLE - 1].amount
_TOP_UP_JOKERS = TAGS[_TOP_UP - 1].amount
_SKIP_DOLLARS = TAGS[_SKIP - 1].amount
_ORBITAL_LEVELS = TAGS[_ORBITAL - 1].amount
_ECONOMY_MOST = TAGS[_ECONOMY - 1].amount
_COMMON = 1
_BOSS = 2


@jit
def add(s: Any, tag: int, hand: int) -> None:
    """Add a tag; past the most that a run keeps, it is lost."""
    if s.tag_count < MAX_TAGS:
        s.tags[int(s.tag_count)].id = tag
        s.tags[int(s.tag_count)].hand = hand
        s.tag_count += 1


@jit
def remove(s: Any, place: int) -> None:
    """Use up a tag."""
    for at in range(place, int(s.tag_count) - 1):
        s.tags[at].id = s.tags[at + 1].id
        s.tags[at].hand = s.tags[at + 1].hand
    s.tag_count -= 1
    s.tags[int(s.tag_count)].id = 0
    s.tags[int(s.tag_count)].hand = 0


@jit
def gain(s: Any, tag: int, hand: int) -> None:
    """Gain a tag; every Double Tag held is used up for a copy of it."""
    copies = 0
    place = 0
    while tag != _DOUBLE and place < s.tag_count:
        if s.tags[place].id == _DOUBLE:
            remove(s, place)
            copies += 1
        else:
            place += 1
    for _ in range(1 + copies):
        add(s, tag, hand)


@jit
def _top_up(s: Any, r: Any) -> None:
    for _ in range(_TOP_UP_JOKERS):
        slot = int(s.joker_count)
        if items.joker_room(s) > 0 and slot < MAX_JOKERS:
            create.joker(s, r, s.jokers[slot], _COMMON, create.SRC_TOP)
            items.gain_joker(s, s.jokers[slot])


@jit
def _acts_at_once(s: Any, r: Any, tag: int, hand: int) -> bool:
    if tag == _HANDY:
        s.money += int(s.hands_total) * _HANDY_DOLLARS
    elif tag == _GARBAGE:
        s.money += int(s.discards_unused) * _GARBAGE_DOLLARS
    elif tag == _SKIP:
        s.money += int(s.skips) * _SKIP_DOLLARS
    elif tag == _ECONOMY:
        s.money += min(_ECONOMY_MOST, max(0, int(s.money)))
    elif tag == _ORBITAL:
        s.level[hand] += _ORBITAL_LEVELS
    elif tag == _TOP_UP:
        _top_up(s, r)
    else:
        return False
    return True


@jit
def act(s: Any, r: Any) -> None:
    """Let all tags that act at once do so, oldest first."""
    place = 0
    while place < s.tag_count:
        if _acts_at_once(s, r, int(s.tags[place].id), int(s.tags[place].hand)):
            remove(s, place)
        else:
            place += 1


@jit
def round_begins(s: Any) -> None:
    """Juggle Tags: more hand size in this round."""
    place = 0
    while place < s.tag_count:
        if s.tags[place].id == _JUGGLE:
            s.hand_size += _JUGGLE_SIZE
            s.hand_bonus += _JUGGLE_SIZE
            remove(s, place)
        else:
            place += 1


@jit
def round_pays(s: Any) -> None:
    """Investment Tags that paid for a boss are used up."""
    place = 0
    while place < s.tag_count:
        if s.blind == _BOSS and s.tags[place].id == _INVESTMENT:
            remove(s, place)
        else:
            place += 1
