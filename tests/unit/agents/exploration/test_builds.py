"""Which builds there are, and which game follows which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.builds import (
    BUILDS,
    Plan,
    builds_named,
    hands_of,
    jokers_of,
)
from jimbot_stream.balatro.kernels.batch import CARRY
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS

LIST = BUILDS["hands-1"]


def carry_of(seeds: list[int], episodes: list[int]) -> NDArray[np.void]:
    carry = np.zeros(len(seeds), dtype=CARRY)
    carry["seed"], carry["episode"] = np.array(seeds, dtype=np.uint64), episodes
    return carry


def test_a_build_gathers_jokers_whose_rules_ask_for_its_hands() -> None:
    jokers = {build.name: set(build.jokers) for build in LIST}
    assert {"j_jolly", "j_sly", "j_duo", "j_mad", "j_trousers"} <= jokers["pairs"]
    assert {"j_zany", "j_trio", "j_family"} <= jokers["kinds"]
    assert {"j_crazy", "j_order", "j_runner", "j_shortcut"} <= jokers["straights"]
    assert {"j_droll", "j_tribe", "j_smeared"} <= jokers["flushes"]
    assert not jokers["pairs"] & jokers["flushes"]


@pytest.mark.parametrize("build", LIST, ids=lambda build: build.name)
def test_all_that_a_build_names_is_there(build: object) -> None:
    assert hands_of([build]).sum() == len(build.hands)  # type: ignore[list-item,attr-defined]  # pytest tells no type
    assert jokers_of([build]).sum() == len(build.jokers) > 3  # type: ignore[list-item,attr-defined]
    assert set(build.beside) <= {joker.key for joker in JOKERS}  # type: ignore[attr-defined]
    assert set(build.hands) <= {hand.name for hand in HANDS}  # type: ignore[attr-defined]


def test_lists_are_named() -> None:
    assert builds_named("") == ()
    assert builds_named("hands-1") is LIST
    with pytest.raises(ValueError, match="no builds 'hands-0': there are hands-1"):
        builds_named("hands-0")


games = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**31)), min_size=1)


@given(games, st.floats(0, 1), st.integers(0, 2**64 - 1), st.data())
def test_a_build_depends_on_run_and_game_alone(
    drawn: list[tuple[int, int]], share: float, key: int, data: st.DataObject
) -> None:
    plan = Plan(4, share, key)
    carry = carry_of(*map(list, zip(*drawn, strict=True)))
    columns = plan.columns(carry)
    assert columns.shape == (len(drawn), 4)
    assert set(columns.sum(axis=1).tolist()) <= {0.0, 1.0}
    order = data.draw(st.permutations(range(len(drawn))))
    carry["steps"], carry["refusal"] = 7, 1
    assert plan.columns(carry[order]).tolist() == columns[order].tolist()


def test_about_a_share_of_the_games_follows_one_and_each_as_many() -> None:
    carry = carry_of(list(range(4000)), [0] * 4000)
    columns = Plan(4, 0.4, 12345).columns(carry)
    assert np.abs(columns.mean(axis=0) - 0.1).max() < 0.02
    carry["seed"] = 9
    carry["episode"] = np.arange(4000)
    columns = Plan(4, 0.4, 12345).columns(carry)
    assert np.abs(columns.mean(axis=0) - 0.1).max() < 0.02


def test_none_or_all_may_follow_one() -> None:
    carry = carry_of(list(range(100)), [1] * 100)
    assert not Plan(4, 0.0, 1).columns(carry).any()
    assert Plan(4, 1.0, 1).columns(carry).sum() == 100
    assert Plan(0, 1.0, 1).columns(carry).shape == (100, 0)


def test_another_run_draws_others() -> None:
    carry = carry_of(list(range(100)), [0] * 100)
    assert Plan(4, 0.5, 1).columns(carry).tolist() != Plan(4, 0.5, 2).columns(carry).tolist()
