"""``jimbot-learn``: begin a training run, and learn from the games that players close."""

import contextlib
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console

from jimbot_stream.agents import listing
from jimbot_stream.agents.algorithms import PlayConfig, algorithm_named
from jimbot_stream.agents.announcing import Announcer
from jimbot_stream.agents.budget import budget_of
from jimbot_stream.agents.curriculum.named import CURRICULA, NO_CURRICULUM, with_curriculum
from jimbot_stream.agents.curves.cli import curve
from jimbot_stream.agents.devices import CHOICES as DEVICES
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.gate.cli import promote, rollback, settling
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.keeping.cli import holding, prune, restore
from jimbot_stream.agents.lookup import among_blobs, among_saved, is_hex, newest_of
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.profiles import GATES, PROFILES
from jimbot_stream.agents.terminal import (
    FAILURES,
    log_of,
    patiently,
    perform,
    stop_softly,
    topics_of,
)
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.agents.wanted import Wanted
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import from_environment
from jimbot_stream.eventlog.opening import open_log, refuse_other_store
from jimbot_stream.promotion import InService

if TYPE_CHECKING:
    from jimbot_stream.agents.evaluation.command import Request
    from jimbot_stream.agents.rollouts.runners import Workplace
    from jimbot_stream.agents.rollouts.training import PlayTraining, Settle

ALGOS: Final = {"ppo": ALGORITHM, "dqn": dqn.ALGORITHM}
"""What ``train`` calls an algorithm, and what a run calls it."""
PLAYERS = ("random", "greedy", "rule", "lookahead")
"""Names of ``evaluation.players.BASELINES``, which takes a second to load."""
RUN_SEED = click.option(
    "--run-seed", type=int, required=True, help="Seed that names and determines the run."
)


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
@RUN_SEED
@click.option(
    "--algo",
    type=click.Choice(list(ALGOS)),
    default="ppo",
    show_default=True,
    help="PPO learns from what it has just played, DQN from a memory of what it played.",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="laptop",
    show_default=True,
    help="How much an update takes; a run keeps what it began with.",
)
@click.option(
    "--curriculum",
    type=click.Choice([NO_CURRICULUM, *CURRICULA]),
    default=NO_CURRICULUM,
    show_default=True,
    help="Easier games first: fewer antes, or more money; or on to higher stakes, or other decks.",
)
@click.option(
    "--device",
    type=click.Choice(list(DEVICES)),
    default="auto",
    show_default=True,
    help="Where the learner computes; auto takes a GPU where torch sees one.",
)
@click.option(
    "--address",
    help="Let actors of a Ray cluster play: auto for the one that this machine is part of, local"
    " to begin one, or its address.  [default: threads of this process play]",
)
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop when the run has so many updates."
)
@click.option(
    "--minutes", type=click.FloatRange(min=0, max=10_000_000), help="Begin no update after so long."
)
def train(
    run_seed: int,
    algo: str,
    profile: str,
    curriculum: str,
    device: str,
    address: str | None,
    updates: int | None,
    minutes: float | None,
) -> None:
    """Learn in the simulator, from games played by the weights being trained.

    Every update is recorded with the seeds that repeat it. Begins the run where there is
    none, goes on where it stopped. Ctrl-C ends after the update at hand, a second one at once.

    With a curriculum, the run goes on to the next stage once the games of the present one reach
    what it asks; `jimbot-learn show` tells when, and on which numbers.

    A profile cuts its games into as many shares as it has runners: threads play them, or with
    --address actors of a Ray cluster, to the same bits. Updates that a GPU computed can be
    repeated on a GPU of its class; the record tells which.
    """
    algorithm = ALGOS[algo]
    config: PlayConfig = _profiles(algorithm)[profile]
    if isinstance(config, TrainConfig):
        config = with_curriculum(config, curriculum)
    elif curriculum != NO_CURRICULUM:
        raise click.UsageError("--curriculum goes with --algo ppo")
    perform(
        _train(
            run_seed, algorithm, config, GATES.get(profile), (device, address), (updates, minutes)
        )
    )


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
    """Tell the course of RUN: its updates, their checkpoints and how play went."""
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
    async with open_log(settings) as log:
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


async def _train(
    run_seed: int,
    algorithm: str,
    config: PlayConfig,
    gate: GateConfig | None,
    where: tuple[str, str | None],
    enough: tuple[int | None, float | None],
) -> None:
    from jimbot_stream.agents.rollouts.watching import watching

    settings, clock = from_environment(), SystemClock()
    updates, minutes = enough
    wanted = Wanted(*where, budget_of(settings))
    wanted.refuse_unfit(config)  # before a run keeps what it cannot hold
    until = clock.monotonic() + 60 * minutes if minutes is not None else math.inf
    async with log_of(settings) as log:
        blobs = BlobStore(settings.blobs)
        run = await TrainingRun.begin(log, blobs, run_seed, config, algorithm, gate=gate)
        settle = await settling(run, log, settings)
        begun = algorithm_named(algorithm).read_config(run.config_json)
        settle = holding(settle, run, log, begun, wanted.budget)
        with wanted.workplace(begun) as workplace:
            training = _training(run, clock, algorithm, settle, workplace)
            stopped = stop_softly()
            left = None if updates is None else max(0, updates - run.update)
            with watching(left and left * training.config.rollout.decisions) as watch:
                await training.train(
                    lambda: (
                        stopped.is_set()
                        or (updates is not None and run.update >= updates)
                        or clock.monotonic() >= until
                    ),
                    watch.told,
                    watch.done,
                )
        click.echo(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


async def _evaluate(wanted: "Request", record: bool, as_json: bool) -> None:
    from jimbot_stream.agents.evaluation.command import compare

    settings = from_environment()
    async with contextlib.AsyncExitStack() as stack:
        log = await stack.enter_async_context(log_of(settings)) if record else None
        await compare(log, settings.blobs, wanted, as_json=as_json)


def _profiles(algorithm: str) -> Mapping[str, PlayConfig]:
    return dqn.PROFILES if algorithm == dqn.ALGORITHM else PROFILES


def _training(
    run: TrainingRun, clock: Clock, algorithm: str, settle: "Settle", workplace: "Workplace"
) -> "PlayTraining[Any]":
    from jimbot_stream.agents.dqn.training import DqnTraining  # both load RLlib, for seconds
    from jimbot_stream.agents.rollouts.training import Training

    kind = DqnTraining if algorithm == dqn.ALGORITHM else Training
    return kind(run, clock, settle, workplace)


async def _export(letters: str, kind: str, out: Path) -> None:
    from jimbot_stream.agents.export import write

    settings = from_environment()
    blobs = BlobStore(settings.blobs)
    if is_hex(letters):
        name = among_blobs(blobs.folder, letters)
    else:
        async with log_of(settings) as log:
            name = await newest_of(log, letters) or among_saved((), letters)
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
        course = await listing.course_of(log, run)
        played = await listing.evaluations(log, course)
    click.echo(f"{run}: {course.started.algorithm}, {course.started.config_json}")
    Console().print(listing.course_table(course))
    if played:
        Console().print(listing.evaluation_table(played))
    changes = listing.changes_table(course)
    if changes is not None:
        Console().print(changes)


for changed in (promote, rollback, curve, prune, restore):
    main.add_command(changed)


if __name__ == "__main__":
    main()
