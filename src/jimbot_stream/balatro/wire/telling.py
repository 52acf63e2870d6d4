"""From a run's record to the message of what its player sees.

The draw pile is sorted, what lies face down is withheld, and nothing of the random streams
is told. What lies face down counts among the unseen cards, as in the game's own deck view.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import economy, prices
from jimbot_stream.balatro.state import STATE, Kind, plain
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.consumables import SPECTRAL, TAROT
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.tags import NUMBER as TAG_NUMBER
from jimbot_stream.balatro.wire import keys
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import (
    Blind,
    Card,
    GameState,
    HandLevel,
    Item,
    RoundTargets,
    Tag,
)

if TYPE_CHECKING:
    from jimbot_stream.balatro.engine import Run

_EXACT = 2**53
_BOSS = 2
_ORBITAL = TAG_NUMBER["tag_orbital"]
_OWNED = (Kind.JOKER, Kind.TAROT, Kind.PLANET, Kind.SPECTRAL)

_AURA = (int(Kind.SPECTRAL), SPECTRAL["c_aura"])
_NEED_PLAIN_JOKER = frozenset(
    {
        (int(Kind.TAROT), TAROT["c_wheel_of_fortune"]),
        (int(Kind.SPECTRAL), SPECTRAL["c_ectoplasm"]),
        (int(Kind.SPECTRAL), SPECTRAL["c_hex"]),
    }
)
"""Consumables whose being usable tells of editions, also of what lies face down."""

_Look = tuple[int, ...]
"""A card as a tuple: the fields of ``state.CARD`` in their order."""
_RANK, _SUIT, _ENHANCEMENT, _EDITION, _MARKS, _BIRTH = 0, 1, 2, 3, 5, 7
_FACE_DOWN, _FORCED, _STONE = int(Mark.FACE_DOWN), int(Mark.FORCED), int(Enhancement.STONE)
"""Plain numbers: a flag's own operators take longer than all else that is done to a card."""


def state_message(run: "Run") -> GameState:
    """The run as its player sees it."""
    return message_of(run.states, run.seed)


def message_of(states: NDArray[Any], seed: str = "") -> GameState:
    """A record as its player sees it."""
    s: Any = plain(states, STATE)[0]
    message = GameState(
        seed=seed,
        deck=keys.DECK_KEYS[s["deck"]],
        blind=_blind(s),
        chips_exact=_exact(float(s["chips"])),
        hand_levels=_levels(s),
        vouchers=sorted(keys.names_in(int(s["vouchers"]), keys.VOUCHER_KEYS)),
        targets=_targets(s),
    )
    for name, field in keys.NUMBERS.items():
        setattr(message, name, s[field].item())
    for name, field in keys.FLAGS.items():
        setattr(message, name, bool(s[field]))
    _put_piles(message, s)
    _put_items(message, s, states)
    _put_tags(message, s)
    _put_memory(message, s)
    return message


def _exact(score: float) -> str:
    return str(int(score)) if score > _EXACT and np.isfinite(score) else ""


def _blind(s: Any) -> Blind:
    number, required = int(s["blind"]), float(s["required"])
    row = BLINDS[number if number < _BOSS else int(s["boss"]) - 1]
    pays = number > 0 or STAKES[int(s["stake"]) - 1].small_blind_pays
    return Blind(
        key=row.key,
        boss=number == _BOSS,
        chips_required=required,
        chips_required_exact=_exact(required),
        reward=row.reward if pays else 0,
    )


def _levels(s: Any) -> list[HandLevel]:
    """The poker hands that are not as at the start of the run."""
    rows = []
    counts = (s["level"].tolist(), s["played"].tolist(), s["played_now"].tolist())
    for hand, level, played, now in zip(HANDS, *counts, strict=True):
        if level != 1 or played or now:
            chips, mult = hand.worth(level)
            rows.append(
                HandLevel(
                    hand=hand.name,
                    level=level,
                    chips=chips,
                    mult=mult,
                    played=played,
                    played_this_round=now,
                )
            )
    return rows


