"""What every Kafka client may expect of the embedded broker: one list for all of them."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple

import confluent_kafka
import pytest

# aiokafka forgets a connection that is being made while its client closes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Sent(NamedTuple):
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


def values(count: int, prefix: bytes = b"v", partition: int = 0) -> list[Sent]:
    return [Sent(partition, -1, b"k%d" % i, prefix + b"%d" % i) for i in range(count)]


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_records_come_back_in_order_with_keys_and_headers(client: Any, gather: Any) -> None:
    client.create("t", 1)
    sent = [
        Sent(0, -1, b"a", b"1", (("trace", b"\x00\xff"), ("empty", b""))),
        Sent(0, -1, None, b"2"),
        Sent(0, -1, b"gone", None),
    ]
    assert client.produce("t", sent) == [0, 1, 2]
    with closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, 3)
    assert [(r.offset, r.key, r.value) for r in got] == [
        (0, b"a", b"1"),
        (1, None, b"2"),
        (2, b"gone", None),
    ]
    assert [(k, bytes(v)) for k, v in got[0].headers] == [("trace", b"\x00\xff"), ("empty", b"")]


def test_every_codec_of_the_client_passes_through(client: Any, gather: Any) -> None:
    client.create("t", 1)
    for codec in client.codecs:
        client.produce("t", values(50, codec.encode() * 20), codec=codec)
    with closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, 50 * len(client.codecs))
    assert [r.offset for r in got] == list(range(50 * len(client.codecs)))
    assert got[-1].value == client.codecs[-1].encode() * 20 + b"49"


def test_many_records_of_many_sizes_arrive_whole(client: Any, gather: Any) -> None:
    client.create("t", 4)
    sent = [Sent(i % 4, -1, None, bytes([i % 256]) * (i * 37 % 5000)) for i in range(2000)]
    client.produce("t", sent)
    with closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, 2000)
    for partition in range(4):
        mine = [r.value for r in got if r.partition == partition]
        assert mine == [s.value for s in sent if s.partition == partition]


def test_a_message_of_eight_megabytes_passes_and_one_too_large_is_refused(
    client: Any, gather: Any
) -> None:
    client.create("t", 1)
    big = bytes(8 << 20)
    assert client.produce("t", [Sent(0, -1, None, big)]) == [0]
    with pytest.raises(Exception, match=r"(?i)too ?large"):
        client.produce("t", [Sent(0, -1, None, bytes(11 << 20))])
    assert client.produce("t", [Sent(0, -1, None, b"small")]) == [1]
    with closing(client.consumer("t", group="g")) as consumer:
        assert [len(r.value) for r in gather(consumer, 2)] == [8 << 20, 5]


@pytest.mark.parametrize("acks", [0, 1])
def test_weaker_acknowledgements_work(client: Any, gather: Any, acks: int) -> None:
    client.create("t", 1)
    client.produce("t", values(20), acks=acks)
    with closing(client.consumer("t", group="g")) as consumer:
        assert [r.offset for r in gather(consumer, 20)] == list(range(20))


def test_a_group_goes_on_where_it_committed(client: Any, gather: Any) -> None:
    client.create("t", 1)
    client.produce("t", values(5))
    with closing(client.consumer("t", group="g")) as consumer:
        gather(consumer, 5)
        consumer.commit()
    client.produce("t", values(3, b"later"))
    with closing(client.consumer("t", group="g")) as consumer:
        assert [r.offset for r in gather(consumer, 3)] == [5, 6, 7]
    with closing(client.consumer("t", group="other")) as consumer:
        gather(consumer, 8)


class Member(threading.Thread):
    """A consumer that lives in a thread of its own, as it would in another process."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self.parts: set[int] = set()
        self.records: list[Any] = []
        self._make, self._leave = make, threading.Event()
        self.start()

    def run(self) -> None:
        with closing(self._make()) as consumer:
            while not self._leave.is_set():
                self.records += consumer.poll(0.2)
                self.parts = consumer.assigned()

    def stop(self) -> None:
        self._leave.set()
        self.join()


def test_two_members_share_the_partitions_and_one_takes_over(client: Any) -> None:
    client.create("t", 4)
    first = Member(lambda: client.consumer("t", group="g"))
    wait_for(lambda: len(first.parts) == 4)
    second = Member(lambda: client.consumer("t", group="g"))
    wait_for(lambda: len(first.parts) == 2 and len(second.parts) == 2)
    assert first.parts | second.parts == {0, 1, 2, 3}
    client.produce("t", [Sent(p, -1, None, b"x") for p in range(4)])
    wait_for(lambda: len(first.records) == len(second.records) == 2)
    first.stop()
    wait_for(lambda: len(second.parts) == 4)
    second.stop()


def test_a_static_member_comes_back_without_a_new_round(
    client: Any, server: Any, gather: Any
) -> None:
    client.create("t", 2)
    client.produce("t", values(4))
    first = client.consumer("t", group="g", instance="worker-0")
    gather(first, 4)
    first.commit()
    generation = server.broker.core.groups.get("g").generation
    successor = client.consumer("t", group="g", instance="worker-0")
    client.produce("t", values(2, b"new"))
    began = time.monotonic()
    assert [r.value for r in gather(successor, 2)] == [b"new0", b"new1"]
    assert time.monotonic() - began < 5.0
    group = server.broker.core.groups.get("g")
    assert len(group.members) == 1
    if client.name == "aiokafka":  # the others send a new subscription's metadata
        assert group.generation == generation
    successor.close()
    first.close()


