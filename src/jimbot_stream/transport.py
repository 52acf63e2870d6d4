"""Faust's Kafka transport, with polls that end soon enough for a decision to wait for one."""

from typing import Any, Final

from faust.transport.drivers import aiokafka

POLL_MS: Final = 100
"""How long a fetch of the worker waits for news.

Faust waits 1.5 s, and a client of aiokafka keeps one fetch under way: a partition that was
still being worked off when it left is not asked for before it comes back. With a Kafka
that waits as long as it is told, this is the longest such pause; the embedded broker cuts
these fetches shorter by itself. An idle worker asks ten times a second.
"""


class _ConsumerThread(aiokafka.AIOKafkaConsumerThread):  # type: ignore[misc]  # faust is untyped here
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # There is no setting for it: the number stands in the middle of Faust's method,
        # and the consumer reads it when it starts.
        consumer._fetch_max_wait_ms = POLL_MS
        return consumer


class _Consumer(aiokafka.Consumer):  # type: ignore[misc]  # faust is untyped here
    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class Transport(aiokafka.Transport):  # type: ignore[misc]  # faust is untyped here
    """Kafka, through aiokafka."""

    Consumer = _Consumer
