"""Nothing hidden leaks: a choice is a function of what the player sees."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.lookahead import worlds
from jimbot_stream.balatro.lookahead.advising import advise
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead
from jimbot_stream.balatro.state import STATE, Phase, plain
from jimbot_stream.balatro.tables.modifiers import Mark
from tests.support import games
from tests.unit.balatro import walking

EFFORT = Effort(((128, 1), (6, 1)), 2)
HIDDEN = {
    "bl_house": (),
    "bl_wheel": ("j_oops", "j_oops"),
    "bl_mark": ("j_pareidolia",),
    "bl_fish": (),
    "bl_final_acorn": ("j_joker", "j_duo", "j_photograph", "j_greedy_joker"),
    "bl_final_bell": ("j_joker",),
}
"""Bosses that lay cards or jokers face down or force one, with jokers that make it more."""


def chosen(run: Run, listed: Callable[[Run], Any], counter: int) -> tuple[int, list[float]]:
    search = Lookahead(3, EFFORT)
    actions, rows = listed(run)
    values, among = search.values(run.states, 0, actions, rows, counter)
    return int(actions[search.best(values, among)]), values.tolist()


@pytest.fixture(params=[*HIDDEN, "shop", "pack", "blind", "round"])
def run(request: pytest.FixtureRequest) -> Run:
    if request.param in HIDDEN:
        run = games.against(request.param, *HIDDEN[request.param])
        if request.param == "bl_fish":
            games.do(run, Verb.PLAY, (0,))
        return run
    run = new_run(games.SEED)
    run.state["money"] = 30
    if request.param == "blind":
        return run
    games.do(run, Verb.SELECT_BLIND)
    if request.param == "round":
        games.give(run, "c_death")
        return run
    games.beat(run)
    games.cash_out(run)
    if request.param == "pack":
        games.do(run, Verb.BUY_PACK, slot=0)
    return run


def test_what_is_hidden_has_no_say(
    run: Run, candidates_of: Callable[[Run], Any], laid_otherwise: Callable[[Run, int], Run]
) -> None:
    expected = chosen(run, candidates_of, 5)
    for seed in range(3):
        twin = laid_otherwise(run, seed)
        assert wire.state_message(twin) == wire.state_message(run)
        assert chosen(twin, candidates_of, 5) == expected


def test_whoever_is_told_the_visible_state_advises_the_same(
    run: Run, candidates_of: Callable[[Run], Any]
) -> None:
    """But for jokers that were turned over: a message does not tell which they were."""
    if run.state["jokers"][0]["marks"] & Mark.FACE_DOWN:
        run.state["joker_count"] = 0
    advice = advise(Lookahead(3, EFFORT), wire.state_message(run), 5)
    assert wire.canonical(advice.action) == chosen(run, candidates_of, 5)[0]
    assert advice.tried == len(candidates_of(run)[0])


def test_a_search_leaves_the_run_as_it_is(run: Run, candidates_of: Callable[[Run], Any]) -> None:
    before = run.snapshot()
    chosen(run, candidates_of, 1)
    assert run.snapshot() == before


def test_a_world_looks_like_the_run_and_deals_the_same_cards(run: Run) -> None:
    for key in range(4):
        twin = Run.restore(run.snapshot())
        worlds.imagine(twin.states, twin.rngs, 0, np.uint64(key))
        assert wire.state_message(twin) == wire.state_message(run)
        assert games.piles(twin) == list(range(run.state["card_count"]))
        assert twin.streams["used"] == 0


@pytest.mark.parametrize("number", range(4))
def test_worlds_differ_by_their_key_alone(number: int) -> None:
    run = next(run for run, _, _ in walking.walk(number, 200) if run.phase is Phase.SELECTING_HAND)
    drawn = []
    for key in (1, 1, 2):
        twin = Run.restore(run.snapshot())
        worlds.imagine(twin.states, twin.rngs, 0, np.uint64(key))
        drawn.append((twin.states.tobytes(), twin.rngs.tobytes()))
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert drawn[0] != (run.states.tobytes(), run.rngs.tobytes())


def test_unseen_cards_are_as_likely_in_every_hidden_place() -> None:
    run = games.against("bl_house")
    first = []
    for key in range(400):
        twin = Run.restore(run.snapshot())
        worlds.imagine(twin.states, twin.rngs, 0, np.uint64(key))
        s = plain(twin.states, STATE)[0]
        first.append(int(s["cards"][s["hand"][0]]["rank"]))
        assert all(
            int(s["cards"][c]["marks"]) & Mark.FACE_DOWN for c in s["hand"][: s["hand_count"]]
        )
    ranks = np.bincount(first, minlength=15)[2:]
    assert ((ranks > 10) & (ranks < 60)).all()  # 400 / 13 each


def test_a_voucher_that_waits_for_the_shop_is_not_known() -> None:
    run = new_run(games.SEED)
    worlds.imagine(run.states, run.rngs, 0, np.uint64(1))
    assert run.state["voucher_next"] == 0


@pytest.mark.parametrize("number", range(4))
def test_what_is_hidden_has_no_say_anywhere_in_a_game(
    number: int,
    candidates_of: Callable[[Run], Any],
    laid_otherwise: Callable[[Run, int], Run],
) -> None:
    for count, (run, _, _) in enumerate(islice(walking.walk(number, 200), 0, None, 9)):
        if run.over:
            break
        twin = laid_otherwise(run, count)
        assert chosen(twin, candidates_of, count) == chosen(run, candidates_of, count)
