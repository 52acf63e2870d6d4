"""``jimbot-learn``: begin a training run, and learn from the games that players close."""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from jimbot_stream.agents import listing
from jimbot_stream.agents.announcing import Announcer
from jimbot_stream.agents.curves.cli import curve
from jimbot_stream.agents.evaluation import PLAYERS
from jimbot_stream.agents.gate.cli import promote, rollback
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.keeping.cli import prune, restore
from jimbot_stream.agents.lookup import among_blobs, is_hex, named
from jimbot_stream.agents.offline.cli import export_games, offline, record_games
from jimbot_stream.agents.population import cli as populations
from jimbot_stream.agents.population.membership import population_of
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.cli import train
from jimbot_stream.agents.terminal import (
    FAILURES,
    RUN_SEED,
    log_of,
    patiently,
    perform,
    topics_of,
)
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.config import from_environment
from jimbot_stream.eventlog.opening import open_log, refuse_other_store
from jimbot_stream.promotion import InService

if TYPE_CHECKING:
    from jimbot_stream.agents.evaluation.command import Request


@click.group()
def main() -> None:
    """Learn to play from the games on the bus."""


@main.command()
@RUN_SEED
def init(run_seed: int) -> None:
    """Record the run and its untrained checkpoint; doing it again changes nothing."""
    perform(_init(run_seed))


_GATE = GateConfig()


@main.command()
@RUN_SEED
@click.option(
    "--episodes-per-update",
    type=click.IntRange(min=1),
    default=48,
    show_default=True,
    help="Games of a generation; an update learns from exactly so many.",
)
@click.option(
    "--updates",
    type=click.IntRange(min=0),
    help="Stop when the run has so many updates.  [default: go on for ever]",
)
@click.option(
    "--gate-games",
    type=click.IntRange(min=0),
    default=_GATE.games,
    show_default=True,
    help="Games on which each new checkpoint is compared with the one before; 0: no gate.",
)
@click.option(
    "--gate-level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=_GATE.level,
    show_default=True,
    help="It is refused where so low a difference has a lower probability.",
)
@click.option("--deck", default=_GATE.deck, show_default=True, help="Deck of the gate's games.")
@click.option("--stake", default=_GATE.stake, show_default=True, help="Stake of the gate's games.")
@click.option("--win-ante", default=_GATE.win_ante, show_default=True, help="Ante that wins them.")
def online(
    run_seed: int,
    episodes_per_update: int,
    updates: int | None,
    gate_games: int,
    gate_level: float,
    deck: str,
    stake: int,
    win_ante: int,
) -> None:
    """Learn from closed games; promote each new checkpoint unless it is worse.

    Begins the run where there is none; goes on where an earlier learner stopped. A run keeps the
    gate that it began with. A checkpoint that plays worse on the gate's games than the one before
    is refused: that one goes on deciding, and the next update begins with it.
    """
    gate = None
    if gate_games:
        gate = GateConfig(
            games=gate_games, level=gate_level, deck=deck, stake=stake, win_ante=win_ante
        )
    perform(_online(run_seed, episodes_per_update, updates, gate))


@main.command()
@click.argument("checkpoint")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["torchscript", "onnx"]),
    required=True,
    help="TorchScript needs nothing else; ONNX the packages of jimbot-stream[onnx].",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(checkpoint: str, kind: str, out: Path) -> None:
    """Write the policy of CHECKPOINT to a file that other programs can run.

    First letters of its sha256 are enough; the name of a run means the one that it goes on with.
    Its inputs are features[B, K], the legal candidates rows[R, F] of all B states one after
    another, and ends[B], where those of each state end; its outputs logits[R] and value[B].
    """
    perform(_export(checkpoint, kind, out))


@main.command("list")
def list_runs() -> None:
    """Tell which training runs the log holds, and what is in service."""
    perform(_list())


@main.command()
@click.argument("run")
def show(run: str) -> None:
    """Tell the course of RUN: its updates, their checkpoints and how play went.

    Of a population, such as population1, where its members stand, the best first.
    """
    perform(_show(run))


