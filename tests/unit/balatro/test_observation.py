"""Features of a state: named, in their ranges, and made of what is seen alone."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run, seed_of
from jimbot_stream.balatro.kernels import observation
from jimbot_stream.balatro.kernels.logarithm import log2, log_scale
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables import columns
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from tests.support.plays import Table

Column = Callable[[str], int]
LOW, HIGH = columns.bounds(columns.GLOBAL_GROUPS)


def seen(run: Run | Table) -> NDArray[np.float32]:
    out = np.full(observation.FEATURES, np.nan, dtype=np.float32)
    observation.fill(run.states[0], out)
    return out


def walk(number: int, steps: int, dollars: int = 0) -> Iterator[Run]:
    """The states of a random game; with dollars, it beats every blind with ease."""
    run = new_run(seed_of(3, number))
    numbers = np.random.Generator(np.random.Philox(key=number))
    run.state["money"] += dollars
    for _ in range(steps):
        if dollars and run.phase is Phase.SELECTING_HAND:
            run.state["required"] = 1
        yield run
        if run.over:
            return
        run.step_index(int(numbers.choice(np.flatnonzero(run.legal()))))


def test_every_column_has_a_name_of_its_own_and_a_range() -> None:
    for names, groups in (
        (GLOBAL, columns.GLOBAL_GROUPS),
        (CANDIDATE, columns.CANDIDATE_GROUPS),
    ):
        assert len(set(names)) == len(names) == sum(len(group.names) for group in groups)
        assert all(group.low < group.high for group in groups)
        assert all(group.text for group in groups)


@pytest.mark.parametrize("number", range(8))
def test_numbers_stay_within_their_ranges(number: int) -> None:
    for run in walk(number, 120, dollars=50 * (number % 2)):
        told = seen(run)
        outside = np.flatnonzero(~((told >= LOW) & (told <= HIGH)))
        assert [GLOBAL[at] for at in outside] == []


def test_a_run_that_begins(column: Column) -> None:
    told = seen(new_run("TESTING"))
    assert told[column("phase_blind_select")] == 1
    assert told[column("ante")] == 0.125
    assert told[column("money")] == np.float32(4 / 25)
    assert told[column("blind_small")] == 1
    assert told[column("draw_cards")] == 1
    assert told[column("hands")] == 1
    assert told[column("discards")] == 1  # the Red Deck has four
    assert told[column("level_pair")] == np.float32(0.1)
    assert [told[column(f"unseen_{rank}")] for rank in "23456789TJQKA"] == [1] * 13
    assert sum(told[column("skip_uncommon") : column("pack_arcana")]) == 1
    assert sum(told[column("boss_hook") : column("boss_live")]) == 1


def test_a_hand_card_by_card(column: Column) -> None:
    table = Table(["KS steel red seal", "QH debuffed", "9C stone foil", "4D wild", "3D hidden"])
    told = seen(table)

    def card(position: int) -> dict[str, float]:
        start, end = column(f"card{position}_there"), column(f"card{position + 1}_there")
        return {
            name.split("_", 1)[1]: round(float(value), 4)
            for name, value in zip(GLOBAL[start:end], told[start:end], strict=True)
            if value
        }

    king = {"there": 1, "rank": round(13 / 14, 4), "spades": 1, "held_xmult": 0.5, "again": 1}
    assert card(0) == king
    assert card(1) == {"there": 1, "rank": round(12 / 14, 4), "hearts": 1, "debuffed": 1}
    assert card(2) == {"there": 1, "chips": 2}  # Stone Card and Foil: 50 chips each
    assert card(3) == {
        "there": 1, "rank": round(4 / 14, 4), "clubs": 1, "diamonds": 1, "hearts": 1, "spades": 1,
    }  # fmt: skip
    assert card(4) == {"there": 1, "face_down": 1}
    assert card(5) == {}
    assert told[column("unseen_3")] == 0.25  # what lies face down is unseen
    assert told[column("hand_3")] == 0


def test_jokers_and_what_they_name(column: Column) -> None:
    table = Table(["AS"], ["idol", "joker negative", "joker"])
    s = table.s
    s.idol_rank, s.idol_suit, s.mail_rank = 14, 3, 5
    told = seen(table)
    assert told[column("owns_joker")] == 2
    assert told[column("owns_idol")] == 1
    assert told[column("joker1_negative")] == 1
    assert told[column("joker_slots")] == np.float32(6 / 5)
    assert told[column("idol_rank")] == 1
    assert told[column("idol_hearts")] == 1
    assert told[column("mail_rank")] == 0  # there is no Mail-In Rebate


def test_a_joker_that_lies_face_down_is_not_told(column: Column) -> None:
    table = Table(["AS"], ["idol", "blueprint"])
    table.s.idol_rank = 14
    for slot in range(2):
        table.s.jokers[slot]["marks"] |= 2
    told = seen(table)
    table.s.jokers[0]["id"] = JOKER["j_mime"]
    table.s.jokers[0]["value"] = 7
    assert seen(table).tobytes() == told.tobytes()
    assert told[column("joker0_face_down")] == told[column("joker1_face_down")] == 1
    assert told[column("jokers")] == np.float32(2 / 5)
    assert told[column("idol_rank")] == 0


def test_what_a_boss_minds(column: Column) -> None:
    table = Table(["AS"], boss="eye")
    table.s.boss_hands = 1 << 10
    told = seen(table)
    assert told[column("boss_eye")] == told[column("boss_live")] == 1
    assert told[column("minds_pair")] == 1
    assert told[column("minds_flush")] == 0
    table.s.boss, table.s.boss_hand = BLIND["bl_mouth"], 11
    told = seen(table)
    assert told[column("minds_pair")] == 0
    assert told[column("minds_flush")] == 1
    table.s.boss_off = 1
    assert seen(table)[column("minds_flush")] == 0


def test_wares_in_a_shop(column: Column) -> None:
    run = next(run for run in walk(1, 200, 90) if run.phase is Phase.SHOP)
    assert run.state["shop_count"] == run.state["packs_count"] == 2
    told = seen(run)
    for slot in range(int(run.state["shop_count"])):
        kind = Kind(int(run.state["shop"][slot]["kind"])).name.lower()
        assert told[column(f"shop{slot}_there")] == told[column(f"shop{slot}_{kind}")] == 1
        assert told[column(f"shop{slot}_price")] > 0
    assert told[column("offer0_there")] == 1
    assert told[column("reroll")] > 0


@pytest.mark.parametrize("number", range(6))
def test_the_order_of_the_draw_pile_shows_nowhere(number: int) -> None:
    numbers = np.random.Generator(np.random.Philox(key=number))
    for run in walk(number, 60):
        told = seen(run).tobytes()
        twin = Run.restore(run.snapshot())
        pile = twin.state["draw"][: twin.state["draw_count"]]
        pile[:] = numbers.permutation(pile)
        assert seen(twin).tobytes() == told


def test_a_card_face_down_and_one_of_the_draw_pile_change_places_unseen() -> None:
    run = new_run("HIDDEN")
    run.step(actions.pack(Verb.SELECT_BLIND))
    s = run.states[0]
    hidden, drawn = int(s.hand[2]), int(s.draw[3])
    s.cards[hidden]["marks"] |= 2
    told = seen(run).tobytes()
    for name in ("rank", "suit"):
        s.cards[hidden][name], s.cards[drawn][name] = (
            int(s.cards[drawn][name]),
            int(s.cards[hidden][name]),
        )
    assert seen(run).tobytes() == told


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_the_logarithm_is_right(x: float) -> None:
    assert log2(x) == pytest.approx(math.log2(x), abs=1e-8, rel=1e-8)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_the_scale_is_bounded(x: float) -> None:
    assert 0 <= log_scale(x) <= 64
