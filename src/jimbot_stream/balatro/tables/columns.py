"""The columns of an observation: the state as a whole, and one row for every candidate.

Columns come in groups; a group says what they mean and between which numbers they lie.
``_log`` is ``kernels.logarithm.log_scale``: log2(1 + x) / 16. What a player does not see is
in no column: of the draw pile, and of cards that lie face down, only counts are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import RANKS, Suit
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import ENHANCEMENTS
from jimbot_stream.balatro.tables.packs import PackKind
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

REACHED = 8
"""Leftmost cards of the hand, and leftmost jokers, that have columns of their own."""
_LOG = 64.0


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that mean the same of different things."""

    names: tuple[str, ...]
    text: str
    low: float = 0.0
    high: float = 1.0


def _group(names: str | Iterable[str], text: str, low: float = 0.0, high: float = 1.0) -> Group:
    return Group((names,) if isinstance(names, str) else tuple(names), text, low, high)


_RANKS = tuple(rank.letter for rank in RANKS)
_SUITS = tuple(suit.name.lower() for suit in Suit)
_HANDS = tuple(hand.name.lower().replace(" ", "_") for hand in HANDS)
_PHASES = (
    "unspecified",
    "menu",
    "blind_select",
    "selecting_hand",
    "round_eval",
    "shop",
    "pack",
    "game_over",
    "transition",
)
_KINDS = ("joker", "tarot", "planet", "spectral", "card", "voucher", "pack")
_ON_SALE = _KINDS[:5]
_CARD = ("there", "rank", *_SUITS, "chips", "mult", "xmult", "held_xmult", "money", "again", "seal")
_CARD_MARKS = ("debuffed", "face_down", "forced")
_JOKER = ("there", "rarity", "edition", "negative", "value_log", "sell", "debuffed", "face_down")
_STICKERS = ("eternal", "perish", "rental")
_WARE = ("there", *_ON_SALE, "price", "affordable", "rarity", "edition")
_PACKS = tuple(kind.name.lower() for kind in PackKind)
_OFFER = ("there", *_PACKS, "price", "affordable")
_CHOICE = ("there", *_ON_SALE, "rarity", "edition")


def _tail(key: str) -> str:
    return key.split("_", 1)[1]


