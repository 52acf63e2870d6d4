"""What ``jimbot-learn train --explore`` takes, by name."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import click

from jimbot_stream.agents.exploration.builds import BUILDS
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.rollouts.config import TrainConfig


def _jokers(config: TrainConfig) -> TrainConfig:
    return replace(config, combinations=Combinations())


def _builds(config: TrainConfig) -> TrainConfig:
    return replace(config, rollout=replace(config.rollout, builds=_NEWEST))


_NEWEST: Final = list(BUILDS)[-1]
EXPLORERS: Final[dict[str, Callable[[TrainConfig], TrainConfig]]] = {
    "jokers": _jokers,
    "builds": _builds,
}
"""What each changes in a configuration."""

EXPLORE: Final = click.option(
    "--explore",
    "explored",
    multiple=True,
    type=click.Choice(list(EXPLORERS)),
    help="Pay for combinations of jokers that were seldom held (jokers); let games aim at poker"
    " hands and their jokers (builds). Repeatable.  [default: nothing]",
)
"""The option of ``train``."""


def exploring(config: TrainConfig, names: Iterable[str]) -> TrainConfig:
    """The configuration of a run that explores in the named ways; in none, it stays as it is.

    Raises:
        KeyError: there is none of that name.
    """
    for name in names:
        config = EXPLORERS[name](config)
    return config
