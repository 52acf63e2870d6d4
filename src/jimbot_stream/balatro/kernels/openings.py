"""Opening booster packs, bought or of tags, taking cards from them, and closing them."""

from typing import Any

from jimbot_stream.balatro.kernels import (
    consumables,
    deal,
    economy,
    growth,
    items,
    jit,
    lifecycle,
    offers,
    packs,
    tags,
)
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.packs import NUMBER as PACK
from jimbot_stream.balatro.tables.schema import When
from jimbot_stream.balatro.tables.tags import NUMBER as TAG

_BLIND_SELECT = int(Phase.BLIND_SELECT)
_PACK_SKIPPED = int(When.PACK_SKIPPED)
_JOKER = int(Kind.JOKER)
_CARD = int(Kind.CARD)
_BOSS_TAG = TAG["tag_boss"]
_STANDARD = TAG["tag_standard"]
_CHARM = TAG["tag_charm"]
_METEOR = TAG["tag_meteor"]
_BUFFOON = TAG["tag_buffoon"]
_ETHEREAL = TAG["tag_ethereal"]
_MEGA_STANDARD = PACK["p_standard_mega_1"]
_MEGA_ARCANA = PACK["p_arcana_mega_1"]
_MEGA_CELESTIAL = PACK["p_celestial_mega_1"]
_MEGA_BUFFOON = PACK["p_buffoon_mega_1"]
_SPECTRAL = PACK["p_spectral_normal_1"]


@jit
def open_pack(s: Any, r: Any, pack: int, after: int) -> None:
    """Open a pack; the jokers act before its cards are made. After it comes a phase."""
    lifecycle.pack_opened(s, r)
    packs.open(s, r, pack, after)


@jit
def reroll_boss(s: Any, r: Any) -> None:
    """Choose another boss for this ante."""
    s.rerolls += 1
    s.boss = offers.boss(s, r)
    economy.ask(s)


@jit
def _pack_of(tag: int) -> int:
    if tag == _CHARM:
        return _MEGA_ARCANA
    if tag == _METEOR:
        return _MEGA_CELESTIAL
    if tag == _STANDARD:
        return _MEGA_STANDARD
    if tag == _BUFFOON:
        return _MEGA_BUFFOON
    return _SPECTRAL if tag == _ETHEREAL else 0


@jit
def use_tags(s: Any, r: Any) -> None:
    """Let tags act on the choice of a blind, oldest first, until one opens a pack."""
    place = 0
    while place < s.tag_count:
        tag = int(s.tags[place].id)
        pack = _pack_of(tag)
        if pack > 0:
            tags.remove(s, place)
            open_pack(s, r, pack, _BLIND_SELECT)
            return
        if tag == _BOSS_TAG:
            tags.remove(s, place)
            reroll_boss(s, r)
        else:
            place += 1


@jit
def close(s: Any, r: Any) -> None:
    """Close the pack; before a blind the next tag may act."""
    packs.close(s, r)
    if s.phase == _BLIND_SELECT:
        use_tags(s, r)


@jit
def skip(s: Any, r: Any) -> None:
    """Close the pack without taking what is left in it."""
    growth.notify(s, _PACK_SKIPPED, -1)
    close(s, r)


@jit
def _older_first(s: Any, c: int) -> None:
    """Move the newest card down among the cards, which stand by age."""
    while c > 0 and s.cards[c - 1].birth > s.cards[c].birth:
        deal.swap_cards(s, c - 1, c)
        c -= 1


@jit
def take_card(s: Any, item: Any) -> None:
    """Add a playing card that was on sale or in a pack to the deck."""
    rank, suit, enhancement = int(item.rank), int(item.suit), int(item.enhancement)
    c = deal.add_card(s, rank, suit, enhancement, int(item.edition), int(item.seal))
    if c < 0:
        return
    deal.to_draw(s, c)
    if item.birth > 0:
        s.cards[c].birth = item.birth
        _older_first(s, c)


@jit
def take(s: Any, r: Any, slot: int, mask: int) -> None:
    """Take the card in a slot of the pack, or use it on the masked cards of the hand."""
    item = s.pack[slot]
    kind, number = int(item.kind), int(item.id)
    if kind == _JOKER:
        items.gain_joker(s, item)
    elif kind == _CARD:
        take_card(s, item)
    items.remove(s.pack, int(s.pack_count), slot)
    s.pack_count -= 1
    s.pack_picks -= 1
    if kind not in (_JOKER, _CARD):
        consumables.carry_out(s, r, kind, number, False, mask)
    if s.pack_picks <= 0 or s.pack_count <= 0:
        close(s, r)
