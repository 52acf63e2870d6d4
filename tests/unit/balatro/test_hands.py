"""Twelve poker hands, and which of the cards score."""

from collections import Counter
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def plain_hand(cards: list[tuple[int, int]]) -> str:
    """The poker hand by counting, as the rules are told to people."""
    ranks = sorted(rank for rank, _ in cards)
    counts = sorted(Counter(ranks).values(), reverse=True)
    flush = len(cards) == 5 and len({suit for _, suit in cards}) == 1
    runs = [[14, *range(2, 6)], *(list(range(low, low + 5)) for low in range(2, 11))]
    straight = any(ranks == sorted(run) for run in runs)
    named = {
        "Flush Five": flush and counts == [5],
        "Flush House": flush and counts == [3, 2],
        "Five of a Kind": counts == [5],
        "Straight Flush": straight and flush,
        "Four of a Kind": counts[0] == 4,
        "Full House": counts == [3, 2],
        "Flush": flush,
        "Straight": straight,
        "Three of a Kind": counts[0] == 3,
        "Two Pair": counts[:2] == [2, 2],
        "Pair": counts[0] == 2,
    }
    return next((name for name, true in named.items() if true), "High Card")


few_cards = st.tuples(st.integers(2, 6) | st.integers(10, 14), st.integers(1, 2))
all_cards = st.tuples(st.integers(2, 14), st.integers(1, 4))


@given(st.lists(few_cards, min_size=1, max_size=5) | st.lists(all_cards, min_size=1, max_size=5))
def test_hands_equal_a_plain_count(cards: list[tuple[int, int]]) -> None:
    ranks = np.array([rank for rank, _ in cards], dtype=np.int64)
    suits = np.array([suit for _, suit in cards], dtype=np.int64)
    hand, mask = hands.classify(ranks, suits, len(cards))
    assert HANDS[hand].name == plain_hand(cards)
    if HANDS[hand].name == "High Card":
        assert [cards[n][0] for n in positions(mask)] == [max(ranks)]
    elif HANDS[hand].name not in ("Flush", "Straight", "Straight Flush"):
        counts = Counter(ranks.tolist())
        assert positions(mask) == [n for n in range(len(cards)) if counts[int(ranks[n])] > 1]
    else:
        assert positions(mask) == list(range(5))
