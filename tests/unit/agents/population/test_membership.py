"""What a member records of its population is enough to know all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.curriculum.named import CURRICULA
from jimbot_stream.agents.population.membership import (
    Membership,
    PopulationConfig,
    from_value,
    member_run,
    population_name,
    population_of,
    seed_of,
)
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.eventlog.naming import run_stream

FOUR = Membership(members=4, every=5, seed=7, member=1)


def test_membership_survives_the_record() -> None:
    config = TrainConfig(population=FOUR)
    assert from_json(config.to_json()) == config


def test_all_members_are_known_from_one() -> None:
    everybody = Membership.all(PopulationConfig(members=4, every=5), 7)
    assert everybody == [FOUR.of(number) for number in range(4)]
    assert [each.run for each in everybody] == FOUR.runs
    assert len({each.run_seed for each in everybody}) == 4


def test_runs_are_named_by_population_and_number() -> None:
    assert FOUR.runs == [member_run(7, number) for number in range(4)]
    populations = [Membership(members=12, seed=seed) for seed in (7, 71, -7)]
    assert len({run_stream(run) for each in populations for run in each.runs}) == 36


@given(st.integers(), st.integers(0, 99))
def test_a_name_tells_its_population(seed: int, member: int) -> None:
    name = population_name(seed)
    assert population_of(name) == population_of(member_run(seed, member)) == name


@pytest.mark.parametrize("name", ["run1", "populations", "population", "population1.x", "run1.0"])
def test_other_runs_belong_to_none(name: str) -> None:
    assert population_of(name) == ""


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
        ({"every": 0}, "every must be at least 1"),
        ({"games": 1}, "games must be at least 2"),
        ({"ranges": {"clip": [0.3, 0.1]}}, "clip cannot vary"),
        ({"ranges": {"luck": [0.1, 0.3]}}, "luck is no hyperparameter"),
        ({"ranges": []}, "ranges are no object"),
        ({"surprise": 1}, "other fields"),
    ],
)
def test_impossible_populations_are_refused(change: dict[str, object], says: str) -> None:
    value: dict[str, object] = {
        "seed": 7,
        "member": 0,
        "members": 4,
        "every": 5,
        "games": 10,
        "ranges": {"clip": [0.1, 0.3]},
    }
    assert from_value(value).members == 4
    with pytest.raises(ValueError, match=says):
        from_value(value | change)


def test_a_member_has_no_curriculum() -> None:
    with pytest.raises(ValueError, match="a member of a population has no curriculum"):
        TrainConfig(curriculum=CURRICULA["antes"], population=FOUR)
