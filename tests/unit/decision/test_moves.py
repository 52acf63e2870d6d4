"""The most probable action brings the game forwards; older records that moved are repeated so."""

from hashlib import sha256

import numpy as np
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import Run
from jimbot_stream.contracts import DecisionMade, DecisionMode, DecisionRequest, GameState
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import decide
from jimbot_stream.decision.moves import moves, standing
from jimbot_stream.decision.record import Witness, decision_made, observe, redecide, seed_of
from tests.support.states import Layout
from tests.unit.decision.conftest import TablePolicy

GREEDY = DecisionMode.DECISION_MODE_GREEDY
SAMPLE = DecisionMode.DECISION_MODE_SAMPLE


@pytest.fixture
def state() -> GameState:
    """A hand of eight cards and three jokers, whose order can be changed."""
    layout = Layout(jokers=["j_joker", "j_blueprint", "j_jolly"])
    return wire.state_message(Run("TESTSEED", layout.states, layout.rngs))


@pytest.fixture
def mover(observation: Observation) -> TablePolicy:
    """A policy that would move its jokers before anything else."""
    moving = moves(observation.candidates) & observation.mask
    assert moving.any()
    return TablePolicy(np.where(moving, np.float32(9.0), np.float32(0.0)))


def made(
    state: GameState, mover: TablePolicy, *, moves: bool, mode: DecisionMode = GREEDY
) -> DecisionMade:
    request = DecisionRequest(request_id="one", state=state, mode=mode, run_seed=7)
    decision = decide(observe(state), mover, seed_of(request, "one"), mode, moves=moves)
    return decision_made(request, "one", 1, sha256(b"state").hexdigest(), decision)


def moved(told: DecisionMade, observation: Observation) -> bool:
    return bool(moves(observation.candidates)[told.action_index])


def test_what_is_most_probable_is_no_move(
    state: GameState, observation: Observation, mover: TablePolicy
) -> None:
    assert not moved(made(state, mover, moves=False), observation)


def test_moves_are_drawn(state: GameState, observation: Observation, mover: TablePolicy) -> None:
    assert moved(made(state, mover, moves=False, mode=SAMPLE), observation)


def test_a_move_is_taken_where_nothing_else_is_legal(observation: Observation) -> None:
    moving = moves(observation.candidates) & observation.mask
    assert (standing(observation.candidates, moving) == moving).all()
    assert not (standing(observation.candidates, observation.mask) & moving).any()


@pytest.mark.parametrize("older", [True, False])
def test_records_of_both_rules_are_repeated(
    state: GameState, observation: Observation, mover: TablePolicy, older: bool
) -> None:
    """Only a release that let it be so can have recorded a move beside another choice."""
    told = made(state, mover, moves=older)
    assert moved(told, observation) == older
    witness = Witness("one", state, 1, sha256(b"state").hexdigest(), "one", 7, 0)
    assert redecide(told, witness, mover) == []


def test_a_forged_move_is_not_what_the_policy_says(state: GameState, mover: TablePolicy) -> None:
    """The older rule takes the best of all moves, and no other."""
    told = made(state, mover, moves=True)
    observation = observe(state)
    moving = np.flatnonzero(moves(observation.candidates) & observation.mask)
    other = TablePolicy(mover.logits.copy())
    other.logits[told.action_index] = 8.0
    assert len(moving) > 1
    witness = Witness("one", state, 1, sha256(b"state").hexdigest(), "one", 7, 0)
    assert "action" in {name for name, _, _ in redecide(told, witness, other)}
