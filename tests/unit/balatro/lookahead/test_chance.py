"""The curve is the logistic one, whatever math library there is."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro.lookahead.chance import chance, exp2


@settings(deadline=None)  # the first call may compile
@given(st.floats(-1000.0, 1000.0))
def test_powers_of_two_are_right_to_twelve_digits(x: float) -> None:
    assert exp2(x) == pytest.approx(2.0**x, rel=1e-12)


@pytest.mark.parametrize("whole", [-1000, -1, 0, 1, 52, 1000])
def test_whole_powers_are_exact(whole: int) -> None:
    assert exp2(float(whole)) == 2.0**whole


def test_what_is_out_of_range_counts_as_its_end() -> None:
    assert exp2(1e9) == 2.0**1000
    assert exp2(-math.inf) == 2.0**-1000


@settings(deadline=None)  # the first call may compile
@given(st.floats(-50.0, 50.0))
def test_chances_of_opposites_add_up(x: float) -> None:
    assert 0.0 < chance(x) <= 1.0
    assert chance(x) + chance(-x) == pytest.approx(1.0, rel=1e-12)
