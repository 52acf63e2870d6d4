"""How far the baselines come on held-out games, and how fast they decide.

All play the same panel, red deck and white stake, one after another on one core. How far they
come is a function of the panel. Decisions per second are the machine's: those of the panel's games
over the processor time of the whole evaluation, so that work beside it has little say.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.agents.evaluation.intervals import Interval, mean, share
from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import BASELINES
from jimbot_stream.clock import SystemClock

CLOCK = SystemClock()
QUICK_GAMES = 10


def played(name: str, panel: Panel) -> dict[str, Any]:
    """One player on the panel."""
    player = BASELINES[name]()
    evaluate(player, Panel(panel.number, games=2, most_steps=20))  # compiles, or loads kernels
    begun, busy = CLOCK.monotonic(), process_time()
    games = evaluate(player, panel)
    took, busy = CLOCK.monotonic() - begun, process_time() - busy
    won = share(int(games["won"].sum()), len(games))
    return {
        "player": name,
        "games": len(games),
        "ante": _told(mean(games["ante"])),
        "blinds": _told(mean(games["beaten"])),
        "won": _told(won),
        "decisions": int(games["steps"].sum()),
        "decisions_per_s": int(games["steps"].sum()) / busy,
        "took_s": took,
        "busy_s": busy,
    }


def _told(found: Interval) -> list[float]:
    return [float(end) for end in (found.estimate, found.low, found.high)]


def _shown(told: Sequence[float]) -> str:
    return "{:.2f} [{:.2f}, {:.2f}]".format(*told)


@click.command()
@figures.options
@click.option("--player", "players", multiple=True, type=click.Choice(list(BASELINES)))
@click.option("--games", default=200, show_default=True, help="Games, each played by every player.")
@click.option("--panel", default=1, show_default=True, help="Number of their seeds.")
def main(
    quick: bool, json_file: Path | None, players: Sequence[str], games: int, panel: int
) -> None:
    """Print how far each baseline comes, with 95 % intervals, and its decisions per second."""
    wanted = Panel(panel, games=QUICK_GAMES if quick else games)
    rows = [played(name, wanted) for name in players or BASELINES]
    columns = ("player", "ante", "blinds", "won", "decisions", "decisions_per_s", "busy_s")
    table = [
        [_shown(row[name]) if isinstance(row[name], list) else row[name] for name in columns]
        for row in rows
    ]
    figures.show(f"{wanted.games} games of panel {panel}", columns, table)
    figures.finish({"panel": panel, "rows": rows}, json_file)


if __name__ == "__main__":
    main()
