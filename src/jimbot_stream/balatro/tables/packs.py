"""Booster packs, in the game's order; variants of one pack differ in their picture alone."""

from dataclasses import dataclass
from enum import IntEnum


class PackKind(IntEnum):
    """What a pack holds."""

    ARCANA = 1
    CELESTIAL = 2
    STANDARD = 3
    BUFFOON = 4
    SPECTRAL = 5


ARCANA, CELESTIAL, STANDARD, BUFFOON, SPECTRAL = PackKind


@dataclass(frozen=True, slots=True)
class Pack:
    """A booster pack: ``cards`` are shown, ``picks`` may be taken."""

    key: str
    name: str
    kind: PackKind
    cost: int
    cards: int
    picks: int
    weight: float


def _variants(
    kind: PackKind, size: str, count: int, cost: int, cards: int, picks: int, weight: float
) -> tuple[Pack, ...]:
    word = kind.name.title()
    name = f"{word} Pack" if size == "normal" else f"{size.title()} {word} Pack"
    return tuple(
        Pack(f"p_{word.lower()}_{size}_{number}", name, kind, cost, cards, picks, weight)
        for number in range(1, count + 1)
    )


PACKS = (
    *_variants(ARCANA, "normal", 4, 4, 3, 1, 1.0),
    *_variants(ARCANA, "jumbo", 2, 6, 5, 1, 1.0),
    *_variants(ARCANA, "mega", 2, 8, 5, 2, 0.25),
    *_variants(CELESTIAL, "normal", 4, 4, 3, 1, 1.0),
    *_variants(CELESTIAL, "jumbo", 2, 6, 5, 1, 1.0),
    *_variants(CELESTIAL, "mega", 2, 8, 5, 2, 0.25),
    *_variants(STANDARD, "normal", 4, 4, 3, 1, 1.0),
    *_variants(STANDARD, "jumbo", 2, 6, 5, 1, 1.0),
    *_variants(STANDARD, "mega", 2, 8, 5, 2, 0.25),
    *_variants(BUFFOON, "normal", 2, 4, 2, 1, 0.6),
    *_variants(BUFFOON, "jumbo", 1, 6, 4, 1, 0.6),
    *_variants(BUFFOON, "mega", 1, 8, 4, 2, 0.15),
    *_variants(SPECTRAL, "normal", 2, 4, 2, 1, 0.3),
    *_variants(SPECTRAL, "jumbo", 1, 6, 4, 1, 0.3),
    *_variants(SPECTRAL, "mega", 1, 8, 4, 2, 0.07),
)
"""Pack n is row n - 1."""

NUMBER = {pack.key: number for number, pack in enumerate(PACKS, start=1)}