def _slots(what: str, count: int, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{what}{slot}_{column}" for slot in range(count) for column in columns)


GLOBAL_GROUPS = (
    _group((f"phase_{phase}" for phase in _PHASES), "1 for the phase"),
    _group("ante", "ante / 8", -4, 8),
    _group("rounds", "rounds begun / 24", 0, 8),
    _group("win_ante", "ante whose boss must be beaten / 8", 0, 4),
    _group("endless", "1 when the run goes on after winning"),
    _group("plasma", "1 with the Plasma Deck, which balances chips and mult"),
    _group("stake", "stake / 8"),
    _group(("blind_small", "blind_big", "blind_boss"), "1 for the blind at hand, or on offer"),
    _group((f"boss_{_tail(row.key)}" for row in BLINDS[2:]), "1 for this ante's boss"),
    _group("boss_live", "1 while the boss's ability is at work"),
    _group(
        (f"minds_{hand}" for hand in _HANDS),
        "1 when the boss refuses the poker hand (Eye, Mouth) or makes it cost all money (Ox)",
    ),
    _group("money_log", "dollars held; 0 for debt", 0, _LOG),
    _group("money", "dollars / 25", -1, 4),
    _group("debt", "dollars that may be owed / 20", 0, 8),
    _group("required_log", "score that the blind asks", 0, _LOG),
    _group("chips_log", "score of this round so far", 0, _LOG),
    _group("remaining_log", "score that is still required", 0, _LOG),
    _group("remaining_per_hand_log", "the same for every hand left", 0, _LOG),
    _group("progress", "score so far / score required"),
    _group(("hands_left", "discards_left"), "of this round / 4", 0, 4),
    _group(("hands_played", "discards_used"), "in this round / 4", 0, 4),
    _group(("hands", "discards"), "that a round starts with / 4", 0, 4),
    _group("hand_size", "hand size / 8", 0, 4),
    _group("hand_cards", "cards in hand / 8", 0, 4),
    _group("draw_cards", "cards in the draw pile / 52", 0, 8),
    _group("joker_slots", "joker slots, with those of Negative jokers / 5", 0, 8),
    _group("joker_room", "free joker slots / 5", 0, 8),
    _group("jokers", "jokers / 5", 0, 8),
    _group("consumable_slots", "consumable slots, likewise / 2", 0, 16),
    _group("consumables", "consumables / 2", 0, 16),
    _group("reroll", "dollars that the next reroll of the shop costs / 10", 0, 8),
    _group("skips", "blinds skipped / 8", 0, 8),
    _group("hands_total", "hands played in the run / 64", 0, 8),
    _group("tarots_used", "Tarot cards used / 16", 0, 8),
    _group("planets_used", "different Planet cards used / 12"),
    _group((f"level_{hand}" for hand in _HANDS), "level of the poker hand / 10", 0, 10),
    _group((f"played_{hand}" for hand in _HANDS), "1 when played in this round"),
    _group((f"hand_{suit}" for suit in _SUITS), "cards in hand of the suit / 8", 0, 4),
    _group((f"hand_{rank}" for rank in _RANKS), "cards in hand of the rank / 4", 0, 8),
    _group("most_equal", "most cards in hand of one rank / 4", 0, 8),
    _group("pairs", "ranks of which the hand holds two or more / 2", 0, 8),
    _group("most_suited", "most cards in hand of one suit / 5", 0, 8),
    _group("longest_run", "most ranks in hand within the span of a straight / 5"),
    _group((f"unseen_{suit}" for suit in _SUITS), "unseen cards of the suit / 16", 0, 16),
    _group((f"unseen_{rank}" for rank in _RANKS), "unseen cards of the rank / 4", 0, 64),
    _group(
        (f"unseen_{_tail(row.key)}" for row in ENHANCEMENTS), "unseen cards so enhanced / 8", 0, 32
    ),
    _group(("unseen_sealed", "unseen_editions"), "unseen cards with a seal, an edition / 8", 0, 32),
    _group(
        _slots("card", REACHED, (*_CARD, *_CARD_MARKS)),
        "a card in hand: there or not, rank / 14, suits; chips / 50, mult / 20, Xmult - 1 and "
        "Xmult - 1 while held that it gives by enhancement, edition and growth; dollars / 3; "
        "Red Seal, Blue or Purple Seal; marks",
        0,
        32,
    ),
    _group(
        _slots("joker", REACHED, (*_JOKER, *_STICKERS)),
        "a joker: there or not, rarity / 4, edition but Negative / 3, Negative, what it has grown "
        "to, sell value / 20, marks, rounds until it perishes / 5, rental",
        0,
        _LOG,
    ),
    _group((f"owns_{_tail(joker.key)}" for joker in JOKERS), "so many of the joker", 0, 24),
    _group(
        (f"holds_{_tail(card.key)}" for card in (*TAROTS, *PLANETS, *SPECTRALS)),
        "so many of the consumable",
        0,
        24,
    ),
    _group(
        _slots("shop", 4, _WARE),
        "a card on sale: there or not, kind, dollars / 10, affordable, rarity / 4, edition",
        0,
        8,
    ),
    _group(
        _slots("offer", 2, _OFFER),
        "a pack on sale: there or not, kind, dollars / 10, affordable",
        0,
        8,
    ),
    _group(
        (f"voucher_{_tail(row.key)}" for row in VOUCHERS[::2]),
        "0.5 when the voucher is redeemed, 1 with its upgrade",
    ),
    _group(
        (f"sale_{_tail(row.key)}" for row in VOUCHERS[::2]),
        "1 when the voucher, or its upgrade, is on sale",
    ),
    _group((f"tag_{_tail(row.key)}" for row in TAGS), "tags held of the kind", 0, 32),
    _group((f"skip_{_tail(row.key)}" for row in TAGS), "1 for the tag that skipping earns"),
    _group((f"pack_{kind}" for kind in _PACKS), "1 for the kind of the opened pack"),
    _group("pack_picks", "cards that may still be taken from it / 2", 0, 4),
    _group(
        _slots("choice", 5, _CHOICE),
        "a card of the opened pack: there or not, kind, rarity / 4, edition",
    ),
    _group("idol_rank", "rank that The Idol names / 14; 0 without The Idol"),
    _group((f"idol_{suit}" for suit in _SUITS), "1 for the suit that it names"),
    _group("mail_rank", "rank that the Mail-In Rebate names / 14; 0 without it"),
    _group((f"ancient_{suit}" for suit in _SUITS), "1 for the Ancient Joker's suit"),
    _group((f"castle_{suit}" for suit in _SUITS), "1 for Castle's suit"),
    _group("best_score_log", "score of the best candidate; 0 without candidates", 0, _LOG),
    _group("best_share", "of it in what is still required, at most 2", 0, 2),
    _group("best_clears", "1 when it beats the blind"),
    _group((f"best_{hand}" for hand in _HANDS), "1 for its poker hand"),
)
"""The state as a whole, group by group."""

CANDIDATE_GROUPS = (
    _group((verb.name.lower() for verb in Verb), "1 for the verb"),
    _group("cards", "cards chosen / 5"),
    _group(
        (f"makes_{hand}" for hand in _HANDS),
        "plays: the poker hand; discards: the best one among the cards that stay",
    ),
    _group(("chips_log", "mult_log", "score_log"), "plays: exact expectation", 0, _LOG),
    _group("share", "plays: score / what is still required, at most 2", 0, 2),
    _group("clears", "plays: 1 when the blind is beaten"),
    _group("pace", "plays: score * hands left / what is still required, at most 2", 0, 2),
    _group("of_best", "plays: score / score of the best play"),
    _group("gain", "dollars that come in or go out / 10, as far as they are known", -16, 16),
    _group("scoring_cards", "plays: cards that score / 5"),
    _group("fillers", "plays: cards that do not / 5"),
    _group("kept_cards", "cards that stay in hand / 8; also below: plays and discards", 0, 3),
    _group("kept_suited", "most of them of one suit / 5", 0, 5),
    _group("kept_equal", "most of them of one rank / 4", 0, 6),
    _group("kept_run", "most of them within the span of a straight / 5"),
    _group("kept_score_log", "score of the best play among them", 0, _LOG),
    _group("kept_share", "of it in what is still required, at most 2", 0, 2),
    _group("suit_outs", "share of unseen cards in the most frequent suit that stays"),
    _group("rank_outs", "share of unseen cards that pair with a card that stays"),
    _group(
        (f"item_{kind}" for kind in _KINDS), "1 for the kind of the item that the action is about"
    ),
    _group("rarity", "of a joker / 4"),
    _group(("foil", "holo", "polychrome", "negative"), "1 for the item's edition"),
    _group(("eternal", "perishable", "rental"), "1 for the item's stickers"),
    _group(
        (f"gives_{family}" for family in ("chips", "mult", "xmult", "money", "other")),
        "1 for what a joker's rules do",
    ),
    _group("value_log", "what a joker has grown to", 0, _LOG),
    _group("price", "dollars / 10", 0, 8),
    _group("price_share", "dollars / dollars at hand"),
    _group("sell", "sell value / 20", 0, 8),
    _group("level", "of a planet's poker hand / 10", 0, 10),
    _group("habit", "share of a planet's poker hand in all hands played"),
    _group("slot", "source / 8", 0, 32),
    _group("target", "target / 8", 0, 32),
    _group("target_rank", "mean rank of the cards chosen / 14"),
    _group("target_worth", "mean worth of the cards chosen to the hand", 0, 8),
    _group("target_enhanced", "share of them that is enhanced already"),
)
"""One candidate, group by group."""


def _names(groups: Iterable[Group]) -> tuple[str, ...]:
    return tuple(name for group in groups for name in group.names)


def bounds(groups: Iterable[Group]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the largest number of every column."""
    pairs = [(group.low, group.high) for group in groups for _ in group.names]
    low, high = np.array(pairs, dtype=np.float32).T
    return low, high


GLOBAL = _names(GLOBAL_GROUPS)
CANDIDATE = _names(CANDIDATE_GROUPS)
