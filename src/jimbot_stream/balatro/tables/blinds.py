"""Blinds: how much they ask, what they pay."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BlindRow:
    """A blind: its game key, its factor on the ante's base score, its reward in dollars."""

    key: str
    factor: float
    reward: int
    boss: bool


BLINDS = (
    BlindRow("bl_small", 1.0, 3, boss=False),
    BlindRow("bl_big", 1.5, 4, boss=False),
    BlindRow("bl_boss", 2.0, 5, boss=True),
)
"""The blinds of an ante in order. ``bl_boss`` is a boss without an effect of its own."""

ANTE_BASE = (300, 800, 2000, 5000, 11000, 20000, 35000, 50000)
"""Base score of antes 1 to 8 on the white stake."""
