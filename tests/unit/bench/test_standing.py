import math

import pytest
from bench.contenders.standing import Entry, Turn, best_peer, fastest, ratio
from hypothesis import given
from hypothesis import strategies as st

RATES = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=9)


def entry(name: str, *rates: float, mode: str = "candidates") -> Entry:
    turns = [Turn.of(int(rate), 1.0, [(1.0, 0.0)]) for rate in rates]
    return Entry(name, mode, first=turns[0], turns=turns)


def test_a_turn_has_the_rate_of_its_whole_iterations() -> None:
    assert Turn.of(steps=300, seconds=1.5, ended=[]).rate == 200


def test_a_turn_tells_the_means_of_the_games_that_ended() -> None:
    turn = Turn.of(1, 1.0, [(1.0, 0.0), (4.0, 9.0)])
    assert (turn.games, turn.ante, turn.blinds) == (2, 2.5, 4.5)


def test_a_turn_without_an_end_has_no_mean() -> None:
    assert math.isnan(Turn.of(1, 1.0, []).ante)


def test_the_ratio_compares_rounds_and_not_medians() -> None:
    # A neighbour halved the second round for both and stopped the third for ours alone.
    assert ratio([100, 50, 10], [50, 25, 50]) == 2


def test_the_ratio_wants_the_same_rounds_of_both() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0, 2.0], [1.0])


@given(RATES, st.floats(0.01, 100.0))
def test_the_ratio_to_a_peer_that_is_always_so_much_slower_is_that(
    rates: list[float], slower: float
) -> None:
    assert ratio(rates, [rate / slower for rate in rates]) == pytest.approx(slower)


def test_the_best_peer_is_the_fastest_in_the_better_of_its_modes() -> None:
    entries = [
        entry("ours", 900, 900),
        entry("sb3", 300, 500),
        entry("puffer", 100, 100),
        entry("puffer", 450, 450, mode="flat"),
    ]
    best = best_peer(entries)
    assert best is not None
    assert (best.name, best.mode) == ("puffer", "flat")


def test_ours_alone_has_no_best_peer() -> None:
    assert best_peer([entry("ours", 1)]) is None


def test_of_equally_fast_numbers_of_threads_the_smallest_is_taken() -> None:
    assert fastest({2: 5.0, 1: 5.0, 4: 4.0}) == 1
