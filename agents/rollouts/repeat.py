"""A recorded update in the simulator, computed again: its games are played anew from seeds."""

from jimbot_stream.agents.algorithms import Blobs, Played
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.rollouts.config import RolloutConfig, from_json
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import apply_rollouts
from jimbot_stream.contracts import UpdateApplied


def repeat(update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs) -> Played:
    """Play and learn as the record says, from the checkpoint before it.

    Raises:
        ValueError: a blob or the configuration cannot be used, or the games began elsewhere.
    """
    config = from_json(update.config_json)
    sampler = sampler_before(update, config.rollout, run_seed, blobs)
    made = apply_rollouts(before, sampler, config, update.shuffle_seed)
    return Played(made.checkpoint, made.metrics, made.steps, sha256(sampler.snapshot()))


def sampler_before(
    update: UpdateApplied, config: RolloutConfig, run_seed: int, blobs: Blobs
) -> Sampler:
    """The games where an update took them up.

    Raises:
        ValueError: the snapshot cannot be used, or the games began elsewhere.
    """
    sampler, told = Sampler(config, run_seed), update.rollout.sampler_in
    if update.update > 1 and sha256(sampler.snapshot()) != told:  # else new games began with it
        sampler.restore(blobs.get(told))
    if sha256(sampler.snapshot()) != told:
        raise ValueError("the games do not stand where the record says they began")
    return sampler
