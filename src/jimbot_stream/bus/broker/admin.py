"""CreateTopics, DeleteTopics, CreatePartitions, DescribeConfigs, AlterConfigs."""

from collections.abc import Callable, Iterator
from typing import Final

from jimbot_stream.bus.broker import catalog, topic_config
from jimbot_stream.bus.broker.catalog import MAX_PARTITIONS, Partition, Topic
from jimbot_stream.bus.broker.core import NODE, Core, Request
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.topic_config import SETTINGS, TopicConfig
from jimbot_stream.bus.broker.wire import Message

_TOPIC: Final = 2
_BROKER: Final = 4
"""Kafka's numbers for what a configuration belongs to."""
_FROM_TOPIC, _FROM_BROKER, _DEFAULT = 1, 4, 5
"""Kafka's numbers for where a value comes from."""
_SET, _DELETE = 0, 1
"""Kafka's numbers for what happens to a setting."""


async def create_topics(core: Core, request: Request) -> Message:
    """Declare topics; nothing else creates one."""
    only_check = request.body.get("validate_only", False)
    return {"topics": [await _create(core, t, only_check) for t in request.body["topics"]]}


async def _create(core: Core, wanted: Message, only_check: bool) -> Message:
    name: str = wanted["name"]
    try:
        core.catalog.reserve(name)
        try:
            count = _partition_count(core, wanted)
            given = topic_config.checked(wanted["configs"])
            if not only_check:
                topic_id, ids = await core.log.write(
                    lambda connection: catalog.insert_topic(connection, name, given, count)
                )
                core.catalog.add(topic_id, name, given, ids)
        finally:
            core.catalog.release(name)
    except BrokerError as error:
        return {"name": name, "error_code": error.code, "error_message": str(error)}
    return {"name": name}


def _partition_count(core: Core, wanted: Message) -> int:
    assignments = wanted["assignments"]
    if assignments:
        if any(a["brokers"] != [NODE] for a in assignments):
            raise BrokerError(
                ErrorCode.INVALID_REPLICA_ASSIGNMENT, f"the only node has the id {NODE}"
            )
        if sorted(a["index"] for a in assignments) != list(range(len(assignments))):
            raise BrokerError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, "partitions are missing")
        return len(assignments)
    if wanted["replication_factor"] not in (-1, 1):
        raise BrokerError(
            ErrorCode.INVALID_REPLICATION_FACTOR, "one node, no replication: the factor is 1"
        )
    count = wanted["partitions"]
    if count == -1:
        return core.default_partitions
    if not 1 <= count <= MAX_PARTITIONS:
        raise BrokerError(ErrorCode.INVALID_PARTITIONS, f"1 to {MAX_PARTITIONS} partitions")
    return int(count)


async def delete_topics(core: Core, request: Request) -> Message:
    """Delete topics with their records and committed offsets."""
    return {"topics": [await _delete(core, name) for name in request.body["names"]]}


async def _delete(core: Core, name: str) -> Message:
    try:
        topic = core.catalog.topic(name)
        for partition in topic.partitions:
            partition.gone = True  # batches still on their way are refused
        try:
            await core.log.write(lambda connection: catalog.delete_topic(connection, topic))
        except BrokerError:
            for partition in topic.partitions:
                partition.gone = False
            raise
        for partition in topic.partitions:
            core.log.tail.forget(partition)
            core.log.forget_producers(partition)
        core.groups.forget_partitions(part.id for part in topic.partitions)
        if core.catalog.topics.get(name) is topic:
            core.catalog.remove(name)
    except BrokerError as error:
        return {"name": name, "error_code": error.code}
    return {"name": name}


async def create_partitions(core: Core, request: Request) -> Message:
    """Grow topics; records stay where they are."""
    only_check = request.body["validate_only"]
    return {"topics": [await _grow(core, t, only_check) for t in request.body["topics"]]}


async def _grow(core: Core, wanted: Message, only_check: bool) -> Message:
    name: str = wanted["name"]
    count: int = wanted["count"]
    try:
        topic = core.catalog.topic(name)
        _check_growth(topic, count)
        if not only_check:
            await _add_partitions(core, topic, count)
    except BrokerError as error:
        return {"name": name, "error_code": error.code, "error_message": str(error)}
    return {"name": name}


