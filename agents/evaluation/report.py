"""An evaluation as a table, and as JSON for machines."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from rich.table import Table

from jimbot_stream.agents.evaluation.intervals import mean, share
from jimbot_stream.agents.evaluation.record import digest

Results = Mapping[str, NDArray[Any]]
"""``chunk.EPISODE``[games] by player."""


def table(results: Results) -> Table:
    """Means with 95 % intervals, a row for each player."""
    found = Table("player", "mean ante", "blinds beaten", "won", "decisions", "given up")
    for name, games in results.items():
        won = share(int(games["won"].sum()), len(games))
        found.add_row(
            name,
            str(mean(games["ante"])),
            str(mean(games["beaten"])),
            f"{won.estimate:.1%} [{won.low:.1%}, {won.high:.1%}]",
            f"{games['steps'].mean():.0f}",
            f"{1 - games['over'].mean():.1%}",
        )
    return found


def summary(results: Results, ids: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """The same numbers; ids names evaluations, digests are over all games in their order."""
    told: dict[str, dict[str, object]] = {}
    for name, games in results.items():
        ante, blinds = mean(games["ante"]), mean(games["beaten"])
        won = share(int(games["won"].sum()), len(games))
        told[name] = {
            "games": len(games),
            "ante": [ante.estimate, ante.low, ante.high],
            "blinds": [blinds.estimate, blinds.low, blinds.high],
            "won": [won.estimate, won.low, won.high],
            "digest": digest(games),
            "evaluation": ids[name],
        }
    return told
