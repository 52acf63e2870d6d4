"""A broker to talk to, and each client library that talks to it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.brokers import BrokerProcess, BrokerThread
from tests.support.kafka_clients.aiokafka_client import AiokafkaClient
from tests.support.kafka_clients.confluent_client import ConfluentClient
from tests.support.kafka_clients.faces import PATIENCE, Client, Consumer, Record
from tests.support.kafka_clients.kafka_python_client import KafkaPythonClient

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
