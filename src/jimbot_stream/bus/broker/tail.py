"""The newest batches in memory, so that live readers do not touch the file."""

from collections import deque

from jimbot_stream.bus.broker.catalog import Partition


class TailCache:
    """Newest batches of all partitions, oldest out first, under one budget of bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._order: deque[tuple[Partition, int]] = deque()
        self.size = 0

    def add(self, partition: Partition, base: int, last: int, data: bytes) -> None:
        """Keep a batch that just became durable."""
        partition.tail.append((base, last, data))
        self._order.append((partition, base))
        self.size += len(data)
        while self.size > self._budget:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        partition, base = self._order.popleft()
        if partition.tail and partition.tail[0][0] == base:
            self.size -= len(partition.tail.popleft()[2])

    def trim(self, partition: Partition, start: int) -> None:
        """Drop the batches of a partition that begin before an offset."""
        tail = partition.tail
        while tail and tail[0][0] < start:
            self.size -= len(tail.popleft()[2])

    def forget(self, partition: Partition) -> None:
        """Drop all batches of a partition, since the file says otherwise now."""
        self.size -= sum(len(data) for _, _, data in partition.tail)
        partition.tail.clear()
