"""Cards and jokers in a few letters, as people type them: ``KH+glass+red``, ``j_runner+foil=45``.

What follows a plus may come in any order; a word is understood by its key without the
prefix (``foil`` for ``e_foil``), whatever its case.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from jimbot_stream.balatro.catalogue import find
from jimbot_stream.balatro.naming import short
from jimbot_stream.balatro.tables import jokers
from jimbot_stream.balatro.tables.cards import RANKS, Suit
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.modifiers import (
    EDITIONS,
    ENHANCEMENTS,
    Edition,
    Enhancement,
    Mark,
    Seal,
)

_RANK: Final = {rank.letter: rank.number for rank in RANKS} | {"10": 10}
_SUIT: Final = {suit.name[0]: suit for suit in Suit} | dict(
    zip("♣♦♥♠", Suit, strict=True)  # also as the view shows them
)
_ENHANCEMENT: Final = {short(row.key): Enhancement(n) for n, row in enumerate(ENHANCEMENTS, 1)}
_EDITION: Final = {short(row.key): Edition(n) for n, row in enumerate(EDITIONS, 1)}
_SEAL: Final = {seal.name.lower(): seal for seal in Seal if seal}
_CARD_MARK: Final = {"debuffed": Mark.DEBUFFED, "hidden": Mark.FACE_DOWN}
_JOKER_MARK: Final = {
    "debuffed": Mark.DEBUFFED,
    "eternal": Mark.ETERNAL,
    "perishable": Mark.PERISHABLE,
    "rental": Mark.RENTAL,
}
_HAND: Final = {hand.name.casefold(): number for number, hand in enumerate(HANDS)}
_BOTH_GOLD: Final = "goldseal"
MOST_LEVEL: Final = 1_000_000
"""Highest level of a poker hand that can be asked for."""

T = TypeVar("T")


class NotationError(ValueError):
    """Letters that are no card or joker; the message says what could stand there."""


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A playing card as typed."""

    rank: int
    suit: Suit
    enhancement: Enhancement = Enhancement.NONE
    edition: Edition = Edition.NONE
    seal: Seal = Seal.NONE
    marks: int = 0


@dataclass(frozen=True, slots=True)
class JokerSpec:
    """A joker as typed; value None is what a new one has."""

    id: int
    edition: Edition = Edition.NONE
    marks: int = 0
    value: float | None = None


def cards(text: str) -> tuple[CardSpec, ...]:
    """The cards of a text, apart by spaces or commas.

    Raises:
        NotationError: one of them is no card.
    """
    return tuple(card(word) for word in text.replace(",", " ").split())


def card(text: str) -> CardSpec:
    """A card, for example ``KH``, ``10S`` or ``AC+glass+foil+red``.

    Two things are gold: ``gold`` is the enhancement, ``goldseal`` the seal.

    Raises:
        NotationError: it is none.
    """
    face, *words = text.strip().split("+")
    spec = CardSpec(_rank(face, text), _suit(face, text))
    for word in words:
        spec = _with(spec, word.lower(), text)
    return spec


def _rank(face: str, text: str) -> int:
    rank = _RANK.get(face[:-1].upper())
    if rank is None:
        raise NotationError(f"card {text!r}: a rank comes first, one of {' '.join(_RANK)}")
    return rank


def _suit(face: str, text: str) -> Suit:
    suit = _SUIT.get(face[-1:].upper())
    if suit is None:
        raise NotationError(f"card {text!r}: a suit ends it, one of C D H S")
    return suit


def _with(spec: CardSpec, word: str, text: str) -> CardSpec:
    if word in _ENHANCEMENT:
        return replace(spec, enhancement=_ENHANCEMENT[word])
    if word in _EDITION and word != short("e_negative"):
        return replace(spec, edition=_EDITION[word])
    if (seal := word.removesuffix("seal")) in _SEAL:
        return replace(spec, seal=_SEAL[seal])
    if word in _CARD_MARK:
        return replace(spec, marks=spec.marks | _CARD_MARK[word])
    known = [*_ENHANCEMENT, "foil", "holo", "polychrome", "red", "blue", "purple", _BOTH_GOLD]
    raise NotationError(f"card {text!r}: {word!r} is none of {' '.join([*known, *_CARD_MARK])}")


def joker(text: str) -> JokerSpec:
    """A joker, for example ``j_joker+foil``, ``Runner=45`` or ``blueprint``.

    What a joker has grown to follows an equals sign.

    Raises:
        NotationError: it is none.
    """
    head, _, value = text.strip().partition("=")
    name, *words = head.split("+")
    spec = JokerSpec(_joker_id(name), value=_number(value, text))
    for word in words:
        spec = _marked(spec, word.lower(), text)
    return spec


def _joker_id(name: str) -> int:
    found = [entry for entry in find(name.strip()) if entry.key in jokers.NUMBER]
    if len(found) == 1:
        return jokers.NUMBER[found[0].key]
    if not found:
        raise NotationError(f"joker {name!r}: no joker is called so; see: jimbot-balatro cards")
    several = ", ".join(entry.key for entry in found[:6])
    raise NotationError(f"joker {name!r}: that may be {several}")


def _number(value: str, text: str) -> float | None:
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NotationError(f"joker {text!r}: {value!r} is no number")
    return number


def _marked(spec: JokerSpec, word: str, text: str) -> JokerSpec:
    if word in _EDITION:
        return replace(spec, edition=_EDITION[word])
    if word in _JOKER_MARK:
        return replace(spec, marks=spec.marks | _JOKER_MARK[word])
    known = " ".join([*_EDITION, *_JOKER_MARK])
    raise NotationError(f"joker {text!r}: {word!r} is none of {known}")


def level(text: str) -> tuple[int, int]:
    """A poker hand and its level, for example ``Two Pair=3``.

    Raises:
        NotationError: it is none.
    """
    name, _, number = text.partition("=")
    return _keyed(_HAND, name.strip().casefold(), "poker hand"), _level(number, text)


def _level(number: str, text: str) -> int:
    digits = number.strip()
    if not digits.isdecimal() or len(digits) > len(str(MOST_LEVEL)):
        digits = "0"
    if not 1 <= int(digits) <= MOST_LEVEL:
        raise NotationError(
            f"level {text!r}: a level from 1 to {MOST_LEVEL} follows the equals sign"
        )
    return int(digits)


def _keyed(known: Mapping[str, T], word: str, what: str) -> T:
    if word not in known:
        raise NotationError(f"{what} {word!r} is none of {', '.join(known)}")
    return known[word]
