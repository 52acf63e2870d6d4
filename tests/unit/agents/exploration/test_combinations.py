"""Which combinations a decision makes, and where they are counted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.agents.exploration.combinations import (
    FACE_DOWN,
    HELD,
    gains,
    joker_words,
    made,
    slots_of,
    states,
)
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.balatro.tables.columns import GLOBAL
from jimbot_stream.balatro.tables.jokers import JOKERS as TABLE
from tests.support.held import JOKERS, held_of, round_of

BITS = 40  # so many slots that no two combinations of a test share one
WORD = (1 << 64) - 1
Hand = Sequence[int]


def mixed(word: int) -> int:
    """SplitMix64's last step in plain numbers."""
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & WORD
    word = (word ^ word >> 27) * 0x94D049BB133111EB & WORD
    return word ^ word >> 31


def slot(jokers: Hand, *, whole: bool) -> int:
    """Of a pair, or of a whole set."""
    total = sum(mixed((joker + 1) * 0x9E3779B97F4A7C15 & WORD) for joker in jokers) & WORD
    return mixed(total ^ (0xD1B54A32D192ED03 if whole else 0)) >> 64 - BITS


def expected(before: Hand, after: Hand) -> list[int]:
    """Slots of what comes together between two states: pairs, then the set."""
    new = sorted(joker for joker in set(after) if after.count(joker) > before.count(joker))
    pairs = {
        tuple(sorted((one, other)))
        for one in new
        for other in set(after)
        if one != other or after.count(one) > 1
    }
    every = [slot(pair, whole=False) for pair in pairs] + [slot(after, whole=True)]
    return sorted(every) if new else []


def found(chunk: Chunk) -> list[list[int]]:
    """Slots of every decision, sorted."""
    at = gains(chunk)
    combinations = made(at, BITS)
    every: list[list[int]] = [[] for _ in range(len(chunk))]
    for of, slot_ in zip(combinations.of.tolist(), combinations.slots.tolist(), strict=True):
        every[int(at.where[of])].append(slot_)
    return [sorted(slots) for slots in every]


def test_the_columns_are_those_of_the_jokers() -> None:
    names = GLOBAL[HELD]
    assert len(names) == len(TABLE) == JOKERS
    assert names[0] == "owns_joker"
    assert names[-1] == "owns_perkeo"
    assert [GLOBAL[column] for column in FACE_DOWN[:2]] == ["joker0_face_down", "joker1_face_down"]


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ((), (), 0),
        ((), (3,), 1),  # the set alone
        ((3,), (3, 4), 2),  # the pair, and the set of two
        ((3, 4), (3, 4, 5), 3),
        ((3, 4, 5), (3, 4), 0),  # a sale
        ((3, 4), (3, 5), 2),  # one goes, one comes
        ((3,), (3, 3), 2),  # a copy pairs with the other
        ((), (3, 4), 2),  # two at once are one pair
        ((5,), (3, 4, 5), 4),
    ],
)
def test_what_a_decision_makes(before: Hand, after: Hand, count: int) -> None:
    (slots,) = found(round_of([[before, after]]))
    assert len(slots) == count
    assert slots == expected(before, after)


def test_a_pair_is_not_the_set_of_the_two() -> None:
    assert slot((3, 4), whole=False) != slot((3, 4), whole=True)


def test_the_order_of_the_jokers_does_not_count() -> None:
    one = found(round_of([[(), (3,), (3, 4)]]))
    two = found(round_of([[(), (4,), (4, 3)]]))
    assert one[1] == two[1]


def test_the_last_decision_of_a_round_leads_to_the_last_features() -> None:
    assert [len(slots) for slots in found(round_of([[(), (), (7,)]]))] == [0, 1]


def test_the_next_game_is_not_what_a_game_came_to() -> None:
    chunk = round_of([[(), (7,)]])
    assert not found(replace(chunk, ended=np.ones((1, 1), dtype=np.bool_)))[0]


@pytest.mark.parametrize("at", [0, 1])
def test_what_lies_face_down_is_not_guessed_at(at: int) -> None:
    chunk = round_of([[(3,), (3, 4)]])
    (chunk.features, chunk.last_features)[at][:, FACE_DOWN[1]] = 1.0
    assert not found(chunk)[0]


hands = st.lists(st.integers(0, JOKERS - 1) | st.integers(0, 3), max_size=6)
rounds = st.integers(1, 3).flatmap(
    lambda steps: st.lists(st.lists(hands, min_size=steps + 1, max_size=steps + 1), min_size=1)
)


def pairs_of(games: Sequence[Sequence[Hand]]) -> Iterator[tuple[Hand, Hand]]:
    """Before and after of every decision, as the columns have them."""
    for step in range(len(games[0]) - 1):
        for game in games:
            yield game[step], game[step + 1]


@settings(max_examples=50, deadline=None)  # a round takes milliseconds to make
@given(rounds)
def test_all_rounds_are_read_as_one_would_by_hand(games: list[list[Hand]]) -> None:
    wanted = [expected(list(before), list(after)) for before, after in pairs_of(games)]
    assert found(round_of(games)) == wanted


@settings(max_examples=20, deadline=None)
@given(rounds)
def test_states_stand_one_row_of_games_after_another(games: list[list[Hand]]) -> None:
    columns = states(round_of(games), HELD)
    assert columns.reshape(len(games[0]), len(games), JOKERS).tolist() == held_of(games).tolist()


def test_slots_spread_evenly() -> None:
    """All pairs, into a table of their number: about 1/e of it stays empty, as by chance."""
    words = joker_words(JOKERS)
    one, other = np.triu_indices(JOKERS)
    slots = slots_of(words[one] + words[other], 13)
    filled = np.bincount(slots, minlength=1 << 13)
    assert abs((filled == 0).mean() - np.exp(-len(slots) / (1 << 13))) < 0.02
