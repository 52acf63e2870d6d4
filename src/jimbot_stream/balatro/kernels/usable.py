"""Whether a consumable can be used now, and on which cards (Card:can_use_consumeable)."""

from typing import Any

from jimbot_stream.balatro.kernels import items, jit
from jimbot_stream.balatro.kernels.moving import bits as bits
from jimbot_stream.balatro.refusals import Refusal
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.compiled_consumables import (
    FEWEST_TARGETS,
    MOST_TARGETS,
    SPECTRAL_NEEDS_HAND,
)
from jimbot_stream.balatro.tables.consumables import SPECTRAL, TAROT
from jimbot_stream.balatro.tables.modifiers import Edition, Mark

_LEGAL = int(Refusal.LEGAL)
_NOT_A_CONSUMABLE = int(Refusal.NOT_A_CONSUMABLE)
_NO_JOKER = int(Refusal.NO_JOKER)
_NO_PLAIN_JOKER = int(Refusal.NO_PLAIN_JOKER)
_NO_JOKER_ROOM = int(Refusal.NO_JOKER_ROOM)
_NO_CONSUMABLE_ROOM = int(Refusal.NO_CONSUMABLE_ROOM)
_NOTHING_TO_REPEAT = int(Refusal.NOTHING_TO_REPEAT)
_NO_HAND = int(Refusal.NO_HAND)
_TOO_FEW = int(Refusal.TOO_FEW_CARDS)
_TOO_MANY = int(Refusal.TOO_MANY_TARGETS)
_NOT_IN_HAND = int(Refusal.CARD_NOT_IN_HAND)
_STRAY = int(Refusal.STRAY_ARGUMENT)
_FORCED_MISSING = int(Refusal.FORCED_CARD_MISSING)
_HAS_EDITION = int(Refusal.CARD_HAS_EDITION)
_TAROT = int(Kind.TAROT)
_PLANET = int(Kind.PLANET)
_SPECTRAL = int(Kind.SPECTRAL)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_PACK = int(Phase.PACK)
_NEGATIVE = int(Edition.NEGATIVE)
_FORCED = int(Mark.FORCED)
_FOOL = TAROT["c_fool"]
_EMPEROR = TAROT["c_emperor"]
_PRIESTESS = TAROT["c_high_priestess"]
_WHEEL = TAROT["c_wheel_of_fortune"]
_JUDGEMENT = TAROT["c_judgement"]
_ANKH = SPECTRAL["c_ankh"]
_AURA = SPECTRAL["c_aura"]
_ECTOPLASM = SPECTRAL["c_ectoplasm"]
_HEX = SPECTRAL["c_hex"]
_WRAITH = SPECTRAL["c_wraith"]
_SOUL = SPECTRAL["c_soul"]
_LEAST_HAND = 2


@jit
def is_consumable(kind: int) -> bool:
    """Tarot, planet and spectral cards."""
    return kind in (_TAROT, _PLANET, _SPECTRAL)


@jit
def hand_mask(s: Any) -> int:
    """All positions of the hand."""
    return (1 << int(s.hand_count)) - 1


@jit
def forced_mask(s: Any) -> int:
    """Positions of the cards that must be among those chosen (Cerulean Bell)."""
    mask = 0
    for position in range(int(s.hand_count)):
        if int(s.cards[int(s.hand[position])].marks) & _FORCED:
            mask |= 1 << position
    return mask


@jit
def fewest(kind: int, number: int) -> int:
    """Fewest cards of the hand that a consumable acts on; 0 when it takes none."""
    return int(FEWEST_TARGETS[kind, number])


@jit
def most(kind: int, number: int) -> int:
    """Most cards of the hand that a consumable acts on."""
    return int(MOST_TARGETS[kind, number])


