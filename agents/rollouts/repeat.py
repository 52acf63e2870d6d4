"""A recorded update in the simulator, computed again: its games are played anew from seeds."""

from jimbot_stream.agents.algorithms import Begun, Blobs, Played
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.rollouts.config import RolloutConfig, from_json
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import apply_rollouts
from jimbot_stream.contracts import UpdateApplied


def repeat(
    update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs, *, first: bool
) -> Played:
    """Play and learn as the record says, from the checkpoint before it.

    The first update that a run applied must begin where the run's seed lets the games begin.

    Raises:
        ValueError: a blob or the configuration cannot be used, or the games began elsewhere.
    """
    config = from_json(update.config_json)
    sampler = sampler_before(update, config.rollout, run_seed, blobs, first=first)
    made = apply_rollouts(before, sampler, config, update.shuffle_seed)
    return Played(made.checkpoint, made.metrics, made.steps, sha256(sampler.snapshot()))


def begun(config_json: str, run_seed: int) -> Begun:
    """Where the games of a configuration begin.

    Raises:
        ValueError: the configuration is of another version, or its games cannot be begun.
    """
    return Begun(sha256(Sampler(from_json(config_json).rollout, run_seed).snapshot()))


def sampler_before(
    update: UpdateApplied, config: RolloutConfig, run_seed: int, blobs: Blobs, *, first: bool
) -> Sampler:
    """The games where an update took them up.

    Raises:
        ValueError: the snapshot cannot be used, or the games began elsewhere.
    """
    sampler, told = Sampler(config, run_seed), update.rollout.sampler_in
    if not first and sha256(sampler.snapshot()) != told:  # else new games began with it
        sampler.restore(blobs.get(told))
    if sha256(sampler.snapshot()) != told:
        raise ValueError("the games do not stand where the record says they began")
    return sampler
