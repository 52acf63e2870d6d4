"""The Merkle tree of RFC 6962, section 2.1: roots, and proofs that nothing else is under them.

Leaves and inner nodes are hashed with different prefixes, so neither passes for the other. A tree
of n leaves is split at the largest power of two below n; all hashes are sha256, 32 bytes.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

EMPTY: Final = sha256(b"").digest()
"""Root of the tree without leaves."""


class ProofError(ValueError):
    """A proof does not prove what it says."""


def leaf_hash(content: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows: the roots of its complete subtrees, largest first.

    It is all that is needed to add leaves, however many there are already: one hash for each bit
    that is set in their number.
    """

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """Go on from a number of leaves and its subtrees' roots.

        Raises:
            ProofError: so many leaves have another number of complete subtrees.
        """
        self.size, self.nodes = size, list(nodes)
        if size < 0 or len(self.nodes) != size.bit_count():
            raise ProofError(f"{size} leaves do not have {len(self.nodes)} complete subtrees")

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        node, size = leaf, self.size
        while size & 1:
            node, size = node_hash(self.nodes.pop(), node), size >> 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Root over all leaves."""
        if not self.nodes:
            return EMPTY
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves): the siblings on the way from a leaf to the root, leaf first.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*inclusion_path(leaves[:cut], index), root_of(leaves[cut:])]
    return [*inclusion_path(leaves[cut:], index - cut), root_of(leaves[:cut])]


def consistency_path(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """PROOF(older, leaves): what it takes to compute the root of the first leaves and of all.

    Raises:
        IndexError: the older tree is empty, or larger.
    """
    if not 0 < older <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} does not go on from one of {older}")
    return _subproof(leaves, older, whole=True)


def _subproof(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root_of(leaves)]
    cut = _split(len(leaves))
    if older <= cut:
        return [*_subproof(leaves[:cut], older, whole=whole), root_of(leaves[cut:])]
    return [*_subproof(leaves[cut:], older - cut, whole=False), root_of(leaves[:cut])]


def _split(size: int) -> int:
    """Largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to (RFC 9162, 2.1.3.2).

    Raises:
        ProofError: the path does not fit a tree of that size.
    """
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    node, place, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise ProofError("the path is too long for the tree")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the path is too short for the tree")
    return node


def roots_by_consistency(
    older: int, newer: int, path: Sequence[bytes], root: bytes
) -> tuple[bytes, bytes]:
    """The roots of both trees that a path leads to, of the root of the older (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: the path does not fit trees of these sizes.
    """
    if not 0 < older <= newer:
        raise ProofError(f"a tree of {newer} does not go on from one of {older}")
    if older == newer:
        if path:
            raise ProofError("a tree goes on from itself without a path")
        return root, root
    rest = [*([root] if older & (older - 1) == 0 else []), *path]
    if not rest:
        raise ProofError("the path is too short for the trees")
    place, last = older - 1, newer - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = rest[0]
    for node in rest[1:]:
        if last == 0:
            raise ProofError("the path is too long for the trees")
        if place & 1 or place == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, node)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the path is too short for the trees")
    return old, new
