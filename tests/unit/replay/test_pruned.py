"""Pruned runs: what is gone is made again, and a record that was forged around it is found."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from jimbot_stream.agents.dqn.config import ALGORITHM as DQN
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.keeping.pruning import Pruner
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rollouts.config import ALGORITHM as PPO
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import CheckpointPromoted
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.cli import main
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Cause, Divergence, Match
from tests.support.tiny_runs import CONFIG, REMEMBERING, SEED

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
OTHER = "ab" * 32
PRUNED = "CheckpointsPruned"


@dataclass(frozen=True)
class Pruned:
    """A log with a pruned run."""

    events: Events
    blobs: BlobStore
    run: TrainingRun
    rechain: Rechain

    def made_by(self, update: int) -> str:
        """The checkpoint of an update."""
        return self.run.updates[update - 1].checkpoint_out

    def changed(self, change: Callable[[RecordedEvent], RecordedEvent | None]) -> Events:
        """With every event changed, or left out; digests and chains made anew."""
        kept = [new for event in self.events if (new := change(event)) is not None]
        streams = dict.fromkeys(event.stream for event in kept)
        told = [self.rechain([event for event in kept if event.stream == name]) for name in streams]
        return sorted((event for part in told for event in part), key=lambda event: event.position)

    def telling(self, **fields: object) -> Events:
        """With other fields in the record of what went."""

        def change(event: RecordedEvent) -> RecordedEvent:
            if event.type != PRUNED:
                return event
            return replace(event, data=orjson.dumps({**orjson.loads(event.data), **fields}))

        return self.changed(change)

    async def verdicts(self, events: Events) -> tuple[list[Divergence], int]:
        """What differs, and how many pruned checkpoints came out again."""
        found = [verdict async for verdict in Replayer(Bundle(events), self.blobs).verify()]
        again = [v for v in found if isinstance(v, Match) and v.kind == "pruned checkpoint"]
        return [v for v in found if isinstance(v, Divergence)], len(again)

    async def faults(self, events: Events) -> list[Divergence]:
        """What differs before any update is computed again."""
        verdicts = Replayer(Bundle(events), self.blobs).verify(Selection(updates=False))
        return [verdict async for verdict in verdicts if isinstance(verdict, Divergence)]


Recorded = tuple[Events, TrainingRun, Path]
Recording = Callable[[str], Awaitable[Recorded]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A run of an algorithm, made once for all tests."""
    made: dict[str, Recorded] = {}

    async def of(algorithm: str) -> Recorded:
        if algorithm not in made:
            folder = tmp_path_factory.mktemp(algorithm)
            made[algorithm] = await record(algorithm == "dqn", folder)
        return made[algorithm]

    return of


async def record(remembering: bool, folder: Path) -> Recorded:
    """Of PPO's, what updates 4, 5 and 6 left is there, and 4 is in service; of DQN's, 3 and 4."""
    blobs = BlobStore(folder / "blobs")
    async with EmbeddedLog(folder / "events.sqlite") as log:
        what = (REMEMBERING, DQN, DqnTraining) if remembering else (CONFIG, PPO, Training)
        run = await TrainingRun.begin(log, blobs, SEED, *what[:2])
        training, updates = what[2](run, FrozenClock()), 4 if remembering else 6
        await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)
        told = CheckpointPromoted(
            checkpoint=run.updates[3].checkpoint_out, run_id=run.started.run_id, by="me"
        )
        await (await InService.open(log)).promote(told)
        pruner = Pruner(run, log)
        await pruner.prune(await pruner.plan(4))
        events = [event async for event in log.read_all() if not event.stream.startswith("$")]
    return events, run, folder


@pytest.fixture
def algorithm() -> str:
    return "ppo"


@pytest.fixture
async def pruned(algorithm: str, recorded: Recording, tmp_path: Path, rechain: Rechain) -> Pruned:
    """A copy, of which files may be deleted."""
    events, run, folder = await recorded(algorithm)
    shutil.copytree(folder, tmp_path / "data")
    return Pruned(events, BlobStore(tmp_path / "data" / "blobs"), run, rechain)


@pytest.mark.parametrize(("algorithm", "again"), [("ppo", 3), ("dqn", 2)])
async def test_all_of_a_pruned_run_is_found_identical(pruned: Pruned, again: int) -> None:
    assert await pruned.verdicts(pruned.events) == ([], again)


