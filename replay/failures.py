"""Updates that made no checkpoint, tried again: they must fail again, and for the same cause."""

from jimbot_stream.agents.algorithms import FromGames, FromPlay, algorithm_named
from jimbot_stream.agents.feed import left_out, read_game, unsound
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.soundness import (
    DIVERGED,
    NO_EPISODES,
    OTHER_ARCHITECTURE,
    OTHER_RULES,
    RULES_DISAGREE,
    UNREADABLE,
)
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.contracts.v1.learning_pb2 import (
    CurriculumAdvanced,
    PopulationExploited,
    Rollout,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader
from jimbot_stream.replay.blame import blame
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Match, Verdict

_LATER_USABLE = (UNREADABLE, OTHER_RULES, OTHER_ARCHITECTURE)
"""Causes that may be gone by now: the blob was put back, or this is another release."""
_NAMES = {"DivergedError": DIVERGED, "RulesDisagreeError": RULES_DISAGREE}
"""Causes by the error, whose classes would load RLlib."""


async def repeat_failure(
    entry: Entry, rejected: UpdateRejected, history: History, log: LogReader, blobs: Blobs
) -> Verdict:
    """Whether an update that the record says failed does so again."""
    before = [each for each in history.entries if each.event.revision < entry.event.revision]
    started, config = _beginning(before)
    try:
        algorithm = algorithm_named(started.algorithm)
        if rejected.cause in _LATER_USABLE:
            got = rejected.cause
        elif isinstance(algorithm, FromGames):
            got = await _from_games(algorithm, config, rejected, started, (log, blobs))
        else:
            got = _from_play(algorithm, config, rejected, started, (before, blobs))
    except Exception as error:  # noqa: BLE001 - an edited record can fail anywhere
        got = f"{type(error).__name__}: {error}"
    if got == rejected.cause:
        return Match("failed update", entry.event.stream, entry.event.revision)
    cause, why = blame(started.environment_json, "tampering")
    found = got or "an update that succeeds"
    return finding(entry.event, "failed update", "cause", found, rejected.cause, cause, why)


def _beginning(before: list[Entry]) -> tuple[RunStarted, str]:
    """How the run began, and the configuration in effect."""
    started, config = RunStarted(), ""
    for entry in before:
        message = entry.message
        if isinstance(message, RunStarted):
            started, config = message, message.config_json
        elif isinstance(message, CurriculumAdvanced | PopulationExploited):
            config = message.config_json
    return started, config


async def _from_games(
    algorithm: FromGames,
    config_json: str,
    rejected: UpdateRejected,
    started: RunStarted,
    of: tuple[LogReader, Blobs],
) -> str:
    """The cause; empty where the update succeeds."""
    log, blobs = of
    config = algorithm.read_config(config_json)
    if algorithm.on_policy:
        faults = await unsound(log, rejected.episodes, config.reward)
    else:
        faults = await left_out(
            log, rejected.episodes, lambda game: algorithm.batch([game], config)
        )
    without = [fault.episode for fault in faults]
    whole = [episode for episode in rejected.episodes if episode not in without]
    if not whole:
        return NO_EPISODES
    games = [await read_game(log, episode) for episode in whole]
    try:
        batch = algorithm.batch(games, config)
    except FeedError:
        return NO_EPISODES
    seed = shuffle_seed(started.run_seed, rejected.update)
    try:
        algorithm.apply(blobs.get(rejected.checkpoint), batch, config, seed)
    except (ArithmeticError, RuntimeError) as error:
        return _cause_of(error)
    return ""


def _from_play(
    algorithm: FromPlay,
    config_json: str,
    rejected: UpdateRejected,
    started: RunStarted,
    of: tuple[list[Entry], Blobs],
) -> str:
    """The cause; empty where the update succeeds."""
    before, blobs = of
    applied = [entry.message for entry in before if isinstance(entry.message, UpdateApplied)]
    told = _as_applied(algorithm, config_json, rejected, started, applied)
    data = blobs.get(rejected.checkpoint)
    try:
        algorithm.repeat(told, started.run_seed, data, blobs, not applied)
    except (ArithmeticError, RuntimeError) as error:
        return _cause_of(error)
    return ""


def _as_applied(
    algorithm: FromPlay,
    config_json: str,
    rejected: UpdateRejected,
    started: RunStarted,
    applied: list[UpdateApplied],
) -> UpdateApplied:
    """What the record would have said of the update, as far as it is needed to repeat it."""
    begun = algorithm.begun(config_json, started.run_seed)
    rollout = algorithm.read_config(config_json).rollout
    sampler, memory = begun.sampler, begun.memory
    if applied:
        last = applied[-1]
        memory = last.memory_out
        if algorithm.read_config(last.config_json).rollout == rollout:
            sampler = last.rollout.sampler_out
    return UpdateApplied(
        run_id=started.run_id,
        update=rejected.update,
        checkpoint_in=rejected.checkpoint,
        shuffle_seed=shuffle_seed(started.run_seed, rejected.update),
        config_json=config_json,
        rollout=Rollout(
            games=rollout.games, steps=rollout.steps, rounds=rollout.rounds, sampler_in=sampler
        ),
        memory_in=memory,
    )


def _cause_of(error: Exception) -> str:
    """The cause by which a learner records an error.

    Raises:
        Exception: the same error, where a learner would not have recorded it.
    """
    if type(error).__name__ not in _NAMES:
        raise error
    return _NAMES[type(error).__name__]