def _targets(s: Any) -> RoundTargets:
    return RoundTargets(
        idol_rank=int(s["idol_rank"]),
        idol_suit=cast(pb.Suit, int(s["idol_suit"])),
        mail_rank=int(s["mail_rank"]),
        ancient_suit=cast(pb.Suit, int(s["ancient_suit"])),
        castle_suit=cast(pb.Suit, int(s["castle_suit"])),
    )


# --- cards -----------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _card(look: _Look) -> Card:
    """The message of a card that is seen; shared, because a message that holds it copies it."""
    rank, suit, enhancement, edition, seal, marks, bonus, birth = look
    stone = enhancement == Enhancement.STONE
    return Card(
        id=birth,
        suit=cast(pb.Suit, 0 if stone else suit),
        rank=0 if stone else rank,
        enhancement=keys.ENHANCEMENT_KEYS[enhancement],
        edition=keys.EDITION_KEYS[edition],
        seal=keys.SEAL_NAMES[seal],
        debuffed=bool(marks & Mark.DEBUFFED),
        bonus=bonus,
        forced=bool(marks & Mark.FORCED),
        played_this_ante=bool(marks & Mark.PLAYED_THIS_ANTE),
    )


def _unseen(look: _Look) -> Card:
    """The card as the deck view shows it: what marks it in the hand is not told."""
    marks = look[_MARKS]
    if not marks & _FORCED:
        return _card(look)
    return _card((*look[:_MARKS], marks & ~_FORCED, *look[_MARKS + 1 :]))


def _seen(look: _Look) -> Card:
    if look[_MARKS] & _FACE_DOWN:
        return Card(face_down=True, forced=bool(look[_MARKS] & _FORCED))
    return _card(look)


def _put_piles(message: GameState, s: Any) -> None:
    looks = s["cards"][: s["card_count"]].tolist()
    hand, draw, gone = (
        [looks[c] for c in s[pile][: s[f"{pile}_count"]].tolist()]
        for pile in ("hand", "draw", "gone")
    )
    hidden = [look for look in (*hand, *gone) if look[_MARKS] & _FACE_DOWN]
    message.hand.extend(map(_seen, hand))
    if _AURA in _held(s):
        for told, look in zip(message.hand, hand, strict=True):
            told.has_edition = told.face_down and look[_EDITION] != 0
    message.draw_pile.extend(map(_unseen, sorted((*draw, *hidden), key=_place)))
    message.discard_pile.extend(map(_seen, sorted(gone, key=_shown_place)))


def _place(look: _Look) -> tuple[int, ...]:
    """Order of the deck view: suit, rank, age; stone cards, which show neither, first."""
    stone = look[_ENHANCEMENT] == _STONE
    return (0, 0, look[_BIRTH]) if stone else (look[_SUIT], look[_RANK], look[_BIRTH])


def _shown_place(look: _Look) -> tuple[int, ...]:
    return (1,) if look[_MARKS] & _FACE_DOWN else (0, *_place(look))


# --- items -----------------------------------------------------------------------------


def _put_items(message: GameState, s: Any, states: NDArray[Any]) -> None:
    worth = np.zeros(prices.SHAPE, dtype=np.int64)
    prices.fill(states, worth)
    rows = worth.tolist()
    jokers, consumables = _row(s, "jokers", "joker"), _row(s, "consumables", "consumable")
    message.jokers.extend(_owned(jokers, rows[prices.JOKERS]))
    message.consumables.extend(_owned(consumables, rows[prices.CONSUMABLES]))
    message.shop_cards.extend(_wares(_row(s, "shop", "shop"), rows[prices.SHOP]))
    message.shop_vouchers.extend(
        _wares(_row(s, "shop_vouchers", "vouchers"), rows[prices.VOUCHERS])
    )
    message.shop_packs.extend(_wares(_row(s, "packs", "packs"), rows[prices.PACKS]))
    message.pack.extend(map(_item, _row(s, "pack", "pack")))
    message.joker_slots = int(s["joker_slots"]) + _negatives(jokers)
    message.consumable_slots = int(s["consumable_slots"]) + _negatives(consumables)
    message.reroll_cost = economy.reroll_cost(states[0])
    message.no_plain_joker = (
        any(item.face_down for item in message.jokers)
        and all(int(item["edition"]) for item in jokers)
        and not _NEED_PLAIN_JOKER.isdisjoint(_held(s))
    )


