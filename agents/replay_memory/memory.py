"""The replay memory: rounds of play go in, transitions are drawn by priority.

Its bound is in bytes and holds for everything that it keeps to draw from; new blocks are held
beside it until the update that brought them is stored. Where a new round would pass the bound,
segments make way: those whose decisions have the lowest mean priority, of equal ones the
oldest. A transition can be drawn where its game ended with it or the next state is still there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.replay_memory import codec, rarity
from jimbot_stream.agents.replay_memory.block import Block, encode
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.returns import Course, Places
from jimbot_stream.agents.replay_memory.segments import Segments
from jimbot_stream.agents.replay_memory.sum_tree import SumTree
from jimbot_stream.agents.rollouts.chunk import Chunk

MIB = 1 << 20


class MemoryTooSmallError(ValueError):
    """A single round of play does not fit into the bound."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a memory holds rounds of; every block has it."""

    steps: int
    """Decisions of a segment."""
    segments: int
    """Segments of a round: one for each game."""
    features: int
    candidate_features: int


@dataclass(frozen=True, slots=True)
class States:
    """B decoded states, their candidates packed."""

    features: NDArray[np.float32]  # [B, K]
    rows: Rows  # [R, F]
    ends: NDArray[np.int64]  # [B]


@dataclass(frozen=True, slots=True)
class Drawn:
    """B transitions that were drawn."""

    places: Places  # [B]
    weights: NDArray[np.float64]  # [B] importance weights, the largest 1


class ReplayMemory:
    """Segments by slot; slot s holds the places s * S … s * S + S - 1."""

    def __init__(self, config: MemoryConfig, shape: Shape) -> None:
        """Begin empty."""
        self.config = config
        self.shape = shape
        self.rounds = 0
        """Rounds that went in so far."""
        self.highest = 1.0
        """Largest error so far, as float32: that of transitions not learned from yet."""
        self.drawable = 0
        """Transitions that can be drawn."""
        self.segments = Segments(shape.steps, shape.segments)
        self.new_blocks: dict[str, bytes] = {}
        """Blocks by sha256 that went in and are not stored yet."""
        self._weights = rarity.weights(config)
        self._tree = SumTree(np.zeros(1))

    def __len__(self) -> int:
        """Transitions kept, those that cannot be drawn yet among them."""
        return self.segments.alive * self.shape.steps

    @property
    def nbytes(self) -> int:
        """Bytes taken."""
        return self.segments.nbytes + self._tree.nbytes

    @property
    def raw_bytes(self) -> int:
        """What the observations kept would take as float32, each state once."""
        counts = self.segments.counts.reshape(-1, self.shape.steps)[self.segments.numbers >= 0]
        rows = int(counts.sum(dtype=np.int64))
        return 4 * (len(self) * self.shape.features + rows * self.shape.candidate_features)

    @property
    def course(self) -> Course:
        """How the decisions follow one another."""
        segments = self.segments
        return Course(segments.rewards, segments.ended, segments.successors)

    def add(self, chunk: Chunk, rare: NDArray[np.uint8]) -> None:
        """Take a round of play in; rare[T * N] in the order of the chunk.

        Raises:
            MemoryTooSmallError: it does not fit even where everything else makes way.
        """
        block = encode(chunk, rare, self.rounds * self.shape.segments)
        self._make_room(block)
        data = block.to_bytes()
        name = sha256(data)
        slots = self.segments.free_slots(block.segments)
        self.segments.put(name, block, enumerate(slots))
        self.segments.errors.reshape(-1, self.shape.steps)[slots] = self.highest
        self.new_blocks[name] = data
        self.rounds += 1
        self.weigh()

    def blocks_to_store(self) -> dict[str, bytes]:
        """New blocks of which something is still kept, by sha256."""
        names = [name for name in self.new_blocks if name in self.segments.blocks]
        return {name: self.new_blocks[name] for name in names}

    def draw(self, count: int, beta: float, generator: np.random.Generator) -> Drawn:
        """Draw transitions, one from each of count equal parts of the sum of priorities.

        T. Schaul et al., Prioritized Experience Replay (2016), 3.3 and 3.4.

        Raises:
            ValueError: there is none to draw.
        """
        if not self.drawable:
            raise ValueError("the memory holds no transition to draw")
        parts = (np.arange(count) + generator.random(count)) / count
        places = self._tree.find(parts * self._tree.total)
        probabilities = self._tree[places] / self._tree.total
        weights = (self.drawable * probabilities) ** -beta
        return Drawn(places, weights / weights.max())

    def states(self, places: Places) -> States:
        """Decode what stands at some places."""
        segments, shape = self.segments, self.shape
        ends = np.cumsum(segments.counts[places], dtype=np.int64)
        features = np.empty((len(places), shape.features), dtype=np.float32)
        rows = np.empty((int(ends[-1]), shape.candidate_features), dtype=np.float32)
        feature_bits, row_bits = features.view(np.uint32), rows.view(np.uint32)
        begins = segments.offsets[places].tolist()
        start = 0
        for number, slot in enumerate((places // shape.steps).tolist()):
            payload, dictionary = segments.coded(slot)
            end = int(ends[number])
            room = feature_bits[number], row_bits[start:end]
            codec.decode(payload, begins[number], dictionary, *room)
            start = end
        return States(features, rows, ends)

    def learned(self, places: Places, errors: NDArray[np.float32]) -> None:
        """Take down how far off the estimates of some transitions were."""
        segments = self.segments
        segments.errors[places] = errors
        self.highest = max(self.highest, float(errors.max()))
        weights = self._priorities(segments.errors[places], segments.rare[places])
        self._tree.set(places, np.where(self._tree[places] > 0, weights, 0.0))

    def weigh(self) -> None:
        """Build the tree of priorities anew, after segments came or went."""
        segments, steps = self.segments, self.shape.steps
        weights = self._priorities(segments.errors, segments.rare).reshape(-1, steps)
        weights[segments.numbers < 0] = 0.0
        ended = segments.ended.reshape(-1, steps)[:, -1] != 0
        weights[~ended & (segments.successors < 0), -1] = 0.0
        self.drawable = int(np.count_nonzero(weights))
        self._tree = SumTree(weights.reshape(-1))

    def _priorities(
        self, errors: NDArray[np.float32], rare: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        raised = (errors.astype(np.float64) + self.config.floor) ** self.config.alpha
        return np.asarray(raised * self._weights[rare])

    def _make_room(self, block: Block) -> None:
        most, added = self.config.mib * MIB, Segments.bytes_of(block)
        for slot in self._least_wanted():
            if self._bytes_with(added, block.segments) <= most:
                return
            self.segments.drop(slot)
        if self._bytes_with(added, block.segments) > most:
            raise MemoryTooSmallError(
                f"a round of play takes {added / MIB:.1f} MiB of the replay memory, which may take"
                f" {self.config.mib} in all: give memory.mib more, or play fewer games or steps"
            )

    def _bytes_with(self, added: int, count: int) -> int:
        """Bytes taken with so many segments more."""
        capacity = max(self.segments.capacity, self.segments.alive + count)
        tree = SumTree.bytes_for(capacity * self.shape.steps)
        return self.segments.bytes_at(capacity) + added + tree

    def _least_wanted(self) -> list[int]:
        """Slots in the order in which they make way."""
        segments, steps = self.segments, self.shape.steps
        if not segments.alive:
            return []
        means = self._priorities(segments.errors, segments.rare).reshape(-1, steps).mean(axis=1)
        ranked = np.lexsort((segments.numbers, means))
        return [slot for slot in ranked.tolist() if segments.numbers[slot] >= 0]
