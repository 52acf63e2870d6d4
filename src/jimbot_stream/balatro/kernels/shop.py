"""The shop: what it offers, rerolling it, and the tags that act on it."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import (
    create,
    economy,
    growth,
    items,
    jit,
    offers,
    owned,
    pools,
    tags,
)
from jimbot_stream.balatro.state import MAX_PACKS, MAX_SHOP, MAX_VOUCHERS, Kind
from jimbot_stream.balatro.tables.compiled_pools import PACK_WEIGHT
from jimbot_stream.balatro.tables.compiled_shop import SPECTRAL_RATE, TAG_EDITION
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.packs import NUMBER as PACK_ID
from jimbot_stream.balatro.tables.schema import Then, When
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.tags import NUMBER as TAG_ID
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER_ID
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

_JOKER = int(Kind.JOKER)
_VOUCHER = int(Kind.VOUCHER)
_PACK = int(Kind.PACK)
_COUPON = int(Mark.COUPON)
_UNCOMMON = int(Rarity.UNCOMMON)
_RARE = int(Rarity.RARE)
_RARES = tuple(n for n, joker in enumerate(JOKERS, start=1) if joker.rarity == Rarity.RARE)
_FOIL = int(Edition.FOIL)
_HOLO = int(Edition.HOLO)
_POLYCHROME = int(Edition.POLYCHROME)
_FREE_REROLLS = int(Then.FREE_REROLLS)
_REROLLED = int(When.REROLLED)

_SLOT = NUMBER["cdt"]
_PACKS = NUMBER["shop_pack"]
_FRONT = NUMBER["frontsho"]
_ENHANCED = NUMBER["Enhancedsho"]
_ILLUSION_STREAM = NUMBER["illusion"]

_UNCOMMON_TAG = TAG_ID["tag_uncommon"]
_RARE_TAG = TAG_ID["tag_rare"]
_VOUCHER_TAG = TAG_ID["tag_voucher"]
_COUPON_TAG = TAG_ID["tag_coupon"]
_D6_TAG = TAG_ID["tag_d_six"]

_OVERSTOCK = VOUCHER_ID["v_overstock_norm"]
_OVERSTOCK_PLUS = VOUCHER_ID["v_overstock_plus"]
_TAROT_MERCHANT = VOUCHER_ID["v_tarot_merchant"]
_TAROT_TYCOON = VOUCHER_ID["v_tarot_tycoon"]
_PLANET_MERCHANT = VOUCHER_ID["v_planet_merchant"]
_PLANET_TYCOON = VOUCHER_ID["v_planet_tycoon"]
_MAGIC_TRICK = VOUCHER_ID["v_magic_trick"]
_ILLUSION = VOUCHER_ID["v_illusion"]
_MERCHANT_RATE = VOUCHERS[_TAROT_MERCHANT - 1].amount
_TYCOON_RATE = VOUCHERS[_TAROT_TYCOON - 1].amount
_PLAYING_CARD_RATE = VOUCHERS[_MAGIC_TRICK - 1].amount
_JOKER_RATE = 20.0
_BASE_RATE = 4.0
_SLOTS = 2
_FIRST_PACK = PACK_ID["p_buffoon_normal_1"]


@jit
def slots(s: Any) -> int:
    """Cards that the shop has room for."""
    return _SLOTS + int(items.redeemed(s, _OVERSTOCK)) + int(items.redeemed(s, _OVERSTOCK_PLUS))


# --- tags ------------------------------------------------------------------------------


@jit
def _find_tag(s: Any, tag: int) -> int:
    for at in range(int(s.tag_count)):
        if s.tags[at].id == tag:
            return at
    return -1


@jit
def _rares_left(s: Any) -> bool:
    """Whether the player lacks at least one Rare joker."""
    for number in _RARES:
        found = False
        for slot in range(int(s.joker_count)):
            found = found or int(s.jokers[slot].id) == number
        if not found:
            return True
    return False


@jit
def _tagged_joker(s: Any, r: Any, item: Any) -> bool:
    """Make item the free joker of the oldest Uncommon or Rare Tag; whether there was one."""
    at = 0
    while at < s.tag_count:
        tag = int(s.tags[at].id)
        if tag not in (_UNCOMMON_TAG, _RARE_TAG):
            at += 1
            continue
        tags.remove(s, at)
        if tag == _UNCOMMON_TAG:
            create.joker(s, r, item, _UNCOMMON, create.SRC_UTA)
        elif _rares_left(s):
            create.joker(s, r, item, _RARE, create.SRC_RTA)
        else:
            continue
        item.marks = int(item.marks) | _COUPON
        return True
    return False


@jit
def _edition_tag(s: Any, item: Any) -> None:
    """Let the oldest tag that gives an edition act on a joker without one."""
    if item.kind != _JOKER or item.edition != 0:
        return
    for at in range(int(s.tag_count)):
        edition = int(TAG_EDITION[int(s.tags[at].id)])
        if edition > 0:
            tags.remove(s, at)
            item.edition = edition
            item.marks = int(item.marks) | _COUPON
            return


# --- cards -----------------------------------------------------------------------------


@jit
def _rate(s: Any, merchant: int, tycoon: int) -> float:
    if items.redeemed(s, tycoon):
        return _TYCOON_RATE
    return _MERCHANT_RATE if items.redeemed(s, merchant) else _BASE_RATE


@jit
def _shop_card(s: Any, r: Any, item: Any, illusion: bool, enhanced: bool) -> None:
    """Make item a playing card; Illusion may give it an edition, but never a seal."""
    create.playing_card(s, r, item, _FRONT, _ENHANCED if enhanced else -1)
    if not illusion or rng.roll(r, _ILLUSION_STREAM, 0) <= 0.8:
        return
    roll = rng.roll(r, _ILLUSION_STREAM, 0)
    if roll > 1 - 0.15:
        item.edition = _POLYCHROME
    else:
        item.edition = _HOLO if roll > 0.5 else _FOIL


@jit
def ware(s: Any, r: Any, item: Any) -> None:
    """Make item the next card of the shop, without regard to tags (create_card_for_shop)."""
    tarots = _rate(s, _TAROT_MERCHANT, _TAROT_TYCOON)
    planets = _rate(s, _PLANET_MERCHANT, _PLANET_TYCOON)
    cards = _PLAYING_CARD_RATE if items.redeemed(s, _MAGIC_TRICK) else 0.0
    spectrals = float(SPECTRAL_RATE[int(s.deck)])
    total = _JOKER_RATE + tarots + planets + cards + spectrals
    roll = rng.roll(r, _SLOT, int(s.ante)) * total
    illusion = items.redeemed(s, _ILLUSION)
    # The game asks this for every slot, whatever comes of it.
    enhanced = illusion and rng.roll(r, _ILLUSION_STREAM, 0) > 0.6
    limit = _JOKER_RATE
    if roll <= limit:
        create.joker(s, r, item, 0, create.SRC_SHO)
        return
    limit += tarots
    if roll <= limit:
        create.consumable(s, r, item, pools.TAROT, create.SRC_SHO)
        return
    limit += planets
    if roll <= limit:
        create.consumable(s, r, item, pools.PLANET, create.SRC_SHO)
        return
    limit += cards
    if roll <= limit:
        _shop_card(s, r, item, illusion, enhanced)
    else:
        create.consumable(s, r, item, pools.SPECTRAL, create.SRC_SHO)


@jit
def fill(s: Any, r: Any) -> None:
    """Fill all empty slots of the shop: on entering, rerolling, and when Overstock is redeemed."""
    while s.shop_count < min(slots(s), MAX_SHOP):
        item = s.shop[int(s.shop_count)]
        if not _tagged_joker(s, r, item):
            ware(s, r, item)
        _edition_tag(s, item)
        s.shop_count += 1


# --- packs and vouchers ----------------------------------------------------------------


@jit
def pack(s: Any, r: Any) -> int:
    """Draw a pack; the first one of a run is a Buffoon Pack."""
    if s.first_shop == 0:
        s.first_shop = 1
        return _FIRST_PACK
    total = 0.0
    for number in range(1, len(PACK_WEIGHT)):
        total += PACK_WEIGHT[number]
    roll = rng.roll(r, _PACKS, int(s.ante)) * total
    reached = 0.0
    for number in range(1, len(PACK_WEIGHT)):
        reached += PACK_WEIGHT[number]
        if reached >= roll:
            return number
    return len(PACK_WEIGHT) - 1


@jit
def _show_voucher(s: Any, voucher: int) -> None:
    if s.vouchers_count < MAX_VOUCHERS:
        create.named(s, s.shop_vouchers[int(s.vouchers_count)], _VOUCHER, voucher)
        s.vouchers_count += 1


@jit
def _voucher_tags(s: Any, r: Any) -> None:
    at = _find_tag(s, _VOUCHER_TAG)
    while at >= 0:
        tags.remove(s, at)
        _show_voucher(s, offers.voucher(s, r, True))
        at = _find_tag(s, _VOUCHER_TAG)


@jit
def _coupon(s: Any) -> None:
    """A Coupon Tag makes cards and packs free; one a shop."""
    at = _find_tag(s, _COUPON_TAG)
    if at < 0:
        return
    tags.remove(s, at)
    for slot in range(int(s.shop_count)):
        s.shop[slot].marks = int(s.shop[slot].marks) | _COUPON
    for slot in range(int(s.packs_count)):
        s.packs[slot].marks = int(s.packs[slot].marks) | _COUPON


# --- the shop --------------------------------------------------------------------------


@jit
def enter(s: Any, r: Any) -> None:
    """Set the shop up: cards, the ante's voucher, two packs, and the tags that act on them."""
    leave(s)
    s.free_rerolls = owned.has(s, _FREE_REROLLS)
    at = _find_tag(s, _D6_TAG)
    if at >= 0:
        tags.remove(s, at)
        s.reroll_free_base = 1
    fill(s, r)
    if s.voucher_next > 0:
        _show_voucher(s, int(s.voucher_next))
    for slot in range(MAX_PACKS):
        create.named(s, s.packs[slot], _PACK, pack(s, r))
        s.packs_count += 1
    _voucher_tags(s, r)
    _coupon(s)


@jit
def reroll(s: Any, r: Any) -> None:
    """Pay for new cards and put them out; a free reroll does not make the next one dearer."""
    s.money -= economy.reroll_cost(s)
    s.reroll_less = 0
    if s.free_rerolls > 0:
        s.free_rerolls -= 1
    else:
        s.reroll_more += 1
    _clear_cards(s)
    fill(s, r)
    growth.notify(s, _REROLLED, -1)


@jit
def _clear_cards(s: Any) -> None:
    for slot in range(int(s.shop_count)):
        items.clear(s.shop[slot])
    s.shop_count = 0


@jit
def leave(s: Any) -> None:
    """Clear the shop away."""
    _clear_cards(s)
    for slot in range(int(s.vouchers_count)):
        items.clear(s.shop_vouchers[slot])
    for slot in range(int(s.packs_count)):
        items.clear(s.packs[slot])
    s.vouchers_count = 0
    s.packs_count = 0
    s.reroll_more = 0
    s.reroll_less = 0
    s.reroll_free_base = 0
