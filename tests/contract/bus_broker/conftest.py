"""A broker to talk to, and one face for every client library that talks to it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import pytest

from jimbot_stream.bus.broker import Broker

with warnings.catch_warnings():  # kafka-python reads its schemas in a deprecated way
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka
    import kafka.admin

T = TypeVar("T")
PATIENCE = 20.0


class Record(NamedTuple):
    """A record as a consumer got it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


class Consumer(Protocol):
    """A reader of topics."""

    def poll(self, seconds: float) -> list[Record]: ...
    def commit(self) -> None: ...
    def assigned(self) -> set[int]: ...
    def seek_to_time(self, topic: str, partition: int, ms: int) -> None: ...
    def close(self) -> None: ...


class Client(Protocol):
    """What every client library must be able to do with the broker."""

    name: str
    codecs: Sequence[str]

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = ...) -> None: ...
    def delete(self, topic: str) -> None: ...
    def grow(self, topic: str, partitions: int) -> None: ...
    def topics(self) -> dict[str, int]: ...
    def config(self, topic: str) -> dict[str, str]: ...
    def produce(self, topic: str, records: Sequence[Record], **how: Any) -> list[int]: ...
    def consumer(self, topic: str, **how: Any) -> Consumer: ...
    def close(self) -> None: ...


class Loop:
    """An event loop in a thread, for asynchronous code behind a synchronous face."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(60)

    def close(self) -> None:
        self.run(asyncio.sleep(0.05))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class BrokerThread:
    """A broker in a thread of the test, on a port that it keeps across restarts."""

    def __init__(self, path: Path, **options: Any) -> None:
        self._path, self._options = path, options
        self._port = 0
        self.start()

    def start(self) -> None:
        self._loop = Loop()
        self.broker = Broker(self._path, port=self._port, **self._options)
        self._loop.run(self.broker.__aenter__())
        self._port = self.broker.port

    def stop(self) -> None:
        self._loop.run(self.broker.__aexit__(None, None, None))
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the broker's own loop."""
        return self._loop.run(work)

    @property
    def address(self) -> str:
        return self.broker.address


