"""A run from blind to blind: phases, money, winning, losing."""

from collections.abc import Callable

import pytest

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import (
    IllegalActionError,
    Run,
    SnapshotError,
    checked_seed,
    new_run,
    seed_of,
)
from jimbot_stream.balatro.kernels import transition
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.blinds import ANTE_BASE, BLINDS

SELECT = actions.pack(Verb.SELECT_BLIND)
CASH_OUT = actions.pack(Verb.CASH_OUT)
NEXT_ROUND = actions.pack(Verb.NEXT_ROUND)
PLAY_ONE = actions.pack(Verb.PLAY, [0])


def beat(run: Run) -> None:
    """Play one card with the score already reached."""
    run.state["chips"] = run.state["required"]
    run.step(PLAY_ONE)


def cards_of(run: Run) -> list[int]:
    s = run.state
    return [
        *s["draw"][: s["draw_count"]].tolist(),
        *s["hand"][: s["hand_count"]].tolist(),
        *s["gone"][: s["gone_count"]].tolist(),
    ]


def test_a_run_begins_before_the_small_blind() -> None:
    run = new_run("OOOO155")
    assert run.phase is Phase.BLIND_SELECT
    s = run.state
    assert (s["ante"], s["rounds"], s["money"], s["required"]) == (1, 0, 4, 300)
    assert (s["hands_left"], s["discards_left"], s["hand_size"]) == (4, 4, 8)


def test_the_way_through_an_ante() -> None:
    run = new_run("OOOO155")
    asked = []
    for ante in (1, 2, 3):
        for blind in range(len(BLINDS)):
            assert (run.state["ante"], run.state["blind"]) == (ante, blind)
            asked.append(float(run.state["required"]))
            run.step(SELECT)
            beat(run)
            if not run.over:
                assert run.phase.name == "ROUND_EVAL"
                run.step(CASH_OUT)
                assert run.phase.name == "SHOP"
                run.step(NEXT_ROUND)
    assert asked == [300, 450, 600, 800, 1200, 1600, 2000, 3000, 4000]
    assert run.over
    assert run.won


def test_the_ante_rises_before_the_boss_is_cashed_out() -> None:
    run = new_run("OOOO155")
    run.state["blind"] = 2
    run.step(SELECT)
    beat(run)
    assert run.state["ante"] == 2
    assert run.state["blind"] == 2
    run.step(CASH_OUT)
    assert run.state["blind"] == 0
    assert run.state["required"] == ANTE_BASE[1]


@pytest.mark.parametrize(
    ("money", "blind", "hands_left", "paid"),
    [
        (4, 0, 3, 3 + 3),
        (5, 0, 0, 3 + 1),
        (24, 1, 2, 4 + 2 + 4),
        (99, 2, 1, 5 + 1 + 5),
        (-3, 0, 0, 3),
    ],
)
def test_cashing_out_pays_reward_hands_and_interest(
    money: int, blind: int, hands_left: int, paid: int
) -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    run.state["money"] = money
    run.state["blind"] = blind
    run.state["hands_left"] = hands_left + 1
    beat(run)
    assert run.state["money"] == money
    run.step(CASH_OUT)
    assert run.state["money"] == money + paid


def test_interest_is_a_dollar_for_five_up_to_five() -> None:
    found = [transition.interest(money) for money in (-7, 0, 4, 5, 9, 10, 24, 25, 30, 1000)]
    assert found == [0, 0, 0, 1, 1, 2, 4, 5, 5, 5]


def test_the_last_hand_below_the_mark_loses() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    for _ in range(4):
        assert not run.over
        run.step(PLAY_ONE)
    assert run.over
    assert not run.won
    assert not run.legal().any()


def test_reaching_the_mark_exactly_wins_the_round() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    run.state["required"] = 5 + 10  # the jack of spades alone
    run.step(PLAY_ONE)
    assert run.phase is Phase.ROUND_EVAL


def test_discards_run_out() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    for _ in range(4):
        run.step(actions.pack(Verb.DISCARD, [0, 1, 2, 3, 4]))
        assert run.state["hand_count"] == 8
    with pytest.raises(IllegalActionError, match="no discards are left"):
        run.step(actions.pack(Verb.DISCARD, [0]))


def test_every_card_is_always_somewhere() -> None:
    run = new_run("7LB2WVPK")
    for step in range(60):
        legal = run.legal().nonzero()[0]
        if not len(legal):
            break
        run.step_index(int(legal[step * 31 % len(legal)]))
        assert sorted(cards_of(run)) == list(range(52))


def test_the_hand_is_shown_by_rank_then_spades_hearts_clubs_diamonds(
    hand_keys: Callable[[Run], list[str]],
) -> None:
    for number in range(20):
        run = new_run(seed_of(5, number))
        run.step(SELECT)
        shown = [("23456789TJQKA".index(key[2]), "DCHS".index(key[0])) for key in hand_keys(run)]
        assert shown == sorted(shown, reverse=True)


def test_a_snapshot_goes_on_as_the_run_does() -> None:
    run = new_run("KK1XD111")
    run.step(SELECT)
    twin = Run.restore(run.snapshot())
    assert twin.snapshot() == run.snapshot()
    for each in (run, twin):
        each.step(actions.pack(Verb.DISCARD, [0, 3, 5]))
        beat(each)
        each.step(CASH_OUT)
        each.step(NEXT_ROUND)
        each.step(SELECT)
    assert twin.digest() == run.digest()


def test_a_restored_run_is_its_own() -> None:
    run = new_run("A")
    before = run.digest()
    Run.restore(run.snapshot()).step(SELECT)
    assert run.digest() == before


def test_foreign_snapshots_are_refused() -> None:
    snapshot = new_run("A").snapshot()
    with pytest.raises(SnapshotError, match="of rules 'other'"):
        Run.restore(b"other" + snapshot[snapshot.index(b"\n") :])
    with pytest.raises(SnapshotError, match="not whole"):
        Run.restore(snapshot[:-1])
    with pytest.raises(SnapshotError):
        Run.restore(b"")


@pytest.mark.parametrize("seed", ["", "ABCDEFGHI", "AB0", "abc", "Ä", "A\n"])
def test_what_is_no_seed_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="seed"):
        new_run(seed)


@pytest.mark.parametrize("ante", [0, -1, 9])
def test_a_last_ante_without_a_table_row_is_refused(ante: int) -> None:
    with pytest.raises(ValueError, match="win_ante"):
        new_run("A", win_ante=ante)


def test_seeds_of_games_are_valid_distinct_and_repeatable() -> None:
    seeds = [seed_of(7, number) for number in range(500)]
    assert len(set(seeds)) == 500
    assert [checked_seed(seed) for seed in seeds] == [seed_of(7, number) for number in range(500)]
    assert seed_of(8, 0) != seeds[0]
