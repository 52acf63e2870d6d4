"""Record batches (format v2): headers, checks, and rebuilding for compaction.

Batches are stored as they came. Only the base offset and the leader epoch are stamped,
and both stand outside the checksum.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode

_HEADER: Final = struct.Struct(">qiibIhiqqqhii")
HEADER_SIZE: Final = _HEADER.size
_CHECKED_FROM: Final = 21
"""The checksum covers the bytes from the attributes to the end."""
_CODEC: Final = 0x07
_TRANSACTIONAL_OR_CONTROL: Final = 0x30
_GZIP: Final = 1
NO_PRODUCER: Final = -1


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """The first 61 bytes of a batch."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    checksum: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    count: int

    @property
    def last_sequence(self) -> int:
        """Sequence of the last record; sequences wrap at 2^31."""
        return (self.base_sequence + self.last_offset_delta) & 0x7FFFFFFF


def check(data: memoryview | None, limit: int) -> BatchHeader:
    """Header of the one batch that a produce request brings for a partition.

    Raises:
        BrokerError: the batch is damaged, too large, or of a kind not taken here.
    """
    if data is None or len(data) < HEADER_SIZE:
        raise BrokerError(ErrorCode.CORRUPT_MESSAGE, "no whole record batch")
    if data[16] != 2:
        raise BrokerError(
            ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, "only record batches of format v2 are taken"
        )
    header = BatchHeader(*_HEADER.unpack_from(data))
    if len(data) > limit:
        raise BrokerError(
            ErrorCode.MESSAGE_TOO_LARGE, f"{len(data)} bytes, max.message.bytes is {limit}"
        )
    if header.length + 12 < len(data):
        raise BrokerError(ErrorCode.INVALID_RECORD, "more than one batch for a partition")
    if header.length + 12 != len(data) or calc_crc32c(data[_CHECKED_FROM:]) != header.checksum:
        raise BrokerError(ErrorCode.CORRUPT_MESSAGE, "checksum or length does not fit")
    if header.count < 1 or header.last_offset_delta != header.count - 1:
        raise BrokerError(ErrorCode.INVALID_RECORD, "record count does not fit the offsets")
    if header.attributes & _TRANSACTIONAL_OR_CONTROL:
        raise BrokerError(ErrorCode.INVALID_RECORD, "transactions are not offered")
    return header


def stamp(data: memoryview, base_offset: int) -> bytes:
    """The batch with the offset that it gets in its partition, and leader epoch 0."""
    return b"".join((base_offset.to_bytes(8, "big"), data[8:12], bytes(4), data[16:]))


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a batch."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def _gunzip(data: bytes) -> bytes:
    return zlib.decompress(data, wbits=31)


def _decompressor(codec: int) -> Callable[[bytes], bytes] | None:
    """How to open a codec here, or None where the library is not installed."""
    if codec == _GZIP:
        return _gunzip
    try:
        if codec == 3:
            found: Callable[[bytes], bytes] = import_module("lz4.frame").decompress
            return found
    except ImportError:
        return None
    return None


def read(data: bytes) -> Iterator[Record] | None:
    """The records of a stored batch, or None if its compression cannot be opened here."""
    codec = data[22] & _CODEC
    if codec:
        decompress = _decompressor(codec)
        if decompress is None:
            return None
        head = bytearray(data[:HEADER_SIZE])
        head[22] &= ~_CODEC & 0xFF
        data = bytes(head) + decompress(data[HEADER_SIZE:])
    return (
        Record(r.offset, r.timestamp, r.key, r.value, r.headers) for r in DefaultRecordBatch(data)
    )


def rebuild(data: bytes, kept: Sequence[Record]) -> bytes:
    """The batch with only some of its records, each at its old offset.

    The batch goes on spanning the offsets that it spanned, so that a reader passes over
    the gaps. What was compressed comes back as gzip, which every client reads.
    """
    old = BatchHeader(*_HEADER.unpack_from(data))
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=_GZIP if old.attributes & _CODEC else 0,
        is_transactional=0,
        producer_id=old.producer_id,
        producer_epoch=old.producer_epoch,
        base_sequence=old.base_sequence,
        batch_size=1 << 31,
    )
    for record in kept:
        relative = record.offset - old.base_offset
        builder.append(relative, record.timestamp, record.key, record.value, list(record.headers))
    made = bytearray(builder.build())
    struct.pack_into(">q", made, 0, old.base_offset)
    struct.pack_into(">i", made, 12, old.leader_epoch)
    struct.pack_into(">i", made, 23, old.last_offset_delta)
    struct.pack_into(">I", made, 17, calc_crc32c(memoryview(made)[_CHECKED_FROM:]))
    return bytes(made)
