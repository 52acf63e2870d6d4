"""How long a fetch may wait, told from what it leaves out."""

import math

import pytest

from jimbot_stream.bus.broker.handed import SHARE, SHORT_S, Handed

A, B = ("t", 0), ("t", 1)


def test_a_client_that_was_handed_nothing_waits_as_long_as_it_likes() -> None:
    assert Handed().patience([A], 0.0) == math.inf


def test_leaving_out_what_was_handed_keeps_the_fetch_short() -> None:
    handed = Handed()
    handed.hand_out([A], 0.0)
    assert handed.patience([B], 0.0) == SHORT_S


def test_asking_again_for_what_was_handed_ends_the_hurry() -> None:
    handed = Handed()
    handed.hand_out([A], 0.0)
    assert handed.patience([A, B], 1.0) == math.inf
    assert handed.patience([B], 1.0) == math.inf


def test_what_was_given_up_hurries_less_and_less() -> None:
    handed = Handed()
    handed.hand_out([A], 0.0)
    assert handed.patience([B], 10.0) == pytest.approx(SHARE * 10.0)


def test_the_partition_handed_last_counts() -> None:
    handed = Handed()
    handed.hand_out([A], 0.0)
    handed.hand_out([B], 10.0)
    assert handed.patience([], 10.0) == SHORT_S
