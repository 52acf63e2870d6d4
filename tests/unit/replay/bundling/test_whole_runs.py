"""What a selection takes along is enough: each part of a log of real runs verifies by itself."""

import asyncio
import shutil
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.dqn.config import ALGORITHM as DQN
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.evaluation.archive import Archive
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.gate import Gate
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.keeping.pruning import Pruner
from jimbot_stream.agents.rollouts.config import ALGORITHM as PPO
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import CheckpointPromoted
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from tests.support.homes import Home, files_of, replay, streams_in
from tests.support.populations import grown
from tests.support.tiny_runs import CONFIG, REMEMBERING

GATED, PRUNED, PROMOTED = 1, 2, 3


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A population, a gated run, one whose replay memory was pruned, one put into service."""
    home = Home(tmp_path_factory.mktemp("runs"))
    asyncio.run(_record(home))
    return home


async def _record(home: Home) -> None:
    async with EmbeddedLog(home.log_file) as log:
        await grown(log, home.blobs, 3)
        await _gated(log, home.blobs)
        run = await TrainingRun.begin(log, home.blobs, PRUNED, REMEMBERING, DQN)
        await _train(DqnTraining(run, FrozenClock()), run, 4)
        pruner = Pruner(run, log)
        await pruner.prune(await pruner.plan(4))
        promoted = await TrainingRun.begin(log, home.blobs, PROMOTED, CONFIG, PPO)
        told = CheckpointPromoted(checkpoint=promoted.checkpoint, run_id="run3", by="me")
        await (await InService.open(log)).promote(told)


async def _gated(log: EmbeddedLog, blobs: BlobStore) -> None:
    gate = GateConfig(games=4, most_steps=10, level=1e-9)
    run = await TrainingRun.begin(log, blobs, GATED, CONFIG, PPO, gate=gate)
    service = await InService.open(log)
    succession = Succession(run, service, Gate(gate, Archive(log, blobs.get)))
    await succession.begin()

    async def settle() -> None:
        await succession.settle()

    await _train(Training(run, FrozenClock(), settle), run, 1)
    await run.record_end("finished")


async def _train(training: Training | DqnTraining, run: TrainingRun, updates: int) -> None:
    await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)


MEMBERS = {f"trainingRun-population5.{number}" for number in range(3)}
EXPECTED = {
    "population5.1": (MEMBERS, "exchanges"),
    "run1": ({"trainingRun-run1", "trainingRun-run3", "service-policy"}, "gate decisions"),
    "run2": ({"trainingRun-run2"}, "pruned checkpoints"),
}
"""Runs that a run takes along, and what of it is only verified if nothing is missing."""


@pytest.mark.parametrize("run", EXPECTED)
def test_a_run_verifies_by_itself(runs: Home, tmp_path: Path, run: str) -> None:
    bundle = tmp_path / "bundle"
    exported = replay("export", "--data", runs.folder, "--run", run, "--out", bundle)

    verified = replay("verify", "--bundle", bundle, "--jobs", "1")

    assert exported.exit_code == 0, exported.output
    assert verified.exit_code == 0, verified.output
    streams, checked = EXPECTED[run]
    taken = {name for name in streams_in(bundle) if name.startswith(("trainingRun-", "service-"))}
    assert taken == streams
    assert f"│ {checked}" in verified.output


def test_an_evaluation_takes_the_run_of_its_player_along(runs: Home, tmp_path: Path) -> None:
    evaluated = [e for e in runs.events() if e.type == "EvaluationStarted"]
    one = next(e for e in evaluated if orjson.loads(e.data).get("purpose") == "gate")
    bundle, choice = tmp_path / "bundle", ("--evaluation", one.stream.partition("-")[2])

    replay("export", "--data", runs.folder, *choice, "--out", bundle)

    assert "trainingRun-run1" in streams_in(bundle)


def test_blobs_that_were_let_go_are_told_and_others_are_not_missed(
    runs: Home, tmp_path: Path
) -> None:
    replay("export", "--data", runs.folder, "--out", tmp_path / "bundle")

    told = orjson.loads((tmp_path / "bundle" / "manifest.json").read_bytes())

    assert told["pruned"]
    assert told["missing"] == []
    assert not [name for name in told["pruned"] if runs.blobs.has(name)]
    assert len(files_of(tmp_path / "bundle" / "blobs")) == len(files_of(runs.folder / "blobs"))


def test_a_blob_that_was_lost_is_told_at_once_and_found_by_verify(
    runs: Home, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(runs.folder, tmp_path / "home")))
    last = [e for e in home.events() if e.type == "CheckpointSaved"][-1]
    name = orjson.loads(last.data)["checkpoint"]
    home.blobs.drop(name)

    exported = replay("export", "--data", home.folder, "--out", tmp_path / "bundle")
    done = replay("verify", "--bundle", tmp_path / "bundle", "--jobs", "1", "--no-updates")

    assert "1 blobs that events name are lost" in exported.output
    assert orjson.loads((tmp_path / "bundle/manifest.json").read_bytes())["missing"] == [name]
    assert "LOST" in (tmp_path / "bundle/README.txt").read_text()
    assert done.exit_code == 1
    assert f"no blob {name}" in "".join(done.output.split("\n"))
