"""``jimbot-learn prune`` and ``restore``."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.rollouts.config import ALGORITHM as PPO
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from tests.support.tiny_runs import CONFIG, SEED


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Checkpoints of a run of five updates, in the data folder of the commands."""
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    monkeypatch.setenv("JIMBOT_LOG", f"sqlite:{tmp_path}/events.sqlite")

    async def train() -> list[str]:
        async with EmbeddedLog(tmp_path / "events.sqlite") as log:
            run = await TrainingRun.begin(log, BlobStore(tmp_path / "blobs"), SEED, CONFIG, PPO)
            training = Training(run, FrozenClock())
            await training.train(lambda: run.update >= 5, lambda steps: None, lambda done: None)
            return [update.checkpoint_out for update in run.updates]

    return asyncio.run(train())


def told(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def test_a_run_is_pruned_and_a_checkpoint_comes_back(made: list[str], tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    code, text = told("prune", "--keep", "8", "--dry-run")
    assert (code, "Would go" in text, blobs.has(made[0])) == (0, True, True)
    code, text = told("prune", f"run{SEED}", "--keep", "8", "--json")
    (plan,) = json.loads(text)["runs"]
    assert (code, plan["every"], len(plan["blobs"])) == (0, 8, 6)
    assert [blobs.has(name) for name in made] == [False, False, False, True, True]
    code, text = told("restore", made[2][:10])
    assert (code, "was computed again" in text) == (0, True)
    assert [blobs.has(name) for name in made] == [False, False, True, True, True]
    assert "is there" in told("restore", made[2])[1]


def test_a_run_is_pruned_to_a_bound(made: list[str], tmp_path: Path) -> None:
    """Of what every second update leaves, no more than it takes."""
    blobs = BlobStore(tmp_path / "blobs")
    code, text = told("prune", f"run{SEED}", "--mib", "1000")
    assert (code, all(blobs.has(name) for name in made)) == (0, True)
    whole = json.loads(told("prune", "--mib", "1000", "--dry-run", "--json")[1])["runs"][0]
    bound = (whole["held"] - whole["held"] // 10) / (1 << 20)
    (plan,) = json.loads(told("prune", "--mib", f"{bound}", "--json")[1])["runs"]
    assert (plan["every"], plan["held"] - plan["size"] <= bound * (1 << 20)) == (2, True)
    assert [blobs.has(name) for name in made] == [False, True, False, True, True]
    code, text = told("prune", "--mib", "0.001")
    assert (code, "still holds" in text) == (0, True)
    assert [blobs.has(name) for name in made] == [False, False, False, True, True]
    assert told("prune", "--mib", "1", "--keep", "2")[0] == 2


def test_who_asks_for_what_is_not_there_is_told(made: list[str], tmp_path: Path) -> None:
    assert told("prune", "run99") == (1, f"jimbot-learn: no run 'run99' in the log; there are: run{SEED}\n")  # fmt: skip  # noqa: E501
    BlobStore(tmp_path / "blobs").drop(made[1])
    code, text = told("restore", made[1])
    assert (code, "no blob" in text) == (1, True)
