"""Members of a population: ordinary runs in the simulator that know which one they belong to."""

from collections.abc import Sequence
from dataclasses import replace

from jimbot_stream.agents.population.membership import Membership, PopulationConfig, member_run
from jimbot_stream.agents.population.varying import initial
from jimbot_stream.agents.rollouts.config import ALGORITHM, TrainConfig, from_json
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import PopulationExploited, RunStarted
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog, LogReader, StreamNotFoundError
from jimbot_stream.eventlog.naming import run_stream


def member_config(config: TrainConfig, membership: Membership) -> TrainConfig:
    """What a member begins with, where the first one begins with these numbers.

    Raises:
        ValueError: they come with a curriculum.
    """
    return replace(config, ppo=initial(config.ppo, membership), population=membership)


async def begun(log: LogReader, seed: int) -> RunStarted | None:
    """How the first member of a population began; None where there is none."""
    try:
        stream = run_stream(member_run(seed, 0))
        first = [event async for event in log.read_stream(stream, limit=1)]
    except StreamNotFoundError:
        return None
    return read_event(RunStarted, first[0])


async def begin(
    log: EventLog,
    blobs: BlobStore,
    seed: int,
    size: PopulationConfig,
    config: TrainConfig,
    begun_from: str = "",
) -> Sequence[TrainingRun]:
    """Begin the runs of all members, or go on where they were left; idempotent.

    How the first member began holds for all. They have no gate: the comparison of the members
    stands in its place.

    Raises:
        RunError: they were begun as members of another population, or with other weights.
        ValueError: the configuration comes with a curriculum, or a recorded one is of another
            version.
    """
    first = await begun(log, seed)
    if first is not None:
        config, begun_from = from_json(first.config_json), begun_from or first.begun_from
    everybody = Membership.all(size, seed)
    return [await _begin(log, blobs, config, each, begun_from) for each in everybody]


async def _begin(
    log: EventLog, blobs: BlobStore, config: TrainConfig, membership: Membership, begun_from: str
) -> TrainingRun:
    run = await TrainingRun.begin(
        log,
        blobs,
        membership.run_seed,
        member_config(config, membership),
        ALGORITHM,
        membership.run,
        begun_from=begun_from,
    )
    found = from_json(run.started.config_json).population
    if found != membership:
        raise RunError(
            f"{membership.run} was begun as {_told(found)}, not as {_told(membership)}: leave out"
            " what it was not begun with, or give another --run-seed"
        )
    return run


def _told(membership: Membership | None) -> str:
    if membership is None:
        return "a run of its own"
    return (
        f"one of {membership.members} members that {membership.games} games compare every"
        f" {membership.every} updates"
    )


def exchanged(run: TrainingRun, generation: int) -> bool:
    """Whether a member has taken over another after a generation."""
    newest = (event for event in reversed(run.events) if event.type == "PopulationExploited")
    last = next(newest, None)
    return last is not None and read_event(PopulationExploited, last).generation == generation
