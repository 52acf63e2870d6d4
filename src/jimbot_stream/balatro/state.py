"""A run as one structured record, and beside it the state of its random streams.

No rules here. A snapshot is the bytes of both, a digest the hash of those bytes. Ids are
one-based rows of ``tables`` (0 is none). Field names avoid the names of ndarray attributes
(``round``, ``sort``, ``flags``, …), so that the records also work as ``np.recarray`` when
the kernels run uncompiled.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_CARDS = 256
"""Most playing cards of a run; past it, further ones are not created."""
MAX_HAND = 24
"""Most cards in hand: the width of the card mask of a canonical action."""
MAX_JOKERS = 24
MAX_CONSUMABLES = 24
MAX_SHOP = 4
"""Cards on sale."""
MAX_PACKS = 2
"""Packs on sale."""
MAX_VOUCHERS = 8
"""Vouchers on sale: one an ante, more by Voucher Tags."""
MAX_PACK = 5
"""Cards in an opened pack."""
MAX_TAGS = 32
MAX_STREAMS = 512
"""Room for random streams; those of antes long past make way."""
MAX_SEED = 8
"""Longest seed."""
POKER_HANDS = 12


class Phase(IntEnum):
    """Where a run stands, numbered as in the contract."""

    MENU = 1
    BLIND_SELECT = 2
    SELECTING_HAND = 3
    ROUND_EVAL = 4
    SHOP = 5
    PACK = 6
    GAME_OVER = 7
    TRANSITION = 8


class Kind(IntEnum):
    """What an item is; its ``id`` is a row of the table of that kind."""

    NONE = 0
    JOKER = 1
    TAROT = 2
    PLANET = 3
    SPECTRAL = 4
    CARD = 5  # a playing card on sale or in a pack; rank and suit say which
    VOUCHER = 6
    PACK = 7


CARD = np.dtype(
    [
        ("rank", "i1"),  # 2-14; kept beneath a Stone Card
        ("suit", "i1"),  # as in ``tables.cards.Suit``
        ("enhancement", "i1"),
        ("edition", "i1"),
        ("seal", "i1"),
        ("marks", "u1"),  # bits of ``tables.modifiers.Mark``
        ("bonus", "i4"),  # chips gained for good (Hiker)
        ("birth", "i4"),  # order of creation among all cards and items of the run
    ],
    align=True,
)
"""A playing card."""

ITEM = np.dtype(
    [
        ("kind", "i1"),
        ("edition", "i1"),
        ("marks", "u1"),
        ("perish", "i1"),  # rounds until a perishable joker is debuffed
        ("id", "i2"),
        ("rank", "i1"),  # of a playing card, and so the next three
        ("suit", "i1"),
        ("enhancement", "i1"),
        ("seal", "i1"),
        ("counter", "i4"),  # what a joker counts (hands, rounds, discards, listed hand)
        ("sell", "i4"),  # dollars that it sells for beyond half its price
        ("birth", "i4"),
        ("value", "f8"),  # what a joker has grown to
    ],
    align=True,
)
"""A joker, consumable, card on sale, voucher or pack."""

TAG = np.dtype([("id", "i1"), ("hand", "i1")], align=True)
"""A tag; an Orbital Tag names a poker hand."""

STATE = np.dtype(
    [
        # --- the run
        ("money", "i8"),  # dollars
        ("earned", "i8"),  # dollars of the beaten round that wait to be cashed out
        ("steps", "i8"),  # actions carried out
        ("chips", "f8"),  # score in this round
        ("required", "f8"),  # score that the blind at hand, or on offer, asks
        ("best_score", "f8"),  # best score of one round
        ("best_hand", "f8"),  # best score of one hand
        ("phase", "i4"),
        ("deck", "i4"),
        ("stake", "i4"),
        ("ante", "i4"),
        ("win_ante", "i4"),  # beating its boss wins
        ("endless", "i4"),  # 1: goes on after winning
        ("won", "i4"),
        ("rounds", "i4"),  # rounds begun
        ("blind", "i4"),  # 0 small, 1 big, 2 boss: at hand, or on offer
        ("boss", "i4"),  # id of this ante's boss
        ("births", "i4"),  # cards and items created so far
        # --- what a round starts with
        ("hand_size", "i4"),  # now, with everything that changes it; may be below 0
        ("hands", "i4"),
        ("discards", "i4"),
        ("joker_slots", "i4"),  # without Negative jokers
        ("consumable_slots", "i4"),  # without Negative consumables
        # --- this round
        ("hands_left", "i4"),
        ("discards_left", "i4"),
        ("hands_played", "i4"),
        ("discards_used", "i4"),
        ("boss_off", "i4"),  # 1: the boss's ability is disabled
        ("boss_hands", "i4"),  # played against The Eye, a bit set; or what Water or Needle took
        ("boss_hand", "i4"),  # 1 + the only poker hand that The Mouth allows; 0 not set
        ("boss_most", "i4"),  # poker hand that The Ox watches
        ("boss_ready", "i4"),  # a boss that acts on the next draw (Fish, Crimson Heart) is set to
        ("boss_triggered", "i4"),  # 1: the boss's ability took effect on the last hand
        ("hand_bonus", "i4"),  # hand size of this round alone (Juggle Tags)
        ("idol_rank", "i4"),
        ("idol_suit", "i4"),
        ("mail_rank", "i4"),
        ("ancient_suit", "i4"),
        ("castle_suit", "i4"),
        # --- what the run counts
        ("hands_total", "i4"),  # hands played
        ("discards_unused", "i4"),  # discards left over at the end of rounds
        ("skips", "i4"),  # blinds skipped
        ("tarots_used", "i4"),
        ("planets_used", "i4"),  # bit set
        ("last_consumable_kind", "i4"),  # for The Fool
        ("last_consumable", "i4"),
        ("last_hand", "i4"),  # 1 + the poker hand played last; 0 none
        ("ectoplasms", "i4"),  # uses of Ectoplasm
        ("extinct", "i4"),  # 1: Gros Michel was destroyed
        ("starting_cards", "i4"),  # size of the deck at the start
        ("first_shop", "i4"),  # 1: the first shop's Buffoon Pack has been offered
        ("rerolls", "i4"),  # boss rerolls in this ante
        # --- shop
        ("reroll_base", "i4"),  # dollars of the first reroll of a shop
        ("reroll_more", "i4"),  # dollars more by rerolls in this shop
        ("free_rerolls", "i4"),
        ("reroll_less", "i4"),  # dollars less for the next reroll of this shop alone
        ("reroll_free_base", "i4"),  # 1: rerolls of this shop start at 0 (D6 Tag)
        ("shop_count", "i4"),
        ("packs_count", "i4"),
        ("vouchers_count", "i4"),
        # --- counts of the arrays below
        ("card_count", "i4"),
        ("draw_count", "i4"),
        ("hand_count", "i4"),
        ("gone_count", "i4"),
        ("joker_count", "i4"),
        ("consumable_count", "i4"),
        ("tag_count", "i4"),
        # --- opened pack
        ("pack_kind", "i4"),  # PackKind; 0 when none is open
        ("pack_count", "i4"),
        ("pack_picks", "i4"),  # cards that may still be taken
        ("pack_return", "i4"),  # phase that follows
        # --- profile
        ("locked_vouchers", "i8"),  # bit set by id
        ("vouchers", "i8"),  # redeemed, bit set by id
        ("locked_jokers", "i8", (3,)),  # bit id % 64 of word id // 64
        ("locked_tags", "i4"),  # bit set by id: what they require is undiscovered
        ("voucher_next", "i4"),  # this ante's voucher, 0 once it is redeemed
        # --- arrays
        ("level", "i4", (POKER_HANDS,)),
        ("played", "i4", (POKER_HANDS,)),  # times each poker hand was played
        ("played_now", "i4", (POKER_HANDS,)),  # in this round
        ("bosses_used", "i1", (32,)),  # times each boss was chosen, by id
        ("offers", TAG, (2,)),  # tags for skipping the small and the big blind
        ("tags", TAG, (MAX_TAGS,)),  # held, oldest first
        ("jokers", ITEM, (MAX_JOKERS,)),  # left to right
        ("consumables", ITEM, (MAX_CONSUMABLES,)),
        ("shop", ITEM, (MAX_SHOP,)),
        ("packs", ITEM, (MAX_PACKS,)),
        ("shop_vouchers", ITEM, (MAX_VOUCHERS,)),
        ("pack", ITEM, (MAX_PACK,)),
        ("hand", "i2", (MAX_HAND,)),  # indices of cards, in the order shown
        ("draw", "i2", (MAX_CARDS,)),  # indices of cards; the last one is drawn next
        ("gone", "i2", (MAX_CARDS,)),  # played or discarded in this round
        ("cards", CARD, (MAX_CARDS,)),  # in order of creation
    ],
    align=True,
)
"""One run."""

STREAMS = np.dtype(
    [
        ("hashed_seed", "f8"),
        ("values", "f8", (MAX_STREAMS,)),
        ("keys", "i8", (MAX_STREAMS,)),  # 0 is free; open addressing
        ("used", "i4"),  # slots taken
        ("seed_length", "i4"),
        ("seed", "u1", (MAX_SEED,)),
    ],
    align=True,
)
"""The random streams of one run: where each that was used stands."""


def blank(kind: np.dtype[np.void], count: int = 1) -> NDArray[Any]:
    """Records of a kind, all zero, with fields as attributes."""
    return np.zeros(count, dtype=kind).view(np.recarray)


def plain(records: NDArray[Any], kind: np.dtype[np.void]) -> NDArray[Any]:
    """The same memory with fields as items: quicker to read outside of kernels."""
    return records.view(np.ndarray).view(kind)