def test_an_idempotent_producer_is_served(client: Any, gather: Any) -> None:
    client.create("t", 2)
    sent = [Sent(i % 2, -1, None, b"%d" % i) for i in range(200)]
    client.produce("t", sent, idempotent=True)
    client.produce("t", sent, idempotent=True)
    with closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, 400)
    assert [r.value for r in got if r.partition == 0] == [b"%d" % i for i in range(0, 200, 2)] * 2


def test_topics_are_declared_grown_described_and_deleted(client: Any) -> None:
    client.create("t", 2, {"cleanup.policy": "compact", "retention.ms": "1234"})
    with pytest.raises(RuntimeError, match=r"36|TOPIC_ALREADY_EXISTS|exists"):
        client.create("t", 2)
    assert client.topics()["t"] == 2
    client.grow("t", 5)
    wait_for(lambda: client.topics()["t"] == 5)
    config = client.config("t")
    assert config["cleanup.policy"] == "compact"
    assert config["retention.ms"] == "1234"
    assert config["max.message.bytes"] == "10485760"
    client.delete("t")
    wait_for(lambda: "t" not in client.topics())


def test_wrong_settings_are_refused(client: Any) -> None:
    with pytest.raises(RuntimeError, match=r"40|INVALID_CONFIG|InvalidConfig"):
        client.create("t", 1, {"cleanup.policy": "shred"})
    with pytest.raises(RuntimeError, match=r"40|INVALID_CONFIG|InvalidConfig"):
        client.create("t", 1, {"no.such.setting": "1"})
    assert "t" not in client.topics()


def test_a_consumer_finds_records_by_time(client: Any, gather: Any) -> None:
    client.create("t", 1, {"retention.ms": "-1"})
    base = 1_700_000_000_000
    client.produce("t", values(10), timestamps=[base + i * 1000 for i in range(10)])
    client.produce("t", values(10), timestamps=[base + i * 1000 for i in range(10, 20)])
    with closing(client.consumer("t", group="g")) as consumer:
        gather(consumer, 20)
        consumer.seek_to_time("t", 0, base + 12_500)
        assert [r.offset for r in gather(consumer, 7)] == list(range(13, 20))


def test_a_waiting_reader_is_woken_by_a_record(client: Any, gather: Any) -> None:
    client.create("t", 1)
    client.produce("t", values(1))
    with closing(client.consumer("t", group="g")) as consumer:
        gather(consumer, 1)
        consumer.poll(0.3)
        waits: list[float] = []
        for i in range(3):
            timer = threading.Timer(0.3, client.produce, ("t", values(1, b"%d" % i)))
            timer.start()
            gather(consumer, 1)
            began = time.monotonic()
            timer.join()
            waits.append(time.monotonic() - began)
    assert max(waits) < 4.0, "the long poll lasts five seconds: it was not woken"


def test_a_restart_keeps_topics_records_offsets_and_generations(
    client: Any, server: Any, kind: Any, gather: Any
) -> None:
    client.create("t", 2, {"retention.ms": "-1"})
    client.produce("t", values(6))
    with closing(client.consumer("t", group="g")) as consumer:
        gather(consumer, 6)
        consumer.commit()
        before = server.broker.core.groups.get("g").generation
    server.stop()
    server.start()
    again = kind(server.address)
    with closing(again):
        assert again.topics()["t"] == 2
        assert again.config("t")["retention.ms"] == "-1"
        assert again.produce("t", values(1, b"after")) == [6]
        with closing(again.consumer("t", group="g")) as consumer:
            assert [r.value for r in gather(consumer, 1)] == [b"after0"]
            assert server.broker.core.groups.get("g").generation > before


def test_a_connected_client_survives_a_restart(client: Any, server: Any, gather: Any) -> None:
    client.create("t", 1)
    client.produce("t", values(2))
    with closing(client.consumer("t", group="g")) as consumer:
        gather(consumer, 2)
        consumer.commit()
        server.stop()
        server.start()
        client.produce("t", values(2, b"after"))
        got = gather(consumer, 2, 40.0)
    assert [r.value for r in got] == [b"after0", b"after1"]


@pytest.mark.crash
def test_kill_minus_nine_keeps_what_was_acknowledged(process: Any, kind: Any, gather: Any) -> None:
    client = kind(process.address)
    client.create("t", 1)
    client.close()
    expected = 0
    for round_number in range(3):
        client = kind(process.address)
        acknowledged = client.produce("t", values(100, b"r%d-" % round_number))
        process.kill()
        assert acknowledged == list(range(expected, expected + 100))
        expected += 100
        client.close()
        process.start()
    client = kind(process.address)
    with closing(client), closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, 300)
    assert [r.value for r in got] == [b"r%d-%d" % (r, i) for r in range(3) for i in range(100)]


@pytest.mark.crash
def test_an_idempotent_producer_loses_and_doubles_nothing_over_kills(
    process: Any, librdkafka: Any, gather: Any
) -> None:
    client = librdkafka(process.address)
    client.create("t", 1)
    settings = {
        "bootstrap.servers": process.address,
        "enable.idempotence": True,
        "linger.ms": 1,
        "batch.num.messages": 20,
        "reconnect.backoff.max.ms": 200,
        "log_level": 0,
    }
    producer = confluent_kafka.Producer(settings)
    refused: list[str] = []
    count = 6000
    for i in range(count):
        producer.produce(
            "t",
            b"%d" % i,
            partition=0,
            on_delivery=lambda error, _: refused.append(str(error)) if error else None,
        )
        if i % 50 == 0:
            producer.poll(0.005)
        if i in (1000, 2500, 4000):
            process.kill()
            process.start()
    assert producer.flush(60) == 0
    assert refused == []
    with closing(client), closing(client.consumer("t", group="g")) as consumer:
        got = gather(consumer, count, 30.0)
        assert consumer.poll(0.5) == []
    assert [r.value for r in got] == [b"%d" % i for i in range(count)]
