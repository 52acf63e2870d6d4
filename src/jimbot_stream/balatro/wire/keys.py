"""The game's keys and names, and the numbers by which a run's record knows them."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS, SEALS
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import VOUCHERS


class _Row(Protocol):
    @property
    def key(self) -> str: ...


def _keys(rows: Sequence[_Row]) -> tuple[str, ...]:
    return ("", *(row.key for row in rows))


def _numbers(keys: Sequence[str]) -> Mapping[str, int]:
    return {key: number for number, key in enumerate(keys)}


BLIND_KEYS: Final = _keys(BLINDS)
DECK_KEYS: Final = _keys(DECKS)
ENHANCEMENT_KEYS: Final = _keys(ENHANCEMENTS)
EDITION_KEYS: Final = _keys(EDITIONS)
SEAL_NAMES: Final = ("", *SEALS)
TAG_KEYS: Final = _keys(TAGS)
VOUCHER_KEYS: Final = _keys(VOUCHERS)
PLANET_KEYS: Final = _keys(PLANETS)
HAND_NAMES: Final = tuple(hand.name for hand in HANDS)
"""By number, from 0; all the other tuples by id, and 0 is the empty key of none."""

BLIND: Final = _numbers(BLIND_KEYS)
DECK: Final = _numbers(DECK_KEYS)
ENHANCEMENT: Final = _numbers(ENHANCEMENT_KEYS)
EDITION: Final = _numbers(EDITION_KEYS)
SEAL: Final = _numbers(SEAL_NAMES)
TAG: Final = _numbers(TAG_KEYS)
VOUCHER: Final = _numbers(VOUCHER_KEYS)
PLANET: Final = _numbers(PLANET_KEYS)
HAND: Final = _numbers(HAND_NAMES)

ITEM_KEYS: Final[Mapping[int, tuple[str, ...]]] = {
    Kind.NONE: ("",),
    Kind.JOKER: _keys(JOKERS),
    Kind.TAROT: _keys(TAROTS),
    Kind.PLANET: PLANET_KEYS,
    Kind.SPECTRAL: _keys(SPECTRALS),
    Kind.CARD: ("",),
    Kind.VOUCHER: VOUCHER_KEYS,
    Kind.PACK: _keys(PACKS),
}
ITEM: Final[Mapping[str, tuple[int, int]]] = {
    key: (kind, number)
    for kind, keys in ITEM_KEYS.items()
    for number, key in enumerate(keys)
    if key
}
"""Key of an item to its kind and id."""


def bits_of(names: Sequence[str], numbers: Mapping[str, int]) -> int:
    """The bit set of those names that are known."""
    return sum({1 << numbers[name] for name in names if name in numbers})


def names_in(bits: int, names: Sequence[str]) -> list[str]:
    """The names whose bits are set."""
    return [name for number, name in enumerate(names) if bits >> number & 1]


NUMBERS: Final[Mapping[str, str]] = {
    "phase": "phase",
    "stake": "stake",
    "ante": "ante",
    "round": "rounds",
    "money": "money",
    "chips": "chips",
    "hands_left": "hands_left",
    "discards_left": "discards_left",
    "hand_size": "hand_size",
    "hands_played": "hands_played",
    "boss_rerolls": "rerolls",
    "pack_kind": "pack_kind",
    "pack_picks": "pack_picks",
    "pack_return": "pack_return",
    "hands_per_round": "hands",
    "discards_per_round": "discards",
    "discards_used": "discards_used",
    "hand_size_bonus": "hand_bonus",
    "hands_total": "hands_total",
    "discards_unused": "discards_unused",
    "skips": "skips",
    "tarots_used": "tarots_used",
    "ectoplasms": "ectoplasms",
    "starting_cards": "starting_cards",
    "reroll_base": "reroll_base",
    "reroll_more": "reroll_more",
    "free_rerolls": "free_rerolls",
    "reroll_less": "reroll_less",
    "win_ante": "win_ante",
    "best_score": "best_score",
    "best_hand": "best_hand",
    "earned": "earned",
}
"""Numbers that mean the same in both: field of GameState to field of the record."""

FLAGS: Final[Mapping[str, str]] = {
    "won": "won",
    "endless": "endless",
    "boss_disabled": "boss_off",
    "boss_ready": "boss_ready",
    "boss_triggered": "boss_triggered",
    "gros_michel_extinct": "extinct",
    "first_pack_offered": "first_shop",
    "rerolls_from_zero": "reroll_free_base",
}
"""Truth values likewise; 0 and 1 in the record."""
