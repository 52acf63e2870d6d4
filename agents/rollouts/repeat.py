"""A recorded update in the simulator, computed again: its games are played anew from seeds."""

from jimbot_stream.agents.algorithms import Begun, Blobs, Played
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.devices import device_told
from jimbot_stream.agents.rollouts.config import RolloutConfig, from_json
from jimbot_stream.agents.rollouts.runners import LocalRunners
from jimbot_stream.agents.rollouts.shares import begun_snapshot
from jimbot_stream.agents.rollouts.update import apply_rollouts
from jimbot_stream.contracts import UpdateApplied


def repeat(
    update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs, *, first: bool
) -> Played:
    """Play and learn as the record says, from the checkpoint before it.

    The first update that a run applied must begin where the run's seed lets the games begin. It
    learns on a device of the class recorded, or on the CPU where there is none. Runners that were
    actors of a cluster are threads here: where they are has no say.

    Raises:
        ValueError: a blob or the configuration cannot be used, or the games began elsewhere.
    """
    config = from_json(update.config_json)
    device = device_told(update.environment_json)
    runners = runners_before(update, config.rollout, run_seed, blobs, first=first)
    made = apply_rollouts(before, runners, config, update.shuffle_seed, device=device)
    snapshot = runners.snapshot()
    sampler = sha256(snapshot)
    return Played(made.checkpoint, made.metrics, made.steps, sampler, left={sampler: snapshot})


def begun(config_json: str, run_seed: int) -> Begun:
    """Where the games of a configuration begin.

    Raises:
        ValueError: the configuration is of another version, or its games cannot be begun.
    """
    return Begun(sha256(begun_snapshot(from_json(config_json).rollout, run_seed)))


def runners_before(
    update: UpdateApplied, config: RolloutConfig, run_seed: int, blobs: Blobs, *, first: bool
) -> LocalRunners:
    """The games where an update took them up.

    Raises:
        ValueError: the snapshot cannot be used, or the games began elsewhere.
    """
    runners, told = LocalRunners(config, run_seed), update.rollout.sampler_in
    if not first and sha256(runners.snapshot()) != told:  # else new games began with it
        runners.restore(blobs.get(told))
    if sha256(runners.snapshot()) != told:
        raise ValueError("the games do not stand where the record says they began")
    return runners
