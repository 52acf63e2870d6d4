"""``jimbot-learn train``: learn in the simulator, from games that the weights at hand play."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from jimbot_stream.agents.algorithms import PlayConfig, algorithm_named
from jimbot_stream.agents.beginning import to_begin_from
from jimbot_stream.agents.budget import budget_of
from jimbot_stream.agents.cluster import prepare_to_fork
from jimbot_stream.agents.curriculum.named import CURRICULA, NO_CURRICULUM, with_curriculum
from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.exploration.named import EXPLORE, exploring
from jimbot_stream.agents.gate.cli import settling
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.keeping.cli import holding
from jimbot_stream.agents.options import ADDRESS, DEVICE, FROM, MINUTES, PROFILE
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig
from jimbot_stream.agents.rollouts.profiles import GATES, PROFILES
from jimbot_stream.agents.terminal import RUN_SEED, log_of, perform, stop_softly
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.agents.wanted import Wanted
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import from_environment

if TYPE_CHECKING:
    from jimbot_stream.agents.rollouts.runners import Workplace
    from jimbot_stream.agents.rollouts.training import PlayTraining, Settle

ALGOS: Final = {"ppo": ALGORITHM, "dqn": dqn.ALGORITHM}
"""What ``train`` calls an algorithm, and what a run calls it."""


@click.command()
@RUN_SEED
@click.option(
    "--algo",
    type=click.Choice(list(ALGOS)),
    default="ppo",
    show_default=True,
    help="PPO learns from what it has just played, DQN from a memory of what it played.",
)
@PROFILE
@click.option(
    "--curriculum",
    type=click.Choice([NO_CURRICULUM, *CURRICULA]),
    default=NO_CURRICULUM,
    show_default=True,
    help="Easier games first: fewer antes, or more money; or on to higher stakes, or other decks.",
)
@EXPLORE
@FROM
@DEVICE
@ADDRESS
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop when the run has so many updates."
)
@MINUTES
def train(
    run_seed: int,
    algo: str,
    profile: str,
    curriculum: str,
    explored: Sequence[str],
    begun_from: str | None,
    device: str,
    address: str | None,
    updates: int | None,
    minutes: float | None,
) -> None:
    """Learn in the simulator, from games played by the weights being trained.

    Every update is recorded with the seeds that repeat it. Begins the run where there is
    none, goes on where it stopped. Ctrl-C ends after the update at hand, a second one at once.

    With --from, weights come from another run, say one that learned from recorded games; the
    optimizer begins anew. A run goes on with what it has begun.

    With a curriculum, the run goes on to the next stage once the games of the present one reach
    what it asks; `jimbot-learn show` tells when, and on which numbers.

    A profile cuts its games into as many shares as it has runners: threads play them, or with
    --address actors of a Ray cluster, to the same bits. Updates that a GPU computed can be
    repeated on a GPU of its class; the record tells which.
    """
    algorithm = ALGOS[algo]
    config: PlayConfig = _profiles(algorithm)[profile]
    if isinstance(config, TrainConfig):
        config = exploring(with_curriculum(config, curriculum), explored)
    elif curriculum != NO_CURRICULUM or explored:
        raise click.UsageError("--curriculum and --explore go with --algo ppo")
    if address is not None:
        prepare_to_fork()
    perform(
        _train(
            (run_seed, begun_from),
            algorithm,
            config,
            GATES.get(profile),
            (device, address),
            (updates, minutes),
        )
    )


async def _train(
    beginning: tuple[int, str | None],
    algorithm: str,
    config: PlayConfig,
    gate: GateConfig | None,
    where: tuple[str, str | None],
    enough: tuple[int | None, float | None],
) -> None:
    from jimbot_stream.agents.rollouts.watching import watching

    settings, clock = from_environment(), SystemClock()
    run_seed, name = beginning
    updates, minutes = enough
    wanted = Wanted(*where, budget_of(settings))
    wanted.refuse_unfit(config)  # before a run keeps what it cannot hold
    until = clock.monotonic() + 60 * minutes if minutes is not None else math.inf
    async with log_of(settings) as log:
        blobs = BlobStore(settings.blobs)
        source = await to_begin_from(log, blobs, name, algorithm) if name else ""
        run = await TrainingRun.begin(
            log, blobs, run_seed, config, algorithm, gate=gate, begun_from=source
        )
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


def _profiles(algorithm: str) -> Mapping[str, PlayConfig]:
    return dqn.PROFILES if algorithm == dqn.ALGORITHM else PROFILES


def _training(
    run: TrainingRun, clock: Clock, algorithm: str, settle: "Settle", workplace: "Workplace"
) -> "PlayTraining[Any]":
    from jimbot_stream.agents.dqn.training import DqnTraining  # both load RLlib, for seconds
    from jimbot_stream.agents.rollouts.training import Training

    kind = DqnTraining if algorithm == dqn.ALGORITHM else Training
    return kind(run, clock, settle, workplace)
