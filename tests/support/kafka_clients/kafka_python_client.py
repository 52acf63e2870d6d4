"""kafka-python behind the common face."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.kafka_clients.alike import (
    consumer_options,
    producer_options,
    received,
    sendings,
)
from tests.support.kafka_clients.faces import PATIENCE, Consumer, Record

with warnings.catch_warnings():  # it reads its schemas in a deprecated way
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka
    import kafka.admin


class KafkaPythonClient:
    """kafka-python."""

    name = "kafka-python"
    codecs = ("gzip", "lz4")

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = kafka.KafkaAdminClient(bootstrap_servers=address)

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = kafka.admin.NewTopic(topic, partitions, 1, topic_configs=dict(config))
        try:
            self._client.create_topics([new])
        except kafka.errors.KafkaError as error:
            raise RuntimeError(f"{getattr(error, 'errno', '')}: {error}") from error

    def delete(self, topic: str) -> None:
        self._client.delete_topics([topic])

    def grow(self, topic: str, partitions: int) -> None:
        self._client.create_partitions({topic: partitions})

    def topics(self) -> dict[str, int]:
        found = self._client.describe_topics()
        return {t["name"]: len(t["partitions"]) for t in found}

    def config(self, topic: str) -> dict[str, str]:
        wanted = kafka.admin.ConfigResource(kafka.admin.ConfigResourceType.TOPIC, topic)
        return _flat(self._client.describe_configs([wanted], config_filter="all"), topic)

    def produce(
        self,
        topic: str,
        records: Sequence[Record],
        timestamps: Sequence[int] | None = None,
        **how: Any,
    ) -> list[int]:
        producer = kafka.KafkaProducer(**producer_options(self._address, **how))
        try:
            sent = [producer.send(**each) for each in sendings(topic, records, timestamps)]
            producer.flush(PATIENCE)
            return [future.get(PATIENCE).offset for future in sent]
        except kafka.errors.KafkaError as error:
            raise RuntimeError(repr(error)) from error
        finally:
            producer.close()

    def consumer(self, topic: str, **how: Any) -> Consumer:
        return _KafkaPythonConsumer(self._address, topic, **how)

    def close(self) -> None:
        self._client.close()


def _flat(answer: Any, topic: str) -> dict[str, str]:
    """Settings out of whichever shape kafka-python gives them."""
    found = next(iter(answer.values())) if isinstance(answer, dict) else answer
    found = found.get(topic, found) if isinstance(found, dict) else found
    return {
        name: entry["value"] if isinstance(entry, dict) else entry for name, entry in found.items()
    }


class _KafkaPythonConsumer:
    def __init__(self, address: str, topic: str, **how: Any) -> None:
        self._consumer = kafka.KafkaConsumer(topic, **consumer_options(address, **how))

    def poll(self, seconds: float) -> list[Record]:
        found = self._consumer.poll(timeout_ms=int(seconds * 1000))
        return received(found)

    def commit(self) -> None:
        self._consumer.commit()

    def assigned(self) -> set[int]:
        return {part.partition for part in self._consumer.assignment()}

    def seek_to_time(self, topic: str, partition: int, ms: int) -> None:
        part = kafka.TopicPartition(topic, partition)
        self._consumer.seek(part, self._consumer.offsets_for_times({part: ms})[part].offset)

    def close(self) -> None:
        self._consumer.close()