@main.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    help="A checkpoint, or the first letters of its sha256; repeatable.",
)
@click.option(
    "--player",
    "players",
    multiple=True,
    type=click.Choice(list(PLAYERS)),
    help="A baseline; repeatable.  [default: all but lookahead, which takes minutes]",
)
@click.option(
    "--panel",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Number from which the games' seeds derive.",
)
@click.option(
    "--games",
    type=click.IntRange(min=2),
    default=500,
    show_default=True,
    help="Games, each played once by every player.",
)
@click.option("--drawn", is_flag=True, help="Draw a checkpoint's actions, as in training.")
@click.option(
    "--record/--no-record",
    default=True,
    show_default=True,
    help="Keep the results of every game in the event log, for jimbot-replay verify.",
)
@click.option("--again", is_flag=True, help="Play what stands in the log, too, and compare.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def evaluate(
    checkpoints: Sequence[str],
    players: Sequence[str],
    panel: int,
    games: int,
    drawn: bool,
    record: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Play the same games with checkpoints and baselines, and compare.

    Red deck, white stake, seeds that training never takes. Equal arguments give equal games, so
    an evaluation that stands in the log is shown from there.
    """
    from jimbot_stream.agents.evaluation.command import Request
    from jimbot_stream.agents.evaluation.panel import Panel

    wanted = Request(checkpoints, players, Panel(panel, games), drawn, again)
    perform(_evaluate(wanted, record, as_json))


@main.command()
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--against",
    multiple=True,
    type=click.Choice(list(PLAYERS)),
    help="A baseline; repeatable.  [default: all]",
)
def challenge(record: Path, against: Sequence[str]) -> None:
    """Let baselines play the game that you played, and compare.

    RECORD is what `jimbot-balatro play SEED` kept: SEED.json.
    """
    from jimbot_stream.agents.evaluation.challenge import challenge as compare_with

    try:
        compare_with(record, against or PLAYERS)
    except FAILURES as error:
        click.echo(f"jimbot-learn: {error}", err=True)
        sys.exit(1)


async def _init(run_seed: int) -> None:
    settings = from_environment()
    refuse_other_store(settings)
    async with log_of(settings) as log:
        run = await TrainingRun.begin(log, BlobStore(settings.blobs), run_seed, UpdateConfig())
        click.echo(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


async def _online(
    run_seed: int, per_update: int, updates: int | None, gate: GateConfig | None
) -> None:
    from jimbot_stream.agents.online import OnlineLearner  # loads RLlib, for seconds

    settings = from_environment()
    refuse_other_store(settings)
    names = topics_of(settings)
    bus = KafkaBus(settings.broker)
    try:
        async with open_log(settings) as log:
            blobs = BlobStore(settings.blobs)
            run = await TrainingRun.begin(log, blobs, run_seed, UpdateConfig(), gate=gate)
            episodes = await patiently(
                lambda: EventConsumer.open(bus, [names.episode], Start.BEGINNING)
            )
            announcer = Announcer(bus, names, run.started.run_id)
            learner = OnlineLearner(
                run,
                log,
                episodes,
                announcer,
                SystemClock(),
                per_update=per_update,
                progress=click.echo,
            )
            try:
                await learner.learn(updates)
            finally:
                await episodes.close()
    finally:
        await bus.close()


async def _evaluate(wanted: "Request", record: bool, as_json: bool) -> None:
    from jimbot_stream.agents.evaluation.command import compare

    settings = from_environment()
    async with contextlib.AsyncExitStack() as stack:
        log = await stack.enter_async_context(log_of(settings)) if record else None
        await compare(log, settings.blobs, wanted, as_json=as_json)


async def _export(letters: str, kind: str, out: Path) -> None:
    from jimbot_stream.agents.export import write

    settings = from_environment()
    blobs = BlobStore(settings.blobs)
    if is_hex(letters):  # needs no log
        name = among_blobs(blobs.folder, letters)
    else:
        async with log_of(settings) as log:
            name = await named(log, blobs.folder, letters)
    write(blobs.get(name), kind, out)
    click.echo(f"{name} written to {out}")


async def _list() -> None:
    async with log_of(from_environment()) as log:
        Console().print(listing.table(await listing.courses(log)))
        service = await InService.open(log)
        if service.events:
            Console().print(listing.service_table(service))


async def _show(run: str) -> None:
    async with log_of(from_environment()) as log:
        if population_of(run) == run:
            await populations.show(log, run)
            return
        course = await listing.course_of(log, run)
        played = await listing.evaluations(log, course)
    click.echo(listing.headline(course.started))
    Console().print(listing.course_table(course))
    if played:
        Console().print(listing.evaluation_table(played))
    changes = listing.changes_table(course)
    if changes is not None:
        Console().print(changes)


for command in (train, populations.population, offline, record_games, export_games):
    main.add_command(command)
for command in (promote, rollback, curve, prune, restore):
    main.add_command(command)


if __name__ == "__main__":
    main()
