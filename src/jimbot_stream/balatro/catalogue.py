"""Every card, blind, tag, deck and stake by name: for people who look something up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jimbot_stream.balatro import prose
from jimbot_stream.balatro.naming import CODE_NAMES
from jimbot_stream.balatro.tables.blinds import BLINDS, BlindRow
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS, Planet, Spectral
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS, Joker
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS, SEALS, EditionRow, Seal
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.tags import TAGS, Tag
from jimbot_stream.balatro.tables.vouchers import VOUCHER_COST, VOUCHERS, Voucher
from jimbot_stream.balatro.wording import number_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One card, and what the tables say of it."""

    key: str
    name: str
    group: str
    rule: str
    """Its sentence."""
    notes: str = ""
    """Price, rarity, and when it is on offer."""


GROUPS: Final[Mapping[str, Sequence[Any]]] = {
    "Jokers": JOKERS,
    "Tarot cards": TAROTS,
    "Planet cards": PLANETS,
    "Spectral cards": SPECTRALS,
    "Vouchers": VOUCHERS,
    "Tags": TAGS,
    "Blinds": BLINDS,
    "Booster packs": PACKS,
    "Enhancements": ENHANCEMENTS,
    "Editions": EDITIONS,
    "Seals": tuple(Seal)[1:],
    "Poker hands": HANDS,
    "Decks": DECKS,
    "Stakes": STAKES,
}


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All there is, in the game's order; variants of a pack count once."""
    return tuple(_entries())


def _entries() -> Iterator[Entry]:
    for group, rows in GROUPS.items():
        seen = set()
        for row in rows:
            name = f"{SEALS[row - 1]} Seal" if isinstance(row, Seal) else row.name
            if name in seen:
                continue
            seen.add(name)
            yield Entry(_key(row), name, group, prose.sentence(row), _notes(row))


def _key(row: Any) -> str:
    return SEALS[row - 1] if isinstance(row, Seal) else getattr(row, "key", row.name)


def _notes(row: Any) -> str:
    match row:
        case Joker():
            return ", ".join(_joker_notes(row))
        case Planet(secret=True):
            return f"${row.cost}, once its hand was played"
        case Spectral(hidden=True):
            return f"${row.cost}, in packs only"
        case Voucher():
            return f"${VOUCHER_COST}{_requires(row)}"
        case Tag():
            return f"from ante {row.min_ante}"
        case BlindRow():
            return ", ".join(_blind_notes(row))
        case EditionRow():
            return f"+${row.cost}"
    return f"${row.cost}" if hasattr(row, "cost") else ""


def _joker_notes(joker: Joker) -> Iterator[str]:
    yield joker.rarity.name.title()
    yield f"${joker.cost}"
    if joker.gate:
        yield f"offered while the deck holds a {ENHANCEMENTS[joker.gate - 1].name}"
    if not joker.copyable:
        yield "not copyable"
    if not joker.eternal:
        yield "never Eternal"
    if not joker.perishable:
        yield "never Perishable"


def _requires(voucher: Voucher) -> str:
    place = VOUCHERS.index(voucher)
    return f", requires {VOUCHERS[place - 1].name}" if place % 2 else ""


def _blind_notes(row: BlindRow) -> Iterator[str]:
    yield f"asks X{number_text(row.factor)}, pays ${row.reward}"
    if row.showdown:
        yield "in every eighth ante"
    elif BLINDS.index(row) > 1:
        yield f"from ante {row.from_ante}"


@lru_cache(maxsize=1)
def by_key() -> Mapping[str, Entry]:
    """Every entry by its key."""
    return {entry.key: entry for entry in entries()}


def find(words: str) -> list[Entry]:
    """Entries whose key or name is the words, else those that contain them all.

    A name is understood as the screen shows it and as the game's code spells it.
    """
    wanted = words.casefold()
    exact = [entry for entry in entries() if wanted in _spellings(entry)]
    return exact or [
        entry
        for entry in entries()
        if all(word in " ".join(_spellings(entry)) for word in wanted.split())
    ]


def _spellings(entry: Entry) -> tuple[str, ...]:
    key, name = entry.key.casefold(), entry.name.casefold()
    code_name = CODE_NAMES.get(entry.key, entry.name).casefold()
    return key, name, code_name, key.partition("_")[2], name.removeprefix("the ")
