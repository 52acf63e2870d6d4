"""A table that counts as one would by hand, and pays less for what it has seen."""

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.exploration.counts import FORGOTTEN, Counts, earlier
from tests.support.held import round_of

CONFIG = Combinations(beta=0.1, decay=0.5, slot_bits=16)
slots = st.lists(st.integers(0, 15), max_size=60)


@given(slots)
def test_each_time_counts_those_before_it(drawn: list[int]) -> None:
    assert earlier(np.array(drawn, dtype=np.int64)).tolist() == [
        drawn[:place].count(slot) for place, slot in enumerate(drawn)
    ]


@given(st.lists(slots, max_size=4), st.lists(st.integers(0, 40), min_size=16, max_size=16))
def test_a_table_counts_one_after_another(rounds: list[list[int]], first: list[int]) -> None:
    table = np.array(first, dtype=np.float32)
    counts = Counts(Combinations(decay=1.0, slot_bits=4), table)
    by_hand = list(first)
    for drawn in rounds:
        stands = []
        for slot in drawn:
            by_hand[slot] += 1
            stands.append(by_hand[slot])
        assert counts.counted(np.array(drawn, dtype=np.int64)).tolist() == stands
    assert counts.table.tolist() == by_hand
    assert counts.table.dtype == np.float32


def test_the_table_given_is_left_alone() -> None:
    table = np.ones(16, dtype=np.float32)
    Counts(Combinations(slot_bits=4), table).counted(np.array([3, 3]))
    assert (table == 1).all()


def test_a_table_has_a_fixed_size() -> None:
    assert Counts(Combinations()).table.nbytes == 256 << 10


def test_what_is_new_earns_all_and_what_was_seen_less() -> None:
    counts = Counts(CONFIG)
    chunk = round_of([[(), (3,), (3, 4)], [(), (3,), (3, 5)]])
    # First each game has the set of joker 3: the second time it is seen, it earns 1 / sqrt(2).
    assert counts.bonus(chunk) == pytest.approx(np.array([[0.1, 0.1 / sqrt(2)], [0.1, 0.1]]))
    again = counts.bonus(chunk)
    assert again[0] == pytest.approx([0.1 / sqrt(3), 0.1 / sqrt(4)])
    assert again[1] == pytest.approx([0.1 / sqrt(2)] * 2)


def test_a_decision_earns_the_mean_of_what_it_makes() -> None:
    counts = Counts(CONFIG)
    counts.bonus(round_of([[(3,), (3, 4)]]))
    # The pairs (3, 4) and (4, 5), of which one was seen, and the set of three, which was not.
    bonus = counts.bonus(round_of([[(3, 5), (3, 4, 5)]]))
    assert bonus.item() == pytest.approx(0.1 * (1 / sqrt(2) + 1 + 1) / 3)


def test_a_round_without_jokers_earns_nothing() -> None:
    counts = Counts(CONFIG)
    assert not counts.bonus(round_of([[(), ()]])).any()
    assert counts.metrics() == {"bonus": 0.0, "bonus_decisions": 0.0, "combinations": 0.0}


def test_people_are_told() -> None:
    counts = Counts(CONFIG)
    counts.bonus(round_of([[(), (3,), (3, 4)], [(), (3,), (3, 5)]]))
    told = counts.metrics()
    assert told["bonus"] == pytest.approx(0.1 * (3 + 1 / sqrt(2)) / 4)
    assert told["bonus_decisions"] == 4
    assert told["combinations"] == 5  # three sets, two pairs


@given(st.lists(st.floats(0, 1e6, width=32), min_size=16, max_size=16), st.floats(0.01, 1))
def test_an_update_forgets_a_part(first: list[float], decay: float) -> None:
    table = np.array(first, dtype=np.float32)
    kept = Counts(Combinations(decay=decay, slot_bits=4), table).table
    left = table * np.float32(decay)
    assert ((kept == left) | (kept == 0)).all()
    assert (kept[left >= FORGOTTEN] == left[left >= FORGOTTEN]).all()
    assert (kept[left < FORGOTTEN] == 0).all()


def test_what_was_not_seen_for_long_counts_as_unseen() -> None:
    chunk, counts = round_of([[(), (3,)]]), Counts(CONFIG)
    counts.bonus(chunk)
    counts = Counts(CONFIG, Counts(CONFIG, counts.table).table)
    assert counts.bonus(chunk).item() == pytest.approx(CONFIG.beta)


hands = st.lists(st.integers(0, 5), max_size=4)


@settings(max_examples=50, deadline=None)  # a round takes milliseconds to make
@given(st.lists(st.lists(hands, min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_bonus_is_positive_and_no_more_than_beta(games: list[list[list[int]]]) -> None:
    counts = Counts(CONFIG)
    for _ in range(3):
        bonus = counts.bonus(round_of(games))
        assert (bonus >= 0).all()
        assert (bonus <= CONFIG.beta * (1 + 1e-12)).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(hands, min_size=3, max_size=3), min_size=2, max_size=4),
    st.randoms(use_true_random=False),
)
def test_the_order_of_games_does_not_change_what_is_counted(
    games: list[list[list[int]]], chance: object
) -> None:
    one, two = Counts(CONFIG), Counts(CONFIG)
    one.bonus(round_of(games))
    chance.shuffle(games)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    two.bonus(round_of(games))
    assert one.table.tobytes() == two.table.tobytes()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"beta": 0.0}, "combinations.beta"),
        ({"beta": float("nan")}, "combinations.beta"),
        ({"beta": float("inf")}, "combinations.beta"),
        ({"decay": 0.0}, "combinations.decay"),
        ({"decay": 1.1}, "combinations.decay"),
        ({"slot_bits": 3}, "combinations.slot_bits must lie between 4 and 24"),
        ({"slot_bits": 25}, "combinations.slot_bits"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(CONFIG, **change)