def _check_growth(topic: Topic, count: int) -> None:
    have = len(topic.partitions)
    if not have < count <= MAX_PARTITIONS:
        raise BrokerError(
            ErrorCode.INVALID_PARTITIONS,
            f"{topic.name} has {have} partitions and can grow to at most {MAX_PARTITIONS}",
        )


async def _add_partitions(core: Core, topic: Topic, count: int) -> None:
    async with topic.growing:
        have = len(topic.partitions)
        _check_growth(topic, count)
        ids = await core.log.write(
            lambda connection: catalog.insert_partitions(connection, topic.id, have, count)
        )
        topic.partitions += [Partition(made, have + n, 0, 0, 0) for n, made in enumerate(ids)]


async def describe_configs(core: Core, request: Request) -> Message:
    """Settings of topics, and the broker's own."""
    return {"resources": [_described(core, asked) for asked in request.body["resources"]]}


def _described(core: Core, asked: Message) -> Message:
    about = {"type": asked["type"], "name": asked["name"]}
    try:
        config = _config_of(core, asked)
    except BrokerError as error:
        return {**about, "error_code": error.code, "error_message": str(error)}
    return {**about, "configs": list(_settings(config, asked["keys"]))}


def _config_of(core: Core, asked: Message) -> TopicConfig:
    if asked["type"] == _TOPIC:
        return core.catalog.topic(asked["name"]).config
    if asked["type"] == _BROKER:
        return TopicConfig({}, core.catalog.defaults)
    raise BrokerError(ErrorCode.INVALID_REQUEST, "topics and the broker have settings")


def _settings(config: TopicConfig, keys: list[str] | None) -> Iterator[Message]:
    for name, setting in SETTINGS.items():
        if keys and name not in keys:
            continue
        source = _DEFAULT
        if name in config.given:
            source = _FROM_TOPIC
        elif name in config.defaults:
            source = _FROM_BROKER
        yield {
            "name": name,
            "value": config.value(name),
            "is_default": source != _FROM_TOPIC,
            "source": source,
            "config_type": setting.kind,
            "documentation": setting.text,
        }


async def alter_configs(core: Core, request: Request) -> Message:
    """Replace all settings of topics."""
    only_check = request.body["validate_only"]
    return {
        "resources": [
            await _alter(core, r, only_check, _replaced) for r in request.body["resources"]
        ]
    }


async def incremental_alter_configs(core: Core, request: Request) -> Message:
    """Set some settings of topics, or take them back to the default."""
    only_check = request.body["validate_only"]
    return {
        "resources": [await _alter(core, r, only_check, _merged) for r in request.body["resources"]]
    }


_Change = Callable[[Topic, list[Message]], dict[str, str]]


async def _alter(core: Core, wanted: Message, only_check: bool, change: _Change) -> Message:
    about = {"type": wanted["type"], "name": wanted["name"]}
    try:
        topic = _alterable(core, wanted)
        given = change(topic, wanted["configs"])
        if not only_check:
            await core.log.write(lambda con: catalog.store_config(con, topic.id, given))
            core.catalog.configure(topic, given)
    except BrokerError as error:
        return {**about, "error_code": error.code, "error_message": str(error)}
    return about


def _alterable(core: Core, wanted: Message) -> Topic:
    if wanted["type"] != _TOPIC:
        raise BrokerError(ErrorCode.INVALID_REQUEST, "only topics can be altered")
    return core.catalog.topic(wanted["name"])


def _replaced(topic: Topic, items: list[Message]) -> dict[str, str]:
    """Settings that are those of the request and nothing else."""
    return topic_config.checked(items)


def _merged(topic: Topic, items: list[Message]) -> dict[str, str]:
    """The topic's settings with those of the request over them."""
    if any(item["operation"] not in (_SET, _DELETE) for item in items):
        raise BrokerError(ErrorCode.INVALID_REQUEST, "settings can be set and deleted")
    deleted = {item["name"] for item in items if item["operation"] == _DELETE}
    merged = {**topic.config.given, **topic_config.checked(items)}
    return {name: text for name, text in merged.items() if name not in deleted}
