"""The segments that a replay memory keeps: their columns by place, their payloads by slot."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.replay_memory.block import Block

_OBJECTS: Final = 256
"""Bytes that Python takes for the payload of a segment besides its content, rounded up."""
_FREE: Final = -1


@dataclass(slots=True)
class Held:
    """A block of which something is kept."""

    name: str
    """sha256 of its bytes, in hex."""
    first: int
    """Number of its first segment."""
    dictionary: NDArray[np.uint32]
    left: int = 0
    """Segments kept."""


class Segments:
    """Slots of S places each; a free one has the number -1."""

    def __init__(self, steps: int, segments: int) -> None:
        """Begin empty, for segments of so many decisions, so many a round."""
        self.steps = steps
        self.a_round = segments
        self.blocks: dict[str, Held] = {}
        """By name, in the order in which they went in."""
        self.alive = 0
        """Slots taken."""
        self.numbers = np.empty(0, dtype=np.int64)  # [slots]
        self.successors = np.empty(0, dtype=np.int64)  # [slots] slot that goes on with the game
        self.offsets = np.empty(0, dtype=np.uint32)  # [slots * S] into the slot's payload
        self.counts = np.empty(0, dtype=np.uint16)  # [slots * S] candidates
        self.actions = np.empty(0, dtype=np.uint16)  # [slots * S] which of them
        self.rewards = np.empty(0, dtype=np.float32)  # [slots * S]
        self.ended = np.empty(0, dtype=np.uint8)  # [slots * S] 1: the game ended
        self.rare = np.empty(0, dtype=np.uint8)  # [slots * S] bits of ``rarity.Rare``
        self.errors = np.empty(0, dtype=np.float32)  # [slots * S] how far estimates were off
        self._coded: list[tuple[NDArray[np.uint8], Held] | None] = []
        self._slots: dict[int, int] = {}
        self._content = 0

    @property
    def capacity(self) -> int:
        """Slots, free ones among them."""
        return len(self.numbers)

    @property
    def nbytes(self) -> int:
        """Bytes taken."""
        return self.bytes_at(self.capacity)

    def bytes_at(self, capacity: int) -> int:
        """Bytes that the present content takes with so many slots."""
        column_bytes = 4 + 2 + 2 + 4 + 1 + 1 + 4
        return self._content + capacity * (16 + _OBJECTS + self.steps * column_bytes)

    @staticmethod
    def bytes_of(block: Block) -> int:
        """Bytes that the content of a block takes."""
        return len(block.payload) + block.dictionary.nbytes

    def coded(self, slot: int) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """Payload and dictionary of a segment."""
        found = self._coded[slot]
        assert found is not None
        payload, held = found
        return payload, held.dictionary

    def reserve(self, capacity: int) -> None:
        """Make at least so many slots."""
        more = capacity - self.capacity
        if more <= 0:
            return
        self.numbers = np.append(self.numbers, np.full(more, _FREE))
        self.successors = np.append(self.successors, np.full(more, _FREE))
        for name in ("offsets", "counts", "actions", "rewards", "ended", "rare", "errors"):
            old = getattr(self, name)
            setattr(self, name, np.append(old, np.zeros(more * self.steps, dtype=old.dtype)))
        self._coded += [None] * more

    def put(self, name: str, block: Block, kept: Iterable[tuple[int, int]]) -> None:
        """Take segments of a block in: pairs of its own number and the slot."""
        held = Held(name, block.first, _apart(block.dictionary))
        for number, slot in kept:
            self._put(held, block, number, slot)
        self.blocks[name] = held
        self._content += held.dictionary.nbytes

    def free_slots(self, count: int) -> list[int]:
        """The first free slots, made where they are too few."""
        self.reserve(self.alive + count)
        found: list[int] = np.flatnonzero(self.numbers == _FREE)[:count].tolist()
        return found

    def drop(self, slot: int) -> None:
        """Let a segment make way; its block goes with the last of them."""
        found = self._coded[slot]
        assert found is not None
        payload, held = found
        number = int(self.numbers[slot])
        del self._slots[number]
        earlier = self._slots.get(number - self.a_round)
        if earlier is not None:
            self.successors[earlier] = _FREE
        self.numbers[slot] = self.successors[slot] = _FREE
        self.errors[slot * self.steps : (slot + 1) * self.steps] = 0
        self._coded[slot] = None
        self._content -= len(payload)
        self.alive -= 1
        held.left -= 1
        if not held.left:
            del self.blocks[held.name]
            self._content -= held.dictionary.nbytes

    def _put(self, held: Held, block: Block, number: int, slot: int) -> None:
        payload = np.frombuffer(block.segment(number), dtype=np.uint8)
        theirs = slice(number * self.steps, (number + 1) * self.steps)
        ours = slice(slot * self.steps, (slot + 1) * self.steps)
        self.offsets[ours] = block.offsets[theirs] - block.offsets[theirs.start]
        for name in ("counts", "actions", "rewards", "ended", "rare"):
            getattr(self, name)[ours] = getattr(block, name)[theirs]
        self._coded[slot] = payload, held
        self._link(held.first + number, slot)
        self._content += len(payload)
        self.alive += 1
        held.left += 1

    def _link(self, number: int, slot: int) -> None:
        self.numbers[slot] = number
        self._slots[number] = slot
        self.successors[slot] = self._slots.get(number + self.a_round, _FREE)
        earlier = self._slots.get(number - self.a_round)
        if earlier is not None:
            self.successors[earlier] = slot


def _apart(dictionary: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A copy: a block that was read is one piece of bytes, and must not stay for its dictionary."""
    copy = dictionary.copy()
    copy.flags.writeable = dictionary.flags.writeable  # numba compiles once for each kind
    return copy
