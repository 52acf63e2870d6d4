"""A pruning that is killed at any moment leaves files too many, never too few.

Real ``jimbot-learn prune`` processes die by SIGKILL at a named point: before the record, after it,
and between two deletions. What remains is verified as a whole; the next pruning ends where one
that nobody killed ends.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.rollouts.config import ALGORITHM
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Match
from tests.support.tiny_runs import CONFIG, SEED

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]
PRUNE = ["prune", "--keep", "3"]
UPDATES = 5
KEPT = [3, 4, 5]
"""Updates whose checkpoints stay where every third one is kept."""


async def train(folder: Path) -> list[str]:
    """Checkpoints of a run in a data folder."""
    async with EmbeddedLog(folder / "events.sqlite") as log:
        run = await TrainingRun.begin(log, BlobStore(folder / "blobs"), SEED, CONFIG, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= UPDATES, lambda steps: None, lambda done: None)
        return [update.checkpoint_out for update in run.updates]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder, and the checkpoints."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, asyncio.run(train(folder))


async def verified(folder: Path) -> int:
    """Updates that were computed again; nothing may differ."""
    async with EmbeddedLog(folder / "events.sqlite", read_only=True) as log:
        found = [v async for v in Replayer(log, BlobStore(folder / "blobs")).verify()]
    assert [verdict for verdict in found if not isinstance(verdict, Match)] == []
    return sum(verdict.kind == "update" for verdict in found)


def data_in(folder: Path) -> dict[str, str]:
    """Settings by which a command works there."""
    return {"JIMBOT_DATA": str(folder), "JIMBOT_LOG": f"sqlite:{folder}/events.sqlite"}


def killed(folder: Path, fault: str) -> int:
    """Prune in a process of its own, which dies at a point; its exit code."""
    command = [sys.executable, "-m", "jimbot_stream.agents.cli", *PRUNE]
    environment = {**os.environ, **data_in(folder), "JIMBOT_FAULT": fault}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        ("before-commit", [1, 2, 3, 4, 5]),
        ("prune-recorded", [1, 2, 3, 4, 5]),
        ("blob-dropped:2", None),
    ],
)
def test_what_a_killed_pruning_leaves_is_sound(
    trained: tuple[Path, list[str]], tmp_path: Path, fault: str, left: list[int] | None
) -> None:
    folder, made = trained
    shutil.copytree(folder, tmp_path / "data")
    tmp_path /= "data"
    blobs = BlobStore(tmp_path / "blobs")

    def there() -> list[int]:
        return [number for number, name in enumerate(made, 1) if blobs.has(name)]

    assert killed(tmp_path, fault) == -signal.SIGKILL
    assert left is None or there() == left
    assert asyncio.run(verified(tmp_path)) == UPDATES
    assert CliRunner().invoke(main, PRUNE, env=data_in(tmp_path)).exit_code == 0
    assert there() == KEPT
