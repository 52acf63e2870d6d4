"""The curricula that ship, by name."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from jimbot_stream.agents.curriculum.stages import Curriculum, Stage
from jimbot_stream.agents.rollouts.config import TrainConfig
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.stakes import STAKES

_ANTES: Final = (
    Stage("ante 2", win_ante=2, measure="won", wanted=0.4),
    Stage("ante 4", win_ante=4, measure="won", wanted=0.2),
)
_THREE_ANTES: Final = 9.0
"""Blinds of three antes, on average."""


def _until(blinds: float, stages: Iterable[Stage]) -> Iterator[Stage]:
    """The stages, each but the last until so many blinds are beaten."""
    *earlier, last = stages
    for stage in earlier:
        yield replace(stage, measure="blinds", wanted=blinds)
    yield last


_MONEY: Final = (Stage(f"{dollars} dollars more", money=dollars) for dollars in (40, 20, 8, 0))
_STAKES: Final = (Stage(stake.name, stake=number) for number, stake in enumerate(STAKES, 1))
_DECKS: Final = (Stage(deck.name, deck=deck.key) for deck in DECKS)

CURRICULA: Final[dict[str, Curriculum]] = {
    each.name: each
    for each in (
        Curriculum("antes", (*_ANTES, Stage("ante 8"))),
        Curriculum("money", tuple(_until(_THREE_ANTES, _MONEY))),
        Curriculum("stakes", (*_ANTES, *_until(_THREE_ANTES, _STAKES))),
        Curriculum("decks", (*_ANTES, *_until(_THREE_ANTES, _DECKS))),
    )
}
"""``antes`` and ``money`` end in the game as it is; ``stakes`` and ``decks`` go on beyond it."""
NO_CURRICULUM: Final = "none"


def with_curriculum(config: TrainConfig, name: str) -> TrainConfig:
    """The configuration of a run that begins the named curriculum; ``none`` changes nothing.

    Raises:
        KeyError: there is none of that name.
    """
    if name == NO_CURRICULUM:
        return config
    return replace(config, curriculum=CURRICULA[name]).at_stage(0)
