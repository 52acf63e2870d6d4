from uuid import UUID

import pytest
from bench.exactness import Finding, difference, row
from bench.killed_learner import CONFIGS, moments
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.offline.config import METHODS
from jimbot_stream.agents.rollouts.cli import ALGOS
from jimbot_stream.eventlog import RecordedEvent


def event(data: bytes, kind: str = "UpdateApplied") -> RecordedEvent:
    return RecordedEvent(
        id=UUID(int=1),
        stream="trainingRun-run1",
        revision=0,
        position=0,
        type=kind,
        data=data,
        metadata=b"{}",
        created_ns=0,
    )


def test_every_algorithm_of_train_and_offline_is_tried() -> None:
    assert set(CONFIGS) == {*ALGOS, *METHODS}


@given(st.integers(0, 60), st.integers(2, 60), st.integers(0, 2**32))
def test_moments_lie_in_updates_of_their_own(kills: int, more: int, seed: int) -> None:
    updates = kills + more
    at = moments(updates, kills, seed)
    assert len({int(moment) for moment in at}) == kills
    assert all(1 <= moment < updates - 1 for moment in at)
    assert list(at) == sorted(at) == list(moments(updates, kills, seed))


def test_more_kills_than_updates_are_refused() -> None:
    with pytest.raises(ValueError, match="3 kills take 5 updates or more, 4"):
        moments(4, 3, 1)


def test_equal_records_do_not_differ() -> None:
    assert difference([event(b"{}")] * 2, [event(b"{}")] * 2) == ""


def test_the_first_event_that_differs_is_named() -> None:
    found = difference([event(b"1"), event(b"2"), event(b"3")], [event(b"1"), event(b"x")])
    assert found == "event 1, UpdateApplied: b'2' without a stop, b'x' with kills"


def test_a_record_that_ends_early_differs() -> None:
    assert difference([event(b"1")] * 2, [event(b"1")]) == "2 events without a stop, 1 with kills"


@pytest.mark.parametrize(
    "wrong",
    [
        {"difference": "event 3"},
        {"kills": 1},
        {"derived": {"1": 4, "2": 3}},
    ],
)
def test_nothing_may_be_left_out_or_differ(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {
        "algorithm": "ppo",
        "updates": 4,
        "kills": 2,
        "wanted": 2,
        "difference": "",
        "checkpoint": "c0ffee",
        "derived": {"1": 4, "2": 4},
    }
    assert Finding(**right).exact  # type: ignore[arg-type]  # as the table above has them
    assert not Finding(**right | wrong).exact  # type: ignore[arg-type]
    assert row(Finding(**right))[2:5] == ("4 of 4", "4 of 4", "2 of 2")  # type: ignore[arg-type]
