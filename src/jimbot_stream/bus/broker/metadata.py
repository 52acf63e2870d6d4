"""ApiVersions, Metadata, FindCoordinator and InitProducerId: how clients find their way."""

import sqlite3
from typing import Any

from jimbot_stream.bus.broker.api import APIS
from jimbot_stream.bus.broker.catalog import Topic
from jimbot_stream.bus.broker.core import NODE, Core, Request
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.wire import Message


async def api_versions(core: Core, request: Request) -> Message:
    """Which requests this broker understands.

    A version that it does not know is answered in the form of version 0, so that the
    client can try again.
    """
    apis = [{"key": a.key, "first": a.first, "last": a.last} for a in APIS.values()]
    code = ErrorCode.NONE if request.header.known else ErrorCode.UNSUPPORTED_VERSION
    return {"error_code": code, "apis": apis}


async def metadata(core: Core, request: Request) -> Message:
    """The node and its topics; asking for a topic never creates it."""
    asked = request.body["topics"]
    if asked is None or (not asked and request.header.version == 0):
        names = sorted(core.catalog.topics)
    else:
        names = [topic["name"] for topic in asked]
    host, port = request.address
    return {
        "brokers": [{"node_id": NODE, "host": host, "port": port}],
        "cluster_id": core.cluster_id,
        "controller_id": NODE,
        "topics": [_topic(name, core.catalog.topics.get(name)) for name in names],
    }


def _topic(name: str, topic: Topic | None) -> dict[str, Any]:
    if topic is None:
        return {"error_code": ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "name": name}
    return {
        "name": name,
        "partitions": [
            {"index": part.index, "leader_id": NODE, "replicas": [NODE], "isr": [NODE]}
            for part in topic.partitions
        ],
    }


async def find_coordinator(core: Core, request: Request) -> Message:
    """The coordinator of every group is this node; transactions have none."""
    if request.body.get("key_type", 0) != 0:
        return {
            "error_code": ErrorCode.COORDINATOR_NOT_AVAILABLE,
            "error_message": "this broker offers no transactions",
        }
    host, port = request.address
    return {"node_id": NODE, "host": host, "port": port}


async def init_producer_id(core: Core, request: Request) -> Message:
    """A producer id that was never given before."""
    if request.body["transactional_id"] is not None:
        return {"error_code": ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED}
    try:
        return {"producer_id": await core.log.write(_next_producer_id), "producer_epoch": 0}
    except BrokerError as error:
        return {"error_code": error.code}


def _next_producer_id(connection: sqlite3.Connection) -> int:
    (made,) = connection.execute(
        "INSERT INTO meta VALUES ('producer_id', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
    ).fetchone()
    return int(made)
