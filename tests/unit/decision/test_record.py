from dataclasses import replace
from typing import Any

import pytest

from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import (
    DecisionMade,
    DecisionMode,
    DecisionRequest,
    DecisionSource,
    GameState,
    LegalAction,
)
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import decide
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.ladder import Ladder
from jimbot_stream.decision.record import Witness, decision_made, observe, redecide, seed_of

GAME = "run1-00001"
DIGEST = "5" * 64


@pytest.fixture
def request_(state: GameState) -> DecisionRequest:
    return DecisionRequest(
        request_id="r-1",
        state=state,
        mode=DecisionMode.DECISION_MODE_SAMPLE,
        decision_number=4,
        run_seed=1,
    )


@pytest.fixture
def witness(state: GameState) -> Witness:
    return Witness(GAME, state, 9, DIGEST, request_id="r-1", run_seed=1, decision_number=4)


@pytest.fixture
def made(request_: DecisionRequest, observation: Observation, policy: Any) -> DecisionMade:
    decision = decide(observation, policy, seed_of(request_, GAME), request_.mode)
    return decision_made(request_, GAME, 9, DIGEST, decision)


def test_a_record_repeats_without_difference(
    made: DecisionMade, witness: Witness, policy: Any
) -> None:
    assert redecide(made, witness, policy) == []


def test_every_field_of_a_record_is_filled(made: DecisionMade) -> None:
    unset = {field.name for field in DecisionMade.DESCRIPTOR.fields} - {
        field.name for field, _ in made.ListFields()
    }
    assert unset == set()


def test_the_rules_fill_in_legal_actions_and_version(made: DecisionMade, state: GameState) -> None:
    assert list(made.legal) == wire.legal_messages(state)
    assert made.rules_version == RULES_VERSION


def test_legal_actions_of_the_request_win(
    request_: DecisionRequest, state: GameState, policy: Any
) -> None:
    wanted = wire.action_message(int(observe(state).actions[3]))
    size = len(wanted.cards)
    request_.legal.append(
        LegalAction(verb=wanted.verb, min_cards=size, max_cards=size, selectable_cards=wanted.cards)
    )
    observation = observe(state, request_.legal)
    decision = decide(observation, policy, seed_of(request_, GAME), request_.mode)
    record = decision_made(request_, GAME, 9, DIGEST, decision)
    assert list(record.legal) == list(request_.legal)
    assert record.action == wanted


def test_a_heuristic_decision_repeats_without_a_policy(
    request_: DecisionRequest, observation: Observation, witness: Witness
) -> None:
    decision = decide_by_rule(observation, seed_of(request_, GAME), request_.mode)
    record = decision_made(request_, GAME, 9, DIGEST, decision)
    assert redecide(record, witness, None) == []


def test_a_remembered_decision_repeats_from_the_policy(
    request_: DecisionRequest, observation: Observation, witness: Witness, policy: Any
) -> None:
    clock = FrozenClock()
    ladder, seed = Ladder(clock), seed_of(request_, GAME)
    ladder.decide(observation, policy, replace(seed, game_id="another"), request_.mode)
    cached = ladder.decide(observation, policy, seed, request_.mode, clock.monotonic())
    record = decision_made(request_, GAME, 9, DIGEST, cached)
    assert record.decided_by == DecisionSource.DECISION_SOURCE_CACHED
    assert redecide(record, witness, policy) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request_id", "r-2"),
        ("state_revision", 8),
        ("state_digest", "6" * 64),
        ("rules_version", "other"),
        ("observation_digest", "6" * 64),
        ("mask_digest", "6" * 64),
        ("checkpoint", "d" * 64),
        ("decided_by", DecisionSource.DECISION_SOURCE_ADVISOR),
        ("run_seed", 2),
        ("decision_number", 5),
        ("logits_digest", "6" * 64),
        ("action_index", 3),
        ("log_prob", -0.25),
        ("value", 0.75),
        ("compute_class", "another"),
    ],
)
def test_a_changed_field_is_named(
    made: DecisionMade, witness: Witness, policy: Any, field: str, value: Any
) -> None:
    setattr(made, field, value)
    assert field in [name for name, _, _ in redecide(made, witness, policy)]


def test_a_policy_decision_passed_off_as_a_rule_shows(
    made: DecisionMade, witness: Witness, policy: Any
) -> None:
    made.decided_by = DecisionSource.DECISION_SOURCE_HEURISTIC
    differing = {name for name, _, _ in redecide(made, witness, policy)}
    assert {"checkpoint", "logits_digest", "compute_class"} <= differing


def test_a_changed_action_is_named(made: DecisionMade, witness: Witness, policy: Any) -> None:
    made.action.cards.append(7)
    assert [name for name, _, _ in redecide(made, witness, policy)] == ["action"]


def test_changed_legal_actions_show_in_the_mask(
    made: DecisionMade, witness: Witness, policy: Any
) -> None:
    made.legal[0].max_cards = 3
    assert "mask_digest" in [name for name, _, _ in redecide(made, witness, policy)]


def test_a_mode_that_leads_to_another_action_shows(
    request_: DecisionRequest, state: GameState, witness: Witness, policy: Any
) -> None:
    policy.logits[:] = 0.0
    decision = decide(observe(state), policy, seed_of(request_, GAME), request_.mode)
    made = decision_made(request_, GAME, 9, DIGEST, decision)
    made.mode = DecisionMode.DECISION_MODE_GREEDY
    assert "action_index" in [name for name, _, _ in redecide(made, witness, policy)]


def test_a_changed_state_is_named(made: DecisionMade, witness: Witness, policy: Any) -> None:
    witness.state.money += 1
    assert "observation_digest" in [name for name, _, _ in redecide(made, witness, policy)]


def test_without_the_policy_that_decided_the_difference_says_so(
    made: DecisionMade, witness: Witness
) -> None:
    [(field, expected, _)] = redecide(made, witness, None)
    assert field == "decided_by"
    assert "checkpoint" in expected


def test_a_decision_for_another_game_is_not_recorded(
    request_: DecisionRequest, observation: Observation, policy: Any
) -> None:
    decision = decide(observation, policy, seed_of(request_, "another"), request_.mode)
    with pytest.raises(ValueError, match="does not answer"):
        decision_made(request_, GAME, 9, DIGEST, decision)
