"""``jimbot-learn curve`` as it is typed."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog

CONFIG = TrainConfig(RolloutConfig(games=4, steps=3, rounds=2), UpdateConfig(epochs=1))


async def record(folder: Path) -> None:
    """Two runs of two updates."""
    async with EmbeddedLog(folder / "events.sqlite") as log:
        for seed in (1, 2):
            blobs = BlobStore(folder / "blobs")
            run = await TrainingRun.begin(log, blobs, seed, CONFIG, ALGORITHM)
            training = Training(run, FrozenClock())
            until = partial(enough, run, 2)
            await training.train(until, lambda steps: None, lambda done: None)


def enough(run: TrainingRun, updates: int) -> bool:
    """Whether a run has so many updates."""
    return run.update >= updates


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    asyncio.run(record(tmp_path))
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path / 'events.sqlite'}")
    return tmp_path


def typed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["curve", *arguments])
    return result.exit_code, result.output


def test_runs_are_drawn_side_by_side(data: Path) -> None:
    code, out = typed("run1", "run2", "--number", "entropy", "--mean-of", "2")
    assert code == 0
    assert "━ run1   ━ run2" in out
    code, out = typed("run1", "--json", "--number", "entropy")
    assert code == 0
    assert json.loads(out)[0]["lines"][0]["x"] == [24.0, 48.0]
    code, out = typed("run1", "run2", "--number", "entropy", "--out", str(data / "curve.svg"))
    assert code == 0
    assert f"drawn in {data / 'curve.svg'}" in out
    assert (data / "curve.svg").read_text().count("<polyline") == 2


def test_what_is_not_there_is_told(data: Path) -> None:
    assert typed("run9") == (1, "jimbot-learn: no run 'run9' in the log; there are: run1, run2\n")
    code, out = typed("run1", "--number", "entropi")
    assert code == 1
    assert "no run tells 'entropi'; there are: " in out


def test_one_way_out_is_enough() -> None:
    code, out = typed("run1", "--json", "--serve", "0")
    assert code == 2
    assert "one of --out, --serve and --json" in out
