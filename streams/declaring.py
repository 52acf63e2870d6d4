"""Topics are declared here, with their partitions and retention; the bus makes none by itself."""

import logging
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from jimbot_stream.bus.kafka import bootstrap
from jimbot_stream.config import Settings
from jimbot_stream.streams.topics import TopicSpec

logger = logging.getLogger(__name__)

_EXISTS = TopicAlreadyExistsError.errno


class TopicMismatchError(Exception):
    """A topic exists with another number of partitions than the settings say."""


async def declare_topics(settings: Settings, specs: Iterable[TopicSpec]) -> None:
    """Create the topics that do not exist, and check the partitions of those that do.

    Raises:
        TopicMismatchError: one is partitioned otherwise, so that a source's topics would
            not stand together.
    """
    wanted = {spec.name: _new_topic(spec, settings) for spec in specs}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap(settings.broker))
    await admin.start()
    try:
        answer = await admin.create_topics(list(wanted.values()))
        for name, code, *rest in answer.topic_errors:
            if code not in (0, _EXISTS):
                raise for_code(code)(f"{name}: {rest[0] if rest else ''}")
        names = [topic.name for topic in wanted.values()]
        found = await admin.describe_topics(names)
    finally:
        await admin.close()
    _check({item["topic"]: len(item["partitions"]) for item in found}, wanted.values())


def _new_topic(spec: TopicSpec, settings: Settings) -> NewTopic:
    cleanup = "compact" if spec.compacted else "delete"
    return NewTopic(
        name=settings.topic_prefix + spec.name,
        num_partitions=settings.partitions if spec.partitioned else 1,
        replication_factor=1,
        topic_configs={"cleanup.policy": cleanup, "retention.ms": str(spec.retention_ms)},
    )


def _check(found: dict[str, int], wanted: Iterable[NewTopic]) -> None:
    for topic in wanted:
        if found.get(topic.name) != topic.num_partitions:
            raise TopicMismatchError(
                f"topic {topic.name} has {found.get(topic.name)} partitions, the settings say"
                f" {topic.num_partitions}: set JIMBOT_PARTITIONS, or another JIMBOT_TOPIC_PREFIX"
            )