@pytest.mark.parametrize(
    ("fields", "field", "cause"),
    [
        ({"run_id": "run6"}, "run_id", "tampering"),
        ({"update": "5"}, "update", "missing"),
        ({"every": "0"}, "every", "tampering"),
        ({"every": "1"}, "blobs[0]", "tampering"),
        ({"every": "3"}, "blobs[4]", "tampering"),
        ({"blobs": [OTHER]}, "blobs[0]", "tampering"),
        ({"blobs": ["no sha256"]}, "blobs[0]", "tampering"),
        ({"blobs": []}, "checkpoint", "weights"),
    ],
)
async def test_a_record_of_what_went_that_was_forged_is_found(
    pruned: Pruned, fields: dict[str, object], field: str, cause: str
) -> None:
    differences = await pruned.faults(pruned.telling(**fields))
    assert (field, cause) in {(each.field, each.cause) for each in differences}


@pytest.mark.parametrize("update", [4, 5, 6])
async def test_what_must_stay_cannot_be_declared_pruned(pruned: Pruned, update: int) -> None:
    name = pruned.made_by(update)
    pruned.blobs.drop(name)
    going = orjson.loads(pruned.run.events[-1].data)["blobs"]
    differences = await pruned.faults(pruned.telling(blobs=[name, *going]))
    (found,) = [each for each in differences if each.kind == "run"]
    assert (found.field, found.expected) == ("blobs[0]", "none that must stay")


async def test_a_record_that_is_left_out_makes_a_loss_of_what_is_gone(pruned: Pruned) -> None:
    told = pruned.changed(lambda event: None if event.type == PRUNED else event)
    differences = await pruned.faults(told)
    assert sum(each.kind == "checkpoint" for each in differences) == 3


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_other_weights_do_not_hide_behind_a_pruning(pruned: Pruned, elsewhere: bool) -> None:
    """Every name of the second checkpoint is another one's; the blob is gone, after all.

    Where the record says that it was computed elsewhere, this is no proof, but no match either.
    """
    name = pruned.made_by(2)

    def change(event: RecordedEvent) -> RecordedEvent:
        data = event.data.replace(name.encode(), OTHER.encode())
        if elsewhere:
            data = data.replace(b'\\"torch\\":', b'\\"device\\":\\"a GPU\\",\\"torch\\":')
        return replace(event, data=data, stream=event.stream.replace(name, OTHER))

    differences, again = await pruned.verdicts(pruned.changed(change))
    cause: Cause = "environment" if elsewhere else "weights"
    found = {(each.field, each.cause): each for each in differences if each.kind == "update"}
    assert "no tensor can be compared" in found["checkpoint_out", cause].why
    assert "comes out as" in found["checkpoint_in", cause].got
    assert again == 1


async def test_what_is_in_service_and_gone_is_told_with_what_brings_it_back(
    pruned: Pruned,
) -> None:
    name = pruned.made_by(4)
    pruned.blobs.drop(name)
    differences = await pruned.faults(pruned.telling(blobs=[name]))
    (found,) = [each for each in differences if each.kind == "service change"]
    assert f"jimbot-learn restore {name[:12]}" in found.got


@pytest.mark.parametrize("algorithm", ["dqn"])
async def test_blocks_of_the_newest_memory_cannot_be_declared_pruned(pruned: Pruned) -> None:
    block = manifest.blocks_of(pruned.blobs.get(pruned.run.memory))[0]
    going = orjson.loads(pruned.run.events[-1].data)["blobs"]
    differences = await pruned.faults(pruned.telling(blobs=[*going, block]))
    assert (f"blobs[{len(going)}]", block) in {(each.field, each.got) for each in differences}


def test_what_is_left_out_is_said(pruned: Pruned, tmp_path: Path) -> None:
    data, told = tmp_path / "data", tmp_path / "told.json"
    what = ["verify", "--data", str(data), "--jobs", "1", "--run", pruned.run.started.run_id]
    whole = CliRunner().invoke(main, what)
    assert "pruned checkpoints" in whole.output
    assert "without --no-updates" not in whole.output
    assert whole.exit_code == 0
    part = CliRunner().invoke(main, [*what, "--no-updates", "--json", str(told)])
    assert "6 blobs were pruned: without --no-updates" in part.output
    assert part.exit_code == 2
    assert orjson.loads(told.read_bytes())["pruned_not_made_again"] == 6
