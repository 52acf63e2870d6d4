"""aiokafka behind the common face."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiokafka
import aiokafka.admin

from tests.support.kafka_clients.alike import (
    consumer_options,
    producer_options,
    received,
    sendings,
)
from tests.support.kafka_clients.faces import Consumer, Record
from tests.support.loops import Loop


class AiokafkaClient:
    """aiokafka, what Faust uses."""

    name = "aiokafka"
    codecs = ("gzip",)

    def __init__(self, address: str) -> None:
        self._address = address
        self._loop = Loop()

    def _with_admin(self, call: Any) -> Any:
        async def work() -> Any:
            admin = aiokafka.admin.AIOKafkaAdminClient(bootstrap_servers=self._address)
            await admin.start()
            try:
                return await call(admin)
            finally:
                await admin.close()

        return self._loop.run(work())

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = aiokafka.admin.NewTopic(topic, partitions, 1, topic_configs=dict(config))
        answer = self._with_admin(lambda admin: admin.create_topics([new]))
        ((_, code, message),) = answer.topic_errors
        if code:
            raise RuntimeError(f"{code}: {message}")

    def delete(self, topic: str) -> None:
        self._with_admin(lambda admin: admin.delete_topics([topic]))

    def grow(self, topic: str, partitions: int) -> None:
        new = aiokafka.admin.NewPartitions(partitions)
        self._with_admin(lambda admin: admin.create_partitions({topic: new}))

    def topics(self) -> dict[str, int]:
        found = self._with_admin(lambda admin: admin.describe_topics())
        return {t["topic"]: len(t["partitions"]) for t in found}

    def config(self, topic: str) -> dict[str, str]:
        wanted = aiokafka.admin.config_resource.ConfigResource(
            aiokafka.admin.config_resource.ConfigResourceType.TOPIC, topic
        )
        (answer,) = self._with_admin(lambda admin: admin.describe_configs([wanted]))
        return {item[0]: item[1] for item in answer.resources[0][4]}

    def produce(self, topic: str, records: Sequence[Record], **how: Any) -> list[int]:
        return self._loop.run(self._produce(topic, records, **how))

    async def _produce(
        self,
        topic: str,
        records: Sequence[Record],
        timestamps: Sequence[int] | None = None,
        **how: Any,
    ) -> list[int]:
        producer = aiokafka.AIOKafkaProducer(**producer_options(self._address, **how))
        await producer.start()
        try:
            sent = [await producer.send(**each) for each in sendings(topic, records, timestamps)]
            await producer.flush()
            return [getattr(await future, "offset", -1) for future in sent]
        finally:
            await producer.stop()

    def consumer(self, topic: str, **how: Any) -> Consumer:
        return _AiokafkaConsumer(self._loop, self._address, topic, **how)

    def close(self) -> None:
        self._loop.close()


class _AiokafkaConsumer:
    def __init__(self, loop: Loop, address: str, topic: str, **how: Any) -> None:
        self._loop = loop
        self._consumer = loop.run(self._start(topic, consumer_options(address, **how)))

    async def _start(self, topic: str, options: dict[str, Any]) -> Any:
        consumer = aiokafka.AIOKafkaConsumer(topic, **options)
        await consumer.start()
        return consumer

    def poll(self, seconds: float) -> list[Record]:
        found = self._loop.run(self._consumer.getmany(timeout_ms=int(seconds * 1000)))
        return received(found)

    def commit(self) -> None:
        self._loop.run(self._consumer.commit())

    def assigned(self) -> set[int]:
        return {part.partition for part in self._consumer.assignment()}

    def seek_to_time(self, topic: str, partition: int, ms: int) -> None:
        part = aiokafka.TopicPartition(topic, partition)
        found = self._loop.run(self._consumer.offsets_for_times({part: ms}))

        async def seek() -> None:
            self._consumer.seek(part, found[part].offset)

        self._loop.run(seek())

    def close(self) -> None:
        self._loop.run(self._consumer.stop())
