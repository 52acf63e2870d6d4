"""Topics and partitions: what exists, in memory and in the store."""

import json
import re
import sqlite3
from asyncio import Future, Lock
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.store import OFFSET_BITS, row_id
from jimbot_stream.bus.broker.topic_config import TopicConfig

MAX_PARTITIONS: Final = 1000
_NAME: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")


@dataclass(eq=False, slots=True)
class Partition:
    """One partition; ``start`` to ``end`` are the offsets that it holds durably."""

    id: int
    index: int
    start: int
    end: int
    cleaned: int
    """Offsets below this were compacted already."""
    gone: bool = False
    """Its topic was deleted."""
    waiters: set["Future[None]"] = field(default_factory=set)
    tail: deque[tuple[int, int, bytes]] = field(default_factory=deque)
    """Newest batches (base, last, data); without gaps up to the end."""

    def wake(self) -> None:
        """Let every waiting fetch look again."""
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)
        self.waiters.clear()


@dataclass(eq=False, slots=True)
class Topic:
    """A topic and its partitions in order."""

    id: int
    name: str
    config: TopicConfig
    partitions: list[Partition]
    growing: Lock = field(default_factory=Lock)
    """Held while partitions are added."""


class Catalog:
    """All topics by name."""

    def __init__(self, defaults: Mapping[str, str]) -> None:
        self.defaults = defaults
        self._reserved: set[str] = set()
        self.topics: dict[str, Topic] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Read what the store holds."""
        rows = connection.execute("SELECT id, name, configs FROM topic").fetchall()
        for topic_id, name, configs in rows:
            partitions = list(_partitions(connection, topic_id))
            config = TopicConfig(json.loads(configs), self.defaults)
            self.topics[name] = Topic(topic_id, name, config, partitions)

    def find(self, name: str, index: int) -> Partition:
        """A partition.

        Raises:
            BrokerError: no such topic or partition.
        """
        topic = self.topics.get(name)
        if topic is None or not 0 <= index < len(topic.partitions):
            raise BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"no {name}/{index}")
        return topic.partitions[index]

    def topic(self, name: str) -> Topic:
        """A topic.

        Raises:
            BrokerError: no such topic.
        """
        if name not in self.topics:
            raise BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"no topic {name}")
        return self.topics[name]

    def reserve(self, name: str) -> None:
        """Claim the name of a topic that is about to be stored.

        Raises:
            BrokerError: the name is malformed or taken.
        """
        if not _NAME.fullmatch(name) or name in (".", ".."):
            raise BrokerError(
                ErrorCode.INVALID_TOPIC, "1 to 249 letters, digits, dots, dashes, underscores"
            )
        if name in self.topics or name in self._reserved:
            raise BrokerError(ErrorCode.TOPIC_ALREADY_EXISTS, f"topic {name} exists")
        self._reserved.add(name)

    def release(self, name: str) -> None:
        """Give the claim back, the topic being stored or not."""
        self._reserved.discard(name)

    def add(self, topic_id: int, name: str, given: Mapping[str, str], ids: list[int]) -> None:
        """Show a topic that is stored now."""
        config = TopicConfig(given, self.defaults)
        partitions = [Partition(made, i, 0, 0, 0) for i, made in enumerate(ids)]
        self.topics[name] = Topic(topic_id, name, config, partitions)

    def configure(self, topic: Topic, given: Mapping[str, str]) -> None:
        """Replace the settings of a topic."""
        topic.config = TopicConfig(given, self.defaults)

    def remove(self, name: str) -> None:
        """Forget a topic; whoever waits for it is told."""
        for partition in self.topics.pop(name).partitions:
            partition.gone = True
            partition.tail.clear()
            partition.wake()


def _partitions(connection: sqlite3.Connection, topic_id: int) -> Iterator[Partition]:
    rows = connection.execute(
        "SELECT id, number, start, cleaned FROM partition WHERE topic = ? ORDER BY number",
        (topic_id,),
    ).fetchall()
    for part_id, number, start, cleaned in rows:
        newest = connection.execute(
            "SELECT last FROM batch WHERE k >= ? AND k < ? ORDER BY k DESC LIMIT 1",
            (row_id(part_id, 0), (part_id + 1) << OFFSET_BITS),
        ).fetchone()
        end = max(start, newest[0] + 1 if newest else 0)
        yield Partition(part_id, number, start, end, cleaned)


def insert_topic(
    connection: sqlite3.Connection, name: str, given: Mapping[str, str], count: int
) -> tuple[int, list[int]]:
    """Store a topic; returns its id and those of its partitions."""
    made = connection.execute(
        "INSERT INTO topic (name, configs) VALUES (?, ?)", (name, json.dumps(dict(given)))
    )
    topic_id = made.lastrowid or 0
    return topic_id, insert_partitions(connection, topic_id, 0, count)


def insert_partitions(
    connection: sqlite3.Connection, topic_id: int, first: int, count: int
) -> list[int]:
    """Store the partitions first to count - 1 of a topic; returns their ids."""
    return [
        connection.execute(
            "INSERT INTO partition (topic, number) VALUES (?, ?)", (topic_id, number)
        ).lastrowid
        or 0
        for number in range(first, count)
    ]


def delete_topic(connection: sqlite3.Connection, topic: Topic) -> None:
    """Remove a topic with all that belongs to it."""
    for partition in topic.partitions:
        span = (row_id(partition.id, 0), (partition.id + 1) << OFFSET_BITS)
        connection.execute("DELETE FROM batch WHERE k >= ? AND k < ?", span)
        connection.execute("DELETE FROM producer WHERE partition = ?", (partition.id,))
        connection.execute("DELETE FROM committed WHERE partition = ?", (partition.id,))
    connection.execute("DELETE FROM partition WHERE topic = ?", (topic.id,))
    connection.execute("DELETE FROM topic WHERE id = ?", (topic.id,))


def store_config(connection: sqlite3.Connection, topic_id: int, given: Mapping[str, str]) -> None:
    """Store the settings of a topic."""
    connection.execute(
        "UPDATE topic SET configs = ? WHERE id = ?", (json.dumps(dict(given)), topic_id)
    )
