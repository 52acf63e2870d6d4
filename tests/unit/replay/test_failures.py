"""Updates that failed in the simulator fail again; failures that are made up do not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.dqn import config as dqn
from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import PlayTraining, Training
from jimbot_stream.agents.soundness import DIVERGED, RULES_DISAGREE, UNREADABLE, Fault
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match, Verdict

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
GAMES = RolloutConfig(games=4, steps=4, rounds=2)
FAR_TOO_HIGH = 1e30
"""A learning rate that makes the next gradient or weight infinite."""
PPO = TrainConfig(GAMES, UpdateConfig(epochs=2, minibatch=8))
DQN = dqn.DqnTrainConfig(
    GAMES, dqn.DqnConfig(minibatch=8, minibatches=2, warm=8), MemoryConfig(mib=1)
)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def hasty(config: TrainConfig | dqn.DqnTrainConfig) -> TrainConfig | dqn.DqnTrainConfig:
    if isinstance(config, TrainConfig):
        return replace(config, ppo=replace(config.ppo, learning_rate=FAR_TOO_HIGH))
    return replace(config, dqn=replace(config.dqn, learning_rate=FAR_TOO_HIGH))


async def begun(
    log: EmbeddedLog, blobs: BlobStore, config: TrainConfig | dqn.DqnTrainConfig
) -> tuple[TrainingRun, "PlayTraining[TrainConfig] | PlayTraining[dqn.DqnTrainConfig]"]:
    if isinstance(config, TrainConfig):
        run = await TrainingRun.begin(log, blobs, 3, config, ALGORITHM)
        return run, Training(run, FrozenClock())
    run = await TrainingRun.begin(log, blobs, 3, config, dqn.ALGORITHM)
    return run, DqnTraining(run, FrozenClock())


async def verdicts(events: Events, blobs: BlobStore) -> list[Verdict]:
    return [verdict async for verdict in Replayer(Bundle(events), blobs).verify()]


async def events_of(log: EmbeddedLog) -> Events:
    return [event async for event in log.read_all() if not event.stream.startswith("$")]


@pytest.mark.parametrize("config", [PPO, DQN])
async def test_an_update_that_diverges_is_recorded_and_diverges_again(
    tmp_path: Path, blobs: BlobStore, config: TrainConfig | dqn.DqnTrainConfig
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run, training = await begun(log, blobs, hasty(config))
        untrained = run.checkpoint
        for number in (1, 2):  # who asks again gets the next number, and other minibatches
            with pytest.raises(DivergedError, match="begin a run with a lower learning rate"):
                await training.train(lambda: False, lambda steps: None, lambda done: None)
            assert (run.update, run.checkpoint) == (number, untrained)
        events = await events_of(log)
    found = await verdicts(events, blobs)
    assert not [verdict for verdict in found if isinstance(verdict, Divergence)]
    assert [v.kind for v in found if isinstance(v, Match)].count("failed update") == 2


@pytest.mark.parametrize("config", [PPO, DQN])
@pytest.mark.parametrize("after", [0, 1])
async def test_a_failure_that_is_made_up_is_found(
    tmp_path: Path, blobs: BlobStore, config: TrainConfig | dqn.DqnTrainConfig, after: int
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run, training = await begun(log, blobs, config)
        await training.train(lambda: run.update >= after, lambda steps: None, lambda done: None)
        await run.reject(Fault(DIVERGED, "it did not"))
        _, training = await begun(log, blobs, config)
        await training.train(lambda: run.update >= 0, lambda steps: None, lambda done: None)
        events = await events_of(log)
    (difference,) = [v for v in await verdicts(events, blobs) if isinstance(v, Divergence)]
    assert (difference.kind, difference.field, difference.expected, difference.got) == (
        "failed update",
        "cause",
        "an update that succeeds",
        DIVERGED,
    )


async def test_the_update_after_a_failure_goes_on_and_is_repeated(
    tmp_path: Path, blobs: BlobStore
) -> None:
    """The first update that is applied has the number 2, and its games begin with the run."""
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        run, _ = await begun(log, blobs, DQN)
        await run.reject(Fault(UNREADABLE, "the blob was put back since"))
        run, training = await begun(log, blobs, DQN)
        await training.train(lambda: run.update >= 3, lambda steps: None, lambda done: None)
        events = await events_of(log)
    assert [update.update for update in run.updates] == [2, 3]
    found = await verdicts(events, blobs)
    assert not [verdict for verdict in found if isinstance(verdict, Divergence)]


@pytest.mark.parametrize(
    ("fields", "kind", "expected"),
    [
        ({"cause": RULES_DISAGREE}, "failed update", DIVERGED),
        ({"cause": "bad-weather"}, "failed update", DIVERGED),
        ({"update": 4}, "run", "1"),
        ({"checkpoint": "ab" * 32}, "run", ""),
    ],
)
async def test_a_forged_failure_is_found(
    tmp_path: Path,
    blobs: BlobStore,
    rechain: Rechain,
    fields: dict[str, object],
    kind: str,
    expected: str,
) -> None:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        _, training = await begun(log, blobs, hasty(PPO))
        with pytest.raises(DivergedError):
            await training.train(lambda: False, lambda steps: None, lambda done: None)
        events = await events_of(log)
    run = [event for event in events if event.stream.startswith("trainingRun-")]
    data = orjson.loads(run[-1].data) | fields
    forged = rechain([*run[:-1], replace(run[-1], data=orjson.dumps(data))])
    others = [event for event in events if event not in run]
    found = await verdicts([*forged, *others], blobs)
    told = [v for v in found if isinstance(v, Divergence) and v.kind == kind]
    assert any(each.expected.startswith(expected) for each in told)
