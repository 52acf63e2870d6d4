"""Draws fall where the running sum of weights says, and never where there is no weight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.replay_memory.sum_tree import SumTree


def test_a_sum_falls_into_its_weight() -> None:
    tree = SumTree(np.array([1.0, 0.0, 2.0, 3.0, 0.5]))
    assert tree.total == 6.5
    sums = np.array([0.0, 0.99, 1.0, 2.99, 3.0, 5.9, 6.0, 6.49])
    assert tree.find(sums).tolist() == [0, 0, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9])
def test_it_takes_what_it_says(size: int) -> None:
    tree = SumTree(np.ones(size))
    assert tree.nbytes == SumTree.bytes_for(size)
    middles = np.arange(size, dtype=np.float64) + 0.5
    assert tree.find(middles).tolist() == list(range(size))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.data())
def test_changed_weights_are_as_good_as_new_ones(weights: list[float], data: st.DataObject) -> None:
    place = st.integers(0, len(weights) - 1)
    places = np.array(data.draw(st.lists(place, min_size=1, max_size=9, unique=True)))
    changed = np.array(weights)
    tree = SumTree(changed.copy())
    changed[places] = data.draw(st.floats(0, 1e6))
    tree.set(places, changed[places])
    anew = SumTree(changed)
    assert tree.total == anew.total
    assert (tree[np.arange(len(weights))] == changed).all()


@given(
    st.lists(st.sampled_from([0.0, 1e-300, 0.1, 0.3, 7.0, 1e12]), min_size=1, max_size=40),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=9),
)
def test_nothing_without_weight_is_drawn(weights: list[float], parts: list[float]) -> None:
    weights[0] = weights[0] or 1.0
    tree = SumTree(np.array(weights))
    assert all(weights[place] > 0 for place in tree.find(np.array(parts) * tree.total).tolist())
