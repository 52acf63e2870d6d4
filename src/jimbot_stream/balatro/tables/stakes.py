"""Stakes: each holds what those below it hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stake:
    """A stake: its game key and what it adds to those below."""

    key: str
    name: str
    text: str
    small_blind_pays: bool = True
    scaling: int = 1
    """Row of the antes' base scores."""
    eternals: bool = False
    perishables: bool = False
    rentals: bool = False
    discards: int = 0


STAKES = (
    Stake("stake_white", "White Stake", "nothing"),
    Stake("stake_red", "Red Stake", "Small Blinds pay nothing", False),
    Stake("stake_green", "Green Stake", "required scores grow faster", False, 2),
    Stake("stake_black", "Black Stake", "jokers in the shop may be Eternal", False, 2, True),
    Stake("stake_blue", "Blue Stake", "-1 discard", False, 2, True, discards=-1),
    Stake(
        "stake_purple",
        "Purple Stake",
        "required scores grow faster still",
        False,
        3,
        True,
        discards=-1,
    ),
    Stake(
        "stake_orange",
        "Orange Stake",
        "jokers in the shop may be Perishable",
        False,
        3,
        True,
        True,
        discards=-1,
    ),
    Stake(
        "stake_gold",
        "Gold Stake",
        "jokers in the shop may be Rental",
        False,
        3,
        True,
        True,
        True,
        -1,
    ),
)
"""Stake n is row n - 1."""

NUMBER = {stake.key: number for number, stake in enumerate(STAKES, start=1)}
