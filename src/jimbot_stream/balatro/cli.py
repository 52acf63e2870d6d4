"""``jimbot-balatro``: the rules at the command line. Nothing here needs a broker or a model."""

import json
import os
import sys
from typing import Final

import click

from jimbot_stream.balatro import cli_play
from jimbot_stream.balatro.naming import short
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.stakes import STAKES

_DECKS: Final = tuple(short(deck.key) for deck in DECKS)
_STAKES: Final = tuple(short(stake.key) for stake in STAKES)
_MOST_ANTES = 39


@click.group()
def main() -> None:
    """Look things up in the rules, see what a seed holds, explain a score, play."""
    if "numba" not in sys.modules:  # one game is sooner played than compiled, to the same bits
        os.environ.setdefault("NUMBA_DISABLE_JIT", "1")


class Seed(click.ParamType):
    """One to eight of the characters that the game takes."""

    name = "seed"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """In capitals, as the game writes it; the letter O stands for zero."""
        seed = value.upper().replace("0", "O")
        if not 1 <= len(seed) <= 8 or not seed.isascii() or not seed.isalnum():
            self.fail(f"{value!r} is no seed: 1 to 8 letters and digits", param, ctx)
        return seed


@main.command()
@click.argument("seed", type=Seed())
@click.option(
    "--antes",
    type=click.IntRange(1, _MOST_ANTES),
    default=8,
    show_default=True,
    help="How many antes to show.",
)
@click.option("--deck", type=click.Choice(_DECKS), default="red", show_default=True)
@click.option("--stake", type=click.Choice(_STAKES), default="white", show_default=True)
@click.option(
    "--wares",
    type=click.IntRange(0, 200),
    default=15,
    show_default=True,
    help="How many cards of every ante's shop to show.",
)
@click.option(
    "--everything",
    is_flag=True,
    help="Count what a run may yet make possible: jokers that need enhanced cards, planets of"
    " secret hands, Cavendish.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def seed(
    seed: str, antes: int, deck: str, stake: str, wares: int, everything: bool, as_json: bool
) -> None:
    """Show what a seed holds: bosses, tags, vouchers, the shop's cards and packs.

    Shop cards come in one queue: the first shop shows the first two, a reroll the next two.
    What is owned or on display is not drawn again, so that buying changes what follows.

    \b
      jimbot-balatro seed ALEEB
      jimbot-balatro seed ALEEB --antes 3 --deck ghost --json
    """  # noqa: D301 - click's mark for lines that stay as they are
    from jimbot_stream.balatro import seeds

    possible = seeds.Possible.ALL if everything else seeds.Possible.NOTHING
    held = seeds.analyse(seed, antes, f"b_{deck}", f"stake_{stake}", wares=wares, possible=possible)
    click.echo(json.dumps(held.plain(), indent=2) if as_json else seeds.told(held))


for _command in (cli_play.cards, cli_play.explain, cli_play.play):
    main.add_command(_command)
