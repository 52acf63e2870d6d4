"""Write the golden histories anew: ``python tests/golden/make.py``.

Needed once per rules version; files of older versions stay as they are, under their own
name. The games are played by the engine and decided by a small checkpoint, as the
tests of the replay room play theirs.
"""

import asyncio
import gzip
import importlib.util
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from jimbot_stream.agents import checkpoint as checkpoints
from jimbot_stream.agents.network import Architecture, initial_weights
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.balatro import wire
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import DecisionMode
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import Decision
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.sampling import DecisionSeed
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import StreamJournal
from jimbot_stream.replay.bundle import Bundle

SEED = "GOLDEN1"
"""Of a game with a shop in it, jokers and a consumable."""
HERE = Path(__file__).parent / "histories"


def _player() -> ModuleType:
    path = Path(__file__).parents[1] / "unit/replay/conftest.py"
    spec = importlib.util.spec_from_file_location("replay_conftest", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def small_checkpoint() -> bytes:
    """As an untrained one, with four units a layer instead of 64."""
    shape = Architecture(wire.FEATURES, wire.CANDIDATE_FEATURES, wire.CAPACITY, hidden=4)
    weights = initial_weights(shape, np.random.Generator(np.random.Philox(key=1)))
    zeros = {name: np.zeros_like(value) for name, value in weights.items()}
    whole = checkpoints.from_bytes(checkpoints.untrained(7))
    return replace(
        whole, shape=shape, module=weights, adam_first=zeros, adam_second=dict(zeros)
    ).to_bytes()


def by_rule_mostly(player: ModuleType) -> type:
    """The tests' player, but the policy has every fourth decision only: such a game gets on."""

    class Player(player.Player):  # type: ignore[misc, name-defined]  # loaded by its path
        def choose(self, observation: Observation, seed: DecisionSeed) -> Decision:
            if seed.decision_number % 4 == 1:
                decision: Decision = super().choose(observation, seed)
                return decision
            return decide_by_rule(observation, seed, DecisionMode.DECISION_MODE_SAMPLE)

    return Player


async def main() -> None:
    """Play one game and write history and checkpoint."""
    blob = small_checkpoint()
    policy = load_policy(blob)
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedLog(Path(folder) / "events.sqlite", FrozenClock()) as log:
            journal = await StreamJournal.open(log, "game-golden")
            player = by_rule_mostly(_player())(journal, "golden", policy)
            await player.play(SEED, win_ante=1)
            Bundle([event async for event in log.read_all()]).save(HERE / "rules-1.jsonl")
    (HERE / f"{policy.checkpoint}.gz").write_bytes(gzip.compress(blob, mtime=0))


if __name__ == "__main__":
    asyncio.run(main())
