"""What an update in the simulator must tell besides its weights."""

from collections.abc import Iterator

from jimbot_stream.agents.algorithms import Played
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.contracts.v1.learning_pb2 import UpdateApplied
from jimbot_stream.replay.history import Entry, finding
from jimbot_stream.replay.verdict import Divergence


def rollout_faults(
    entry: Entry, update: UpdateApplied, repeated: Played, config: RolloutConfig
) -> Iterator[Divergence]:
    """What else must come out equal where the weights do."""
    left = {
        "rollout.sampler_out": (repeated.sampler, update.rollout.sampler_out),
        "memory_out": (repeated.memory, update.memory_out),
    }
    for name, (expected, got) in left.items():
        if expected != got:
            why = "The same weights left it elsewhere."
            yield finding(entry.event, "update", name, expected, got, "rules", why)
    for name in ("games", "steps", "rounds"):
        wanted, told = getattr(config, name), getattr(update.rollout, name)
        if wanted != told:
            yield finding(
                entry.event, "update", f"rollout.{name}", str(wanted), str(told), "tampering"
            )
    if update.episodes:
        count = f"{len(update.episodes)}"
        yield finding(entry.event, "update", "episodes", "no episodes", count, "tampering")
