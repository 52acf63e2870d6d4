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
from jimbot_stream.balatro.tables.streams import STREAMS as STREAM_ROWS

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


def begun(seed: bytes) -> Any:
    streams = blank(STREAMS)[0]
    rng.begin(streams, np.frombuffer(seed, dtype=np.uint8))
    return streams


def test_streams_of_a_run_are_kept_apart() -> None:
    """Every use pushes one stream on, in whatever order the streams are used."""
    one, two = begun(b"OOOO155"), begun(b"OOOO155")
    uses = [
        (NUMBER[name], ante, again)
        for name in ("nr", "cashout", "Joker1sho", "raritysho")
        for ante in range(-1, 9)
        for again in (0, 2, 3)
    ]
    first = {use: rng.use(one, *use) for use in uses}
    assert {use: rng.use(two, *use) for use in reversed(uses)} == first
    assert len(set(first.values())) == len(uses)
    assert one.used == len(uses)


@pytest.mark.parametrize(
    ("name", "ante", "again", "key"),
    [
        ("shuffle", 7, 0, "shuffle"),
        ("nr", 12, 0, "nr12"),
        ("raritysho", 3, 0, "rarity3sho"),
        ("Joker2buf", 1, 5, "Joker2buf1_resample5"),
        ("Voucher_fromtag", 1, 11, "Voucher_fromtag_resample11"),
        ("Joker4", 8, 2, "Joker4_resample2"),
        ("Tag", -1, 0, "Tag-1"),
    ],
)
def test_a_stream_begins_as_the_hash_of_its_key(name: str, ante: int, again: int, key: str) -> None:
    streams = begun(b"OOOO155")
    assert rng.first_value(streams, NUMBER[name], ante, again) == hashed(f"{key}OOOO155")


def test_a_stream_without_ante_ignores_it() -> None:
    one, two = begun(b"A"), begun(b"A")
    assert rng.use(one, NUMBER["shuffle"], 1, 0) == rng.use(two, NUMBER["shuffle"], 7, 0)


def test_a_pick_is_the_roll_cut_into_equal_parts() -> None:
    one, two = begun(b"PICK"), begun(b"PICK")
    for count in range(1, 200):
        place = rng.pick(one, NUMBER["erratic"], 0, count)
        assert place == int(rng.roll(two, NUMBER["erratic"], 0) * count) < count


def test_a_seed_begun_again_leaves_no_trace() -> None:
    streams = begun(b"LONGSEED")
    rng.use(streams, NUMBER["nr"], 1, 0)
    rng.begin(streams, np.frombuffer(b"A", dtype=np.uint8))
    assert streams.tobytes() == begun(b"A").tobytes()


def test_streams_of_antes_long_past_make_way() -> None:
    """An endless run never fills up, and what is at hand goes on as if nothing had been dropped."""
    streams = begun(b"ENDLESS")
    kept: dict[int, float] = {}
    for ante in range(1, 60):
        for number in range(len(STREAM_ROWS)):
            value = hashed_key(number, ante)
            if not STREAM_ROWS[number].ante:
                value = kept.get(number, value)
            seed = rng.use(streams, number, ante, 0)
            kept[number] = rng.push(value)
            assert seed == (kept[number] + streams.hashed_seed) / 2
        assert streams.used <= 480
        assert streams.used == np.count_nonzero(streams.keys)


def hashed_key(number: int, ante: int) -> float:
    row = STREAM_ROWS[number]
    return hashed(f"{row.prefix}{ante if row.ante else ''}{row.suffix}ENDLESS")


def test_very_many_further_draws_in_one_ante_make_way_too() -> None:
    streams = begun(b"HOLES")
    for again in range(2, 2000):
        rng.use(streams, NUMBER["Joker1sho"], 3, again)
        rng.use(streams, NUMBER["Joker4"], 0, again)
        assert streams.used <= 480
