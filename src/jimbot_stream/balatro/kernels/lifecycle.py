"""Special joker rules outside scoring: one function for each moment of a run."""

from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import (
    create,
    deal,
    growth,
    items,
    jit,
    moving,
    owned,
    tags,
    targets,
)
from jimbot_stream.balatro.state import MAX_CONSUMABLES, MAX_JOKERS, Kind
from jimbot_stream.balatro.tables.compiled import DECK_RANKS, DECK_SUITS
from jimbot_stream.balatro.tables.economy import RENTAL_DOLLARS
from jimbot_stream.balatro.tables.jokers import NUMBER
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal
from jimbot_stream.balatro.tables.schema import When
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM
from jimbot_stream.balatro.tables.tags import NUMBER as TAG

_ETERNAL = int(Mark.ETERNAL)
_PERISHABLE = int(Mark.PERISHABLE)
_RENTAL = int(Mark.RENTAL)
_NEGATIVE = int(Edition.NEGATIVE)
_STONE = int(Enhancement.STONE)
_RED, _BLUE, _GOLD, _PURPLE = int(Seal.RED), int(Seal.BLUE), int(Seal.GOLD), int(Seal.PURPLE)
_TAROT = int(Kind.TAROT)
_ROUND_END = int(When.ROUND_END)
_BOSS_BEATEN = int(When.BOSS_BEATEN)
_DOUBLE_TAG = TAG["tag_double"]
_COMMON = 1
_BOSS = 2

_CEREMONIAL = NUMBER["j_ceremonial"]
_MARBLE = NUMBER["j_marble"]
_GROS_MICHEL = NUMBER["j_gros_michel"]
_BURGLAR = NUMBER["j_burglar"]
_TODO_LIST = NUMBER["j_todo_list"]
_CAVENDISH = NUMBER["j_cavendish"]
_MADNESS = NUMBER["j_madness"]
_RIFF_RAFF = NUMBER["j_riff_raff"]
_LUCHADOR = NUMBER["j_luchador"]
_GIFT_CARD = NUMBER["j_gift"]
_TURTLE_BEAN = NUMBER["j_turtle_bean"]
_HALLUCINATION = NUMBER["j_hallucination"]
_DIET_COLA = NUMBER["j_diet_cola"]
_POPCORN = NUMBER["j_popcorn"]
_MR_BONES = NUMBER["j_mr_bones"]
_CERTIFICATE = NUMBER["j_certificate"]
_INVISIBLE = NUMBER["j_invisible"]
_CARTOMANCER = NUMBER["j_cartomancer"]
_CHICOT = NUMBER["j_chicot"]
_PERKEO = NUMBER["j_perkeo"]

_MADNESS_STREAM = STREAM["madness"]
_MARBLE_STREAM = STREAM["marb_fr"]
_GROS_STREAM = STREAM["gros_michel"]
_CAVENDISH_STREAM = STREAM["cavendish"]
_HALU_STREAM = STREAM["halu"]
_CERTIFICATE_STREAM = STREAM["cert_fr"]
_SEAL_STREAM = STREAM["certsl"]
_INVISIBLE_STREAM = STREAM["invisible"]
_PERKEO_STREAM = STREAM["perkeo"]

_MADNESS_GROWS = 0.5
_BURGLAR_HANDS = 3
_RIFF_RAFF_JOKERS = 2
_GROS_ODDS = 6.0
_CAVENDISH_ODDS = 1000.0
_POPCORN_LOSES = 4.0
_INVISIBLE_ROUNDS = 2
_HALU_ODDS = 2.0
_SAVED_AT = 0.25


@jit
def create_joker(s: Any, r: Any, rarity: int, source: int) -> None:
    """Create a joker at the right, where the record has room for it."""
    slot = int(s.joker_count)
    if slot < MAX_JOKERS:
        create.joker(s, r, s.jokers[slot], rarity, source)
        items.gain_joker(s, s.jokers[slot])


@jit
def create_consumable(s: Any, r: Any, kind: int, source: int) -> None:
    """Create a consumable, if there is room."""
    slot = int(s.consumable_count)
    if items.consumable_room(s) > 0 and slot < MAX_CONSUMABLES:
        create.consumable(s, r, s.consumables[slot], kind, source)
        items.gain_consumable(s, s.consumables[slot])


@jit
def lose_jokers(s: Any, mask: int) -> None:
    """Destroy the masked jokers."""
    for slot in range(int(s.joker_count) - 1, -1, -1):
        if mask >> slot & 1:
            items.lose_joker(s, slot)
    if mask != 0:
        deal.debuff_cards(s)


# --- a blind is selected ---------------------------------------------------------------


