"""What a run holds on disk, counted along its record."""

from collections.abc import Callable, Sequence

from jimbot_stream.agents.keeping.rule import Left, Record
from jimbot_stream.eventlog import RecordedEvent


class Held:
    """The blobs that a run's updates left and that were not let go, and their bytes.

    Reads what is new of the record each time, so that a run of thousands of updates can ask after
    every one.
    """

    def __init__(
        self, size: Callable[[str], int], blocks: Callable[[str], list[str]], gate_every: int
    ) -> None:
        """``size`` gives the bytes of a blob, 0 where there is none; ``blocks`` a manifest's."""
        self.record = Record(gate_every=gate_every)
        self.bytes = 0
        self._size_of, self._blocks = size, blocks
        self._read = 0
        self._counted = 0
        self._sizes: dict[str, int] = {}
        self._of: dict[Left, list[str]] = {}
        self._names: set[str] = set()

    def read(self, events: Sequence[RecordedEvent]) -> None:
        """Take what is new among all events of the run."""
        self.record.read(events[self._read :])
        self._read = len(events)
        for left in self.record.left[self._counted :]:
            self._names.update(self.of(left))
        self._counted = len(self.record.left)
        self._names -= self.record.pruned
        self.bytes = sum(self.size(name) for name in self._names)

    def of(self, left: Left) -> list[str]:
        """All that an update left, the blocks of its replay memory included."""
        if left not in self._of:
            blocks = self._blocks(left.memory) if left.memory else []
            self._of[left] = [*left.blobs, *blocks]
        return self._of[left]

    def memories(self) -> set[str]:
        """Manifests that were not let go: they need their blocks."""
        return {left.memory for left in self.record.left if left.memory} - self.record.pruned

    def size(self, name: str) -> int:
        """Bytes of a blob's file when it was first asked for."""
        if name not in self._sizes:
            self._sizes[name] = self._size_of(name)
        return self._sizes[name]
