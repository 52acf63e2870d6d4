"""Updates of a run in the simulator, computed again: the games are played anew from their seeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.contracts.v1.learning_pb2 import UpdateApplied
from jimbot_stream.replay.history import Entry, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Divergence

if TYPE_CHECKING:
    from jimbot_stream.agents.rollouts.update import RolloutUpdate


@dataclass(frozen=True, slots=True)
class Repeated:
    """An update as it comes out here, and where it leaves the games."""

    update: "RolloutUpdate"
    sampler: str
    """sha256 of the games' snapshot, in hex."""
    config: TrainConfig


def repeat(update: UpdateApplied, run_seed: int, before: bytes, blobs: Blobs) -> Repeated:
    """Play and learn as the record says.

    Raises:
        ValueError: a blob or the configuration cannot be used, or the games began elsewhere.
    """
    from jimbot_stream.agents.rollouts.sampler import Sampler
    from jimbot_stream.agents.rollouts.update import apply_rollouts

    config = from_json(update.config_json)
    sampler = Sampler(config.rollout, run_seed)
    if update.update > 1:
        sampler.restore(blobs.get(update.rollout.sampler_in))
    if sha256(sampler.snapshot()) != update.rollout.sampler_in:
        raise ValueError("the games do not stand where the record says they began")
    repeated = apply_rollouts(before, sampler, config, update.shuffle_seed)
    return Repeated(repeated, sha256(sampler.snapshot()), config)


def rollout_faults(entry: Entry, update: UpdateApplied, repeated: Repeated) -> Iterator[Divergence]:
    """What else must come out equal where the weights do."""
    if repeated.sampler != update.rollout.sampler_out:
        yield finding(
            entry.event,
            "update",
            "rollout.sampler_out",
            repeated.sampler,
            update.rollout.sampler_out,
            "rules",
            "The same weights left the games elsewhere.",
        )
    for name in ("games", "steps", "rounds"):
        expected, got = getattr(repeated.config.rollout, name), getattr(update.rollout, name)
        if expected != got:
            yield finding(
                entry.event, "update", f"rollout.{name}", str(expected), str(got), "tampering"
            )
    if update.episodes:
        expected, got = "no episodes", f"{len(update.episodes)}"
        yield finding(entry.event, "update", "episodes", expected, got, "tampering")