@jit
def _madness(s: Any, r: Any, slot: int, count: int, sliced: int) -> int:
    """Grow, and choose another joker; the mask of it."""
    s.jokers[slot].value += _MADNESS_GROWS
    among = 0
    for other in range(count):
        if other == slot or int(s.jokers[other].marks) & _ETERNAL or sliced >> other & 1:
            continue
        among |= 1 << other
    if among == 0:
        return 0
    place = rng.pick(r, _MADNESS_STREAM, int(s.ante), moving.bits(among))
    return 1 << moving.oldest(s.jokers, count, among, place)


@jit
def _dagger(s: Any, slot: int, count: int, sliced: int) -> int:
    """Take twice the sell value of the joker to the right as Mult; the mask of it."""
    other = slot + 1
    if other >= count or int(s.jokers[other].marks) & _ETERNAL or sliced >> other & 1:
        return 0
    s.jokers[slot].value += 2.0 * items.sell_value(s, s.jokers[other])
    return 1 << other


@jit
def _marble(s: Any, r: Any) -> None:
    front = rng.pick(r, _MARBLE_STREAM, int(s.ante), len(DECK_RANKS))
    c = deal.add_card(s, int(DECK_RANKS[front]), int(DECK_SUITS[front]), _STONE, 0, 0)
    if c >= 0:
        deal.to_draw(s, c)


@jit
def _selected(s: Any, r: Any, joker: int, room: int) -> None:
    """What a joker or its copy does alike."""
    if joker == _BURGLAR:
        s.hands_left += _BURGLAR_HANDS
        s.discards_left = 0
    elif joker == _RIFF_RAFF:
        for _ in range(max(0, min(_RIFF_RAFF_JOKERS, room))):
            create_joker(s, r, _COMMON, create.SRC_RIF)
    elif joker == _CARTOMANCER:
        create_consumable(s, r, _TAROT, create.SRC_CAR)
    elif joker == _MARBLE:
        _marble(s, r)


@jit
def blind_selected(s: Any, r: Any) -> int:
    """Let the jokers act on a blind's selection; how many times the boss is to be disabled.

    What is destroyed keeps its place until all have acted, as in the game; the place of a
    Ceremonial Dagger's victim counts as free.
    """
    count = int(s.joker_count)
    sliced = 0
    freed = 0
    disabled = 0
    for slot in range(count):
        acting = owned.source(s, slot)
        if acting < 0 or (sliced >> slot | sliced >> acting) & 1:
            continue
        joker = int(s.jokers[acting].id)
        if acting != slot:
            _selected(s, r, joker, items.joker_room(s) + freed)
        elif joker == _MADNESS and s.blind != _BOSS:
            sliced |= _madness(s, r, slot, count, sliced)
        elif joker == _CEREMONIAL:
            victim = _dagger(s, slot, count, sliced)
            freed += 1 if victim != 0 else 0
            sliced |= victim
        elif joker == _CHICOT and s.blind == _BOSS:
            disabled += 1
        else:
            _selected(s, r, joker, items.joker_room(s) + freed)
    lose_jokers(s, sliced)
    return disabled


# --- the first hand of a round is drawn ------------------------------------------------


@jit
def certificates(s: Any) -> int:
    """How many jokers add a card to the first hand."""
    count = 0
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting >= 0 and s.jokers[acting].id == _CERTIFICATE:
            count += 1
    return count


@jit
def certify(s: Any, r: Any) -> None:
    """Certificate: add a random card with a random seal to the hand."""
    front = rng.pick(r, _CERTIFICATE_STREAM, int(s.ante), len(DECK_RANKS))
    roll = rng.roll(r, _SEAL_STREAM, int(s.ante))
    seal = _PURPLE
    if roll > 0.75:
        seal = _RED
    elif roll > 0.5:
        seal = _BLUE
    elif roll > 0.25:
        seal = _GOLD
    c = deal.add_card(s, int(DECK_RANKS[front]), int(DECK_SUITS[front]), 0, 0, seal)
    if c >= 0:
        deal.debuff_card(s, c)
        deal.to_hand(s, c)
        deal.sort_hand(s)


# --- a round ends ----------------------------------------------------------------------


@jit
def _gift(s: Any) -> None:
    for slot in range(int(s.joker_count)):
        s.jokers[slot].sell += 1
    for slot in range(int(s.consumable_count)):
        s.consumables[slot].sell += 1


@jit
def _spoils(s: Any, r: Any, joker: int) -> bool:
    """Whether a banana is gone."""
    if joker == _CAVENDISH:
        return rng.roll(r, _CAVENDISH_STREAM, int(s.ante)) < owned.odds(s) / _CAVENDISH_ODDS
    if rng.roll(r, _GROS_STREAM, int(s.ante)) >= owned.odds(s) / _GROS_ODDS:
        return False
    s.extinct = 1
    return True


