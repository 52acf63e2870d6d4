r"""A round of play as bytes: what the replay memory keeps, and what is stored beside the log.

    8 bytes   magic "JIMBOTM\x01"
    8 bytes   length of the header, little-endian
    header    canonical JSON: first segment, steps, segments, features, candidate features, values
    the rest  arrays, little-endian, one after another, as ``_ARRAYS`` lists them

A segment is what one game did in the round: its decisions stand one after another, and the
state that a decision led to is that of the next one. So no state is written twice; the one
after the last decision stands in the next round's segment of the same game.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.replay_memory import codec
from jimbot_stream.agents.rollouts.chunk import Chunk

MAGIC: Final = b"JIMBOTM\x01"
_SMALLEST: Final = 1 << 14
"""Places of the first table of values; a larger one is made where that is too small."""


class BlockError(ValueError):
    """The bytes are no block of a replay memory."""


@dataclass(frozen=True, slots=True)
class Block:
    """M segments of S decisions each; decision t of segment m is place m * S + t."""

    first: int
    """Number of the first segment; a game's segments of successive rounds are M apart."""
    steps: int
    features: int
    candidate_features: int
    dictionary: NDArray[np.uint32]  # [V]
    offsets: NDArray[np.uint32]  # [M * S + 1] into the payload
    counts: NDArray[np.uint16]  # [M * S] candidates
    actions: NDArray[np.uint16]  # [M * S] which of them
    rewards: NDArray[np.float32]  # [M * S]
    ended: NDArray[np.uint8]  # [M * S] 1 where the game ended with the decision
    rare: NDArray[np.uint8]  # [M * S] bits of ``rarity.Rare``
    payload: bytes

    @property
    def segments(self) -> int:
        """How many."""
        return len(self.actions) // self.steps

    @property
    def raw_bytes(self) -> int:
        """What the observations take as float32, without the states that follow them."""
        decisions, rows = len(self.actions), int(self.counts.sum(dtype=np.int64))
        return 4 * (decisions * self.features + rows * self.candidate_features)

    def segment(self, number: int) -> bytes:
        """The payload of one of them."""
        begin = int(self.offsets[number * self.steps])
        return self.payload[begin : int(self.offsets[(number + 1) * self.steps])]

    def to_bytes(self) -> bytes:
        """The deterministic container."""
        header = {name: getattr(self, name) for name in _NUMBERS}
        header |= {"segments": self.segments, "values": len(self.dictionary)}
        text = canonical_json(header).encode()
        arrays = b"".join(getattr(self, name).astype(kind).tobytes() for name, kind in _ARRAYS)
        return MAGIC + len(text).to_bytes(8, "little") + text + arrays + self.payload


_NUMBERS: Final = ("candidate_features", "features", "first", "steps")
_ARRAYS: Final = (
    ("dictionary", "<u4"),
    ("offsets", "<u4"),
    ("counts", "<u2"),
    ("actions", "<u2"),
    ("rewards", "<f4"),
    ("ended", "u1"),
    ("rare", "u1"),
)


def encode(chunk: Chunk, rare: NDArray[np.uint8], first: int) -> Block:
    """Write a round of play; rare[T * N] in the order of the chunk.

    Raises:
        ValueError: it does not fit into the 4 GiB that offsets reach.
    """
    steps, games = chunk.ended.shape
    order = np.arange(len(chunk)).reshape(steps, games).T.reshape(-1)  # game after game
    features, rows = _bits(chunk.features), _bits(chunk.rows)
    blank = np.zeros(max(features.shape[1], rows.shape[1]), dtype=np.uint32)
    keys, counts = _values(features, rows, chunk.ends, blank)
    dictionary, codes = _dictionary(keys, counts)
    out = np.empty(_most_bytes(counts, features, rows), dtype=np.uint8)
    offsets = np.empty(len(chunk) + 1, dtype=np.int64)
    codec.encode(features, rows, chunk.ends, order, blank, keys, codes, out, offsets)
    if offsets[-1] >= 1 << 32:
        raise ValueError("a round of play is too large for a block: play fewer decisions a round")
    return Block(
        first=first,
        steps=steps,
        features=features.shape[1],
        candidate_features=rows.shape[1],
        dictionary=dictionary,
        offsets=offsets.astype(np.uint32),
        counts=np.diff(chunk.ends, prepend=0)[order].astype(np.uint16),
        actions=chunk.actions[order].astype(np.uint16),
        rewards=chunk.rewards.reshape(-1)[order].astype(np.float32),
        ended=chunk.ended.reshape(-1)[order].astype(np.uint8),
        rare=rare[order].astype(np.uint8),
        payload=out[: offsets[-1]].tobytes(),
    )


def from_bytes(data: bytes) -> Block:
    """Read a block.

    Raises:
        BlockError: damaged, or of another format.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise BlockError("not a block of a replay memory, or of another format")
    start = len(MAGIC) + 8
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        header = json.loads(data[start:end])
        numbers: dict[str, Any] = {name: int(header[name]) for name in _NUMBERS}
        places = int(header["segments"]) * numbers["steps"]
        lengths = {"dictionary": int(header["values"]), "offsets": places + 1}
        found: dict[str, Any] = {}
        for name, kind in _ARRAYS:
            count = lengths.get(name, places)
            found[name] = np.frombuffer(data, dtype=kind, count=count, offset=end)
            end += found[name].nbytes
    except (KeyError, TypeError, ValueError) as error:
        raise BlockError(f"damaged block of a replay memory: {error}") from None
    block = Block(**numbers, **found, payload=data[end:])
    if len(block.payload) != int(block.offsets[-1]):
        raise BlockError(f"the block has {len(block.payload)} bytes of payload: it is not whole")
    return block


def _bits(column: NDArray[np.float32]) -> NDArray[np.uint32]:
    return np.ascontiguousarray(column, dtype=np.float32).view(np.uint32)


def _values(
    features: codec.Bits, rows: codec.Bits, ends: codec.Numbers, blank: codec.Bits
) -> tuple[codec.Bits, codec.Numbers]:
    """The values that changes bring, in a table, and how often each does."""
    places = _SMALLEST
    while True:
        keys, counts = np.zeros(places, dtype=np.uint32), np.zeros(places + 1, dtype=np.int64)
        if 2 * codec.tally(features, rows, ends, blank, keys, counts) <= places:
            return keys, counts
        places *= 4


def _dictionary(
    keys: codec.Bits, counts: codec.Numbers
) -> tuple[NDArray[np.uint32], codec.Numbers]:
    """Values that occur more than once, the most frequent first, and the codes by place."""
    often = np.flatnonzero(counts[:-1] > 1)
    ranked = often[np.lexsort((keys[often], -counts[often]))][: codec.LONGEST - 1]
    codes = np.full(len(keys), -1, dtype=np.int64)
    codes[ranked] = np.arange(1, len(ranked) + 1)
    dictionary = np.concatenate((np.zeros(1, dtype=np.uint32), keys[ranked]))
    dictionary.setflags(write=False)  # as one that is read: numba compiles once for both
    return dictionary, codes


def _most_bytes(counts: codec.Numbers, features: codec.Bits, rows: codec.Bits) -> int:
    """Room for all changes at their widest, and for what vectors have besides."""
    vectors: int = sum(len(part) * (part.shape[1] // 254 + 1) for part in (features, rows))
    return codec.WORST * int(counts.sum()) + vectors
