"""What an online learner makes of spoilt games, updates that fail, and checkpoints that are worse.

Whatever happens is recorded, the last good weights stay, and the audit finds it as recorded.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import EpisodeClosed, EpisodeRejected, UpdateRejected
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog
from jimbot_stream.promotion import InService
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match
from tests.support.online import GAMES, close, learner, told
from tests.support.policies import strong
from tests.unit.agents.gate.conftest import update

CONFIG = UpdateConfig(epochs=1)
HASTY = UpdateConfig(epochs=3, minibatch=8, learning_rate=1e30)
RECKLESS = replace(CONFIG, learning_rate=1.0)
"""Spoils a policy with its first step."""
GATE = GateConfig(games=24, most_steps=30, level=1 - 1e-9)
"""Lets nothing pass but what does no worse in every game."""


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({"episode": 2, "checkpoint": 1, "training": 1})


async def begin(
    log: EventLog, blobs: BlobStore, config: UpdateConfig = CONFIG, gate: GateConfig | None = None
) -> TrainingRun:
    return await TrainingRun.begin(log, blobs, 7, config, gate=gate)


def cut(episode: EpisodeClosed) -> EpisodeClosed:
    """As if the game's last event had not been logged."""
    shorter = EpisodeClosed()
    shorter.CopyFrom(episode)
    shorter.last_revision -= 1
    return shorter


def beyond(episode: EpisodeClosed) -> EpisodeClosed:
    """As if the log lacked the game's last events."""
    longer = EpisodeClosed()
    longer.CopyFrom(episode)
    longer.last_revision += 2
    return longer


def rejections(run: TrainingRun) -> list[UpdateRejected]:
    found = [event for event in run.events if event.type == "UpdateRejected"]
    return [read_event(UpdateRejected, event) for event in found]


async def audited(log: EventLog, blobs: BlobStore) -> list[str]:
    """Kinds of everything that was verified, all of it identical."""
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    runs = [v for v in verdicts if isinstance(v, Divergence) and not v.stream.startswith("game-")]
    assert not runs  # the games here are recorded without what the audit asks of real ones
    return [verdict.kind for verdict in verdicts if isinstance(verdict, Match)]


@pytest.mark.parametrize("spoil", [cut, beyond])
async def test_a_game_with_a_hole_is_left_out_and_the_others_learned_from(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any, spoil: Callable[..., Any]
) -> None:
    games = [await record(number) for number in range(GAMES)]
    await close(bus, [spoil(games[0]), *games[1:]])
    run = await begin(log, blobs)
    await (await learner(run, log, bus)).learn(1)
    (left_out,) = [
        read_event(EpisodeRejected, event)
        for event in run.events
        if event.type == "EpisodeRejected"
    ]
    assert (left_out.episode.game_id, left_out.cause) == (games[0].game_id, "incomplete")
    assert games[0].game_id in left_out.reason
    (applied,) = run.updates
    assert [each.game_id for each in applied.episodes] == [game.game_id for game in games[1:]]
    assert "update" in await audited(log, blobs)
    assert [r.event.WhichOneof("payload") for r in await told(bus, "training")] == [
        "run_started",
        "episode_rejected",
        "update_applied",
        "run_ended",
    ]


