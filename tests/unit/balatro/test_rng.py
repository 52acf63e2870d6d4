"""The seeded random numbers are those of the game, bit for bit."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.state import STREAMS, blank
from jimbot_stream.balatro.tables.streams import NUMBER

Reference = Callable[[str], Any]


def hashed(text: str) -> float:
    return rng.pseudohash(np.frombuffer(text.encode() or b"\0", dtype=np.uint8), len(text))


def test_hash_equals_the_game(reference: Reference) -> None:
    for case in reference("rng_vectors.json")["hashes"]:
        assert hashed(case["s"]) == float(case["h"]), case["s"]


def test_generator_equals_luajit(reference: Reference) -> None:
    for case in reference("rng_vectors.json")["uniforms"]:
        told = [float(draw) for draw in case["draws"]]
        drawn = np.zeros(len(told))
        rng.rolls_seed(float(case["seed"]), drawn)
        assert drawn.tolist() == told, case["seed"]


def test_streams_equal_the_game(reference: Reference) -> None:
    for run in reference("rng_vectors.json")["runs"]:
        seed = hashed(run["seed"])
        assert seed == float(run["hashed_seed"])
        for case in run["keys"]:
            value = hashed(case["key"] + run["seed"])
            for told in case["pseudoseed"]:
                value = rng.push(value)
                assert (value + seed) / 2 == float(told), (run["seed"], case["key"])


def test_rolls_equal_the_game(reference: Reference) -> None:
    for run in reference("rng_vectors.json")["runs"]:
        for case in run["keys"]:
            value = hashed(case["key"] + run["seed"])
            for told in case["pseudorandom"]:
                value = rng.push(value)
                seed = (value + hashed(run["seed"])) / 2
                assert rng.roll_seed(seed) == float(told), (run["seed"], case["key"])


@given(st.floats(min_value=0, max_value=1, exclude_max=True, allow_subnormal=False))
def test_rounding_is_exact(x: float) -> None:
    exact = Decimal(x).quantize(Decimal("1e-13"), rounding=ROUND_HALF_EVEN)
    assert rng.round_13(x) == float(exact)


@pytest.mark.parametrize("k", range(1, 40, 3))
def test_rounding_of_near_ties_is_exact(k: int) -> None:
    tie = float(Decimal(2 * k + 1) / Decimal(2) / Decimal(10**13))
    for x in (np.nextafter(tie, 0), tie, np.nextafter(tie, 1)):
        exact = Decimal(float(x)).quantize(Decimal("1e-13"), rounding=ROUND_HALF_EVEN)
        assert rng.round_13(float(x)) == float(exact)


@given(st.floats(min_value=0, max_value=1), st.integers(0, 96))
def test_shuffle_loses_nothing(seed: float, count: int) -> None:
    order = np.arange(96, dtype=np.int16)
    rng.shuffle_seed(order, count, seed)
    assert sorted(order[:count].tolist()) == list(range(count))
    assert order[count:].tolist() == list(range(count, 96))


def test_streams_of_a_run_are_kept_apart() -> None:
    """Every use pushes one stream on, in whatever order the streams are used."""
    seed = np.frombuffer(b"OOOO155", dtype=np.uint8)
    one, two = blank(STREAMS), blank(STREAMS)
    rng.begin(one[0], seed)
    rng.begin(two[0], seed)
    uses = [(NUMBER[name], ante) for name in ("nr", "cashout") for ante in range(1, 9)]
    first = {use: rng.use(one[0], *use) for use in uses}
    assert {use: rng.use(two[0], *use) for use in reversed(uses)} == first
    assert len(set(first.values())) == len(uses)


def test_a_stream_without_ante_ignores_it() -> None:
    seed = np.frombuffer(b"A", dtype=np.uint8)
    one, two = blank(STREAMS), blank(STREAMS)
    rng.begin(one[0], seed)
    rng.begin(two[0], seed)
    shuffle = NUMBER["shuffle"]
    assert rng.use(one[0], shuffle, 1) == rng.use(two[0], shuffle, 7)
