"""``jimbot-learn record-games``, ``offline`` and ``export-games``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from jimbot_stream.agents.evaluation import PLAYERS
from jimbot_stream.agents.offline.config import (
    DECIDERS,
    METHODS,
    DataConfig,
    OfflineConfig,
)
from jimbot_stream.agents.terminal import RUN_SEED, perform

_DATA = DataConfig()
_SOURCES = click.option(
    "--source", "sources", multiple=True, help="Only games told by it; repeatable.  [default: all]"
)
_RUNS = click.option(
    "--of-run",
    "runs",
    type=int,
    multiple=True,
    help="Only games of the run of this seed; repeatable.  [default: all]",
)


@click.command()
@RUN_SEED
@click.option(
    "--algo",
    type=click.Choice(list(METHODS)),
    required=True,
    help="bc does what was done; marwil the more, the better it turned out; iql learns what"
    " actions are worth, and does the better ones.",
)
@click.option(
    "--passes",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Stop when every game was learned from so often.",
)
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop at so many updates, instead of --passes."
)
@click.option(
    "--games",
    type=click.IntRange(min=1),
    default=_DATA.games,
    show_default=True,
    help="Most games of an update.",
)
@_SOURCES
@_RUNS
@click.option(
    "--decided-by",
    "deciders",
    type=click.Choice(DECIDERS),
    multiple=True,
    help="Learn only what these chose; player is who was not advised, or did not obey; repeatable."
    "  [default: all]",
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 1, max_open=True),
    default=_DATA.held_out,
    show_default=True,
    help="Share of the games that is not learned from, but measured with.",
)
@click.option("--learning-rate", type=click.FloatRange(0, min_open=True), help="Of Adam.")
@click.option("--epochs", type=click.IntRange(min=1), help="Passes of an update over its games.")
@click.option(
    "--beta", type=click.FloatRange(0, min_open=True), help="How much better outcomes count more."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, and no bar.")
def offline(
    run_seed: int,
    algo: str,
    passes: int,
    updates: int | None,
    games: int,
    sources: Sequence[str],
    runs: Sequence[int],
    deciders: Sequence[str],
    held_out: float,
    learning_rate: float | None,
    epochs: int | None,
    beta: float | None,
    as_json: bool,
) -> None:
    """Learn from the finished games of the event log, whoever played them.

    Games of the bus, of the simulator, and recorded ones that `jimbot-stream ingest` took in.
    Begins the run where there is none: the games are then those that the log holds at that
    moment, and the options above are recorded. Goes on where a run stopped, with what it began
    with. Every update is recorded with its games, and `jimbot-replay verify` repeats it. Ctrl-C
    ends after the update at hand.
    """
    told = {"learning_rate": learning_rate, "epochs": epochs, "beta": beta}
    told = {name: value for name, value in told.items() if value is not None}
    if algo == "bc" and "beta" in told:
        raise click.UsageError("--beta goes with --algo marwil or iql")
    data = DataConfig(
        sources=tuple(sorted(sources)),
        runs=tuple(sorted(runs)),
        deciders=tuple(name for name in DECIDERS if name in (deciders or DECIDERS)),
        held_out=held_out,
        games=games,
    )
    perform(_offline(run_seed, algo, told, data, (passes, updates), as_json))


@click.command("record-games")
@click.option(
    "--player", type=click.Choice(list(PLAYERS)), required=True, help="The baseline that plays."
)
@click.option(
    "--run-seed",
    type=int,
    required=True,
    help="Seed from which those of the games derive; names them for --of-run.",
)
@click.option("--games", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--deck", default="b_red", show_default=True, help="Key of the deck.")
@click.option("--stake", type=click.IntRange(1, 8), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, and no bar.")
def record_games(
    player: str, run_seed: int, games: int, deck: str, stake: int, as_json: bool
) -> None:
    """Let a baseline play in the simulator, and write its games to the event log.

    There they can be learned from, with `offline --source player-NAME`. Their seeds are none that
    training or evaluations take. Equal arguments give equal games: those that stand in the log are
    not played again, so that a call that was broken off is made good by the same one.
    """
    perform(_record(player, run_seed, (games, deck, stake), as_json))


@click.command("export-games")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["parquet", "minari"]),
    required=True,
    help="Parquet needs nothing else; Minari the packages of jimbot-stream[minari].",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="File of Parquet; folder of a Minari data set.",
)
@_SOURCES
@_RUNS
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, and no bar.")
def export_games(
    kind: str, out: Path, sources: Sequence[str], runs: Sequence[int], as_json: bool
) -> None:
    """Write the finished games of the event log as columns that other programs read.

    One row for each action: what was seen, the legal candidates, which one was taken, the reward,
    who decided and how probable it was. What is written is read back and compared.
    """
    if out.exists():
        raise click.UsageError(f"--out: {out} exists; name another, or remove it")
    wanted = DataConfig(sources=tuple(sources), runs=tuple(runs), held_out=0)
    perform(_export(kind, out, wanted, as_json))


async def _offline(
    run_seed: int,
    algo: str,
    told: dict[str, Any],
    data: DataConfig,
    enough: tuple[int, int | None],
    as_json: bool,
) -> None:
    from jimbot_stream.agents.offline.command import learn

    learning = METHODS[algo](**told)
    await learn(run_seed, OfflineConfig(learning, data), enough, as_json=as_json)


async def _record(player: str, run_seed: int, games: tuple[int, str, int], as_json: bool) -> None:
    from jimbot_stream.agents.offline.recording import Wanted
    from jimbot_stream.agents.offline.recording_command import record_games as play

    await play(Wanted(player, run_seed, *games), as_json=as_json)


async def _export(kind: str, out: Path, wanted: DataConfig, as_json: bool) -> None:
    from jimbot_stream.agents.offline.exporting import export

    await export(kind, out, wanted, as_json=as_json)
