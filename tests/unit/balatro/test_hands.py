"""Twelve poker hands, what else they contain, and which of the cards score."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro.kernels import hands
from jimbot_stream.balatro.tables.hands import HANDS
from tests.support.plays import Table

LETTERS = dict(zip(range(2, 15), "23456789TJQKA", strict=True))
SUITS = "CDHS"


def formed(cards: list[str], jokers: list[str] | None = None) -> tuple[str, list[int], set[str]]:
    table = Table(cards, jokers or [])
    number = hands.of(table.s, table.w, (1 << len(cards)) - 1)
    scoring = [place for place in range(len(cards)) if int(table.w.scoring) >> place & 1]
    contained = {hand.name for bit, hand in enumerate(HANDS) if int(table.w.contains) >> bit & 1}
    return HANDS[number].name, scoring, contained


def test_hands_and_scoring_cards_equal_the_reference(reference: Callable[[str], Any]) -> None:
    for what, cards, jokers, hand, scoring in reference("hand_cases.json")["cases"]:
        keys = [joker.removeprefix("j_") for joker in jokers]
        assert formed(cards, keys)[:2] == (hand, scoring), what


@pytest.mark.parametrize(
    ("cards", "hand", "more"),
    [
        (
            "TH TH TH TH TH",
            "Flush Five",
            "Five of a Kind, Four of a Kind, Three of a Kind, Pair, Flush",
        ),
        ("TH TH TH 2H 2H", "Flush House", "Full House, Flush, Three of a Kind, Two Pair, Pair"),
        ("TH TS TH 2H 2H", "Full House", "Three of a Kind, Two Pair, Pair"),
        ("TH TS TD TC 2H", "Four of a Kind", "Three of a Kind, Pair"),
        ("AH 2H 3H 4H 5H", "Straight Flush", "Straight, Flush"),
        ("TH TS 2D 2C 5H", "Two Pair", "Pair"),
        ("TH 9S 2D 3C 5H", "High Card", ""),
    ],
)
def test_a_hand_contains_the_lesser_ones(cards: str, hand: str, more: str) -> None:
    name, _, contained = formed(cards.split())
    assert name == hand
    assert contained == {hand, "High Card", *filter(None, more.split(", "))}


@pytest.mark.parametrize(
    ("cards", "jokers", "hand", "scoring"),
    [
        ("2H 3S 4D 5C KH", "four_fingers", "Straight", [0, 1, 2, 3]),
        ("2H 3S 4D 5C 5H", "four_fingers", "Straight", [0, 1, 2, 3, 4]),
        ("2H 4H 6H 8H 8S", "four_fingers", "Flush", [0, 1, 2, 3]),
        ("2H 3H 4H 5S 9H", "four_fingers", "Straight Flush", [0, 1, 2, 3, 4]),
        ("2H 4S 6D 8C TH", "shortcut", "Straight", [0, 1, 2, 3, 4]),
        ("AH 3S 4D 6C 8H", "shortcut", "Straight", [0, 1, 2, 3, 4]),
        ("QH KS AD 2C 3H", "shortcut", "High Card", [2]),
        ("2H 5S 6D 8C TH", "shortcut", "High Card", [4]),
        ("2H 4D 6H 8D TH", "smeared", "Flush", [0, 1, 2, 3, 4]),
        ("2H 4D 6H 8S TH", "smeared", "High Card", [4]),
        ("2H 4D 6H 8S TH", "splash", "High Card", [0, 1, 2, 3, 4]),
        ("2H 4D 6H 8S TH", "splash debuffed", "High Card", [4]),
    ],
)
def test_jokers_loosen_hands(cards: str, jokers: str, hand: str, scoring: list[int]) -> None:
    assert formed(cards.split(), [jokers])[:2] == (hand, scoring)


@pytest.mark.parametrize(
    ("cards", "hand", "scoring"),
    [
        (["2H", "4H", "6H", "8H", "TS wild"], "Flush", [0, 1, 2, 3, 4]),
        (["2H", "4H", "6H", "8H", "TS wild debuffed"], "High Card", [4]),
        (["2H", "4H debuffed", "6H", "8H", "TH"], "Flush", [0, 1, 2, 3, 4]),
        (["2H", "4H", "6H", "8H", "TH stone"], "High Card", [3, 4]),
        (["2H stone", "2S stone"], "High Card", [0, 1]),
        (["KH", "KS", "2D stone", "4H"], "Pair", [0, 1, 2]),
        (["TH", "TD", "KS stone debuffed"], "Pair", [0, 1, 2]),
    ],
)
def test_wild_stone_and_debuffed_cards(cards: list[str], hand: str, scoring: list[int]) -> None:
    assert formed(cards)[:2] == (hand, scoring)


def plain_hand(cards: list[tuple[int, str]]) -> str:
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


few_cards = st.tuples(st.integers(2, 6) | st.integers(10, 14), st.sampled_from("CD"))
all_cards = st.tuples(st.integers(2, 14), st.sampled_from(SUITS))


@settings(deadline=None)
@given(st.lists(few_cards, min_size=1, max_size=5) | st.lists(all_cards, min_size=1, max_size=5))
def test_hands_equal_a_plain_count(cards: list[tuple[int, str]]) -> None:
    name, scoring, _ = formed([LETTERS[rank] + suit for rank, suit in cards])
    assert name == plain_hand(cards)
    if name == "High Card":
        assert [cards[n][0] for n in scoring] == [max(rank for rank, _ in cards)]
    elif name not in ("Flush", "Straight", "Straight Flush"):
        counts = Counter(rank for rank, _ in cards)
        assert scoring == [n for n in range(len(cards)) if counts[cards[n][0]] > 1]
    else:
        assert scoring == list(range(5))
