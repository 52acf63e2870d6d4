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
from jimbot_stream.balatro import actions, wire
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import StreamJournal
from jimbot_stream.replay.bundle import Bundle

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
    shape = Architecture(wire.FEATURES, wire.CANDIDATE_FEATURES, actions.A, hidden=4)
    weights = initial_weights(shape, np.random.Generator(np.random.Philox(key=1)))
    zeros = {name: np.zeros_like(value) for name, value in weights.items()}
    whole = checkpoints.from_bytes(checkpoints.untrained(7))
    return replace(
        whole, shape=shape, module=weights, adam_first=zeros, adam_second=dict(zeros)
    ).to_bytes()


async def main() -> None:
    """Play one game and write history and checkpoint."""
    blob = small_checkpoint()
    policy = load_policy(blob)
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedLog(Path(folder) / "events.sqlite", FrozenClock()) as log:
            journal = await StreamJournal.open(log, "game-golden")
            await _player().Player(journal, "golden", policy).play("GOLDEN1", win_ante=1)
            Bundle([event async for event in log.read_all()]).save(HERE / "first-storey-1.jsonl")
    (HERE / f"{policy.checkpoint}.gz").write_bytes(gzip.compress(blob, mtime=0))


if __name__ == "__main__":
    asyncio.run(main())
