"""The tree of RFC 6962, against its definition written down word by word."""

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.replay.seals.merkle import (
    Frontier,
    ProofError,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_by_inclusion,
    root_of,
    roots_by_consistency,
)

VECTORS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
"""Leaves of the reference test of the Certificate Transparency code."""
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return sha256(b"\1" + by_definition(leaves[:cut]) + by_definition(leaves[cut:])).digest()


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_roots_are_those_of_the_reference_vectors(size: int, root: str) -> None:
    assert root_of(map(leaf_hash, VECTORS[:size])).hex() == root


@pytest.mark.parametrize("size", range(40))
def test_roots_are_those_of_the_definition(size: int) -> None:
    assert root_of(hashes(size)) == by_definition([str(n).encode() for n in range(size)])


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_frontier_goes_on_where_it_stopped(first: int, more: int) -> None:
    leaves = hashes(first + more)
    begun = Frontier()
    for leaf in leaves[:first]:
        begun.add(leaf)
    resumed = Frontier(begun.size, begun.nodes)
    for leaf in leaves[first:]:
        resumed.add(leaf)
    assert resumed.root() == root_of(leaves)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ProofError, match="3 leaves do not have 1"):
        Frontier(3, [b"x" * 32])


@pytest.mark.parametrize("size", range(1, 35))
def test_every_leaf_of_every_tree_is_proved(size: int) -> None:
    leaves = hashes(size)
    for index, leaf in enumerate(leaves):
        path = inclusion_path(leaves, index)
        assert root_by_inclusion(leaf, index, size, path) == root_of(leaves)


@given(st.integers(1, 70), st.data())
def test_a_proof_holds_for_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves, index)
    other = data.draw(st.integers(0, size + 3).filter(lambda at: at != index))
    flips = [(place, bit) for place in range(len(path)) for bit in (0, 255)]
    wrong = [(leaves[index], other, path), (leaf_hash(b"other"), index, path)]
    for place, bit in flips:
        changed = bytearray(path[place])
        changed[bit // 8] ^= 1 << bit % 8
        wrong.append((leaves[index], index, [*path[:place], bytes(changed), *path[place + 1 :]]))
    wrong += [(leaves[index], index, [*path, path[0] if path else b"x" * 32])]
    wrong += [(leaves[index], index, path[:-1])] if path else []
    for leaf, at, way in wrong:
        with suppress(ProofError):
            assert root_by_inclusion(leaf, at, size, way) != root_of(leaves)


@pytest.mark.parametrize("size", range(1, 35))
def test_every_tree_goes_on_from_every_smaller_one(size: int) -> None:
    leaves = hashes(size)
    for older in range(1, size + 1):
        path = consistency_path(leaves, older)
        root = root_of(leaves[:older])
        assert roots_by_consistency(older, size, path, root) == (root, root_of(leaves))


@given(st.integers(2, 60), st.data())
def test_a_changed_history_is_not_consistent(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    older = data.draw(st.integers(1, size - 1))
    root = root_of(leaves[:older])
    changed = list(leaves)
    changed[data.draw(st.integers(0, older - 1))] = leaf_hash(b"other")
    path = consistency_path(changed, older)
    try:
        found = roots_by_consistency(older, size, path, root)
    except ProofError:
        return
    assert found != (root, root_of(changed))
