"""Options that the commands which learn in the simulator share."""

from typing import Final

import click

from jimbot_stream.agents.devices import CHOICES
from jimbot_stream.agents.rollouts.profiles import PROFILES

PROFILE: Final = click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="laptop",
    show_default=True,
    help="How much an update takes; whatever was begun keeps what it began with.",
)
FROM: Final = click.option(
    "--from",
    "begun_from",
    metavar="CHECKPOINT|RUN",
    help="Begin with the weights of a checkpoint, or of what a run goes on with, instead of"
    " untrained ones.",
)
DEVICE: Final = click.option(
    "--device",
    type=click.Choice(list(CHOICES)),
    default="auto",
    show_default=True,
    help="Where the learner computes; auto takes a GPU where torch sees one.",
)
ADDRESS: Final = click.option(
    "--address",
    help="Let actors of a Ray cluster play: auto for the one that this machine is part of, local"
    " to begin one, or its address.  [default: threads of this process play]",
)
MINUTES: Final = click.option(
    "--minutes", type=click.FloatRange(min=0, max=10_000_000), help="Begin no update after so long."
)
