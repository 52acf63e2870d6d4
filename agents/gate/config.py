"""When a run compares its checkpoints, on which games, and when one counts as worse."""

import json
from dataclasses import asdict, dataclass, fields

from jimbot_stream.agents.checkpoint import canonical_json


@dataclass(frozen=True, slots=True)
class GateConfig:
    """Recorded with the run as canonical JSON; deck, stake and ante should be those it learns on.

    Actions are drawn, as in training: a policy that knows little would otherwise repeat one
    move until the game is given up.
    """

    every: int = 1
    """Updates from one comparison to the next."""
    games: int = 200
    """Games that both checkpoints play."""
    level: float = 0.05
    """A checkpoint is worse where a difference so low, were both equally good, has a lower
    probability."""
    panel: int = 1
    """Number from which the games' seeds derive."""
    deck: str = "b_red"
    """Deck of the games."""
    stake: int = 1
    """Stake of the games, 1 to 8."""
    win_ante: int = 8
    """Ante that wins them."""
    most_steps: int = 1000
    """Decisions after which a game is given up."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; deck, stake and ante are checked where games are made.

        Raises:
            ValueError: a number is out of its range; the message names it.
        """
        if self.every < 1 or self.most_steps < 1:
            raise ValueError("every and most_steps must be at least 1")
        if self.games < 2:
            raise ValueError("games must be at least 2")
        if not 0 < self.level < 1:
            raise ValueError("level must lie between 0 and 1")

    def to_json(self) -> str:
        """Canonical JSON: equal configurations give equal text."""
        return canonical_json(asdict(self))


def from_json(text: str) -> GateConfig | None:
    """Read what a run recorded; None where it has no gate.

    Raises:
        ValueError: not a gate of this version.
    """
    if not text:
        return None
    value = json.loads(text)
    if not isinstance(value, dict) or set(value) != {item.name for item in fields(GateConfig)}:
        raise ValueError(
            "the recorded gate has other fields than this release's: go on with the release that"
            " began the run, or begin another with a new --run-seed"
        )
    return GateConfig(**value)
