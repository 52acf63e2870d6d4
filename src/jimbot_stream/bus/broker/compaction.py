"""Compaction: of records with one key only the newest stays, at its old offset.

Kafka's way: the keys of the part that was never compacted are collected, then older
records of these keys are taken out of all batches before the newest one, which is left
alone. Records without a key stay. Runs beside the traffic: it reads on its own
connection in its own thread, and writes small edits into the common commits.
"""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Final

from jimbot_stream.bus.broker import records
from jimbot_stream.bus.broker.catalog import Partition, Topic
from jimbot_stream.bus.broker.core import Core
from jimbot_stream.bus.broker.records import Record
from jimbot_stream.bus.broker.store import OFFSET_BITS, row_id

_log = logging.getLogger(__name__)
_MAX_KEYS: Final = 1_000_000
"""Collected in one round (about 150 MB); what is beyond waits for the next."""
_BATCHES: Final = 200
"""Looked at per step, so that one commit stays small."""
_OFFSET: Final = (1 << OFFSET_BITS) - 1


@dataclass(slots=True)
class _Pass:
    """One compaction of one partition."""

    partition: Partition
    until: int
    """Batches before this offset take part."""
    tombstones_before_ms: int
    """Deletions older than this are forgotten themselves."""
    newest: dict[bytes, int] = field(default_factory=dict)
    """Offset of the newest record per key, by the key's digest."""


Edit = tuple[int, bytes | None]
"""Row id of a batch, and its new bytes; None deletes it."""


async def compact(core: Core) -> None:
    """Compact every partition that has enough new bytes."""
    for topic in list(core.catalog.topics.values()):
        if topic.config.compacted:
            for partition in topic.partitions:
                await _compact_partition(core, topic, partition)


async def _compact_partition(core: Core, topic: Topic, partition: Partition) -> None:
    now_ms = core.clock.now_ns() // 1_000_000
    made = _Pass(partition, 0, now_ms - topic.config.number("delete.retention.ms"))
    if not await core.store.beside(partial(_begin, topic=topic, made=made)):
        return
    position, changed = partition.start, 0
    while position < made.until and not partition.gone:
        edits, position = await core.store.beside(partial(_edits, made=made, position=position))
        changed += len(edits)
        if edits:
            await core.log.write(partial(_apply, edits=edits))
    await core.log.write(lambda connection: _mark(connection, made))
    partition.cleaned = made.until
    core.log.tail.trim(partition, made.until)
    _log.info("%s/%d: compacted, %d batches changed", topic.name, partition.index, changed)


def _begin(reader: sqlite3.Connection, topic: Topic, made: _Pass) -> bool:
    """Find out how far to go and the newest offset of every key; False if it is too early."""
    until = _dirty_until(reader, topic, made.partition)
    if until is None:
        return False
    made.until = until
    _collect(reader, made)
    return True


def _dirty_until(reader: sqlite3.Connection, topic: Topic, partition: Partition) -> int | None:
    """Base of the newest batch, if enough was written since the last time."""
    low, high = row_id(partition.id, partition.start), row_id(partition.id, partition.end)
    (newest,) = reader.execute(
        "SELECT max(k) FROM batch WHERE k >= ? AND k < ?", (low, high)
    ).fetchone()
    if newest is None:
        return None
    total, dirty = reader.execute(
        "SELECT total(size), total(size) FILTER (WHERE k >= ?3)"
        " FROM batch WHERE k >= ?1 AND k < ?2",
        (low, newest, row_id(partition.id, partition.cleaned)),
    ).fetchone()
    if not dirty or dirty / total < topic.config.dirty_ratio:
        return None
    return int(newest) & _OFFSET


def _batches(
    reader: sqlite3.Connection, partition: Partition, start: int, until: int
) -> Iterator[tuple[int, bytes]]:
    return reader.execute(
        "SELECT k, data FROM batch WHERE k >= ? AND k < ? ORDER BY k",
        (row_id(partition.id, start), row_id(partition.id, until)),
    )


def _digest(key: bytes) -> bytes:
    return blake2b(key, digest_size=16).digest()


def _collect(reader: sqlite3.Connection, made: _Pass) -> None:
    """Find the newest offset of every key of the part that was never compacted."""
    start = max(made.partition.start, made.partition.cleaned)
    for k, data in _batches(reader, made.partition, start, made.until):
        if len(made.newest) > _MAX_KEYS:
            made.until = k & _OFFSET
            return
        for record in records.read(data) or ():
            if record.key is not None:
                made.newest[_digest(record.key)] = record.offset


def _edits(reader: sqlite3.Connection, made: _Pass, position: int) -> tuple[list[Edit], int]:
    """Changes of the next batches, and where to go on."""
    edits: list[Edit] = []
    seen = 0
    for k, data in _batches(reader, made.partition, position, made.until):
        if seen == _BATCHES:
            return edits, k & _OFFSET
        seen += 1
        all_records = records.read(data)
        if all_records is None:
            continue  # compressed with something that is not installed: stays whole
        before = list(all_records)
        kept = [record for record in before if _stays(made, record)]
        if len(kept) < len(before):
            edits.append((k, records.rebuild(data, kept) if kept else None))
    return edits, made.until


def _stays(made: _Pass, record: Record) -> bool:
    if record.key is None:
        return True
    if made.newest.get(_digest(record.key), -1) > record.offset:
        return False
    return record.value is not None or record.timestamp >= made.tombstones_before_ms


def _apply(connection: sqlite3.Connection, edits: list[Edit]) -> None:
    connection.executemany(
        "UPDATE batch SET data = ?1, size = length(?1) WHERE k = ?2",
        [(data, k) for k, data in edits if data is not None],
    )
    connection.executemany("DELETE FROM batch WHERE k = ?", [(k,) for k, d in edits if d is None])


def _mark(connection: sqlite3.Connection, made: _Pass) -> None:
    connection.execute(
        "UPDATE partition SET cleaned = ? WHERE id = ?", (made.until, made.partition.id)
    )
