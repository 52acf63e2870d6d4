"""What a member records of its population is enough to know all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.population.membership import (
    Membership,
    from_value,
    member_run,
    seed_of,
)
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.eventlog.naming import run_stream

FOUR = Membership(seed=7, member=1, members=4, updates=5)


def test_membership_survives_the_record() -> None:
    config = TrainConfig(population=FOUR)
    assert from_json(config.to_json()) == config


def test_runs_are_named_by_population_and_number() -> None:
    assert FOUR.runs == [member_run(7, number) for number in range(4)]
    assert (
        len({run_stream(run) for seed in (7, 71) for run in Membership(seed, 0, 12, 1).runs}) == 24
    )


@given(st.tuples(st.integers(), st.integers()), st.tuples(st.integers(), st.integers()))
def test_different_numbers_give_different_seeds(one: tuple[int, int], two: tuple[int, int]) -> None:
    assert (seed_of("test", *one) == seed_of("test", *two)) == (one == two)
    assert 0 <= seed_of("test", *one) < 2**63
    assert seed_of("test", *one) != seed_of("other", *one)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"members": 1, "member": 0}, "members must be at least 2"),
        ({"member": 4}, "member 4 of 4"),
        ({"updates": 0}, "updates must be at least 1"),
        ({"games": 1}, "games must be at least 2"),
        ({"ranges": {"clip": (0.3, 0.1)}}, "clip cannot vary"),
        ({"ranges": {"luck": (0.1, 0.3)}}, "luck is no hyperparameter"),
        ({"surprise": 1}, "other fields"),
    ],
)
def test_impossible_populations_are_refused(change: dict[str, object], says: str) -> None:
    value: dict[str, object] = {
        "seed": 7,
        "member": 0,
        "members": 4,
        "updates": 5,
        "games": 10,
        "ranges": {"clip": (0.1, 0.3)},
    }
    assert from_value(value).members == 4
    with pytest.raises(ValueError, match=says):
        from_value(value | change)
