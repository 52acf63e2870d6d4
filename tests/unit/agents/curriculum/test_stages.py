"""Curricula are what a run records of them, and every stage of a named one can be played."""

import json
from dataclasses import replace

import pytest

from jimbot_stream.agents.curriculum.named import CURRICULA
from jimbot_stream.agents.curriculum.stages import Curriculum, Stage, from_value
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, from_json
from jimbot_stream.balatro.envs import settings


@pytest.mark.parametrize("curriculum", CURRICULA.values(), ids=list(CURRICULA))
def test_a_curriculum_survives_the_record(curriculum: Curriculum) -> None:
    config = TrainConfig(curriculum=curriculum)
    assert from_json(config.to_json()) == config


@pytest.mark.parametrize("curriculum", CURRICULA.values(), ids=list(CURRICULA))
def test_every_stage_is_a_game_that_the_rules_know(curriculum: Curriculum) -> None:
    for stage in curriculum.stages:
        settings.rules(stage.deck, stage.stake, stage.win_ante, endless=False)
    assert len({stage.name for stage in curriculum.stages}) == len(curriculum.stages)


@pytest.mark.parametrize("name", ["antes", "money"])
def test_those_that_lead_up_to_the_game_end_in_it(name: str) -> None:
    last = CURRICULA[name].stages[-1]
    assert last.games() == Stage("the game").games()


def test_a_stage_changes_the_games_and_nothing_else() -> None:
    config = TrainConfig(RolloutConfig(games=7), curriculum=CURRICULA["antes"])
    first, second = config.at_stage(0), config.at_stage(1)
    assert (first.rollout.win_ante, second.rollout.win_ante) == (2, 4)
    assert (first.rollout.stage, second.rollout.stage) == (0, 1)
    assert first.ppo == second.ppo
    assert replace(second.rollout, win_ante=2, stage=0) == first.rollout
    with pytest.raises(ValueError, match="no stage 3: the curriculum has 3"):
        config.at_stage(3)
    with pytest.raises(ValueError, match="the curriculum has 0"):
        TrainConfig().at_stage(0)


@pytest.mark.parametrize(
    ("stages", "games", "says"),
    [
        ((), 1, "must be a stage"),
        ((Stage("only"),), 0, "must be a stage and a game"),
        ((Stage("one"), Stage("two")), 1, "stage 'one': measure must be one of won, blinds"),
        ((Stage("one", measure="luck"), Stage("two")), 1, "measure must be one of"),
        ((Stage("only", measure="won"),), 1, "the last stage has no end"),
    ],
)
def test_impossible_curricula_are_refused(stages: tuple[Stage, ...], games: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Curriculum("mine", stages, games)


@pytest.mark.parametrize(
    "change",
    [
        {"stages": [{"name": "one"}]},
        {"stages": None},
        {"surprise": 1},
        {"games": 0},
    ],
)
def test_a_record_that_is_no_curriculum_is_refused(change: dict[str, object]) -> None:
    value = json.loads(TrainConfig(curriculum=CURRICULA["antes"]).to_json())["curriculum"]
    assert from_value(value) == CURRICULA["antes"]
    with pytest.raises(ValueError, match=r"curriculum|stage"):
        from_value(value | change)
