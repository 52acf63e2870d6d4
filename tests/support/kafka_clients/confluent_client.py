"""confluent-kafka behind the common face."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import confluent_kafka
import confluent_kafka.admin

from tests.support.kafka_clients.faces import PATIENCE, Consumer, Record

_admin: Any = confluent_kafka.admin  # its names are imported there, not exported


class ConfluentClient:
    """confluent-kafka, that is librdkafka."""

    name = "confluent-kafka"
    codecs = ("gzip", "lz4", "snappy", "zstd")

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = _admin.AdminClient({"bootstrap.servers": address})

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = _admin.NewTopic(topic, partitions, 1, config=dict(config))
        try:
            self._client.create_topics([new])[topic].result(PATIENCE)
        except confluent_kafka.KafkaException as error:
            raise RuntimeError(f"{error.args[0].code()}: {error}") from error

    def delete(self, topic: str) -> None:
        self._client.delete_topics([topic])[topic].result(PATIENCE)

    def grow(self, topic: str, partitions: int) -> None:
        new = _admin.NewPartitions(topic, partitions)
        self._client.create_partitions([new])[topic].result(PATIENCE)

    def topics(self) -> dict[str, int]:
        found = self._client.list_topics(timeout=PATIENCE).topics
        return {name: len(topic.partitions) for name, topic in found.items()}

    def config(self, topic: str) -> dict[str, str]:
        wanted = _admin.ConfigResource(_admin.RESOURCE_TOPIC, topic)
        (answer,) = self._client.describe_configs([wanted]).values()
        return {name: entry.value for name, entry in answer.result(PATIENCE).items()}

    def produce(
        self,
        topic: str,
        records: Sequence[Record],
        codec: str | None = None,
        idempotent: bool = False,
        acks: Any = "all",
        timestamps: Sequence[int] | None = None,
    ) -> list[int]:
        offsets: dict[int, int] = {}
        failures: list[str] = []
        producer = confluent_kafka.Producer(
            {
                "bootstrap.servers": self._address,
                "compression.type": codec or "none",
                "enable.idempotence": idempotent,
                "acks": acks,
                "linger.ms": 5,
                "message.max.bytes": 20 << 20,
            }
        )

        def landed(number: int, error: Any, message: Any) -> None:
            if error is not None:
                failures.append(str(error))
            offsets[number] = message.offset()

        for i, record in enumerate(records):
            extra: dict[str, Any] = {"timestamp": timestamps[i]} if timestamps else {}
            producer.produce(
                topic,
                record.value,
                record.key,
                record.partition,
                headers=list(record.headers),
                on_delivery=partial(landed, i),
                **extra,
            )
        assert producer.flush(PATIENCE) == 0
        if failures:
            raise RuntimeError(failures[0])
        return [offsets[i] for i in range(len(records))]

    def consumer(self, topic: str, **how: Any) -> Consumer:
        return _ConfluentConsumer(self._address, topic, **how)

    def close(self) -> None:
        del self._client


class _ConfluentConsumer:
    def __init__(
        self,
        address: str,
        topic: str,
        group: str | None = None,
        instance: str | None = None,
        session_ms: int = 10_000,
    ) -> None:
        settings: dict[str, Any] = {
            "bootstrap.servers": address,
            "group.id": group or "nobody",
            "session.timeout.ms": session_ms,
            "heartbeat.interval.ms": 300,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 5000,
            "fetch.message.max.bytes": 20 << 20,
        }
        if instance:
            settings["group.instance.id"] = instance
        self._consumer: Any = confluent_kafka.Consumer(settings)
        self._consumer.subscribe([topic])

    def poll(self, seconds: float) -> list[Record]:
        first = self._consumer.poll(seconds)
        found = [first, *self._consumer.consume(1000, 0.0)] if first is not None else []
        for message in found:
            if message.error():
                raise RuntimeError(str(message.error()))
        return [
            Record(m.partition(), m.offset(), m.key(), m.value(), tuple(m.headers() or ()))
            for m in found
        ]

    def commit(self) -> None:
        self._consumer.commit(asynchronous=False)

    def assigned(self) -> set[int]:
        return {part.partition for part in self._consumer.assignment()}

    def seek_to_time(self, topic: str, partition: int, ms: int) -> None:
        part = confluent_kafka.TopicPartition(topic, partition, ms)
        (found,) = self._consumer.offsets_for_times([part], PATIENCE)
        self._consumer.seek(found)

    def close(self) -> None:
        self._consumer.close()
