"""``jimbot-balatro``: the rules at the command line. Nothing here needs a broker or a model."""

import json
import os
import sys

import click

from jimbot_stream.balatro import cli_play
from jimbot_stream.balatro.options import DECK_NAMES, STAKE_NAMES, Seed

_MOST_ANTES = 39


@click.group()
def main() -> None:
    """Look things up in the rules, see what a seed holds, explain a score, play."""
    if "numba" not in sys.modules:  # one game is sooner played than compiled, to the same bits
        os.environ.setdefault("NUMBA_DISABLE_JIT", "1")


@main.command()
@click.argument("seed", type=Seed())
@click.option(
    "--antes",
    type=click.IntRange(1, _MOST_ANTES),
    default=8,
    show_default=True,
    help="How many antes to show.",
)
@click.option("--deck", type=click.Choice(DECK_NAMES), default="red", show_default=True)
@click.option("--stake", type=click.Choice(STAKE_NAMES), default="white", show_default=True)
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
