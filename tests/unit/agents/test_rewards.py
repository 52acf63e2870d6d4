"""Progress is counted in blinds, whatever the way there."""

from itertools import pairwise

import pytest

from jimbot_stream.agents.rewards import WIN_BONUS, progress_1, reward_named
from jimbot_stream.balatro import engine, wire
from jimbot_stream.contracts import Blind, GameState, Phase


def hand(round_: int, chips: float, required: float = 300) -> GameState:
    return GameState(
        phase=Phase.PHASE_SELECTING_HAND,
        round=round_,
        chips=chips,
        blind=Blind(chips_required=required),
    )


def test_scoring_pays_its_share_of_the_blind() -> None:
    assert progress_1(hand(1, 0), hand(1, 75)) == pytest.approx(0.25)


def test_beating_the_blind_pays_what_was_left_of_it() -> None:
    beaten = GameState(phase=Phase.PHASE_ROUND_EVAL, round=1, chips=900)
    assert progress_1(hand(1, 75), beaten) == pytest.approx(0.75)


def test_walking_on_pays_nothing() -> None:
    evaluated = GameState(phase=Phase.PHASE_ROUND_EVAL, round=2)
    shop = GameState(phase=Phase.PHASE_SHOP, round=2)
    offer = GameState(phase=Phase.PHASE_BLIND_SELECT, round=2)
    for before, after in ((evaluated, shop), (shop, offer), (offer, hand(3, 0))):
        assert progress_1(before, after) == 0


def test_winning_pays_once() -> None:
    won = GameState(phase=Phase.PHASE_GAME_OVER, round=9, won=True)
    assert progress_1(hand(9, 300), won) == pytest.approx(WIN_BONUS)
    assert progress_1(won, won) == 0


def test_losing_keeps_the_share_that_was_scored() -> None:
    lost = hand(1, 150)
    lost.phase = Phase.PHASE_GAME_OVER
    assert progress_1(hand(1, 100), lost) == pytest.approx(1 / 6)


@pytest.mark.parametrize("endless", [True, False])  # real clients do not tell it
def test_losing_after_winning_keeps_only_the_share_as_well(endless: bool) -> None:
    before, after = hand(28, 10, 100), hand(28, 20, 100)
    before.won = after.won = True
    after.phase, after.endless = Phase.PHASE_GAME_OVER, endless
    assert progress_1(before, after) == pytest.approx(0.1)


def test_a_blind_without_a_requirement_is_no_division_by_zero() -> None:
    assert progress_1(hand(1, 0, 0), hand(1, 50, 0)) == 0


@pytest.mark.parametrize("number", range(3))
def test_the_rewards_of_a_game_add_up_to_what_it_reached(number: int) -> None:
    run = engine.new_run(engine.seed_of(9, number), win_ante=2)
    states = [wire.state_message(run)]
    while not run.over:
        _, _, mask, listed = wire.encode(states[-1])
        run.step(int(listed[mask][0]))
        states.append(wire.state_message(run))
    last = states[-1]
    total = sum(progress_1(one, two) for one, two in pairwise(states))
    assert total == pytest.approx(last.round - 1 + last.chips / last.blind.chips_required)


def test_an_unknown_reward_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="progress-1"):
        reward_named("progress-0")
