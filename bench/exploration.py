"""What exploring costs an update, and what comes of it.

Runs of every way begin with the same seeds, go through the same number of updates of the profile
``ci`` and then play the same held-out games, as well as some rounds as in training, in which the
different combinations of jokers are counted. All that is a function of the seeds. The cost is the
processor time of paying for a round over that of playing it and learning from it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any, Final

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.agents.checkpoint import Checkpoint, from_bytes, untrained
from jimbot_stream.agents.evaluation.intervals import mean
from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import NetworkPlayer
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.exploration.counts import Counts
from jimbot_stream.agents.exploration.explorer import Explorer
from jimbot_stream.agents.exploration.named import EXPLORERS, exploring
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import apply_rollouts

WAYS: Final[dict[str, Sequence[str]]] = {
    "nothing": (),
    **{name: (name,) for name in EXPLORERS},
    "all": tuple(EXPLORERS),
}
COUNTED: Final = 16
"""Rounds after training in which combinations are counted."""
ROOMY: Final = Combinations(decay=1.0, slot_bits=20)
"""Counts so many that few combinations share one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    blinds: np.ndarray[Any, Any]
    ante: np.ndarray[Any, Any]
    combinations: int
    """Different ones in some rounds after training."""


def trained(config: TrainConfig, seed: int, updates: int) -> bytes:
    """The last checkpoint of a run, which need not be recorded."""
    sampler, checkpoint = Sampler(config.rollout, seed), untrained(seed)
    for update in range(1, updates + 1):
        made = apply_rollouts(checkpoint, sampler, config, shuffle_seed(seed, update))
        checkpoint = made.checkpoint
    return checkpoint


def rounds(read: Checkpoint, config: RolloutConfig, seed: int, count: int) -> list[Chunk]:
    """Play of a policy, as in training."""
    network = CandidateNetwork(read.shape, read.module).eval()
    sampler = Sampler(config, seed + 1)
    with one_thread():
        return [sampler.sample(network) for _ in range(count)]


def outcome(checkpoint: bytes, config: TrainConfig, seed: int, games: int) -> Outcome:
    """Held-out games, and what was held in some rounds."""
    counts = Counts(ROOMY)
    plain = replace(config.rollout, builds="")
    for chunk in rounds(from_bytes(checkpoint), plain, seed, COUNTED):
        counts.bonus(chunk)
    found = evaluate(NetworkPlayer(checkpoint), Panel(1, games))
    return Outcome(found["beaten"], found["ante"], int(counts.metrics()["combinations"]))


def compared(way: str, seeds: Sequence[int], updates: int, games: int) -> dict[str, Any]:
    """One way, over some seeds."""
    config = exploring(PROFILES["ci"], WAYS[way])
    found = [outcome(trained(config, s, updates), config, s, games) for s in seeds]
    return {
        "explored": way,
        "blinds": str(mean(np.concatenate([one.blinds for one in found]))),
        "by seed": ", ".join(f"{one.blinds.mean():.2f}" for one in found),
        "ante": str(mean(np.concatenate([one.ante for one in found]))),
        "combinations": fmean(one.combinations for one in found),
    }


def cost(updates: int) -> dict[str, float]:
    """Processor time of paying, beside that of the whole update, for rounds as of ``laptop``."""
    rollout = replace(PROFILES["laptop"].rollout, rounds=8)
    config = exploring(replace(PROFILES["laptop"], rollout=rollout), EXPLORERS)
    checkpoint = trained(config, 1, updates)
    begun = process_time()
    apply_rollouts(checkpoint, Sampler(config.rollout, 2), config, 5)
    update = process_time() - begun
    explorer = Explorer(config, from_bytes(checkpoint))
    played = rounds(explorer.begun, config.rollout, 1, rollout.rounds)
    begun = process_time()
    for chunk in played:
        explorer.paid(chunk)
    paying = process_time() - begun
    return {
        "us_a_decision": 1e6 * paying / config.rollout.decisions,
        "percent_of_update": 100 * paying / update,
        "checkpoint_bytes": len(checkpoint),
        "plain_checkpoint_bytes": len(untrained(1)),
    }


@click.command()
@figures.options
@click.option("--updates", default=40, show_default=True, help="Of each run.")
@click.option("--games", default=200, show_default=True, help="Held-out games of each run.")
@click.option("--seeds", default=3, show_default=True, help="Runs of each way.")
def main(quick: bool, json_file: Path | None, updates: int, games: int, seeds: int) -> None:
    """Train with and without exploring; print what it cost, and how far the policies come."""
    if quick:
        updates, games, seeds = 2, 20, 1
    paid = cost(min(updates, 3))
    figures.show("What it costs", tuple(paid), [tuple(paid.values())])
    ways = [compared(way, range(1, seeds + 1), updates, games) for way in WAYS]
    title = f"After {updates} updates, {seeds} runs each, {games} held-out games"
    figures.show(title, tuple(ways[0]), [tuple(way.values()) for way in ways])
    figures.finish({"cost": paid, "ways": ways}, json_file)


if __name__ == "__main__":
    main()
