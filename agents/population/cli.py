"""``jimbot-learn population``."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import click
from rich.console import Console

from jimbot_stream.agents.beginning import to_begin_from
from jimbot_stream.agents.budget import budget_of
from jimbot_stream.agents.cluster import prepare_to_fork
from jimbot_stream.agents.options import ADDRESS, DEVICE, FROM, MINUTES, PROFILE
from jimbot_stream.agents.population.membership import PopulationConfig, population_name
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig, from_json
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.terminal import log_of, perform, stop_softly
from jimbot_stream.agents.wanted import Wanted
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import from_environment
from jimbot_stream.eventlog import LogReader

_SIZE: Final = PopulationConfig()


@dataclass(frozen=True, slots=True)
class Asked:
    """How large a population the command line asks for; None leaves it as it is."""

    members: int | None
    every: int | None
    games: int | None

    def size(self, found: PopulationConfig | None) -> PopulationConfig:
        """That of the recorded population, or the usual one, with what is asked for."""
        told = {name: getattr(self, name) for name in self.__slots__}
        given: dict[str, Any] = {name: each for name, each in told.items() if each is not None}
        if found is None:
            return replace(_SIZE, **given)
        size = PopulationConfig(found.members, found.every, found.games, found.ranges)
        return replace(size, **given)


@dataclass(frozen=True, slots=True)
class Enough:
    """When the command is to end."""

    updates: int | None
    """Of every member; None sets no bound."""
    minutes: float | None

    def over(self, clock: Clock) -> Callable[[], bool]:
        """Whether the minutes are over, which begin now."""
        until = math.inf if self.minutes is None else clock.monotonic() + 60 * self.minutes
        return lambda: clock.monotonic() >= until


@click.command()
@click.option(
    "--run-seed", type=int, required=True, help="Seed that names and determines the population."
)
@click.option(
    "--members",
    type=click.IntRange(min=2),
    help="Runs that learn by turns; the first begins with the profile's own numbers."
    f"  [default: {_SIZE.members}]",
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    help=f"Updates of each member from one comparison to the next.  [default: {_SIZE.every}]",
)
@click.option(
    "--games",
    type=click.IntRange(min=2),
    help=f"Games that all members play to be compared.  [default: {_SIZE.games}]",
)
@PROFILE
@FROM
@DEVICE
@ADDRESS
@click.option(
    "--updates", type=click.IntRange(min=0), help="Stop when every member has so many updates."
)
@MINUTES
@click.option("--json", "as_json", is_flag=True, help="Print where it stands for machines.")
def population(
    run_seed: int,
    members: int | None,
    every: int | None,
    games: int | None,
    profile: str,
    begun_from: str | None,
    device: str,
    address: str | None,
    updates: int | None,
    minutes: float | None,
    as_json: bool,
) -> None:
    """Train several runs by turns, and let the worst go on where the best stand.

    Each member makes --every updates with the whole machine or cluster for itself; then all play
    the same games, with seeds that training never takes and no later comparison takes again. The
    worst quarter, at least one, takes over weights and optimizer of a member of the best quarter,
    with its learning rate, clip range and entropy bonus multiplied by 0.8 or 1.25, or sometimes
    drawn anew. Each exchange is recorded before anything is made of it, with the numbers that it
    rests on: `jimbot-replay verify` decides it again.

    Begins the population of the seed where there is none, goes on where it stopped, with what it
    began with: sizes, profile, and the weights that --from gave to all members. Ctrl-C ends after
    the update at hand, a second one at once.

    Members are runs as those of `train`. Those of --run-seed 1 are called population1.0,
    population1.1 and so on: `jimbot-learn show population1` tells where all of them stand,
    `show population1.0` the course of one, and `curve population1` draws them. None is promoted by
    itself. What the best one reached flatters it, for it was chosen for that: `evaluate` it on
    held-out games, then `promote population1.0`.
    """
    if address is not None:
        prepare_to_fork()
    perform(
        _population(
            (run_seed, begun_from),
            Asked(members, every, games),
            PROFILES[profile],
            (device, address),
            Enough(updates, minutes),
            as_json,
        )
    )


async def _population(
    beginning: tuple[int, str | None],
    asked: Asked,
    profile: TrainConfig,
    where: tuple[str, str | None],
    enough: Enough,
    as_json: bool,
) -> None:
    from jimbot_stream.agents.population.members import begun
    from jimbot_stream.agents.population.population import Population  # loads RLlib, for seconds
    from jimbot_stream.agents.population.watching import watching

    settings, clock = from_environment(), SystemClock()
    (seed, name), over = beginning, enough.over(clock)
    async with log_of(settings) as log:
        blobs, started = BlobStore(settings.blobs), await begun(log, seed)
        config = from_json(started.config_json) if started is not None else profile
        size = asked.size(config.population)
        source = await to_begin_from(log, blobs, name, ALGORITHM) if name else ""
        # Refused before a run keeps what it cannot hold.
        with Wanted(*where, budget_of(settings)).workplace(config) as workplace:
            people = await Population.begin(
                log, blobs, seed, size, config, clock, workplace, source
            )
            stopped, updates = stop_softly(), enough.updates
            left = None if updates is None else people.left(updates) * config.rollout.decisions
            with watching(left, Console(stderr=True)) as watch:
                await people.go_on(updates, lambda: stopped.is_set() or over(), watch)
        await show(log, population_name(seed), as_json=as_json)


async def show(log: LogReader, name: str, *, as_json: bool = False) -> None:
    """Print where a population stands.

    Raises:
        EvaluationError: an evaluation of it is not whole.
        ValueError: the log has no such population.
    """
    from jimbot_stream.agents.population import report  # loads torch

    found = await report.read(log, name)
    if as_json:
        click.echo(json.dumps(report.summary(found), indent=2))
        return
    Console().print(report.table(found))
    best = found.members[0].score
    if best is not None:
        command = f"jimbot-learn evaluate --checkpoint {best.what.checkpoint[:12]}"
        click.echo(f"the best of them on held-out games: {command}")
