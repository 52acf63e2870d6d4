"""The bus on Kafka: Kafka proper, or the embedded broker, which speaks the same protocol."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    UnknownTopicOrPartitionError,
)

from jimbot_stream.bus import (
    BusUnavailableError,
    Place,
    Positions,
    Record,
    RecordRefusedError,
    Start,
    UnknownTopicError,
)

MAX_RECORD_BYTES = 1_000_000
FOREVER_MS = 24 * 3600 * 1000  # a connection that idles is not a connection to drop

logger = logging.getLogger(__name__)


def bootstrap(address: str) -> str:
    """``kafka://host:port;kafka://host:port`` as Kafka clients want it: ``host:port,host:port``."""
    return ",".join(part.split("://", 1)[-1] for part in address.split(";"))


class KafkaBus:
    """One idempotent producer and any number of readers; survives restarts of the broker."""

    def __init__(
        self, address: str, *, patience_s: float = 60.0, request_timeout_s: float = 10.0
    ) -> None:
        """Address a broker.

        Args:
            address: ``kafka://host:port``, several separated by semicolons.
            patience_s: how long a record may remain unacknowledged, retries included.
            request_timeout_s: how long one request may take, and how long a topic that is
                not known yet is looked for.
        """
        self._servers = bootstrap(address)
        self._patience_s = patience_s
        self._request_timeout_ms = int(request_timeout_s * 1000)
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        """Append a record to the partition of its key; returns once it is acknowledged."""
        producer = await self._started()
        try:
            async with asyncio.timeout(self._patience_s):
                sent = await producer.send_and_wait(
                    topic, value, key=key, timestamp_ms=timestamp_ms
                )
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise RecordRefusedError(f"{len(value)} bytes: {error}") from error
        except InvalidTopicError as error:
            raise UnknownTopicError(topic) from error
        except (KafkaError, TimeoutError) as error:
            if isinstance(error, UnknownTopicOrPartitionError) and await _answers(producer):
                raise UnknownTopicError(topic) from error
            await self._forget(producer)
            raise BusUnavailableError(f"{self._servers}: {error!r}") from error
        return Place(sent.topic, sent.partition, sent.offset)

    async def open_reader(self, topics: Sequence[str], start: Start | Positions) -> "KafkaReader":
        """A reader over all partitions of topics, without a consumer group."""
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(await self._partitions(topic))
        ]
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            connections_max_idle_ms=FOREVER_MS,
            metadata_max_age_ms=60_000,
        )
        try:
            await consumer.start()
            consumer.assign(partitions)
            positions = await _seek(consumer, partitions, start)
        except KafkaError as error:
            await consumer.stop()
            raise BusUnavailableError(f"{self._servers}: {error!r}") from error
        return KafkaReader(consumer, positions)

    async def close(self) -> None:
        """Stop the producer; idempotent."""
        if self._producer is not None:
            await self._forget(self._producer)

    async def _partitions(self, topic: str) -> set[int]:
        producer = await self._started()
        try:
            return set(await producer.partitions_for(topic))
        except UnknownTopicOrPartitionError as error:
            raise UnknownTopicError(topic) from error
        except KafkaError as error:
            raise BusUnavailableError(f"{self._servers}: {error!r}") from error

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._start()
            return self._producer

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_RECORD_BYTES,
            request_timeout_ms=self._request_timeout_ms,
            connections_max_idle_ms=FOREVER_MS,
        )
        try:
            await producer.start()
        except KafkaError as error:
            await producer.stop()
            raise BusUnavailableError(f"{self._servers}: {error!r}") from error
        return producer

    async def _forget(self, producer: AIOKafkaProducer) -> None:
        """Give up a producer whose state is in doubt; the next record starts a new one."""
        if self._producer is producer:
            self._producer = None
        try:
            # Stopping flushes, and an idempotent producer flushes for as long as nobody answers.
            async with asyncio.timeout(2.0):
                await producer.stop()
        except (KafkaError, TimeoutError) as error:
            logger.warning("a producer of %s did not stop cleanly: %r", self._servers, error)


async def _answers(producer: AIOKafkaProducer) -> bool:
    """Whether the broker answers: aiokafka calls a topic unknown when nobody knew it in time."""
    return bool(await producer.client.force_metadata_update())


async def _seek(
    consumer: AIOKafkaConsumer, partitions: list[Any], start: Start | Positions
) -> dict[tuple[str, int], int]:
    if start is Start.END:
        await consumer.seek_to_end(*partitions)
    elif start is Start.BEGINNING:
        await consumer.seek_to_beginning(*partitions)
    positions = {}
    for partition in partitions:
        name = (partition.topic, partition.partition)
        if isinstance(start, Mapping):
            consumer.seek(partition, start.get(name, 0))
        # Asking for the position waits until it is known, so that END means "as of now".
        positions[name] = await consumer.position(partition)
    return positions


def _record(message: Any) -> Record:
    place = Place(message.topic, message.partition, message.offset)
    return Record(place, message.key, message.value or b"", message.timestamp)


class KafkaReader:
    """A place in some topics on Kafka."""

    def __init__(self, consumer: AIOKafkaConsumer, positions: dict[tuple[str, int], int]) -> None:
        """Take over a started consumer that stands at positions."""
        self._consumer = consumer
        self._positions = positions

    async def take(self, timeout_s: float) -> Sequence[Record]:
        """The next records; none when timeout_s passed."""
        try:
            found = await self._consumer.getmany(timeout_ms=int(timeout_s * 1000))
        except KafkaError as error:
            raise BusUnavailableError(repr(error)) from error
        taken = [_record(message) for messages in found.values() for message in messages]
        for record in taken:
            place = record.place
            self._positions[place.topic, place.partition] = place.offset + 1
        return taken

    def positions(self) -> Positions:
        """Where the next take begins."""
        return dict(self._positions)

    async def close(self) -> None:
        """Stop the consumer; idempotent."""
        await self._consumer.stop()
