"""The bus: what every implementation promises, and the clients that games use.

A bus carries records on topics. A topic has partitions; a record's key picks one, and the
records of one partition stand in one order. ``kafka.KafkaBus`` speaks to Kafka or to the
embedded broker (``bus/broker/``); ``memory.MemoryBus`` lives in one process.

``producer.py`` holds the ``GameProducer``, which numbers a source's events, packs them into
records and sends them in order; ``consumer.py`` the ``ReplyConsumer`` for the answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Start(Enum):
    """Where a reader begins, where no position is meant."""

    BEGINNING = "beginning"
    """At the oldest record still held."""
    END = "end"
    """After the newest record of the moment when the reader was opened."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """As the event log writes it: ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the bus holds it."""

    place: Place
    key: bytes | None
    value: bytes
    timestamp_ms: int
    """The producer's time, in milliseconds since the epoch."""


Positions = Mapping[tuple[str, int], int]
"""Offset of the next record to read, by topic and partition."""


class BusError(Exception):
    """Something that the bus refused or could not do."""


class UnknownTopicError(BusError):
    """The topic does not exist and is not made by naming it."""


class RecordRefusedError(BusError):
    """The record breaks a rule, for example by its size; nothing was written."""


class BusUnavailableError(BusError):
    """No answer: the outcome is unknown, and sending the same record again is the cure."""


class Reader(Protocol):
    """A place in some topics that moves on with every take; it belongs to one task."""

    async def take(self, timeout_s: float) -> Sequence[Record]:
        """The next records, in order within each partition; none when timeout_s passed."""
        ...

    def positions(self) -> Positions:
        """Where the next take begins, for a reader that goes on from here."""
        ...

    async def close(self) -> None:
        """Release connections; idempotent."""
        ...


class Bus(Protocol):
    """Records on topics, safe to use from many tasks of one event loop."""

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        """Append a record to the partition of its key; returns once it is acknowledged.

        Raises:
            UnknownTopicError: no such topic.
            RecordRefusedError: too large, or malformed.
            BusUnavailableError: outcome unknown.
        """
        ...

    async def open_reader(self, topics: Sequence[str], start: Start | Positions) -> Reader:
        """A reader over all partitions of topics; what is published from now on is behind END.

        Partitions that a mapping of positions leaves out are read from the beginning.

        Raises:
            UnknownTopicError: no such topic.
            BusUnavailableError: no answer.
        """
        ...

    async def close(self) -> None:
        """Release connections; idempotent."""
        ...
