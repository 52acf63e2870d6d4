"""English names for the game's keys, and the signs of cards: how people see them."""

from functools import lru_cache
from typing import Final

from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import RANKS
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

SUIT_SIGN: Final = "?♣♦♥♠"
LETTER: Final = {rank.number: rank.letter for rank in RANKS}

CODE_NAMES: Final = {
    "j_caino": "Caino",
    "j_riff_raff": "Riff-raff",
    "j_seance": "Seance",
    "tag_skip": "Skip Tag",
}
"""Names in the game's code, by key, where the screen shows others; they are understood as well."""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    tables = (JOKERS, TAROTS, PLANETS, SPECTRALS, VOUCHERS, TAGS, BLINDS, PACKS, DECKS, STAKES)
    more = (EDITIONS, ENHANCEMENTS)
    return {row.key: row.name for table in (*tables, *more) for row in table}


def name_of(key: str) -> str:
    """The English name of a game key; a key that nobody knows is its own name."""
    return _names().get(key, key)


def short(key: str) -> str:
    """A game key without the letters that say its kind: ``foil`` of ``e_foil``."""
    return key.partition("_")[2] or key


def face(rank: int, suit: int) -> str:
    """Rank and suit in two letters, for example ``T♥``; a question mark for what is unknown."""
    sign = SUIT_SIGN[suit] if 0 <= suit < len(SUIT_SIGN) else "?"
    return LETTER.get(rank, "?") + sign
