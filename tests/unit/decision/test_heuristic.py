from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.balatro import actions, engine, wire
from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import UndecidableError
from jimbot_stream.decision.heuristic import HEURISTIC_VERSION, decide_by_rule
from jimbot_stream.decision.record import observe
from jimbot_stream.decision.sampling import DecisionSeed

SEED = DecisionSeed(1, "game", 0)
SAMPLE = DecisionMode.DECISION_MODE_SAMPLE


def test_it_plays_whole_games_legally() -> None:
    for number in range(3):
        run = engine.new_run(engine.seed_of(4, number), win_ante=3)
        while not run.over:
            run.step(decide_by_rule(observe(wire.state_message(run)), SEED, SAMPLE).action)


def test_it_beats_the_small_blind_more_often_than_not() -> None:
    beaten = 0
    for number in range(10):
        run = engine.new_run(engine.seed_of(4, number))
        while not run.over and wire.state_message(run).round < 2:
            run.step(decide_by_rule(observe(wire.state_message(run)), SEED, SAMPLE).action)
        beaten += not run.over
    assert beaten > 5


def test_without_discards_it_plays_the_best_hand(observation: Observation) -> None:
    mask = observation.mask & (observation.actions >> 40 != actions.Verb.DISCARD)
    decision = decide_by_rule(replace(observation, mask=mask), SEED, SAMPLE)
    scores = observation.candidates[:, CANDIDATE.index("score_log")]
    assert scores[decision.action_index] == scores.max()


def test_with_nothing_but_discards_it_discards(observation: Observation) -> None:
    mask = observation.mask & (observation.actions >> 40 == actions.Verb.DISCARD)
    action = decide_by_rule(replace(observation, mask=mask), SEED, SAMPLE).action
    assert action >> 40 == actions.Verb.DISCARD


def test_seed_and_mode_change_nothing(observation: Observation) -> None:
    one = decide_by_rule(observation, SEED, SAMPLE)
    other = decide_by_rule(
        observation, DecisionSeed(2, "other", 9), DecisionMode.DECISION_MODE_GREEDY
    )
    assert one.action_index == other.action_index


def test_it_says_that_no_policy_took_part(observation: Observation) -> None:
    decision = decide_by_rule(observation, SEED, SAMPLE)
    assert decision.decided_by == DecisionSource.DECISION_SOURCE_HEURISTIC
    assert (decision.checkpoint, decision.logits_digest) == ("", "")
    assert decision.compute_class == HEURISTIC_VERSION


def test_an_empty_mask_is_refused(observation: Observation) -> None:
    with pytest.raises(UndecidableError, match="no action is legal"):
        decide_by_rule(replace(observation, mask=np.zeros_like(observation.mask)), SEED, SAMPLE)