def _held(s: Any) -> set[tuple[int, int]]:
    """Kind and id of the consumables that are held."""
    return {(int(item["kind"]), int(item["id"])) for item in _row(s, "consumables", "consumable")}


def _row(s: Any, row: str, counted: str) -> list[Any]:
    return list(s[row][: s[f"{counted}_count"]])


def _negatives(row: Iterable[Any]) -> int:
    return sum(int(item["edition"]) == Edition.NEGATIVE for item in row)


def _owned(row: Iterable[Any], worth: Sequence[int]) -> list[Item]:
    told = [_item(item) for item in row]
    for item, dollars in zip(told, worth, strict=False):
        if not item.face_down:
            item.sell_value = dollars
    return told


def _wares(row: Iterable[Any], worth: Sequence[int]) -> list[Item]:
    told = [_item(item) for item in row]
    for item, dollars in zip(told, worth, strict=False):
        item.cost = dollars
    return told


def _item(item: Any) -> Item:
    marks, kind = int(item["marks"]), int(item["kind"])
    if marks & Mark.FACE_DOWN:
        return Item(face_down=True, eternal=bool(marks & Mark.ETERNAL))
    return Item(
        key=keys.ITEM_KEYS[kind][item["id"]] if kind != Kind.CARD else "",
        edition=keys.EDITION_KEYS[item["edition"]],
        eternal=bool(marks & Mark.ETERNAL),
        perishable=bool(marks & Mark.PERISHABLE),
        rental=bool(marks & Mark.RENTAL),
        debuffed=bool(marks & Mark.DEBUFFED),
        card=_ware_card(item) if kind == Kind.CARD else None,
        value=float(item["value"]),
        counter=int(item["counter"]),
        perish_left=int(item["perish"]),
        coupon=bool(marks & Mark.COUPON),
    )


def _ware_card(item: Any) -> Card:
    traits = ("rank", "suit", "enhancement", "edition", "seal")
    return _card((*(int(item[trait]) for trait in traits), 0, 0, 0))


# --- what the run remembers ------------------------------------------------------------


def _put_tags(message: GameState, s: Any) -> None:
    held = s["tags"][: s["tag_count"]].tolist()
    message.tags.extend(keys.TAG_KEYS[tag] for tag, _ in held)
    message.orbital_hands.extend(keys.HAND_NAMES[hand] for tag, hand in held if tag == _ORBITAL)
    for tag, hand in s["offers"].tolist():
        named = keys.HAND_NAMES[hand] if tag == _ORBITAL else ""
        message.tag_offers.append(Tag(key=keys.TAG_KEYS[tag], hand=named))


def _put_memory(message: GameState, s: Any) -> None:
    message.boss = keys.BLIND_KEYS[s["boss"]]
    message.boss_hands.extend(keys.names_in(int(s["boss_hands"]), keys.HAND_NAMES))
    message.boss_hand = _one_based(int(s["boss_hand"]))
    message.boss_most_played = keys.HAND_NAMES[s["boss_most"]]
    message.planets_used.extend(sorted(keys.names_in(int(s["planets_used"]), keys.PLANET_KEYS)))
    kind = int(s["last_consumable_kind"])
    message.last_consumable = keys.ITEM_KEYS[kind][s["last_consumable"] if kind else 0]
    message.last_hand = _one_based(int(s["last_hand"]))


def _one_based(hand: int) -> str:
    return keys.HAND_NAMES[hand - 1] if hand else ""
