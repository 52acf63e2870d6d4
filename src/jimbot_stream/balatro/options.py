"""What options and arguments of ``jimbot-balatro`` take."""

import os
from pathlib import Path
from typing import Final

import click

from jimbot_stream.balatro.catalogue import GROUPS
from jimbot_stream.balatro.naming import short
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.stakes import STAKES

DECK_NAMES: Final = tuple(short(deck.key) for deck in DECKS)
STAKE_NAMES: Final = tuple(short(stake.key) for stake in STAKES)
GROUP_NAMES: Final = {group.split()[0].casefold(): group for group in GROUPS}
"""A word for every group of the catalogue, and the group."""


class Seed(click.ParamType):
    """One to eight of the characters that the game takes."""

    name = "seed"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """In capitals, as the game writes it; a zero is the letter O, as in the game."""
        seed = value.upper().replace("0", "O")
        if not 1 <= len(seed) <= 8 or not seed.isascii() or not seed.isalnum():
            self.fail(f"{value!r} is no seed: 1 to 8 letters and digits", param, ctx)
        return seed


class OutFile(click.ParamType):
    """A file that can be written, which is known before anything is done."""

    name = "file"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The path, if a file can be written there."""
        path = Path(value)
        if path.is_dir():
            self.fail(f"{value} is a folder", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"the folder {path.parent} does not exist", param, ctx)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"{value} cannot be written", param, ctx)
        return path
