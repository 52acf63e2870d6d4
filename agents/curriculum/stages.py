"""Curricula: which games a run plays first, which later, and what it must reach in between."""

from dataclasses import dataclass, fields
from typing import Any, Final

MEASURES: Final = ("won", "blinds")
"""What a stage can ask for, as updates tell it: share of games won, mean of blinds beaten."""
_FINAL_ANTE: Final = 8


@dataclass(frozen=True, slots=True)
class Stage:
    """The games of a stage, and the mark at which it ends."""

    name: str
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = _FINAL_ANTE
    money: int = 0
    """Dollars at the beginning of a game, beyond those of the deck."""
    measure: str = ""
    """One of ``MEASURES``; empty for the last stage, which has no end."""
    wanted: float = 0.0
    """The stage ends when its games reach this."""

    def games(self) -> dict[str, Any]:
        """What it says of the games, by name of the field in ``RolloutConfig``."""
        return {name: getattr(self, name) for name in ("deck", "stake", "win_ante", "money")}


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Stages in order; a run records its own whole, so that later releases may change theirs."""

    name: str
    stages: tuple[Stage, ...]
    games: int = 500
    """The newest updates of a stage that together finished so many games are measured."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: no stage, no game to measure, or a stage without an end before the last.
        """
        if not self.stages or self.games < 1:
            raise ValueError(f"curriculum {self.name!r}: there must be a stage and a game")
        *earlier, last = self.stages
        for stage in earlier:
            if stage.measure not in MEASURES:
                there = ", ".join(MEASURES)
                raise ValueError(f"stage {stage.name!r}: measure must be one of {there}")
        if last.measure:
            raise ValueError(f"stage {last.name!r}: the last stage has no end, so no measure")


def from_value(value: Any) -> Curriculum:
    """The curriculum of a recorded configuration.

    Raises:
        ValueError: not a curriculum of this version.
    """
    try:
        stages = tuple(_stage(stage) for stage in value["stages"])
        return Curriculum(**{**value, "stages": stages})
    except (KeyError, TypeError) as error:
        raise ValueError(f"the recorded curriculum cannot be used: {error!r}") from None


def _stage(value: dict[str, Any]) -> Stage:
    if set(value) != {item.name for item in fields(Stage)}:
        raise ValueError("a stage of the recorded curriculum has other fields than this version's")
    return Stage(**value)