class BrokerProcess:
    """A broker as a process, which can be killed."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self._data = data
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "jimbot_stream.bus.broker"]
        command += ["--data", str(self._data), "--listen", self.address]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert b"One node" in self._process.stdout.readline()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        assert self._process.stdout is not None
        self._process.stdout.read()
        self._process.stdout.close()
        return self._process.wait(PATIENCE)


class AiokafkaClient:
    """aiokafka, what Faust uses."""

    name = "aiokafka"
    codecs = ("gzip",)

    def __init__(self, address: str) -> None:
        import aiokafka
        import aiokafka.admin

        self._kafka, self._admin = aiokafka, aiokafka.admin
        self._address = address
        self._loop = Loop()

    def _with_admin(self, call: Any) -> Any:
        async def work() -> Any:
            admin = self._admin.AIOKafkaAdminClient(bootstrap_servers=self._address)
            await admin.start()
            try:
                return await call(admin)
            finally:
                await admin.close()

        return self._loop.run(work())

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = self._admin.NewTopic(topic, partitions, 1, topic_configs=dict(config))
        answer = self._with_admin(lambda admin: admin.create_topics([new]))
        ((_, code, message),) = answer.topic_errors
        if code:
            raise RuntimeError(f"{code}: {message}")

    def delete(self, topic: str) -> None:
        self._with_admin(lambda admin: admin.delete_topics([topic]))

    def grow(self, topic: str, partitions: int) -> None:
        new = self._admin.NewPartitions(partitions)
        self._with_admin(lambda admin: admin.create_partitions({topic: new}))

    def topics(self) -> dict[str, int]:
        found = self._with_admin(lambda admin: admin.describe_topics())
        return {t["topic"]: len(t["partitions"]) for t in found}

    def config(self, topic: str) -> dict[str, str]:
        wanted = self._admin.config_resource.ConfigResource(
            self._admin.config_resource.ConfigResourceType.TOPIC, topic
        )
        (answer,) = self._with_admin(lambda admin: admin.describe_configs([wanted]))
        return {item[0]: item[1] for item in answer.resources[0][4]}

    def produce(self, topic: str, records: Sequence[Record], **how: Any) -> list[int]:
        return self._loop.run(self._produce(topic, records, **how))

    async def _produce(
        self,
        topic: str,
        records: Sequence[Record],
        codec: str | None = None,
        idempotent: bool = False,
        acks: Any = "all",
        timestamps: Sequence[int] | None = None,
    ) -> list[int]:
        producer = self._kafka.AIOKafkaProducer(
            bootstrap_servers=self._address,
            compression_type=codec,
            enable_idempotence=idempotent,
            acks=acks,
            linger_ms=5,
            max_request_size=20 << 20,
        )
        await producer.start()
        try:
            sent = [
                await producer.send(
                    topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                    timestamp_ms=timestamps[i] if timestamps else None,
                )
                for i, record in enumerate(records)
            ]
            await producer.flush()
            return [getattr(await future, "offset", -1) for future in sent]
        finally:
            await producer.stop()

    def consumer(self, topic: str, **how: Any) -> Consumer:
        return _AiokafkaConsumer(self._loop, self._address, topic, **how)

    def close(self) -> None:
        self._loop.close()


class _AiokafkaConsumer:
    def __init__(
        self,
        loop: Loop,
        address: str,
        topic: str,
        group: str | None = None,
        instance: str | None = None,
        session_ms: int = 10_000,
    ) -> None:
        self._loop = loop
        self._consumer = loop.run(self._start(address, topic, group, instance, session_ms))

    async def _start(
        self, address: str, topic: str, group: str | None, instance: str | None, session_ms: int
    ) -> Any:
        import aiokafka

        consumer = aiokafka.AIOKafkaConsumer(
            topic,
            bootstrap_servers=address,
            group_id=group,
            group_instance_id=instance,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=300,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=20 << 20,
            fetch_max_wait_ms=5000,
        )
        await consumer.start()
        return consumer

    def poll(self, seconds: float) -> list[Record]:
        found = self._loop.run(self._consumer.getmany(timeout_ms=int(seconds * 1000)))
        return [
            Record(r.partition, r.offset, r.key, r.value, tuple(r.headers))
            for records in found.values()
            for r in records
        ]

    def commit(self) -> None:
        self._loop.run(self._consumer.commit())

    def assigned(self) -> set[int]:
        return {part.partition for part in self._consumer.assignment()}

    def seek_to_time(self, topic: str, partition: int, ms: int) -> None:
        import aiokafka

        part = aiokafka.TopicPartition(topic, partition)
        found = self._loop.run(self._consumer.offsets_for_times({part: ms}))

        async def seek() -> None:
            self._consumer.seek(part, found[part].offset)

        self._loop.run(seek())

    def close(self) -> None:
        self._loop.run(self._consumer.stop())


class ConfluentClient:
    """confluent-kafka, that is librdkafka."""

    name = "confluent-kafka"
    codecs = ("gzip", "lz4", "snappy", "zstd")

    def __init__(self, address: str) -> None:
        import confluent_kafka
        import confluent_kafka.admin

        self._kafka: Any = confluent_kafka
        self._admin: Any = confluent_kafka.admin
        self._address = address
        self._client = self._admin.AdminClient({"bootstrap.servers": address})

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = self._admin.NewTopic(topic, partitions, 1, config=dict(config))
        try:
            self._client.create_topics([new])[topic].result(PATIENCE)
        except self._kafka.KafkaException as error:
            raise RuntimeError(f"{error.args[0].code()}: {error}") from error

    def delete(self, topic: str) -> None:
        self._client.delete_topics([topic])[topic].result(PATIENCE)

    def grow(self, topic: str, partitions: int) -> None:
        new = self._admin.NewPartitions(topic, partitions)
        self._client.create_partitions([new])[topic].result(PATIENCE)

    def topics(self) -> dict[str, int]:
        found = self._client.list_topics(timeout=PATIENCE).topics
        return {name: len(topic.partitions) for name, topic in found.items()}

    def config(self, topic: str) -> dict[str, str]:
        wanted = self._admin.ConfigResource(self._admin.RESOURCE_TOPIC, topic)
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
        producer = self._kafka.Producer(
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
        import confluent_kafka

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
        self._kafka: Any = confluent_kafka
        self._consumer = self._kafka.Consumer(settings)
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
        part = self._kafka.TopicPartition(topic, partition, ms)
        (found,) = self._consumer.offsets_for_times([part], PATIENCE)
        self._consumer.seek(found)

    def close(self) -> None:
        self._consumer.close()


class KafkaPythonClient:
    """kafka-python."""

    name = "kafka-python"
    codecs = ("gzip", "lz4")

    def __init__(self, address: str) -> None:
        self._kafka, self._admin = kafka, kafka.admin
        self._address = address
        self._client = kafka.KafkaAdminClient(bootstrap_servers=address)

    def create(self, topic: str, partitions: int, config: Mapping[str, str] = {}) -> None:
        new = self._admin.NewTopic(topic, partitions, 1, topic_configs=dict(config))
        try:
            self._client.create_topics([new])
        except self._kafka.errors.KafkaError as error:
            raise RuntimeError(f"{getattr(error, 'errno', '')}: {error}") from error

    def delete(self, topic: str) -> None:
        self._client.delete_topics([topic])

    def grow(self, topic: str, partitions: int) -> None:
        self._client.create_partitions({topic: partitions})

    def topics(self) -> dict[str, int]:
        found = self._client.describe_topics()
        return {t["name"]: len(t["partitions"]) for t in found}

    def config(self, topic: str) -> dict[str, str]:
        wanted = self._admin.ConfigResource(self._admin.ConfigResourceType.TOPIC, topic)
        return _flat(self._client.describe_configs([wanted], config_filter="all"), topic)

    def produce(
        self,
        topic: str,
        records: Sequence[Record],
        codec: str | None = None,
        idempotent: bool = False,
        acks: Any = "all",
        timestamps: Sequence[int] | None = None,
    ) -> list[int]:
        producer = self._kafka.KafkaProducer(
            bootstrap_servers=self._address,
            compression_type=codec,
            enable_idempotence=idempotent,
            acks=acks,
            linger_ms=5,
            max_request_size=20 << 20,
        )
        try:
            sent = [
                producer.send(
                    topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                    timestamp_ms=timestamps[i] if timestamps else None,
                )
                for i, record in enumerate(records)
            ]
            producer.flush(PATIENCE)
            return [future.get(PATIENCE).offset for future in sent]
        except self._kafka.errors.KafkaError as error:
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
    def __init__(
        self,
        address: str,
        topic: str,
        group: str | None = None,
        instance: str | None = None,
        session_ms: int = 10_000,
    ) -> None:
        self._kafka = kafka
        self._consumer = kafka.KafkaConsumer(
            topic,
            bootstrap_servers=address,
            group_id=group,
            group_instance_id=instance,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=300,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=5000,
            max_partition_fetch_bytes=20 << 20,
        )

    def poll(self, seconds: float) -> list[Record]:
        found = self._consumer.poll(timeout_ms=int(seconds * 1000))
        return [
            Record(r.partition, r.offset, r.key, r.value, tuple(r.headers or ()))
            for records in found.values()
            for r in records
        ]

    def commit(self) -> None:
        self._consumer.commit()

    def assigned(self) -> set[int]:
        return {part.partition for part in self._consumer.assignment()}

    def seek_to_time(self, topic: str, partition: int, ms: int) -> None:
        part = self._kafka.TopicPartition(topic, partition)
        self._consumer.seek(part, self._consumer.offsets_for_times({part: ms})[part].offset)

    def close(self) -> None:
        self._consumer.close()


CLIENTS: tuple[Any, ...] = (AiokafkaClient, ConfluentClient, KafkaPythonClient)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BrokerThread]:
    """A broker of the test's own."""
    thread = BrokerThread(tmp_path / "broker.sqlite", housekeeping_s=0.2)
    yield thread
    thread.stop()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[BrokerProcess]:
    """A broker process of the test's own."""
    made = BrokerProcess(tmp_path)
    yield made
    made.stop()


@pytest.fixture(params=CLIENTS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> type[Client]:
    """Each client library in turn."""
    found: type[Client] = request.param
    return found


@pytest.fixture
def librdkafka() -> type[Any]:
    """The one client whose producer goes on over a restart by itself."""
    return ConfluentClient


@pytest.fixture
def client(server: BrokerThread, kind: Any) -> Iterator[Client]:
    """Each client library in turn, connected to the test's broker."""
    made = kind(server.address)
    yield made
    made.close()


class Gather(Protocol):
    """See the fixture of this name."""

    def __call__(self, consumer: Consumer, count: int, seconds: float = ...) -> list[Record]: ...


@pytest.fixture
def gather() -> Gather:
    """Poll a consumer until it gave a number of records."""

    def gathered(consumer: Consumer, count: int, seconds: float = PATIENCE) -> list[Record]:
        found: list[Record] = []
        deadline = time.monotonic() + seconds
        while len(found) < count and time.monotonic() < deadline:
            found += consumer.poll(0.5)
        assert len(found) == count, f"{len(found)} records of {count}"
        return found

    return gathered
