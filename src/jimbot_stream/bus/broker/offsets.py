"""OffsetCommit, OffsetFetch and the requests about whole groups."""

from collections.abc import Iterator
from typing import Final

from jimbot_stream.bus.broker.core import Core, Request
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.group import State
from jimbot_stream.bus.broker.group_table import Committed, delete_group, store_offsets
from jimbot_stream.bus.broker.wire import Message

_METADATA_LIMIT: Final = 4096


async def offset_commit(core: Core, request: Request) -> Message:
    """Store how far a group has read; answered once durable."""
    body = request.body
    accepted: dict[int, Committed] = {}
    answers = []
    refusal = _refusal(core, request)
    for topic in body["topics"]:
        codes = []
        for part in topic["partitions"]:
            code = refusal or _accept(core, topic["name"], part, accepted)
            codes.append({"index": part["index"], "error_code": code})
        answers.append({"name": topic["name"], "partitions": codes})
    if accepted:
        try:
            await _store(core, body["group_id"], accepted)
        except BrokerError as error:
            for answer in answers:
                for part in answer["partitions"]:
                    part["error_code"] = part["error_code"] or error.code
    return {"topics": answers}


async def _store(core: Core, name: str, accepted: dict[int, Committed]) -> None:
    await core.log.write(lambda connection: store_offsets(connection, name, accepted))
    core.groups.offsets.setdefault(name, {}).update(accepted)


def _refusal(core: Core, request: Request) -> ErrorCode:
    body = request.body
    try:
        core.groups.check_commit(
            body["group_id"], body["generation_id"], body["member_id"], body.get("instance_id")
        )
    except BrokerError as error:
        return error.code
    return ErrorCode.NONE


def _accept(core: Core, name: str, part: Message, accepted: dict[int, Committed]) -> ErrorCode:
    try:
        partition = core.catalog.find(name, part["index"])
    except BrokerError as error:
        return error.code
    if len(part["metadata"] or "") > _METADATA_LIMIT:
        return ErrorCode.OFFSET_METADATA_TOO_LARGE
    accepted[partition.id] = Committed(
        part["offset"], part.get("leader_epoch", -1), part["metadata"]
    )
    return ErrorCode.NONE


async def offset_fetch(core: Core, request: Request) -> Message:
    """How far a group has read; -1 where it never committed."""
    offsets = core.groups.offsets.get(request.body["group_id"], {})
    asked = request.body["topics"]
    wanted = _all(core, offsets) if asked is None else ((t["name"], t["partitions"]) for t in asked)
    return {
        "topics": [
            {"name": name, "partitions": [_committed(core, name, i, offsets) for i in indexes]}
            for name, indexes in wanted
        ]
    }


def _all(core: Core, offsets: dict[int, Committed]) -> Iterator[tuple[str, list[int]]]:
    for topic in core.catalog.topics.values():
        indexes = [part.index for part in topic.partitions if part.id in offsets]
        if indexes:
            yield topic.name, indexes


def _committed(core: Core, name: str, index: int, offsets: dict[int, Committed]) -> Message:
    try:
        found = offsets.get(core.catalog.find(name, index).id)
    except BrokerError:
        found = None
    if found is None:
        return {"index": index, "metadata": ""}
    return {
        "index": index,
        "offset": found.offset,
        "leader_epoch": found.leader_epoch,
        "metadata": found.metadata,
    }


async def describe_groups(core: Core, request: Request) -> Message:
    """State and members of groups."""
    return {"groups": [_described(core, name) for name in request.body["groups"]]}


def _described(core: Core, name: str) -> Message:
    group = core.groups.get(name)
    if group is None:
        known = name in core.groups.offsets
        return {"group_id": name, "state": State.EMPTY.value if known else "Dead"}
    return {
        "group_id": name,
        "state": group.state.value,
        "protocol_type": group.protocol_type,
        "protocol": group.protocol,
        "members": [
            {
                "member_id": member.id,
                "instance_id": member.about.instance_id,
                "client_id": member.about.client_id,
                "client_host": member.about.client_host,
                "metadata": member.metadata(group.protocol),
                "assignment": member.assignment,
            }
            for member in group.members.values()
        ],
    }


async def list_groups(core: Core, request: Request) -> Message:
    """All groups that have members or committed offsets."""
    groups = []
    for name in core.groups.names():
        group = core.groups.get(name)
        groups.append({"group_id": name, "protocol_type": group.protocol_type if group else ""})
    return {"groups": groups}


async def delete_groups(core: Core, request: Request) -> Message:
    """Forget groups that have no members, with their committed offsets."""
    return {
        "groups": [
            {"group_id": name, "error_code": await _delete(core, name)}
            for name in request.body["groups"]
        ]
    }


async def _delete(core: Core, name: str) -> ErrorCode:
    try:
        core.groups.check_removable(name)
        await core.log.write(lambda connection: delete_group(connection, name))
        core.groups.remove(name)
    except BrokerError as error:
        return error.code
    return ErrorCode.NONE
