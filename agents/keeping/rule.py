"""The rule of what is kept, as a function of a run's record.

Kept is everything that was left

* by the newest two updates: one to go on from, and one to go back to;
* by every update whose number ``every`` divides: from there, what follows is computed again. Each
  power of two keeps a part of what the one below it keeps, so a run can be thinned out again and
  again;
* by the last update before anything changed: a failure, weights turned down, another stage of the
  curriculum, weights of another member of the population;

and any blob that something else names: the first checkpoint of the run, the incumbent of its gate,
what was ever evaluated, promoted, exchanged or decided with, what another run began from, and what
other runs left.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from jimbot_stream.agents.lineage import LINEAGE, Lineage
from jimbot_stream.contracts import (
    CheckpointsPruned,
    CurriculumAdvanced,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import RecordedEvent

NEWEST: Final = 2
"""Newest updates after which everything is kept."""
BlobsOf = Callable[["Left"], Sequence[str]]
"""Names of all that an update left, the blocks of its replay memory included."""
_CHANGES: Final = (CurriculumAdvanced, PopulationExploited, UpdateRejected)
_READ: Final[dict[str, type[Message]]] = {
    **LINEAGE,
    **{kind.DESCRIPTOR.name: kind for kind in (CurriculumAdvanced, CheckpointsPruned)},
}


@dataclass(frozen=True, slots=True)
class Left:
    """What an update left, each as a sha256 in hex, or empty."""

    update: int
    checkpoint: str
    sampler: str = ""
    memory: str = ""

    @property
    def blobs(self) -> list[str]:
        """Names; the blocks of its replay memory stand in the manifest."""
        return [name for name in (self.memory, self.sampler, self.checkpoint) if name]


class Record:
    """A run's events, as far as they say what is needed."""

    def __init__(self, events: Iterable[RecordedEvent] = (), gate_every: int = 0) -> None:
        """Begin with these events; the gate compares every so many updates, 0: none."""
        self.left: list[Left] = []
        """By every update, in order."""
        self.changed: set[int] = set()
        """Updates after which something changed."""
        self.pruned: set[str] = set()
        """Blobs of which the record says that they were let go."""
        self._named: set[str] = set()
        self._lineage = Lineage(gate_every)
        self.read(events)

    @property
    def named(self) -> set[str]:
        """Blobs that the run names by more than the update that made them."""
        return self._named | {self._lineage.newest, self._lineage.incumbent} - {""}

    def read(self, events: Iterable[RecordedEvent]) -> None:
        """Take further events."""
        for event in events:
            if event.type in _READ:
                self.take(read_event(_READ[event.type], event))

    def anchors(self, every: int) -> set[int]:
        """Updates after which everything is kept.

        Raises:
            ValueError: every is less than 1.
        """
        if every < 1:
            raise ValueError("at least every single update can be kept: every must be 1 or more")
        numbers = [left.update for left in self.left]
        regular = {number for number in numbers if number % every == 0}
        return regular | set(numbers[-NEWEST:]) | self.changed

    def take(self, message: Message) -> None:
        """Take what a further event says."""
        self._lineage.take(message)
        if isinstance(message, RunStarted):
            self._named.add(message.checkpoint)
        elif isinstance(message, UpdateApplied):
            self.left.append(left_by(message))
        elif isinstance(message, CheckpointsPruned):
            self.pruned.update(message.blobs)
        if isinstance(message, _CHANGES) and self.left:
            self.changed.add(self.left[-1].update)
        if isinstance(message, UpdateRejected):
            self._named |= {message.checkpoint, message.rejected} - {""}
        elif isinstance(message, PopulationExploited):
            self._named |= {message.from_checkpoint, message.checkpoint_before} - {""}


def left_by(update: UpdateApplied) -> Left:
    """What an update left."""
    return Left(update.update, update.checkpoint_out, update.rollout.sampler_out, update.memory_out)


def may_go(
    record: Record, blobs_of: BlobsOf, every: int, others: AbstractSet[str]
) -> Iterator[str]:
    """Blobs that may be let go and have not been, in the order of the updates, manifests first.

    ``blobs_of`` gives all that was left by an update, ``others`` are names that the run does not
    know of.
    """
    anchors = record.anchors(every)
    kept = record.named | {
        name for left in record.left if left.update in anchors for name in blobs_of(left)
    }
    told: set[str] = set()
    for left in record.left:
        for name in blobs_of(left):
            if not (name in kept or name in others or name in record.pruned or name in told):
                told.add(name)
                yield name