async def test_a_generation_of_spoilt_games_alone_makes_no_update(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    games = [await record(number) for number in range(2 * GAMES)]
    await close(bus, [*(cut(game) for game in games[:GAMES]), *games[GAMES:]])
    run = await begin(log, blobs)
    untrained = run.checkpoint
    await (await learner(run, log, bus)).learn(2)
    (rejected,) = rejections(run)
    assert (rejected.cause, rejected.update, rejected.checkpoint) == ("no-episodes", 1, untrained)
    (applied,) = run.updates  # from the games that the same checkpoint played after that
    assert (applied.update, applied.checkpoint_in) == (2, untrained)
    kinds = await audited(log, blobs)
    assert (kinds.count("failed update"), kinds.count("update")) == (1, 1)


async def test_an_update_that_diverges_leaves_the_weights_in_service(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs, HASTY)
    untrained = run.checkpoint
    await (await learner(run, log, bus)).learn(1)
    (rejected,) = rejections(run)
    assert (rejected.cause, rejected.checkpoint) == ("diverged", untrained)
    assert "is not finite" in rejected.reason
    assert len(rejected.episodes) == GAMES
    assert (await InService.open(log)).checkpoint == untrained
    assert "failed update" in await audited(log, blobs)


async def test_a_worse_checkpoint_is_not_promoted_and_its_games_do_not_come_back(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    run = await begin(log, blobs, RECKLESS, GATE)
    good = await update(run, strong())
    policy = load_policy(strong())
    await close(bus, [await record(number, policy) for number in range(2 * GAMES)])
    await (await learner(run, log, bus)).learn(3)
    refused = rejections(run)
    assert [(each.update, each.cause, each.checkpoint) for each in refused] == [
        (2, "worse", good),
        (3, "worse", good),
    ]
    second, third = run.updates[1:]
    assert (second.checkpoint_in, third.checkpoint_in) == (good, good)
    assert not set(map(str, second.episodes)) & set(map(str, third.episodes))
    assert (await InService.open(log)).checkpoint == good
    told_of = [received.event for received in await told(bus, "checkpoint")]
    announced = {event.checkpoint_saved.checkpoint for event in told_of}
    assert good in announced
    assert not announced & {each.rejected for each in refused}


async def test_a_spoilt_checkpoint_is_recorded_and_the_one_before_goes_on(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs)
    untrained = run.checkpoint
    await (await learner(run, log, bus)).learn(1)
    made = run.checkpoint
    path = blobs.path(made)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-7])
    resumed = await begin(log, blobs)
    (rejected,) = rejections(resumed)
    assert (rejected.cause, rejected.rejected) == ("unreadable-checkpoint", made)
    assert (resumed.checkpoint, resumed.update) == (untrained, 1)
    assert (await begin(log, blobs)).events == resumed.events
    path.write_bytes(whole)  # the blob is put back: what was recorded stays
    assert (await begin(log, blobs)).checkpoint == untrained
    assert "run" in await audited(log, blobs)


async def test_a_run_without_any_usable_checkpoint_says_so_and_records_it_once(
    log: EventLog, blobs: BlobStore
) -> None:
    run = await begin(log, blobs)
    path = blobs.path(run.checkpoint)
    path.chmod(0o600)
    path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(RunError, match="copy the blob from where it was made"):
            await begin(log, blobs)
    stream = [event.type async for event in log.read_stream("trainingRun-run7")]
    assert stream.count("UpdateRejected") == 1


async def test_a_roll_back_while_games_are_waited_for_is_followed(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    """The players change over at once; what they played with the withdrawn one does not count."""
    games = [await record(number) for number in range(GAMES)]
    await close(bus, games)
    run = await begin(log, blobs)
    untrained = run.checkpoint
    working = await learner(run, log, bus)
    await working.learn(1)
    withdrawn = run.checkpoint
    stale = await record(50, load_policy(blobs.get(withdrawn)))
    fresh = [await record(number) for number in range(GAMES, 2 * GAMES)]
    await close(bus, [*games, stale, *fresh])
    await (await InService.open(log)).roll_back("", "looks odd", "somebody")
    await working.learn(2)
    (rejected,) = rejections(run)
    assert (rejected.cause, rejected.checkpoint) == ("withdrawn", untrained)
    assert run.updates[-1].checkpoint_in == untrained
    assert [e.game_id for e in run.updates[-1].episodes] == [game.game_id for game in fresh]
    assert (await InService.open(log)).stack == [untrained, run.checkpoint]
    assert "service change" in await audited(log, blobs)
