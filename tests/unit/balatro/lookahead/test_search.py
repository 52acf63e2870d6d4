"""What the search chooses where the best choice is plain."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.lookahead import rounds
from jimbot_stream.balatro.lookahead.advising import NothingToAdviseError, advise
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.wire import state_message
from tests.support import games

Listed = Callable[[Run], Any]


@pytest.fixture
def search() -> Lookahead:
    return Lookahead(1, Effort(((128, 1), (8, 2)), 2))


def verb(run: Run, search: Lookahead, listed: Listed) -> tuple[Verb, int]:
    found, rows = listed(run)
    action = int(found[search.choose(run.states, 0, found, rows, 0)])
    return Verb(action >> 40), action >> 32 & 255


def shop(*jokers: str, money: int = 20) -> Run:
    run = new_run(games.SEED)
    for key in jokers:
        games.give(run, key)
    games.do(run, Verb.SELECT_BLIND)
    games.beat(run)
    games.cash_out(run)
    run.state["money"] = money
    return run


def hold(run: Run, wanted: Sequence[tuple[int, int]]) -> None:
    """Hold cards of these ranks and suits: each is exchanged for what was held."""
    s = run.state
    for at, card in enumerate(wanted):
        for pile in ("hand", "draw"):
            for other in range(s[f"{pile}_count"]):
                found = s["cards"][s[pile][other]]
                if (found["rank"], found["suit"]) == card:
                    s["hand"][at], s[pile][other] = int(s[pile][other]), int(s["hand"][at])


def put_on_sale(run: Run, slot: int, key: str) -> None:
    ware = run.state["shop"][slot]
    for name in ware.dtype.names:
        ware[name] = 0
    ware["kind"], ware["id"] = Kind.JOKER, JOKER[key]


def test_a_hand_that_beats_the_blind_is_played(search: Lookahead, candidates_of: Listed) -> None:
    run = games.against("bl_club", "j_joker")
    run.state["required"] = 20.0
    assert verb(run, search, candidates_of)[0] is Verb.PLAY


def test_who_lacks_one_card_to_a_flush_draws_for_it(
    search: Lookahead, candidates_of: Listed
) -> None:
    run = games.against("bl_club")
    hold(run, [(2, 1), (4, 1), (7, 1), (9, 1), (3, 2), (6, 3), (11, 4), (13, 2)])
    run.state["hands_left"] = 1
    run.state["required"] = 150.0
    assert verb(run, search, candidates_of)[0] is Verb.DISCARD


def test_a_joker_that_multiplies_is_bought_before_one_that_does_not(
    search: Lookahead, candidates_of: Listed
) -> None:
    run = shop("j_jolly", money=9)
    put_on_sale(run, 0, "j_credit_card")
    put_on_sale(run, 1, "j_duo")
    run.state["packs"]["kind"] = Kind.NONE
    assert verb(run, search, candidates_of) == (Verb.BUY_CARD, 1)


def test_a_joker_makes_room_for_a_better_one(search: Lookahead, candidates_of: Listed) -> None:
    run = shop("j_jolly", "j_sly", "j_credit_card", "j_jolly", "j_jolly", money=8)
    put_on_sale(run, 0, "j_credit_card")
    put_on_sale(run, 1, "j_duo")
    assert verb(run, search, candidates_of) == (Verb.SELL_JOKER, 2)


def test_nothing_is_moved_back_and_forth(search: Lookahead, candidates_of: Listed) -> None:
    run = shop("j_duo", "j_jolly", "j_sly", "j_photograph", money=0)
    for counter in range(30):
        found, rows = candidates_of(run)
        action = int(found[search.choose(run.states, 0, found, rows, counter)])
        if action >> 40 == Verb.NEXT_ROUND:
            return
        run.step(action)
    pytest.fail("it never went on")


def test_the_multiplying_joker_goes_to_the_right(search: Lookahead, candidates_of: Listed) -> None:
    run = shop("j_duo", "j_jolly", money=0)
    chosen = verb(run, search, candidates_of)
    assert chosen[0] is Verb.REARRANGE_JOKERS


def test_equal_seeds_and_counters_choose_equally(candidates_of: Listed) -> None:
    run = games.against("bl_club", "j_joker", ante=4)
    found, rows = candidates_of(run)

    def values(seed: int, counter: int) -> list[float]:
        search = Lookahead(seed, Effort(((128, 2),), 1))
        return list(search.values(run.states, 0, found, rows, counter)[0])

    assert values(1, 1) == values(1, 1)
    assert values(1, 1) != values(1, 2)
    assert values(1, 1) != values(2, 1)


def test_what_comes_after_does_not_depend_on_earlier_questions(candidates_of: Listed) -> None:
    one, other = games.against("bl_club", "j_joker"), shop("j_duo")
    search, fresh = Lookahead(1), Lookahead(1)
    found, rows = candidates_of(one)
    search.choose(one.states, 0, found, rows, 0)
    found, rows = candidates_of(other)
    told = [each.values(other.states, 0, found, rows, 4)[0].tolist() for each in (search, fresh)]
    assert told[0] == told[1]


def test_only_the_best_go_on() -> None:
    values, among = np.array([1.0, 5.0, 3.0, 3.0, 9.0]), np.ones(5, dtype=np.bool_)
    among[4] = False
    rounds.keep(values, among, 2)
    assert among.tolist() == [False, True, True, False, False]


def test_what_cannot_be_meant_is_refused(candidates_of: Listed) -> None:
    for effort in ((), ((0, 1),), ((3, 0),)):
        with pytest.raises(ValueError, match="effort"):
            Effort(effort)
    with pytest.raises(ValueError, match="effort"):
        Effort(worlds=0)
    run = new_run(games.SEED)
    found, rows = candidates_of(run)
    with pytest.raises(ValueError, match="nothing to choose"):
        Lookahead().choose(run.states, 0, found[:0], rows[:0], 0)


def test_a_game_that_is_over_gets_no_advice(search: Lookahead) -> None:
    run = new_run(games.SEED)
    run.state["phase"] = 7
    with pytest.raises(NothingToAdviseError, match="nothing can be done"):
        advise(search, state_message(run), 0)


def test_a_joker_that_lies_face_down_is_not_sold(search: Lookahead, candidates_of: Listed) -> None:
    run = games.against("bl_final_acorn", "j_joker", "j_duo", "j_photograph")
    assert verb(run, search, candidates_of)[0] in (Verb.PLAY, Verb.DISCARD)