@jit
def selectable(s: Any, kind: int, number: int) -> int:
    """Positions that a consumable with targets may act on."""
    mask = hand_mask(s)
    if kind != _SPECTRAL or number != _AURA:
        return mask
    for position in range(int(s.hand_count)):
        if s.cards[int(s.hand[position])].edition != 0:
            mask &= ~(1 << position)
    return mask


@jit
def _hand_lies(s: Any) -> bool:
    return bool(s.phase in (_SELECTING_HAND, _PACK))


@jit
def _joker_room(s: Any) -> int:
    return _LEGAL if items.joker_room(s) > 0 else _NO_JOKER_ROOM


@jit
def _plain_joker(s: Any) -> int:
    for slot in range(int(s.joker_count)):
        if s.jokers[slot].edition == 0:
            return _LEGAL
    return _NO_PLAIN_JOKER


@jit
def _ankh(s: Any) -> int:
    limit = items.joker_room(s) + int(s.joker_count)
    if s.joker_count == 0 or limit <= 1:
        return _NO_JOKER
    return _joker_room(s)


@jit
def _tarot(s: Any, number: int, owned: int) -> int:
    if number == _WHEEL:
        return _plain_joker(s)
    if number == _JUDGEMENT:
        return _joker_room(s)
    if number in (_FOOL, _EMPEROR, _PRIESTESS):
        if owned == 0 and items.consumable_room(s) <= 0:
            return _NO_CONSUMABLE_ROOM
        repeats_fool = s.last_consumable_kind == _TAROT and s.last_consumable == _FOOL
        if number == _FOOL and (s.last_consumable_kind == 0 or repeats_fool):
            return _NOTHING_TO_REPEAT
    return _LEGAL


@jit
def _spectral(s: Any, number: int) -> int:
    if SPECTRAL_NEEDS_HAND[number] != 0:
        there = _hand_lies(s) and s.hand_count >= _LEAST_HAND
        return _LEGAL if there else _NO_HAND
    if number == _ANKH:
        return _ankh(s)
    if number in (_ECTOPLASM, _HEX):
        return _plain_joker(s)
    if number in (_WRAITH, _SOUL):
        return _joker_room(s)
    return _LEGAL


@jit
def _has_targets(s: Any, kind: int, number: int) -> int:
    """Whether some choice of targets is allowed."""
    if not _hand_lies(s):
        return _NO_HAND
    may = selectable(s, kind, number)
    must = forced_mask(s)
    if must & ~may != 0:
        return _HAS_EDITION
    if bits(must) > most(kind, number):
        return _TOO_MANY
    if bits(may) < fewest(kind, number):
        return _HAS_EDITION if s.hand_count > 0 and bits(may) == 0 else _NO_HAND
    return _LEGAL


@jit
def refusal(s: Any, kind: int, number: int, owned: int) -> int:
    """Why a consumable cannot be used on any targets; owned is 1 for one in a consumable slot."""
    if not is_consumable(kind):
        return _NOT_A_CONSUMABLE
    if fewest(kind, number) > 0:
        return _has_targets(s, kind, number)
    if kind == _TAROT:
        return _tarot(s, number, owned)
    return _spectral(s, number) if kind == _SPECTRAL else _LEGAL


@jit
def usable(s: Any, item: Any, owned: int) -> bool:
    """Whether an item can be used, given the right targets where it takes any."""
    return refusal(s, int(item.kind), int(item.id), owned) == _LEGAL


@jit
def target_refusal(s: Any, kind: int, number: int, mask: int) -> int:
    """Why a usable consumable may not act on these positions of the hand."""
    least = fewest(kind, number)
    if least == 0:
        return _LEGAL if mask == 0 else _STRAY
    if mask >> int(s.hand_count) != 0:
        return _NOT_IN_HAND
    if forced_mask(s) & ~mask != 0:
        return _FORCED_MISSING
    count = bits(mask)
    if count < least:
        return _TOO_FEW
    if count > most(kind, number):
        return _TOO_MANY
    return _LEGAL if mask & ~selectable(s, kind, number) == 0 else _HAS_EDITION
