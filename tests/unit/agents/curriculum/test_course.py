"""A recorded run goes through its stages, stopped or not, and never plays a game twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from jimbot_stream.agents import listing
from jimbot_stream.agents.curriculum.stages import Curriculum, Stage
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match

SEED = 11
SOON = Curriculum(
    "soon",
    (
        Stage("rich", win_ante=1, money=50, measure="blinds", wanted=0.0),
        Stage("far", win_ante=2, measure="blinds", wanted=1e6),
        Stage("never"),
    ),
    games=2,
)
CONFIG = TrainConfig(
    RolloutConfig(games=4, steps=12, rounds=2), UpdateConfig(epochs=1), curriculum=SOON
).at_stage(0)


async def trained(log: EventLog, blobs: BlobStore, *upto: int) -> TrainingRun:
    """Go on with the run until it has so many updates, taken up anew for each number."""
    for updates in upto:
        run = await TrainingRun.begin(log, blobs, SEED, CONFIG, ALGORITHM)
        training = Training(run, FrozenClock())
        await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)  # noqa: B023
    return run


def types(run: TrainingRun) -> list[str]:
    return [event.type for event in run.events]


async def test_a_run_goes_on_to_the_next_stage_and_stays_there(
    log: EventLog, blobs: BlobStore
) -> None:
    run = await trained(log, blobs, 4)
    assert types(run).count("CurriculumAdvanced") == 1
    course = await listing.course_of(log, run.started.run_id)
    (step,) = course.steps_taken
    assert (step.stage, step.name) == (1, "far")
    first = [update for update in run.updates if update.update <= step.update]
    assert sum(update.metrics["episodes"] for update in first) >= SOON.games
    assert first[-1].config_json == CONFIG.to_json()
    assert run.updates[-1].config_json == step.config_json == CONFIG.at_stage(1).to_json()


async def test_a_run_that_stopped_anywhere_takes_the_same_steps(
    log: EventLog, blobs: BlobStore, tmp_path: Path
) -> None:
    straight = await trained(log, blobs, 4)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        in_parts = await trained(other, BlobStore(tmp_path / "other"), 0, 1, 2, 3, 4)
    assert [event.data for event in in_parts.events] == [event.data for event in straight.events]


async def test_a_step_that_a_kill_left_out_is_made_up_for(
    log: EventLog, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    straight = await trained(log, blobs, 3)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        with monkeypatch.context() as killed:

            async def killed_before(self: TrainingRun, change: object) -> None:
                raise KeyboardInterrupt

            killed.setattr(TrainingRun, "record_change", killed_before)
            with pytest.raises(KeyboardInterrupt):
                await trained(other, BlobStore(tmp_path / "other"), 3)
        again = await trained(other, BlobStore(tmp_path / "other"), 3)
    assert [event.data for event in again.events] == [event.data for event in straight.events]


async def test_every_stage_is_computed_again(log: EventLog, blobs: BlobStore) -> None:
    run = await trained(log, blobs, 4)
    assert "CurriculumAdvanced" in types(run)
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert sum(isinstance(v, Match) and v.kind == "update" for v in verdicts) == 4


def test_the_games_of_no_two_stages_are_the_same() -> None:
    same = CONFIG.rollout
    seeds: set[str] = set()
    for stage in range(3):
        games = Sampler(replace(same, stage=stage), SEED).games
        seeds |= {games.game_seed(number) for number in range(same.games)}
    assert len(seeds) == 3 * same.games


def test_games_begin_with_the_money_of_their_stage() -> None:
    plain, rich = (Sampler(replace(CONFIG.rollout, money=money), SEED) for money in (0, 50))
    assert (rich.games.states["money"] == plain.games.states["money"] + 50).all()


def test_games_that_make_way_for_others_do_so_too(network: CandidateNetwork) -> None:
    sampler = Sampler(replace(CONFIG.rollout, money=50, most_steps=1, steps=3), SEED)
    sampler.sample(network)
    games = sampler.games
    assert (games.carry["episode"] == 3).all()
    assert (games.states["money"] == 54).all()
