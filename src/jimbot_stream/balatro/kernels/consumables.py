"""What tarot, planet and spectral cards do (Card:use_consumeable)."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import (
    bosses,
    cards,
    create,
    deal,
    growth,
    items,
    jit,
    moving,
    owned,
    reshaping,
    targets,
)
from jimbot_stream.balatro.state import MAX_CONSUMABLES, MAX_JOKERS, POKER_HANDS, Kind
from jimbot_stream.balatro.tables.compiled_consumables import (
    PLANET_HAND,
    SPECTRAL_SEAL,
    TAROT_ENHANCES,
    TAROT_SUIT,
)
from jimbot_stream.balatro.tables.consumables import SPECTRAL, TAROT
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.schema import When
from jimbot_stream.balatro.tables.streams import NUMBER

_TAROT = int(Kind.TAROT)
_PLANET = int(Kind.PLANET)
_SPECTRAL = int(Kind.SPECTRAL)
_PLANET_USED = int(When.PLANET_USED)
_ETERNAL = int(Mark.ETERNAL)
_POLYCHROME = int(Edition.POLYCHROME)
_NEGATIVE = int(Edition.NEGATIVE)
_RARE = 3
_LEGENDARY = 4
_BOON = 2  # cards that The Emperor and The High Priestess create
_HERMIT_MOST = 20
_TEMPERANCE_MOST = 50
_WHEEL_ODDS = 4.0

_CHICOT = JOKER["j_chicot"]
_FOOL = TAROT["c_fool"]
_HIGH_PRIESTESS = TAROT["c_high_priestess"]
_EMPEROR = TAROT["c_emperor"]
_HERMIT = TAROT["c_hermit"]
_WHEEL = TAROT["c_wheel_of_fortune"]
_STRENGTH = TAROT["c_strength"]
_HANGED_MAN = TAROT["c_hanged_man"]
_DEATH = TAROT["c_death"]
_TEMPERANCE = TAROT["c_temperance"]
_FAMILIAR = SPECTRAL["c_familiar"]
_GRIM = SPECTRAL["c_grim"]
_INCANTATION = SPECTRAL["c_incantation"]
_AURA = SPECTRAL["c_aura"]
_WRAITH = SPECTRAL["c_wraith"]
_SIGIL = SPECTRAL["c_sigil"]
_OUIJA = SPECTRAL["c_ouija"]
_ECTOPLASM = SPECTRAL["c_ectoplasm"]
_IMMOLATE = SPECTRAL["c_immolate"]
_ANKH = SPECTRAL["c_ankh"]
_HEX = SPECTRAL["c_hex"]
_CRYPTID = SPECTRAL["c_cryptid"]
_SOUL = SPECTRAL["c_soul"]
_BLACK_HOLE = SPECTRAL["c_black_hole"]

_WHEEL_STREAM = NUMBER["wheel_of_fortune"]
_HEX_STREAM = NUMBER["hex"]
_ECTOPLASM_STREAM = NUMBER["ectoplasm"]
_ANKH_STREAM = NUMBER["ankh_choice"]


# --- jokers ----------------------------------------------------------------------------


@jit
def _gain_joker(s: Any, r: Any, slot: int) -> None:
    """Take in the joker that was made in the first empty slot."""
    size = int(s.hand_size)
    items.gain_joker(s, s.jokers[slot])
    deal.follow_hand_size(s, r, size)
    deal.debuff_cards(s)
    if s.jokers[slot].id == _CHICOT and cards.live_boss(s) > 0:
        bosses.disable(s, r)


@jit
def _create_joker(s: Any, r: Any, rarity: int, source: int) -> None:
    slot = int(s.joker_count)
    if slot < MAX_JOKERS:
        create.joker(s, r, s.jokers[slot], rarity, source)
        _gain_joker(s, r, slot)


@jit
def _destroy_others(s: Any, r: Any, kept: int) -> int:
    """Destroy all jokers but one and the eternal ones; the new slot of the one."""
    slot = 0
    while slot < s.joker_count:
        if slot == kept or int(s.jokers[slot].marks) & _ETERNAL:
            slot += 1
            continue
        size = int(s.hand_size)
        items.lose_joker(s, slot)
        deal.follow_hand_size(s, r, size)
        if slot < kept:
            kept -= 1
    deal.debuff_cards(s)
    return kept


@jit
def _pick_joker(s: Any, r: Any, stream: int, plain: bool) -> int:
    """Slot of a joker at random, of all or of those without edition; they stand by age."""
    among = 0
    for slot in range(int(s.joker_count)):
        if not plain or s.jokers[slot].edition == 0:
            among |= 1 << slot
    place = rng.pick(r, stream, int(s.ante), moving.bits(among))
    return moving.oldest(s.jokers, int(s.joker_count), among, place)


@jit
def _ankh(s: Any, r: Any) -> None:
    chosen = _pick_joker(s, r, _ANKH_STREAM, False)
    chosen = _destroy_others(s, r, chosen)
    slot = int(s.joker_count)
    if slot >= MAX_JOKERS:
        return
    copied = s.jokers[slot]
    items.duplicate(copied, s.jokers[chosen])
    targets.copied(s, r, copied)
    _gain_joker(s, r, slot)


@jit
def _hex(s: Any, r: Any) -> None:
    chosen = _pick_joker(s, r, _HEX_STREAM, True)
    s.jokers[chosen].edition = _POLYCHROME
    _destroy_others(s, r, chosen)


@jit
def _ectoplasm(s: Any, r: Any) -> None:
    s.jokers[_pick_joker(s, r, _ECTOPLASM_STREAM, True)].edition = _NEGATIVE
    s.ectoplasms += 1
    s.hand_size -= s.ectoplasms


@jit
def _wheel_of_fortune(s: Any, r: Any) -> None:
    ante = int(s.ante)
    if rng.roll(r, _WHEEL_STREAM, ante) >= owned.odds(s) / _WHEEL_ODDS:
        return
    slot = _pick_joker(s, r, _WHEEL_STREAM, True)
    s.jokers[slot].edition = create.edition(r, _WHEEL_STREAM, ante, 1.0, True, True)


@jit
def _temperance(s: Any) -> None:
    worth = 0
    for slot in range(int(s.joker_count)):
        worth += items.sell_value(s, s.jokers[slot])
    s.money += min(worth, _TEMPERANCE_MOST)


# --- consumables -----------------------------------------------------------------------


@jit
def _fool(s: Any, room: int) -> None:
    slot = int(s.consumable_count)
    if room > 0 and slot < MAX_CONSUMABLES:
        kind = int(s.last_consumable_kind)
        create.named(s, s.consumables[slot], kind, int(s.last_consumable))
        items.gain_consumable(s, s.consumables[slot])


@jit
def _high_priestess(s: Any, r: Any, room: int) -> None:
    for _ in range(min(_BOON, room)):
        slot = int(s.consumable_count)
        if slot < MAX_CONSUMABLES:
            create.consumable(s, r, s.consumables[slot], _PLANET, create.SRC_PRI)
            items.gain_consumable(s, s.consumables[slot])


@jit
def _emperor(s: Any, r: Any, room: int) -> None:
    """Create tarots while The Emperor itself still counts as there, so that it is not drawn."""
    for _ in range(min(_BOON, room)):
        slot = int(s.consumable_count)
        if slot + 1 >= MAX_CONSUMABLES:
            return
        shadow = s.consumables[slot]
        made = s.consumables[slot + 1]
        create.named(s, shadow, _TAROT, _EMPEROR)
        s.consumable_count += 1
        create.consumable(s, r, made, _TAROT, create.SRC_EMP)
        s.consumable_count -= 1
        items.copy(shadow, made)
        items.clear(made)
        items.gain_consumable(s, shadow)


# --- using -----------------------------------------------------------------------------


@jit
def _use_tarot(s: Any, r: Any, tarot: int, room: int, mask: int) -> None:
    s.tarots_used += 1
    if TAROT_ENHANCES[tarot] != 0:
        reshaping.enhance_all(s, mask, int(TAROT_ENHANCES[tarot]))
    elif TAROT_SUIT[tarot] != 0:
        reshaping.dye(s, mask, int(TAROT_SUIT[tarot]))
    elif tarot == _FOOL:
        _fool(s, room)
    elif tarot == _HIGH_PRIESTESS:
        _high_priestess(s, r, room)
    elif tarot == _EMPEROR:
        _emperor(s, r, room)
    elif tarot == _HERMIT:
        s.money += max(0, min(int(s.money), _HERMIT_MOST))
    elif tarot == _WHEEL:
        _wheel_of_fortune(s, r)
    elif tarot == _STRENGTH:
        reshaping.strengthen(s, mask)
    elif tarot == _HANGED_MAN:
        deal.destroy_mask(s, mask)
    elif tarot == _DEATH:
        reshaping.death(s, mask)
    elif tarot == _TEMPERANCE:
        _temperance(s)
    else:
        _create_joker(s, r, 0, create.SRC_JUD)


@jit
def _use_on_jokers(s: Any, r: Any, spectral: int) -> None:
    if spectral == _WRAITH:
        _create_joker(s, r, _RARE, create.SRC_WRA)
        s.money = 0
    elif spectral == _SOUL:
        _create_joker(s, r, _LEGENDARY, create.SRC_SOU)
    elif spectral == _ANKH:
        _ankh(s, r)
    elif spectral == _HEX:
        _hex(s, r)
    elif spectral == _ECTOPLASM:
        _ectoplasm(s, r)


@jit
def _use_spectral(s: Any, r: Any, spectral: int, mask: int) -> None:
    if SPECTRAL_SEAL[spectral] != 0:
        reshaping.seal(s, mask, int(SPECTRAL_SEAL[spectral]))
    elif spectral in (_FAMILIAR, _GRIM, _INCANTATION):
        reshaping.replace(s, r, spectral)
    elif spectral == _AURA:
        reshaping.aura(s, r, mask)
    elif spectral == _SIGIL:
        reshaping.sigil(s, r)
    elif spectral == _OUIJA:
        reshaping.ouija(s, r)
    elif spectral == _IMMOLATE:
        reshaping.immolate(s, r)
    elif spectral == _CRYPTID:
        reshaping.cryptid(s, mask)
    elif spectral == _BLACK_HOLE:
        for hand in range(POKER_HANDS):
            s.level[hand] += 1
    else:
        _use_on_jokers(s, r, spectral)


@jit
def carry_out(s: Any, r: Any, kind: int, number: int, negative: bool, mask: int) -> None:
    """Carry out a consumable that lies in no slot any more, on the masked cards of the hand.

    A Negative one makes room for what it creates: its slot is still there while it acts.
    """
    if kind == _TAROT:
        room = items.consumable_room(s) + (1 if negative else 0)
        _use_tarot(s, r, number, room, mask)
    elif kind == _PLANET:
        s.planets_used = int(s.planets_used) | 1 << number
        s.level[PLANET_HAND[number]] += 1
        growth.notify(s, _PLANET_USED, -1)
    else:
        _use_spectral(s, r, number, mask)
    if kind != _SPECTRAL:
        s.last_consumable_kind = kind
        s.last_consumable = number


@jit
def use_owned(s: Any, r: Any, slot: int, mask: int) -> None:
    """Use up the consumable in a slot."""
    item = s.consumables[slot]
    kind = int(item.kind)
    number = int(item.id)
    negative = int(item.edition) == _NEGATIVE
    items.lose_consumable(s, slot)
    carry_out(s, r, kind, number, negative, mask)
