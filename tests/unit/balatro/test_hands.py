"""Twelve poker hands, and which of the cards score."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro.kernels import hands, scoring
from jimbot_stream.balatro.tables.hands import HANDS, NUMBER

Arrays = Callable[[list[str]], tuple[Any, Any]]


def positions(mask: int) -> list[int]:
    return [place for place in range(5) if mask >> place & 1]


def test_hands_and_scoring_cards_equal_the_reference(
    reference: Callable[[str], Any], as_arrays: Arrays
) -> None:
    for case in reference("hand_cases.json")["cases"]:
        ranks, suits = as_arrays(case["cards"])
        hand, mask = hands.classify(ranks, suits, len(ranks))
        assert HANDS[hand].name == case["hand"], case["cards"]
        assert positions(mask) == case["scoring"], case["cards"]


@pytest.mark.parametrize(
    ("cards", "hand", "chips", "mult"),
    [
        ("H_A H_A H_A H_A H_A", "Flush Five", 160 + 55, 16),
        ("H_A H_A H_A H_2 H_2", "Flush House", 140 + 37, 14),
        ("H_T S_T C_T D_T H_T", "Five of a Kind", 120 + 50, 12),
        ("H_T H_J H_Q H_K H_A", "Straight Flush", 100 + 51, 8),
        ("S_A S_2 S_3 S_4 S_5", "Straight Flush", 100 + 25, 8),
        ("S_7 C_7 H_7 D_7 S_2", "Four of a Kind", 60 + 28, 7),
        ("S_7 C_7 H_7 D_7", "Four of a Kind", 60 + 28, 7),
        ("H_T H_T H_T H_T H_2", "Four of a Kind", 60 + 40, 7),
        ("S_K C_K H_K D_4 S_4", "Full House", 40 + 38, 4),
        ("D_2 D_4 D_6 D_8 D_A", "Flush", 35 + 31, 4),
        ("D_2 D_2 D_6 D_6 D_A", "Flush", 35 + 27, 4),
        ("S_A C_2 H_3 D_4 S_5", "Straight", 30 + 25, 4),
        ("S_9 C_T H_J D_Q S_K", "Straight", 30 + 49, 4),
        ("S_K C_A H_2 D_3 S_4", "High Card", 5 + 11, 1),
        ("S_9 C_T H_J D_Q", "High Card", 5 + 10, 1),
        ("D_2 D_4 D_6 D_8", "High Card", 5 + 8, 1),
        ("S_9 C_9 H_9 D_Q", "Three of a Kind", 30 + 27, 3),
        ("S_9 C_9 H_4 D_4 S_A", "Two Pair", 20 + 26, 2),
        ("S_A C_A", "Pair", 10 + 22, 2),
        ("S_5", "High Card", 5 + 5, 1),
    ],
)
def test_a_hand_scores_its_base_and_its_scoring_cards(
    as_arrays: Arrays, cards: str, hand: str, chips: int, mult: int
) -> None:
    ranks, suits = as_arrays(cards.split())
    for order in list(permutations(range(len(ranks))))[::7]:
        held = list(order)
        made, mask = hands.classify(ranks[held], suits[held], len(held))
        assert HANDS[made].name == hand
        base, factor = scoring.worth(made, 1)
        live = np.ones(5, dtype=np.int64)
        brought = scoring.card_chips(ranks[held], live, len(held), mask)
        assert (base + brought, factor) == (chips, mult)
        assert scoring.total(base + brought, factor) == chips * mult


def test_debuffed_cards_form_the_hand_but_bring_no_chips(as_arrays: Arrays) -> None:
    ranks, suits = as_arrays(["S_A", "C_A"])
    hand, mask = hands.classify(ranks, suits, 2)
    live = np.array([1, 0], dtype=np.int64)
    assert hand == NUMBER["Pair"]
    assert scoring.card_chips(ranks, live, 2, mask) == 11


def test_hidden_cards_match_nothing() -> None:
    unknown = np.zeros(5, dtype=np.int64)
    hand, mask = hands.classify(unknown, unknown, 5)
    assert hand == NUMBER["High Card"]
    assert scoring.card_chips(unknown, np.ones(5, dtype=np.int64), 5, mask) == 0


def test_levels_raise_chips_and_mult() -> None:
    for number, hand in enumerate(HANDS):
        for level in (1, 2, 7):
            assert scoring.worth(number, level) == hand.worth(level)


def test_scores_past_the_integers_stay_finite() -> None:
    assert scoring.total(1e20, 1e10) == 1e30
