"""A recorded update computed again: games are played anew, what was remembered is read."""

from jimbot_stream.agents.algorithms import Begun, Blobs, Played
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.devices import device_told
from jimbot_stream.agents.dqn.config import DqnTrainConfig, from_json
from jimbot_stream.agents.dqn.update import apply_dqn, empty_memory
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.replay_memory.memory import ReplayMemory
from jimbot_stream.agents.rollouts.repeat import runners_before
from jimbot_stream.agents.rollouts.shares import begun_snapshot
from jimbot_stream.contracts import UpdateApplied


def repeat(
    update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs, *, first: bool
) -> Played:
    """Play and learn as the record says, from the checkpoint before it.

    Raises:
        BlobError: a blob is missing or damaged.
        ValueError: a blob or the configuration cannot be used, or games or memory stood elsewhere.
    """
    config = from_json(update.config_json)
    device = device_told(update.environment_json)
    runners = runners_before(update, config.rollout, run_seed, blobs, first=first)
    memory = _memory_before(update, config, blobs, first=first)
    made = apply_dqn(before, runners, memory, config, update.shuffle_seed, device=device)
    snapshot, remembered = runners.snapshot(), manifest.to_bytes(memory)
    sampler, kept = sha256(snapshot), sha256(remembered)
    left = {sampler: snapshot, kept: remembered, **memory.blocks_to_store()}
    return Played(made.checkpoint, made.metrics, made.steps, sampler, kept, left)


def begun(config_json: str, run_seed: int) -> Begun:
    """Where games and memory of a configuration begin.

    Raises:
        ValueError: the configuration is of another version, or its games cannot be begun.
    """
    config = from_json(config_json)
    sampler = sha256(begun_snapshot(config.rollout, run_seed))
    return Begun(sampler, sha256(manifest.to_bytes(empty_memory(config))))


def standing_memory(name: str, config: DqnTrainConfig, blobs: Blobs) -> ReplayMemory:
    """The memory of a manifest; the empty one where there is none."""
    empty = empty_memory(config)
    if not name:
        return empty
    return manifest.restore(blobs.get(name), config.memory, empty.shape, blobs.get)


def _memory_before(
    update: UpdateApplied, config: DqnTrainConfig, blobs: Blobs, *, first: bool
) -> ReplayMemory:
    memory = standing_memory("" if first else update.memory_in, config, blobs)
    if sha256(manifest.to_bytes(memory)) != update.memory_in:
        raise ValueError("the replay memory does not stand where the record says it began")
    return memory
