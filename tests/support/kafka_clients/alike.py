"""What aiokafka and kafka-python name alike: options, arguments and records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.support.kafka_clients.faces import Record

_BIGGEST_BYTES = 20 << 20


def producer_options(
    address: str, codec: str | None = None, idempotent: bool = False, acks: Any = "all"
) -> dict[str, Any]:
    """Arguments of a producer that gathers records for a moment."""
    return {
        "bootstrap_servers": address,
        "compression_type": codec,
        "enable_idempotence": idempotent,
        "acks": acks,
        "linger_ms": 5,
        "max_request_size": _BIGGEST_BYTES,
    }


def consumer_options(
    address: str,
    group: str | None = None,
    instance: str | None = None,
    session_ms: int = 10_000,
) -> dict[str, Any]:
    """Arguments of a consumer that reads from the beginning and commits when told."""
    return {
        "bootstrap_servers": address,
        "group_id": group,
        "group_instance_id": instance,
        "session_timeout_ms": session_ms,
        "heartbeat_interval_ms": 300,
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "max_partition_fetch_bytes": _BIGGEST_BYTES,
        "fetch_max_wait_ms": 5000,
    }


def sendings(
    topic: str, records: Sequence[Record], timestamps: Sequence[int] | None
) -> Iterable[dict[str, Any]]:
    """Arguments of a producer's ``send``, record by record."""
    for number, record in enumerate(records):
        yield {
            "topic": topic,
            "value": record.value,
            "key": record.key,
            "partition": record.partition,
            "headers": list(record.headers),
            "timestamp_ms": timestamps[number] if timestamps else None,
        }


def received(found: Mapping[Any, Sequence[Any]]) -> list[Record]:
    """What a poll gave, partition by partition."""
    return [
        Record(one.partition, one.offset, one.key, one.value, tuple(one.headers or ()))
        for records in found.values()
        for one in records
    ]