@jit
def _shrinks(s: Any, slot: int, by: float) -> bool:
    """Let a joker shrink; whether nothing is left of it."""
    if s.jokers[slot].value - by <= 0.0:
        return True
    s.jokers[slot].value -= by
    return False


@jit
def _ends(s: Any, r: Any, slot: int, joker: int) -> bool:
    """What a joker does when a round ends; whether it is used up."""
    if joker == _TODO_LIST:
        s.jokers[slot].counter = targets.listed_hand(s, r, int(s.jokers[slot].counter))
    elif joker == _GIFT_CARD:
        _gift(s)
    elif joker in (_GROS_MICHEL, _CAVENDISH):
        return _spoils(s, r, joker)
    elif joker == _POPCORN:
        return _shrinks(s, slot, _POPCORN_LOSES)
    elif joker == _INVISIBLE:
        s.jokers[slot].counter += 1
    elif joker == _TURTLE_BEAN:
        if _shrinks(s, slot, 1.0):
            return True
        s.hand_size -= 1
    return False


@jit
def _ages(s: Any, slot: int) -> None:
    """Rent is paid, and a perishable joker comes nearer to its end."""
    joker = s.jokers[slot]
    if int(joker.marks) & _RENTAL:
        s.money -= RENTAL_DOLLARS
    if int(joker.marks) & _PERISHABLE and joker.perish > 0:
        joker.perish -= 1
        if joker.perish == 0:
            items.debuff_joker(s, slot, True)


@jit
def round_ends(s: Any, r: Any, lost: bool) -> bool:
    """Let the jokers act on a round's end; whether the run is lost after all."""
    gone = 0
    share = s.chips / s.required if s.required > 0.0 else 1.0
    growth.notify(s, _ROUND_END, -1)
    if s.blind == _BOSS:
        growth.notify(s, _BOSS_BEATEN, -1)
    for slot in range(int(s.joker_count)):
        if owned.source(s, slot) == slot:
            joker = int(s.jokers[slot].id)
            if lost and joker == _MR_BONES and share >= _SAVED_AT:
                lost = False
                gone |= 1 << slot
            elif _ends(s, r, slot, joker):
                gone |= 1 << slot
        _ages(s, slot)
    lose_jokers(s, gone)
    return lost


# --- shop, packs, selling --------------------------------------------------------------


@jit
def shop_left(s: Any, r: Any) -> None:
    """Perkeo: a Negative copy of a consumable at random."""
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting < 0 or s.jokers[acting].id != _PERKEO or s.consumable_count == 0:
            continue
        count = int(s.consumable_count)
        place = rng.pick(r, _PERKEO_STREAM, int(s.ante), count)
        if count < MAX_CONSUMABLES:
            chosen = moving.oldest(s.consumables, count, -1, place)
            copied = s.consumables[count]
            items.copy(copied, s.consumables[chosen])
            copied.edition = _NEGATIVE
            copied.birth = 0
            items.gain_consumable(s, copied)


@jit
def pack_opened(s: Any, r: Any) -> None:
    """Hallucination: a Tarot card, if the roll is lucky and there is room."""
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting < 0 or s.jokers[acting].id != _HALLUCINATION:
            continue
        if items.consumable_room(s) <= 0:
            continue
        if rng.roll(r, _HALU_STREAM, int(s.ante)) < owned.odds(s) / _HALU_ODDS:
            create_consumable(s, r, _TAROT, create.SRC_HAL)


@jit
def _duplicate(s: Any, r: Any, slot: int) -> None:
    """Invisible Joker: duplicate another joker, if the jokers do not overflow their slots."""
    count = int(s.joker_count)
    if count < 2 or items.joker_room(s) < 0 or count >= MAX_JOKERS:
        return
    place = rng.pick(r, _INVISIBLE_STREAM, int(s.ante), count - 1)
    chosen = moving.oldest(s.jokers, count, ~(1 << slot), place)
    copied = s.jokers[count]
    items.duplicate(copied, s.jokers[chosen])
    targets.copied(s, r, copied)
    if copied.id == _INVISIBLE:
        copied.counter = 0
    items.gain_joker(s, copied)


@jit
def sold_self(s: Any, r: Any, slot: int) -> bool:
    """What the joker in a slot does when it is sold; whether it disables the boss."""
    acting = owned.source(s, slot)
    if acting < 0:
        return False
    joker = int(s.jokers[acting].id)
    if joker == _DIET_COLA:
        tags.gain(s, _DOUBLE_TAG, 0)
    elif joker == _INVISIBLE and acting == slot and s.jokers[slot].counter >= _INVISIBLE_ROUNDS:
        _duplicate(s, r, slot)
    return joker == _LUCHADOR
