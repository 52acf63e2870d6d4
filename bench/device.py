"""One update computed twice on each device there is: are the bytes the same, and how fast is it.

The learners are RLlib's, as in training. They learn from made-up decisions, so that a machine
without the compiled rules can be tried; with ``--play`` whole rounds are played besides. Exits
with 1 where a device gives other bytes the second time.
"""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import click
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.agents.checkpoint import from_bytes, sha256, untrained
from jimbot_stream.agents.devices import CPU, class_of, device_named, exact
from jimbot_stream.agents.dqn import standing
from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.learner import build_learner as build_q_learner
from jimbot_stream.agents.dqn.loss import Transitions, estimates, observed
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.learner import build_learner
from jimbot_stream.agents.ppo.loss import Columns
from jimbot_stream.agents.ppo.memory import float32, restore, saved
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.sharding import Index, Numbers, minibatches, shard_threads
from jimbot_stream.clock import SystemClock

SEED = 5
CLOCK = SystemClock()
PPO = UpdateConfig(epochs=2, minibatch=4096, shards=1, accumulate=2)
DQN = DqnConfig(minibatch=1024, shards=1)
Compute = Callable[[torch.device, int], bytes]
"""A device and a number of decisions, or rounds, to the bytes of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a device came to."""

    update: str
    device: str
    sha256: str
    identical: bool
    """The second time gave the same bytes."""
    decisions_per_s: float
    first_s: float
    """Seconds of the first time, in which kernels are loaded."""
    distance: float
    """Largest difference of a weight from the CPU's."""


@cache
def made_up(decisions: int) -> Columns:
    """Decisions with as many candidates as those of play have, about twenty."""
    drawn = np.random.Generator(np.random.Philox(key=SEED))
    ends = np.cumsum(drawn.integers(2, 40, decisions), dtype=np.int64)
    counts = np.diff(ends, prepend=0)
    shape = from_bytes(untrained(SEED)).shape
    return Columns(
        features=float32(drawn.normal(size=(decisions, shape.features))),
        rows=float32(drawn.normal(size=(int(ends[-1]), shape.candidate_features))),
        ends=torch.from_numpy(ends),
        actions=torch.from_numpy(drawn.integers(0, counts).astype(np.int64)),
        log_probs=float32(-np.log(counts)),
        advantages=float32(drawn.normal(size=decisions)),
        returns=float32(drawn.normal(size=decisions)),
        weights=torch.ones(decisions),
    )


def learn(device: torch.device, decisions: int) -> bytes:
    """Learn from made-up decisions."""
    before = from_bytes(untrained(SEED))
    columns = made_up(decisions)
    with exact(device):
        learner = build_learner(before.shape, PPO, device)
        restore(learner, before)
        learner.learn(columns, np.random.Generator(np.random.Philox(key=SEED)))
        return saved(learner, before).to_bytes()


def learn_values(device: torch.device, decisions: int) -> bytes:
    """Learn Q from made-up transitions, each of which leads to where it began."""
    before = from_bytes(untrained(SEED))
    columns, order = made_up(decisions), np.random.Generator(np.random.Philox(key=SEED))
    with exact(device), shard_threads(DQN.shards) as threads:
        learner = build_q_learner(before.shape, DQN, device)
        standing.restore(learner, before)

        def terms(rows: Index) -> tuple[torch.Tensor, Numbers]:
            part = columns.part(rows)
            seen = observed(part.features, part.rows, part.ends)
            discounts = torch.full_like(part.weights, DQN.gamma)
            told = Transitions(seen, part.actions, part.returns, discounts, seen, part.weights).to(
                device
            )
            found = estimates(learner.policy, told)
            return found.loss / DQN.minibatch, found.numbers()

        for rows in minibatches(decisions, DQN.minibatch, order):
            learner.step(rows, DQN.shards, threads, terms)
        return standing.saved(learner, before).to_bytes()


def play_and_learn(device: torch.device, decisions: int) -> bytes:
    """Play so many decisions in two rounds, and learn from them."""
    from jimbot_stream.agents.rollouts.runners import LocalRunners
    from jimbot_stream.agents.rollouts.update import apply_rollouts

    rollout = RolloutConfig(games=64, steps=decisions // 128, rounds=2, runners=2)
    config = TrainConfig(rollout, replace(PPO, minibatch=512))
    runners = LocalRunners(rollout, SEED)
    return apply_rollouts(untrained(SEED), runners, config, SEED, device=device).checkpoint


def figure(name: str, device: torch.device, decisions: int, cpu: bytes) -> Figure:
    """Compute twice."""
    compute = UPDATES[name]
    begun = CLOCK.monotonic()
    one = compute(device, decisions)
    between = CLOCK.monotonic()
    two = compute(device, decisions)
    ended = CLOCK.monotonic()
    return Figure(
        name,
        class_of(device) or "cpu",
        sha256(one),
        one == two,
        round(decisions / (ended - between), 1),
        round(between - begun, 2),
        distance(one, cpu),
    )


def distance(one: bytes, other: bytes) -> float:
    """Largest difference of a weight."""
    first, second = from_bytes(one).module, from_bytes(other).module
    return max(float(np.abs(first[name] - second[name]).max()) for name in first)


UPDATES: Final[dict[str, Compute]] = {
    "PPO": learn,
    "DQN": learn_values,
    "PPO, played": play_and_learn,
}


@click.command()
@figures.options
@click.option("--play", is_flag=True, help="Play whole rounds; the rules must be compiled.")
def main(quick: bool, json_file: Path | None, play: bool) -> None:
    """Compute on every device, and print what it came to."""
    decisions = 4096 if quick else 32768
    gpu = device_named("auto")
    devices = [CPU] if gpu == CPU else [CPU, gpu]
    found: list[Figure] = []
    for name in list(UPDATES) if play else list(UPDATES)[:2]:
        cpu = UPDATES[name](CPU, decisions)
        found += [figure(name, device, decisions, cpu) for device in devices]
    headings = (
        "update",
        "device",
        "the same twice",
        "decisions/s",
        "first, s",
        "from the CPU",
        "sha256",
    )
    rows = [
        (
            each.update,
            each.device,
            each.identical,
            f"{each.decisions_per_s:,.0f}",
            each.first_s,
            f"{each.distance:.1e}",
            each.sha256[:16],
        )
        for each in found
    ]
    figures.show(f"One update of {decisions:,} decisions", headings, rows)
    figures.finish({"devices": [asdict(each) for each in found]}, json_file)
    sys.exit(0 if all(each.identical for each in found) else 1)


if __name__ == "__main__":
    main()
