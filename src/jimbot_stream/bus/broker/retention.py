"""Retention: old records go by age and by size, oldest first, whole batches at a time."""

import logging
import sqlite3
from typing import Final

from jimbot_stream.bus.broker.catalog import Partition, Topic
from jimbot_stream.bus.broker.core import Core
from jimbot_stream.bus.broker.store import OFFSET_BITS, row_id

_log = logging.getLogger(__name__)
_ROWS: Final = 500
"""Deleted in one commit, so that producers never wait long behind a clean-up."""
_PAGES: Final = 2000
"""Given back to the file system per round."""
_PRODUCER_MS: Final = 24 * 3600 * 1000
"""A producer that was silent for so long is forgotten."""
_OFFSET: Final = (1 << OFFSET_BITS) - 1


async def retain(core: Core) -> None:
    """Apply the retention of every topic, and forget silent producers."""
    now_ms = core.clock.now_ns() // 1_000_000
    for topic in list(core.catalog.topics.values()):
        if topic.config.deleted:
            for partition in topic.partitions:
                await _retain_partition(core, topic, partition, now_ms)
    await _forget_producers(core, now_ms - _PRODUCER_MS)
    await core.store.give_back(_PAGES)


async def _retain_partition(core: Core, topic: Topic, partition: Partition, now_ms: int) -> None:
    start = await core.store.beside(
        lambda reader: max(
            _start_by_age(reader, topic, partition, now_ms),
            _start_by_size(reader, topic, partition),
        )
    )
    if start > partition.start:
        _log.info("%s/%d: records before %d go", topic.name, partition.index, start)
        await move_start(core, partition, start)


def _start_by_age(
    reader: sqlite3.Connection, topic: Topic, partition: Partition, now_ms: int
) -> int:
    """First offset that is young enough."""
    age = topic.config.number("retention.ms")
    if age < 0:
        return partition.start
    end = partition.end
    row = reader.execute(
        "SELECT k FROM batch WHERE k >= ? AND k < ? AND ts >= ? ORDER BY k LIMIT 1",
        (row_id(partition.id, partition.start), row_id(partition.id, end), now_ms - age),
    ).fetchone()
    return int(row[0]) & _OFFSET if row else end


def _start_by_size(reader: sqlite3.Connection, topic: Topic, partition: Partition) -> int:
    """First offset of the newest batches that together reach the size to keep."""
    keep = topic.config.number("retention.bytes")
    if keep < 0:
        return partition.start
    total = 0
    rows = reader.execute(
        "SELECT k, size FROM batch WHERE k >= ? AND k < ? ORDER BY k DESC",
        (row_id(partition.id, partition.start), row_id(partition.id, partition.end)),
    )
    for k, size in rows:
        total += size
        if total >= keep:
            return int(k) & _OFFSET
    return partition.start


async def move_start(core: Core, partition: Partition, start: int) -> None:
    """Raise the start of a partition and delete what is before it.

    The start is stored first: if the deleting is cut short, the next round finishes it.
    """
    await core.log.write(
        lambda con: con.execute(
            "UPDATE partition SET start = ? WHERE id = ?", (start, partition.id)
        )
    )
    partition.start = max(partition.start, start)
    core.log.tail.trim(partition, start)
    span = (row_id(partition.id, 0), row_id(partition.id, start), _ROWS)
    while await core.log.write(lambda con: _delete(con, span)) == _ROWS:
        pass


def _delete(connection: sqlite3.Connection, span: tuple[int, int, int]) -> int:
    return connection.execute(
        "DELETE FROM batch WHERE k IN"
        " (SELECT k FROM batch WHERE k >= ? AND k < ? ORDER BY k LIMIT ?)",
        span,
    ).rowcount


async def _forget_producers(core: Core, seen_before_ms: int) -> None:
    old = [key for key, state in core.log.states.items() if state.seen_ms < seen_before_ms]
    if not old:
        return
    await core.log.write(
        lambda con: con.execute("DELETE FROM producer WHERE seen_ms < ?", (seen_before_ms,))
    )
    for key in old:
        if core.log.states[key].seen_ms < seen_before_ms:
            del core.log.states[key]
