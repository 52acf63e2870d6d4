"""What each stake adds to those below, and what antes ask."""

import math

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run, seed_of
from jimbot_stream.balatro.kernels import economy
from jimbot_stream.balatro.tables.blinds import ANTE_BASE
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.stakes import STAKES
from tests.support.games import SEED, beat, cash_out, do, give, jokers

STICKERS = {Mark.ETERNAL: 4, Mark.PERISHABLE: 7, Mark.RENTAL: 8}


@pytest.mark.parametrize("stake", range(1, 9))
def test_small_blinds_pay_on_white_stake_alone(stake: int) -> None:
    run = new_run(SEED, stake=stake)
    do(run, Verb.SELECT_BLIND)
    beat(run)
    assert cash_out(run) == 3 + (3 if stake == 1 else 0)
    do(run, Verb.NEXT_ROUND)
    do(run, Verb.SELECT_BLIND)
    run.state["money"] = 0
    beat(run)
    assert cash_out(run) == 3 + 4


@pytest.mark.parametrize("stake", range(1, 9))
def test_blue_stake_takes_a_discard(stake: int) -> None:
    assert new_run(SEED, stake=stake).state["discards_left"] == 4 - (stake >= 5)


@pytest.mark.parametrize(("stake", "row"), [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (8, 2)])
def test_required_scores_grow_faster(stake: int, row: int) -> None:
    scaling = STAKES[stake - 1].scaling
    assert [economy.base(ante, scaling) for ante in range(1, 9)] == list(ANTE_BASE[row])


@pytest.mark.parametrize(
    ("ante", "base"),
    [
        (-3, 100.0),
        (0, 100.0),
        (8, 50000.0),
        (9, 110000.0),
        (10, 560000.0),
        (11, 7200000.0),
        (12, 300000000.0),
        (13, 47000000000.0),
        (14, 2.9e13),
        (15, 7.7e16),
        (16, 8.6e20),
    ],
)
def test_antes_beyond_the_table(ante: int, base: float) -> None:
    """The figures that players know of endless runs on white stake."""
    assert economy.base(ante, 1) == pytest.approx(base, rel=1e-12)


def test_what_cannot_be_counted_cannot_be_reached() -> None:
    assert math.isfinite(economy.base(38, 1))
    assert math.isinf(economy.base(60, 1))


@pytest.mark.parametrize("stake", range(1, 9))
def test_stickers_come_from_their_stake_on(stake: int) -> None:
    seen = 0
    for game in range(12):
        run = new_run(seed_of(1, game), stake=stake)
        do(run, Verb.SELECT_BLIND)
        beat(run)
        cash_out(run)
        for _ in range(4):
            for item in run.state["shop"][: run.state["shop_count"]]:
                seen |= int(item["marks"])
            run.state["money"] = 100
            do(run, Verb.REROLL)
    allowed = sum(mark for mark, least in STICKERS.items() if stake >= least)
    assert seen & ~allowed == 0
    assert seen == allowed


def test_a_rental_joker_costs_three_dollars_a_round() -> None:
    run = new_run(SEED)
    give(run, "j_joker", marks=int(Mark.RENTAL))
    do(run, Verb.SELECT_BLIND)
    beat(run)
    assert run.state["money"] == 1


def test_a_perishable_joker_is_debuffed_after_its_rounds() -> None:
    run = new_run(SEED)
    give(run, "j_juggler", marks=int(Mark.PERISHABLE), perish=2)
    for rounds in (1, 2):
        do(run, Verb.SELECT_BLIND)
        beat(run)
        marks = int(run.state["jokers"][0]["marks"])
        assert bool(marks & Mark.DEBUFFED) == (rounds == 2)
        assert run.state["hand_size"] == (8 if rounds == 2 else 9)
        cash_out(run)
        do(run, Verb.NEXT_ROUND)
    do(run, Verb.SELL_JOKER)
    assert run.state["hand_size"] == 8


def test_an_eternal_joker_cannot_be_destroyed() -> None:
    run = new_run(SEED)
    give(run, "j_ceremonial")
    give(run, "j_joker", marks=int(Mark.ETERNAL))
    do(run, Verb.SELECT_BLIND)
    assert jokers(run) == ["j_ceremonial", "j_joker"]


@pytest.mark.parametrize("stake", [0, 9, -1])
def test_an_unknown_stake_is_named(stake: int) -> None:
    with pytest.raises(ValueError, match=rf"stake {stake} is not in 1\.\.8"):
        new_run(SEED, stake=stake)
