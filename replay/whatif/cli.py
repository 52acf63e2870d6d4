"""``jimbot-replay whatif``."""

import asyncio
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from jimbot_stream.agents.lookup import named
from jimbot_stream.agents.rewards import REWARDS
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import DecisionMode
from jimbot_stream.eventlog import EventLogError, LogReader
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.policies import Policies, WeightsError
from jimbot_stream.replay.sources import DATA, LOG, CannotError, progress, source_of
from jimbot_stream.replay.whatif.comparison import Comparison, Question, Told, compare_games
from jimbot_stream.replay.whatif.players import (
    LOOKAHEAD,
    PLAYERS,
    Checkpoint,
    Other,
    player_named,
    recorded,
)
from jimbot_stream.replay.whatif.reading import Wanted
from jimbot_stream.replay.whatif.report import picture, rendered, to_json

RECORDED: Final = "recorded"
SLOW_LIMIT: Final = 500
"""Decisions that the search is asked about unless told otherwise: one can take it seconds."""
_FILE = click.Path(path_type=Path, dir_okay=False)
_MODES: Final = {
    "recorded": None,
    "sample": DecisionMode.DECISION_MODE_SAMPLE,
    "greedy": DecisionMode.DECISION_MODE_GREEDY,
}


@click.command()
@LOG
@DATA
@click.option("--checkpoint", metavar="SHA256|RUN", help="Ask this checkpoint, or a run's newest.")
@click.option("--run-seed", type=int, metavar="N", help="Draw with this seed instead.")
@click.option("--player", type=click.Choice(PLAYERS), help="Ask the advisor, or a baseline.")
@click.option(
    "--against",
    metavar="recorded|SHA256|RUN",
    default=RECORDED,
    show_default=True,
    help="What to compare with.",
)
@click.option(
    "--mode",
    type=click.Choice(list(_MODES)),
    default="recorded",
    show_default=True,
    help="How checkpoints choose: by a draw, or the most probable action.",
)
@click.option("--game", "games", multiple=True, metavar="ID", help="Only this game; repeatable.")
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="ID",
    help="Only games that this run decided; repeatable.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Begin no further game after N decisions.  [default: none; {SLOW_LIMIT} for {LOOKAHEAD}]",
)
@click.option(
    "--horizon",
    type=click.IntRange(min=1),
    metavar="N",
    help="Estimate what the first N decisions of a game bring.",
)
@click.option("--gamma", type=click.FloatRange(0, 1), help="Discount; default: that of the run.")
@click.option("--reward", type=click.Choice(list(REWARDS)), help="Default: that of the run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option("--out", type=_FILE, help="Draw the partings by ante into this SVG file.")
def whatif(
    log: str | None,
    data: Path | None,
    checkpoint: str | None,
    run_seed: int | None,
    player: str | None,
    against: str,
    mode: str,
    games: tuple[str, ...],
    runs: tuple[str, ...],
    limit: int | None,
    horizon: int | None,
    gamma: float | None,
    reward: str | None,
    as_json: bool,
    out: Path | None,
) -> None:
    """Ask another checkpoint, seed or player about recorded games; nothing is written to the log.

    Where it agrees and where they part, how far the policies lie apart, and how much more it would
    have been worth, if the recorded games can tell: where they cannot, no number is told but why.
    A checkpoint with --run-seed draws with that seed; a seed alone draws again from the recorded
    checkpoints.
    """
    if (player is not None) == (checkpoint is not None or run_seed is not None):
        raise click.UsageError("give --checkpoint, --run-seed or both, or else --player")
    wanted = Wanted(games, runs, limit or (SLOW_LIMIT if player == LOOKAHEAD else None))
    asked = _Asked(source_of(log, data), checkpoint, run_seed, player, against, _MODES[mode])
    try:
        found = asyncio.run(asked.compare(wanted, horizon, gamma, reward))
    except (BundleError, EventLogError, ValueError, WeightsError) as error:
        raise CannotError(str(error)) from error
    if out is not None:
        out.write_text(picture(found), encoding="utf-8")
    if as_json:
        click.echo(to_json(found))
    else:
        Console(highlight=False).print(rendered(found))


class _Asked:
    """Who is asked, as the command was told."""

    def __init__(
        self,
        source: Source,
        checkpoint: str | None,
        run_seed: int | None,
        player: str | None,
        against: str,
        mode: DecisionMode | None,
    ) -> None:
        self._source = source
        self._checkpoint = checkpoint
        self._run_seed = run_seed
        self._player = player
        self._against = against
        self._mode = mode
        self._policies = Policies(BlobStore(source.blobs))

    async def compare(
        self, wanted: Wanted, horizon: int | None, gamma: float | None, reward: str | None
    ) -> Comparison:
        async with open_reader(self._source.log) as log:
            theirs = None
            if self._against != RECORDED:
                theirs = await self._of(log, self._against, None)
            ours = await self._asked(log)
            question = Question(ours, theirs, wanted, horizon, gamma, reward)
            with progress() as bar:
                task = bar.add_task("asking", total=None)
                told = Told(
                    lambda count: bar.update(task, total=count),
                    lambda count: bar.advance(task, count),
                )
                return await compare_games(log, self._policies, question, told)

    async def _asked(self, log: LogReader) -> Other:
        if self._player is not None:
            return player_named(self._player)
        if self._checkpoint is not None:
            return await self._of(log, self._checkpoint, self._run_seed)
        name = f"recorded with seed {self._run_seed}"
        return recorded(self._policies, name, run_seed=self._run_seed, mode=self._mode)

    async def _of(self, log: LogReader, name: str, run_seed: int | None) -> Other:
        sha256 = await named(log, self._source.blobs, name)
        policy = self._policies.get(sha256)
        return Checkpoint(sha256, lambda _made: policy, run_seed=run_seed, mode=self._mode)
