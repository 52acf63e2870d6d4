"""A recorded update computed again: games are played anew, what was remembered is read."""

from jimbot_stream.agents.algorithms import Blobs, Played
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.dqn.config import DqnTrainConfig, from_json
from jimbot_stream.agents.dqn.update import apply_dqn, empty_memory
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.replay_memory.memory import ReplayMemory
from jimbot_stream.agents.rollouts.repeat import sampler_before
from jimbot_stream.contracts import UpdateApplied


def repeat(update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs) -> Played:
    """Play and learn as the record says, from the checkpoint before it.

    Raises:
        BlobError: a blob is missing or damaged.
        ValueError: a blob or the configuration cannot be used, or games or memory stood elsewhere.
    """
    config = from_json(update.config_json)
    sampler = sampler_before(update, config.rollout, run_seed, blobs)
    memory = _memory_before(update, config, blobs)
    made = apply_dqn(before, sampler, memory, config, update.shuffle_seed)
    left = sha256(manifest.to_bytes(memory))
    return Played(made.checkpoint, made.metrics, made.steps, sha256(sampler.snapshot()), left)


def standing_memory(name: str, config: DqnTrainConfig, blobs: Blobs) -> ReplayMemory:
    """The memory of a manifest; the empty one where there is none."""
    empty = empty_memory(config)
    if not name:
        return empty
    return manifest.restore(blobs.get(name), config.memory, empty.shape, blobs.get)


def _memory_before(update: UpdateApplied, config: DqnTrainConfig, blobs: Blobs) -> ReplayMemory:
    memory = standing_memory(update.memory_in if update.update > 1 else "", config, blobs)
    if sha256(manifest.to_bytes(memory)) != update.memory_in:
        raise ValueError("the replay memory does not stand where the record says it began")
    return memory
